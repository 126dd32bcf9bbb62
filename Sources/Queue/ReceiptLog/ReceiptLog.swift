/// Where the receipts go from the store's outbox: what a delivery asks of it.
public protocol ReceiptLog: Sendable {
  /// Writes out, durably, every receipt the store has; returns how many were new. Throws ``StoreError``.
  @discardableResult
  func flush() async throws -> Int
}

extension ReceiptFile: ReceiptLog {}

/// One line of the receipts, as it stands in the file, without its line feed.
public struct ReceiptLine: Sendable, Hashable {
  public var seq: Int64
  public var bytes: [UInt8]

  public init(seq: Int64, bytes: [UInt8]) {
    self.seq = seq
    self.bytes = bytes
  }
}
