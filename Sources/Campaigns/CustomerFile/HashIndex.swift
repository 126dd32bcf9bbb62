/// Finds the last row that was put in under a hash: a table of row numbers with open addressing, 8 bytes a row or so.
struct HashIndex {
  private static let empty = UInt32.max
  private var slots = [UInt32](repeating: empty, count: 16)
  private var hashes: [UInt64] = []
  private var used = 0

  /// FNV-1a with a final mix: fast, the same in every run, and spread over all bits.
  static func hash(_ text: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
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

  /// The hash a row was put in under; zero for one that was not.
  func hash(of row: Int) -> UInt64 { row < hashes.count ? hashes[row] : 0 }

  /// Rows come in ascending order; those left out have the hash zero.
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
