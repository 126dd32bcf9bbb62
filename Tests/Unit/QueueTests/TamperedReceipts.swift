import Testing

@testable import Queue
@testable import Receipts

/// A thousand receipts, ready to be gone through from any line on.
///
/// Files that differ in one line are the same before it: a copy of the judge that stands there goes on with the changed
/// line and those after it. It is the verifier's own judge.
struct TamperedReceipts: Sendable {
  let lines: [[UInt8]]
  let links: [ReceiptLink]
  /// At each line, the judge that has read everything before it.
  let judges: [ReceiptJudge]

  init(_ scene: ThousandReceipts, isSigned: Bool = true) throws {
    lines = scene.lines
    links = scene.lines.map { ReceiptLink($0) }
    judges = try ReceiptJudge.standings(before: scene.lines, checkpoint: isSigned ? scene.checkpoint : nil)
  }

  /// With line `index` in the place of `bytes`, which may have line feeds in them; the file goes on at line `next`.
  func fault(at index: Int, instead bytes: [[UInt8]], next: Int, isWhole: Bool = true) -> BrokenReceipt? {
    let changed = bytes.enumerated().map { ReceiptLink($1, isWhole: isWhole || $0 < bytes.count - 1) }
    return judges[index].fault(in: changed, rest: links[min(next, links.count)...])
  }

  /// Flips each bit of a line and of its line feed. Calls `body` with each fault; returns how many there were.
  func flip(_ index: Int, _ body: (_ byte: Int, _ bit: Int, BrokenReceipt?) -> Void) -> Int {
    let line = lines[index]
    var changed = line
    for byte in line.indices {
      for bit in 0..<8 {
        changed[byte] ^= 1 << bit
        let pieces = changed[byte] == 10 ? [Array(line[..<byte]), Array(line[(byte + 1)...])] : [changed]
        body(byte, bit, fault(at: index, instead: pieces, next: index + 1))
        changed[byte] = line[byte]
      }
    }
    for bit in 0..<8 {
      // Without its line feed the line runs into the next one.
      let joined = line + [10 ^ (1 << bit)] + (index + 1 < lines.count ? lines[index + 1] : [])
      body(
        line.count, bit,
        fault(at: index, instead: [joined], next: index + 2, isWhole: index + 1 < lines.count))
    }
    return (line.count + 1) * 8
  }

  /// Flips every bit of the lines, on both processors; returns how many there were.
  func expectFlippedBitsFound(in indices: [Int]) async -> Int {
    await withTaskGroup(of: Int.self) { group in
      for part in 0..<4 {
        group.addTask {
          var flips = 0
          for index in stride(from: part, to: indices.count, by: 4).map({ indices[$0] }) {
            var wrong: [String] = []
            flips += flip(index) { byte, bit, fault in
              if fault?.line != Int64(index + 1), wrong.count < 3 {
                wrong.append("byte \(byte), bit \(bit): \(fault?.description ?? "not found")")
              }
            }
            #expect(wrong.isEmpty, "line \(index + 1)")
            if !wrong.isEmpty { break }
          }
          return flips
        }
      }
      return await group.reduce(0, +)
    }
  }

  /// Ends the file after each byte of the lines.
  func expectCutsNamed(in indices: [Int]) {
    for index in indices {
      let line = lines[index]
      for count in 0...line.count {
        let fault = fault(
          at: index, instead: count == 0 ? [] : [Array(line[..<count])], next: lines.count, isWhole: false)
        guard fault?.line == Int64(index + 1) else {
          Issue.record("line \(index + 1) cut after \(count) bytes: \(fault?.description ?? "not found")")
          continue
        }
        switch fault?.fault {
        case .missing(signed: 1_000) where count == 0: break
        case .cutShort where count > 0: break
        default: Issue.record("line \(index + 1) cut after \(count) bytes: \(fault?.reason ?? "")")
        }
      }
    }
  }
}
