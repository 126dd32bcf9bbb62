/// Where the receipts go from the store's outbox: what a delivery asks of it.
public protocol ReceiptLog: Sendable {
  /// Writes out, durably, every receipt the store has; returns how many were new. Throws ``StoreError``.
  @discardableResult
  func flush() async throws -> Int
}

extension ReceiptFile: ReceiptLog {}
