import Mail

/// What can be read of a row that is rejected: each value by itself, as ``RowParser`` reads it in a row that has nothing
/// else. A value that the parser would reject is empty.
struct ReadableRow {
  var id: String?
  var company = ""
  var salutation = ""
  var title = ""
  var firstName = ""
  var lastName = ""
  var phone = ""
  var language: String?
  var contact: EmailAddress?
  var mailbox: Customer.Mailbox?

  /// False when nothing in the row says whose it is.
  var showsSomebody: Bool {
    id != nil || contact != nil || ![company, firstName, lastName, phone].allSatisfy(\.isEmpty)
  }

  /// - Parameters:
  ///   - record: With a value behind the last column, those behind the surplus cell are in the wrong columns: a telephone
  ///     number and an address are looked for in both places.
  ///   - result: What the parser made of it.
  init(_ record: TableRecord, _ parser: RowParser, _ result: RowParser.Result) {
    if let row = result.row {
      self.init(row, parser)
      return
    }
    let row = Blanks(record, parser)
    // In most rows one value is wrong, and the others are read at once.
    if let faulty = result.faulty, let rest = row.parsed(Set(CustomerSource.Field.allCases).subtracting(faulty)) {
      self.init(rest, parser)
      if faulty.contains(.id) { id = nil }
      if faulty.contains(.mailbox) { mailbox = nil }
      return
    }
    self.init(oneByOne: record, parser, row)
  }

  private init(oneByOne record: TableRecord, _ parser: RowParser, _ row: Blanks) {
    let fields = Set(CustomerSource.Field.allCases).subtracting([.mailbox, .access, .program])
    let isStraight = record.count <= parser.file.header.count
    let whole = isStraight ? row.parsed(fields) : nil
    func read(_ field: CustomerSource.Field, shifted: Bool = false) -> CustomerRow? {
      // An empty cell needs no parsing.
      if whole == nil, !shifted, !row.has(field) { return nil }
      if shifted { return row.parsed([field], shift: record.count - parser.file.header.count) }
      return whole ?? row.parsed([field])
    }
    id = read(.id)?.id
    company = read(.company)?.company ?? ""
    salutation = read(.salutation)?.salutation ?? ""
    title = read(.title)?.title ?? ""
    firstName = read(.firstName)?.firstName ?? ""
    lastName = read(.lastName)?.lastName ?? ""
    language = read(.language)?.language
    contact = read(.contact)?.contact
    phone = read(.phone)?.phone ?? ""
    // A surplus cell that is empty has moved nothing.
    let hasMoved = (parser.file.header.count..<max(parser.file.header.count, record.count)).contains {
      !record.isBlank($0)
    }
    if hasMoved {
      if contact == nil { contact = read(.contact, shifted: true)?.contact }
      if !Self.isNumber(phone) { phone = read(.phone, shifted: true)?.phone ?? "" }
    }
    if !isStraight {
      if !Self.isNumber(phone) { phone = "" }
    }
    mailbox = row.parsed([.mailbox, .access, .program]).flatMap { Self.mailbox(of: $0, parser) }
  }

  private init(_ row: CustomerRow, _ parser: RowParser) {
    id = row.id
    company = row.company
    salutation = row.salutation
    title = row.title
    firstName = row.firstName
    lastName = row.lastName
    phone = row.phone
    language = row.language
    contact = row.contact
    mailbox = Self.mailbox(of: row, parser)
  }

  private static func mailbox(of row: CustomerRow, _ parser: RowParser) -> Customer.Mailbox? {
    parser.segments[row.access] == nil
      ? nil : Customer.Mailbox(address: row.mailbox, access: row.access, programs: row.programs)
  }

  /// Four digits at least, and nothing that no telephone number has.
  private static func isNumber(_ text: String) -> Bool {
    text.utf8.count { (0x30...0x39).contains($0) } >= 4 && !text.contains { $0 == "@" || $0 == ":" }
      && text.count(where: \.isLetter) <= 6
  }
}

/// Rows with some cells of a row, and values that say nothing where the parser needs one.
private struct Blanks {
  private static let id = Array("1000".utf8)[...]
  private static let mailbox = Array("post@kanzlei.example".utf8)[...]

  private let record: TableRecord
  private let parser: RowParser
  private let fieldOf: [Int: CustomerSource.Field]
  private let access: ArraySlice<UInt8>

  init(_ record: TableRecord, _ parser: RowParser) {
    self.record = record
    self.parser = parser
    fieldOf = Dictionary(parser.file.columns.map { ($0.value, $0.key) }) { first, _ in first }
    access = Array((parser.segments.keys.min() ?? "").utf8)[...]
  }

  func has(_ field: CustomerSource.Field) -> Bool {
    parser.file.columns[field].map { $0 < record.count && !record.range($0).isEmpty } ?? false
  }

  /// Nil when the parser rejects these cells.
  func parsed(_ fields: Set<CustomerSource.Field>, shift: Int = 0) -> CustomerRow? {
    var row = TableRecord()
    row.begin(offset: record.offset, line: record.line)
    for place in 0..<parser.file.header.count {
      switch fieldOf[place] {
      case .some(let field) where fields.contains(field):
        if place + shift < record.count { row.append(record.bytes[record.range(place + shift)]) }
      case .id: row.append(Self.id)
      case .mailbox: row.append(Self.mailbox)
      case .access: row.append(access)
      default: break
      }
      row.endField()
    }
    return parser.parse(row).row
  }
}
