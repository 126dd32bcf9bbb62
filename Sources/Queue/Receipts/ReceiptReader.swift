public import Foundation

/// Reads a receipts file line by line, with constant memory.
///
/// Gives lines as they stand; whether they are receipts, and whether the chain holds, others decide. Fails with
/// ``StoreError/cannotRead(path:cause:)``.
public struct ReceiptReader: Sendable {
  public let file: URL

  public init(file: URL) { self.file = file }

  /// Calls `body` for each line without its line feed; `isWhole` is false for a last line that has none.
  public func forEachLine(_ body: (_ line: [UInt8], _ isWhole: Bool) throws -> Void) throws {
    let path = file.path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw StoreError.cannotRead(path: path, errno: errno) }
    defer { close(descriptor) }
    var rest: [UInt8] = []
    while let piece = try DurableFile.readPiece(descriptor, 1 << 18, path: path) {
      var start = 0
      while let end = piece[start...].firstIndex(of: UInt8(ascii: "\n")) {
        if rest.isEmpty {
          try body(Array(piece[start..<end]), true)
        } else {
          rest += piece[start..<end]
          try body(rest, true)
          rest.removeAll(keepingCapacity: true)
        }
        start = end + 1
      }
      rest += piece[start...]
    }
    if !rest.isEmpty { try body(rest, false) }
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
