/// Where each row stands and which rows are one customer's, in 24 bytes a row.
///
/// Rows with the same id are chained in the order of the file. Ids are told apart by a 64-bit hash; whoever reads the
/// rows of a chain must look at the ids themselves, since two of them may have the same hash.
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
    /// Not the first row of its customer.
    case follows = 0x4000_0000_0000_0000
    /// Its segment asks for a letter.
    case letter = 0x2000_0000_0000_0000
    /// Its segment asks for a call.
    case call = 0x1000_0000_0000_0000
    /// It names a telephone number.
    case phone = 0x0800_0000_0000_0000
  }

  private static let none = UInt32.max
  private(set) var rows: [Row] = []
  var count: Int { rows.count }

  subscript(position: Int) -> Row { rows[position] }

  /// Adds a row; `previous` is the last row before it with the same id, when there is one.
  mutating func append(idHash: UInt64, offset: Int, line: Int, flags: [Flag], previous: Int?) {
    var packed = UInt64(offset)
    for flag in flags { packed |= flag.rawValue }
    if let previous {
      packed |= Flag.follows.rawValue
      rows[previous].next = UInt32(rows.count)
    }
    rows.append(Row(idHash: idHash, packed: packed, line: UInt32(line), next: Self.none))
  }

  mutating func reject(_ position: Int) { rows[position].packed |= Flag.rejected.rawValue }

  /// The row and those chained behind it.
  func chain(from first: Int) -> [Int] {
    var chain = [first]
    while rows[chain[chain.count - 1]].next != Self.none { chain.append(Int(rows[chain[chain.count - 1]].next)) }
    return chain
  }
}
