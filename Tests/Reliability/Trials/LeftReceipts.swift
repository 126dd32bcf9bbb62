import Foundation
import Queue
import Receipts

/// The receipts that a power cut has left, before anything has touched them again.
///
/// What was told to be over must be whole. Otherwise the checkpoint and every line it signs must be, and after them
/// nothing may be wrong but the end of the file: a line cut short, or zeros where data never arrived.
struct LeftReceipts {
  let folder: URL

  /// What is wrong; nil when nothing is.
  func fault(told: Bool) throws -> String? {
    let file = folder.appendingPathComponent("receipts.jsonl")
    guard let bytes = try? Data(contentsOf: file) else {
      return told || isSigned ? "receipts.jsonl is not there" : nil
    }
    if !told, !isSigned, bytes.allSatisfy({ $0 == 0 }) { return nil }
    let verdict = try ReceiptVerifier(folder: folder).verify()
    guard let fault = verdict.fault else { return nil }
    if !told, fault.line == verdict.lines + 1, isUnfinished(bytes, after: Int(verdict.lines)) { return nil }
    return fault.description
  }

  private var isSigned: Bool {
    FileManager.default.fileExists(atPath: folder.appendingPathComponent("checkpoint.json").path)
  }

  /// No checkpoint reaches behind these lines: the verifier would have named a line it counts as missing or changed.
  private func isUnfinished(_ bytes: Data, after lines: Int) -> Bool {
    let feed = UInt8(ascii: "\n")
    var start = bytes.startIndex
    for _ in 0..<lines {
      guard let end = bytes[start...].firstIndex(of: feed) else { return false }
      start = end + 1
    }
    let rest = bytes[start...]
    return !rest.isEmpty && (!rest.contains(feed) || rest.contains(0))
  }
}
