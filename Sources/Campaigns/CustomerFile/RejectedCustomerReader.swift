import Mail

extension CustomerBook {
  /// A reader of those whom the rejected rows show.
  public func rejectedCustomers() -> RejectedCustomerReader { RejectedCustomerReader(self) }
}

/// Gives the customers whom the rejected rows of a ``CustomerBook`` show, one after the other, in the order of the file:
/// they get no letter, and somebody has to call them.
///
/// Rows with the same id are one customer, with what they agree on; so are rows of another shape that show it
/// (``StrayRows``). A row belongs to nobody when neither id, name, company, telephone number nor contact address can be
/// read: it is counted in ``unnamed``. A row whose id cannot be read, or is that of a customer who gets a letter, gets one
/// that nobody has: `line 14`.
///
/// Memory holds one customer, the ids of rows of another shape and, once a row without an id comes, eight bytes for each row
/// of the file.
public struct RejectedCustomerReader {
  /// The rows that show nobody.
  public struct Unnamed: Sendable, Hashable {
    public fileprivate(set) var count = 0
    /// The lines of the first of them.
    public fileprivate(set) var first: [Int] = []

    fileprivate mutating func add(_ line: Int) {
      count += 1
      if first.count < 10 { first.append(line) }
    }
  }

  /// The reasons of one customer that are kept.
  private static let mostReasons = 5

  private let book: CustomerBook
  private let parser: RowParser
  private var reader: TableReader
  private var reasons: RejectedRows.Reader
  private var record = TableRecord()
  private var position = 0
  private var ids: TakenIDs
  private var strays: StrayRows?
  /// All rows that show nobody, once the reader has come to its end.
  public private(set) var unnamed = Unnamed()

  init(_ book: CustomerBook) {
    self.book = book
    parser = RowParser(file: book.file, segments: book.segments)
    reader = book.file.reader()
    reasons = book.rejected.reader()
    ids = TakenIDs(book.index)
  }

  /// The next customer, with ``Customer/rejections``; nil at the end. Throws when the file cannot be read.
  public mutating func next() throws(CustomerFileError) -> Customer? {
    let strays: StrayRows
    if let found = self.strays { strays = found } else { strays = try StrayRows(book, parser) }
    self.strays = strays
    while position < book.index.count {
      let first = position
      position += 1
      guard !book.index[first].has(.follows) || strays.begins(at: first) else { continue }
      let rows =
        strays.rows(at: first) ?? book.index.chain(from: first).filter { book.index[$0].has(.rejected) }
      if let customer = try customer(rows) { return customer }
    }
    try book.file.checkUnchanged()
    return nil
  }

  private mutating func customer(_ rows: [Int]) throws(CustomerFileError) -> Customer? {
    var agreed = AgreedValues()
    var rejections: [Customer.Rejection] = []
    var isOwn = false
    var lines: [Int] = []
    // Rows with an id of their own are a chain of that id, and stand before others that show it.
    let hasOwnID = rows.contains { book.index[$0].idHash != 0 }
    let inOrder =
      hasOwnID ? rows.filter { book.index[$0].idHash != 0 } + rows.filter { book.index[$0].idHash == 0 } : rows
    for row in inOrder {
      let line = Int(book.index[row].line)
      lines.append(line)
      // A customer with so many rows is rejected unread.
      guard lines.count <= Customer.mostRows else { continue }
      reader.seek(book.index[row].offset, line: line)
      guard try reader.next(into: &record) else { continue }
      let result = parser.parse(record)
      let isGood = result.row != nil
      // Its cells may have moved: it says what the others do not.
      let isStray = hasOwnID && book.index[row].idHash == 0
      agreed.add(ReadableRow(record, parser, result), isStray: isStray)
      // A row that is good is rejected because of the others: their reasons say why.
      if !isGood, !isOwn {
        isOwn = true
        rejections = []
      }
      guard isGood != isOwn, rejections.count < Self.mostReasons else { continue }
      let reason = try reasons.row(ofLine: line)?.reason ?? ""
      if !rejections.contains(where: { $0.reason == reason }) {
        rejections.append(Customer.Rejection(line: line, reason: reason))
      }
    }
    guard agreed.showsSomebody else {
      for line in lines { unnamed.add(line) }
      return nil
    }
    lines.sort()
    rejections.sort { $0.line < $1.line }
    let id = ids.id(agreed.id, isOwn: hasOwnID, line: lines[0])
    var customer = agreed.customer(id: id, language: book.file.language, lines: lines)
    if id != agreed.id { customer.madeID = true }
    customer.rejections = rejections
    return customer
  }
}

extension Customer {
  /// The id of a customer whose rejected row shows none.
  static func id(ofLine line: Int) -> String { "line \(line)" }
}

/// The ids that are taken: those of the file, and those given to rows that are in no chain.
private struct TakenIDs {
  private let index: RowIndex
  private var sorted: [UInt64]?
  private var given: Set<UInt64> = []

  init(_ index: RowIndex) { self.index = index }

  /// - Parameters:
  ///   - id: As the row shows it; nil where it shows none.
  ///   - isOwn: The index knows the row by this id.
  mutating func id(_ id: String?, isOwn: Bool, line: Int) -> String {
    if isOwn, let id { return id }
    var chosen = id ?? Customer.id(ofLine: line)
    if isTaken(chosen) { chosen = Customer.id(ofLine: line) }
    while isTaken(chosen) { chosen += "*" }
    given.insert(HashIndex.hash(chosen))
    return chosen
  }

  private mutating func isTaken(_ id: String) -> Bool {
    let known: [UInt64] = sorted ?? index.rows.lazy.map(\.idHash).filter { $0 != 0 }.sorted()
    sorted = known
    let hash = HashIndex.hash(id)
    if given.contains(hash) { return true }
    var range = known[...]
    while let middle = range.isEmpty ? nil : (range.startIndex + range.endIndex) / 2 {
      if known[middle] == hash { return true }
      range = known[middle] < hash ? range[(middle + 1)...] : range[..<middle]
    }
    return false
  }
}

/// The values that rows of one customer agree on. A value that two rows contradict each other about is nobody's.
private struct AgreedValues {
  private enum Value {
    case none, contradicted
    case one(String)

    var text: String { if case .one(let text) = self { text } else { "" } }

    /// - Parameter isStray: It contradicts nobody.
    mutating func add(_ text: String, _ isStray: Bool) {
      switch self {
      case .none where !text.isEmpty: self = .one(text)
      case .one(let other) where !text.isEmpty && text != other && !isStray: self = .contradicted
      default: break
      }
    }
  }

  private(set) var id: String?
  private(set) var showsSomebody = false
  private var company = Value.none
  private var salutation = Value.none
  private var title = Value.none
  private var firstName = Value.none
  private var lastName = Value.none
  private var phone = Value.none
  private var language = Value.none
  private var contactKey = Value.none
  private var contact: EmailAddress?
  private var mailboxes: [Customer.Mailbox] = []
  private var mailboxKeys: Set<String> = []

  mutating func add(_ row: ReadableRow, isStray: Bool) {
    if id == nil { id = row.id }
    if row.showsSomebody { showsSomebody = true }
    company.add(row.company, isStray)
    salutation.add(row.salutation, isStray)
    title.add(row.title, isStray)
    firstName.add(row.firstName, isStray)
    lastName.add(row.lastName, isStray)
    phone.add(row.phone, isStray)
    language.add(row.language ?? "", isStray)
    contactKey.add(row.contact?.key ?? "", isStray)
    if contact == nil { contact = row.contact }
    if let mailbox = row.mailbox, mailboxKeys.insert(mailbox.address.key).inserted { mailboxes.append(mailbox) }
  }

  func customer(id: String, language defaultLanguage: String, lines: [Int]) -> Customer {
    Customer(
      id: id, company: company.text, salutation: salutation.text, title: title.text, firstName: firstName.text,
      lastName: lastName.text, language: language.text.isEmpty ? defaultLanguage : language.text,
      contact: contactKey.text.isEmpty ? nil : contact, phone: phone.text, mailboxes: mailboxes, lines: lines)
  }
}
