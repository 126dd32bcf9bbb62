import Files
public import Foundation

/// Reads a receipts file line by line, with constant memory.
///
/// Gives lines as they stand; whether they are receipts, and whether the chain holds, others decide. Fails with
/// ``FileError``.
public struct ReceiptReader: Sendable {
  /// What the file is called in every folder of receipts.
  public static let fileName = "receipts.jsonl"

  public let file: URL

  public init(file: URL) { self.file = file }

  /// Calls `body` for each line without its line feed; `isWhole` is false for a last line that has none.
  public func forEachLine(_ body: (_ line: [UInt8], _ isWhole: Bool) throws -> Void) throws {
    try DurableFile.forEachLine(of: file, body)
  }

  /// Calls `body` for each receipt. A line that is none throws ``ReceiptSyntaxError`` with its number.
  public func forEach(_ body: (Receipt) throws -> Void) throws {
    var number = 0
    try forEachLine { line, isWhole in
      number += 1
      // A line that a crash cut short is not a receipt yet; the next delivery writes it anew.
      guard isWhole else { return }
      let receipt: Receipt
      do {
        receipt = try Receipt(line: line)
      } catch {
        throw ReceiptSyntaxError("line \(number): \(error)")
      }
      try body(receipt)
    }
  }
}
