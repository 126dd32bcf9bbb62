/// The place of each row and which rows belong to one customer, in 24 bytes per row.
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
  }

  private static let none = UInt32.max

  /// False for a row whose line, offset or number does not fit.
  static func canHold(line: Int, offset: Int, _ position: Int) -> Bool {
    line <= UInt32.max && offset <= 0xFFFF_FFFF_FFFF && position < none
  }

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

  mutating func noteAffectedContact(_ first: Int) { rows[first].packed |= Flag.affectedContact.rawValue }

  /// The row and those chained after it.
  func chain(from first: Int) -> [Int] {
    var chain = [first]
    while rows[chain[chain.count - 1]].next != Self.none { chain.append(Int(rows[chain[chain.count - 1]].next)) }
    return chain
  }
}

/// Finds the last row that was put in under a hash: a table of row numbers with open addressing, about 8 bytes per row.
struct HashIndex {
  private static let empty = UInt32.max
  private var slots = [UInt32](repeating: empty, count: 16)
  private var hashes: [UInt64] = []
  private var used = 0

  /// Another one in each run of the program, so that nobody can write ids that all fall on one place.
  private static let start = UInt64(truncatingIfNeeded: "rows".hashValue) | 1

  /// FNV-1a with a final mix: fast, the same in the whole run, and spread over all bits.
  static func hash(_ text: String) -> UInt64 {
    var hash = start
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash = (hash ^ hash >> 32) &* 0xD6E8_FEB8_6659_FD93
    return hash ^ hash >> 32
  }

  /// Puts `row` under `hash` and gives the row that was there before.
  mutating func exchange(_ hash: UInt64, _ row: Int) -> Int? {
    if (used + 1) * 3 > slots.count * 2 { grow() }
    let slot = slot(of: hash)
    let entry = slots[slot]
    slots[slot] = UInt32(row)
    if entry != Self.empty {
      remember(hash, row)
      return Int(entry)
    }
    used += 1
    remember(hash, row)
    return nil
  }

  func row(under hash: UInt64) -> Int? {
    let entry = slots[slot(of: hash)]
    return entry == Self.empty ? nil : Int(entry)
  }

  /// The hash a row was put in under; zero for a row that was not put in.
  func hash(of row: Int) -> UInt64 { row < hashes.count ? hashes[row] : 0 }

  /// Rows are added in ascending order; those left out have the hash zero.
  private mutating func remember(_ hash: UInt64, _ row: Int) {
    while hashes.count < row { hashes.append(0) }
    hashes.append(hash)
  }

  private func slot(of hash: UInt64) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != Self.empty, hashes[Int(slots[slot])] != hash { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    let old = slots
    slots = [UInt32](repeating: Self.empty, count: old.count * 2)
    for entry in old where entry != Self.empty { slots[slot(of: hashes[Int(entry)])] = entry }
  }
}
