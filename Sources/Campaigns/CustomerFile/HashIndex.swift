import Foundation

/// The hash of each row, wherever it is kept.
protocol RowHashes {
  func hash(of row: Int) -> UInt64
}

/// Finds the last row that was put in under a hash: a table of row numbers with open addressing, 6 to 12 bytes per row. The
/// hashes themselves are the caller's.
struct HashIndex {
  private static let empty = UInt32.max
  private var slots = [UInt32](repeating: empty, count: 16)
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
  ///
  /// - Parameter hashes: Those of the rows put in so far; that of `row` is not asked for.
  mutating func exchange(_ hash: UInt64, _ row: Int, in hashes: some RowHashes) -> Int? {
    if (used + 1) * 3 > slots.count * 2 { grow(hashes) }
    let slot = slot(of: hash, hashes)
    let entry = slots[slot]
    slots[slot] = UInt32(row)
    if entry != Self.empty { return Int(entry) }
    used += 1
    return nil
  }

  func holds(_ hash: UInt64, in hashes: some RowHashes) -> Bool { slots[slot(of: hash, hashes)] != Self.empty }

  private func slot(of hash: UInt64, _ hashes: some RowHashes) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != Self.empty, hashes.hash(of: Int(slots[slot])) != hash { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow(_ hashes: some RowHashes) {
    let old = slots
    slots = [UInt32](repeating: Self.empty, count: old.count * 2)
    for entry in old where entry != Self.empty { slots[slot(of: hashes.hash(of: Int(entry)), hashes)] = entry }
  }
}

/// One hash of each row of a file, while the file is read; 8 bytes per row, which are in a file without a name once they are
/// many. Where no such file can be made they stay in memory.
struct HashColumn {
  private static let pieceSize = 1 << 20
  private var file: StagingFile?
  private var fileSize = 0
  private var cannotWrite = false
  /// What follows the file's bytes and was not written.
  private var tail: [UInt64] = []

  /// - Parameter hash: Zero for a row that has none.
  mutating func append(_ hash: UInt64) {
    tail.append(hash)
    guard tail.count * 8 >= Self.pieceSize, !cannotWrite else { return }
    do throws(PlanStagingError) {
      if file == nil { file = try StagingFile(in: FileManager.default.temporaryDirectory) }
      try file?.write(tail.withUnsafeBytes { Array($0) }, at: fileSize)
    } catch {
      cannotWrite = true
      return
    }
    fileSize += tail.count * 8
    tail.removeAll(keepingCapacity: true)
  }

  /// Calls `body` with each row and its hash, in order.
  func visit(_ body: (Int, UInt64) -> Void) throws(PlanStagingError) {
    var row = 0
    var offset = 0
    while let file, offset < fileSize {
      let piece = try file.read(min(Self.pieceSize, fileSize - offset), at: offset)
      guard piece.count == min(Self.pieceSize, fileSize - offset) else { throw .damaged(file.path) }
      piece.withUnsafeBytes { bytes in
        for place in 0..<bytes.count / 8 {
          body(row, bytes.loadUnaligned(fromByteOffset: place * 8, as: UInt64.self))
          row += 1
        }
      }
      offset += piece.count
    }
    for hash in tail {
      body(row, hash)
      row += 1
    }
  }

  /// All of them in memory.
  func loaded() throws(PlanStagingError) -> Loaded {
    var hashes: [UInt64] = []
    hashes.reserveCapacity(fileSize / 8 + tail.count)
    try visit { hashes.append($1) }
    return Loaded(hashes: hashes)
  }

  struct Loaded: RowHashes {
    fileprivate(set) var hashes: [UInt64]
    func hash(of row: Int) -> UInt64 { hashes[row] }
  }
}
