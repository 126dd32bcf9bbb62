/// The place of each row and which rows belong to one customer, in 24 bytes per row, and 8 more until ``finish()``.
///
/// Rows with the same id are chained in the order of the file. Ids are distinguished by a 64-bit hash; a reader of the
/// rows of a chain must compare the ids themselves, since two ids may have the same hash.
struct RowIndex: Sendable {
  struct Row: Sendable {
    var idHash: UInt64
    /// The low 48 bits are the offset in the file; above them the flags.
    fileprivate var packed: UInt64
    var line: UInt32
    fileprivate(set) var next: UInt32

    var offset: Int { Int(packed & 0xFFFF_FFFF_FFFF) }
    func has(_ flag: Flag) -> Bool { packed & flag.rawValue != 0 }
  }

  enum Flag: UInt64 {
    case rejected = 0x8000_0000_0000_0000
    /// The row is not the first of its customer.
    case follows = 0x4000_0000_0000_0000
    /// The row's segment asks for a letter.
    case letter = 0x2000_0000_0000_0000
    /// The row's segment asks for a call.
    case call = 0x1000_0000_0000_0000
    /// The row names a phone number.
    case phone = 0x0800_0000_0000_0000
    /// The row says something else about its customer than the row before it, or its mailbox may be in an earlier one.
    case differs = 0x0400_0000_0000_0000
    /// On the first row of a customer: the contact address is itself an affected mailbox.
    case affectedContact = 0x0200_0000_0000_0000
    /// The row has a contact address.
    case contact = 0x0100_0000_0000_0000
    /// That address may be itself an affected mailbox, of whichever row.
    case contactIsAffected = 0x0080_0000_0000_0000
  }

  private static let none = UInt32.max

  /// False for a row whose line, offset or number does not fit.
  static func canHold(line: Int, offset: Int, _ position: Int) -> Bool {
    line <= UInt32.max && offset <= 0xFFFF_FFFF_FFFF && position < none
  }

  private(set) var rows: [Row] = []
  private var ids = HashIndex()
  var count: Int { rows.count }

  subscript(position: Int) -> Row { rows[position] }

  /// Adds a row, to the chain of the last row before it with the same id; nil for a row that shows no id.
  mutating func append(idHash: UInt64?, offset: Int, line: Int, flags: [Flag]) {
    var packed = UInt64(offset)
    for flag in flags { packed |= flag.rawValue }
    if let idHash, let previous = ids.exchange(idHash, rows.count, in: IDHashes(rows: rows)) {
      packed |= Flag.follows.rawValue
      rows[previous].next = UInt32(rows.count)
    }
    rows.append(Row(idHash: idHash ?? 0, packed: packed, line: UInt32(line), next: Self.none))
  }

  /// No row comes any more.
  mutating func finish() { ids = HashIndex() }

  private struct IDHashes: RowHashes {
    let rows: [Row]
    func hash(of row: Int) -> UInt64 { rows[row].idHash }
  }

  mutating func set(_ flag: Flag, on position: Int) { rows[position].packed |= flag.rawValue }

  mutating func reject(_ position: Int) { set(.rejected, on: position) }

  /// What is warned of about the customer whose first row this is: an affected contact, no contact, no telephone number.
  /// None of any other row, and none of a rejected customer.
  func warnings(of first: Int) -> [CustomerWarning.Kind] {
    guard !rows[first].has(.follows) else { return [] }
    let chain = chain(from: first)
    // A customer is rejected as a whole.
    guard !chain.contains(where: { rows[$0].has(.rejected) }) else { return [] }
    var kinds: [CustomerWarning.Kind] = []
    let hasContact = chain.contains { rows[$0].has(.contact) }
    let isLetter = chain.contains { rows[$0].has(.letter) }
    if isLetter, rows[first].has(.affectedContact) { kinds.append(.contactAffected) }
    if isLetter, !hasContact { kinds.append(.noContact) }
    let isCall = (isLetter && !hasContact) || chain.contains { rows[$0].has(.call) }
    if isCall, !chain.contains(where: { rows[$0].has(.phone) }) { kinds.append(.noTelephone) }
    return kinds
  }

  /// The row after this one in its chain; nil for the last.
  func next(after position: Int) -> Int? { rows[position].next == Self.none ? nil : Int(rows[position].next) }

  /// The row and those chained after it.
  func chain(from first: Int) -> [Int] {
    var chain = [first]
    while rows[chain[chain.count - 1]].next != Self.none { chain.append(Int(rows[chain[chain.count - 1]].next)) }
    return chain
  }
}
