/// Compares the customers of a frozen plan, one after the other, with those of a customer file as it is now.
///
/// The order does not count, neither that of customers nor that of a customer's mailboxes. Memory holds about five bytes
/// for each row of the file and some fifty for each customer with a rejected row; each customer is read again where the
/// frozen one needs it, which is fast while both have the same order. Fails with a ``CustomerFileError``.
///
///     var comparison = try CustomerComparison(with: book, knowsRejected: true)
///     for customer in frozen { try comparison.add(customer) }
///     let differences = try comparison.finish()
public struct CustomerComparison {
  private let book: CustomerBook
  /// False for plans of earlier versions, in which nobody stood for the rejected rows.
  private let knowsRejected: Bool
  private var reader: CustomerRowReader
  /// The first row of each good customer, by the hash of the id.
  private let firsts: [UInt32]
  private var isSeen: [Bool]
  /// What the rejected rows of a customer say, by the hash of the id.
  private var rejected: [UInt64: UInt64] = [:]
  /// How often the rejected rows without an id say the same; less those of the plan.
  private var withoutID: [UInt64: Int] = [:]
  private var unnamed = 0
  private var differences = CustomerDifferences()

  public init(with book: CustomerBook, knowsRejected: Bool) throws(CustomerFileError) {
    self.book = book
    self.knowsRejected = knowsRejected
    reader = CustomerRowReader(book.file, segments: book.segments)
    let index = book.index
    firsts = (0..<index.count).lazy.filter { !index[$0].has(.follows) && !index[$0].has(.rejected) }
      .map(UInt32.init).sorted { index[Int($0)].idHash < index[Int($1)].idHash }
    isSeen = [Bool](repeating: false, count: firsts.count)
    var called = book.rejectedCustomers()
    while let customer = try called.next() {
      if customer.hasMadeID {
        withoutID[Self.content(of: customer), default: 0] += 1
      } else {
        rejected[HashIndex.hash(customer.id)] = Self.content(of: customer)
      }
    }
    unnamed = called.unnamed.count
  }

  /// A customer of the plan, each once.
  public mutating func add(_ frozen: Customer) throws(CustomerFileError) {
    if frozen.hasMadeID {
      withoutID[Self.content(of: frozen), default: 0] -= 1
      return
    }
    let hash = HashIndex.hash(frozen.id)
    if let place = place(of: hash), !isSeen[place], let now = try customer(frozen.id, at: Int(firsts[place])) {
      isSeen[place] = true
      if frozen.rejections == nil {
        differences.compare(now, with: frozen)
      } else {
        differences.add(.corrected, frozen.id)
      }
    } else if let content = rejected.removeValue(forKey: hash) {
      if frozen.rejections == nil {
        differences.add(.rejected, frozen.id)
      } else if content != Self.content(of: frozen) {
        differences.add(.rejectedRow, frozen.id)
      }
    } else {
      differences.add(.gone, frozen.id)
    }
  }

  /// The differences by kind, those of the whole customer first; empty when the file says what the plan does.
  ///
  /// - Parameter unnamed: The plan's rejected rows that nobody stands for.
  public mutating func finish(unnamed frozen: Int) throws(CustomerFileError) -> [CustomerDifference] {
    try addNew()
    if knowsRejected {
      try addNewRejected()
      let others = withoutID.values.reduce(0) { $0 + abs($1) } + abs(unnamed - frozen)
      differences.add(.rejectedWithoutID, nil, count: others)
    } else if !differences.all.contains(where: { $0.kind == .rejected || $0.kind == .new || $0.kind == .gone }),
      book.rejected.count != frozen
    {
      differences.add(.rejectedWithoutID, nil, count: abs(book.rejected.count - frozen))
    }
    return differences.all.sorted { $0.kind.rank < $1.kind.rank }
  }

  private mutating func addNew() throws(CustomerFileError) {
    // In the order of the file, of which the first are named.
    let new = firsts.indices.filter { !isSeen[$0] }.map { Int(firsts[$0]) }.sorted()
    for (number, row) in new.enumerated() {
      let id = number < CustomerDifference.named ? try reader.row(row, of: book.index).id : nil
      differences.add(.new, id)
    }
  }

  private mutating func addNewRejected() throws(CustomerFileError) {
    guard !rejected.isEmpty else { return }
    var called = book.rejectedCustomers()
    while let customer = try called.next() {
      guard !customer.hasMadeID, rejected[HashIndex.hash(customer.id)] != nil else { continue }
      differences.add(.new, customer.id)
    }
  }

  private func place(of hash: UInt64) -> Int? {
    var range = firsts.indices
    while !range.isEmpty {
      let middle = (range.lowerBound + range.upperBound) / 2
      if book.index[Int(firsts[middle])].idHash < hash {
        range = middle + 1..<range.upperBound
      } else {
        range = range.lowerBound..<middle
      }
    }
    let place = range.lowerBound
    return place < firsts.count && book.index[Int(firsts[place])].idHash == hash ? place : nil
  }

  /// Nil when two ids have the same hash and this is the other one.
  private mutating func customer(_ id: String, at first: Int) throws(CustomerFileError) -> Customer? {
    let groups = try reader.groups(book.index.chain(from: first), of: book.index)
    guard let group = groups.first(where: { $0.id == id && !$0.rows.isEmpty }) else { return nil }
    return CustomerMerge(group.rows, language: book.file.language).customer
  }

  /// What the rejected rows of a customer say, wherever in the file they are; stable only within one run.
  private static func content(of customer: Customer) -> UInt64 {
    var content = customer
    content.lines = [customer.lines.count]
    content.need = Customer.Need()
    // The reasons name lines.
    content.rejections = nil
    if customer.hasMadeID { content.id = "" }
    var hasher = Hasher()
    hasher.combine(content)
    return UInt64(bitPattern: Int64(hasher.finalize()))
  }
}

extension CustomerDifference.Kind {
  /// The place of the kind among the others, for people.
  fileprivate var rank: Int {
    switch self {
    case .new: 0
    case .gone: 1
    case .rejected: 2
    case .corrected: 3
    case .value(let value): 4 + (CustomerDifference.Value.allCases.firstIndex(of: value) ?? 0)
    case .mailboxAdded: 20
    case .mailboxRemoved: 21
    case .access: 22
    case .program: 23
    case .rejectedRow: 24
    case .rejectedWithoutID: 25
    }
  }
}
