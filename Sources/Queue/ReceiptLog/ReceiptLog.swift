/// The destination of the receipts in the store's outbox, as a delivery uses it.
public protocol ReceiptLog: Sendable {
  /// Writes out, durably, every receipt the store has; returns the number of new ones. Throws ``StoreError``.
  @discardableResult
  func flush() async throws -> Int
}

extension ReceiptFile: ReceiptLog {}

/// One line of the receipts, as in the file, without its line feed.
public struct ReceiptLine: Sendable, Hashable {
  public var seq: Int64
  public var bytes: [UInt8]

  public init(seq: Int64, bytes: [UInt8]) {
    self.seq = seq
    self.bytes = bytes
  }
}
