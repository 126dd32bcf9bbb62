import Foundation
import Mail

@testable import Receipts

/// The lines of a receipts file: judged as they are, and once more with `seq` and `prev` as the chain needs them, so
/// that changed lines reach the rules behind the chain.
struct ReceiptLines: FuzzTarget {
  func run(_ bytes: [UInt8]) {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
    judge(lines)
    judge(chained(lines))
  }

  private func judge(_ lines: [[UInt8]]) {
    var judge = ReceiptJudge(checkpoint: nil)
    do {
      for (index, line) in lines.enumerated() where index < lines.count - 1 || !line.isEmpty {
        try judge.take(ReceiptLink(line, isWhole: index < lines.count - 1))
      }
      try judge.finish()
    } catch {
      _ = error.description
    }
  }

  private func chained(_ lines: [[UInt8]]) -> [[UInt8]] {
    var previous = String(repeating: "0", count: 64)
    var number = 0
    return lines.map { line in
      number += 1
      let comma = line.firstIndex(of: UInt8(ascii: ",")) ?? line.endIndex
      guard line.suffix(67).starts(with: Array("\"".utf8)), comma + 67 < line.count else { return line }
      let fixed = Array("{\"seq\":\(number)".utf8) + line[comma..<(line.count - 66)] + Array("\(previous)\"}".utf8)
      previous = SHA256.digest(of: fixed).hex
      return fixed
    }
  }
}
