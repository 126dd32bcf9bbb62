import Foundation
import Mail
import Queue
public import Receipts

/// The receipts of one customer, put together by attempt.
public struct CustomerReceipts: Sendable {
  public struct Attempt: Sendable {
    /// Of the receipt `attempt`.
    public let line: Int64
    public let receipt: Receipt
    /// What came of it, in order: the outcome, and how an uncertain one was settled.
    public internal(set) var outcomes: [Receipt] = []
  }

  private(set) var attempts: [Attempt] = []

  /// `hash` is the keyed hash of the customer's id. The file must have been verified.
  init(of hash: SHA256Digest, in file: URL) throws {
    var attempts: [Attempt] = []
    try ReceiptReader(file: file).forEachLine { line, isWhole in
      guard isWhole else { return }
      let receipt = try Receipt(line: line)
      guard receipt.customer == hash else { return }
      if receipt.event == .attempt {
        attempts.append(Attempt(line: receipt.seq, receipt: receipt))
      } else if let last = attempts.lastIndex(where: { $0.receipt.message == receipt.message }) {
        attempts[last].outcomes.append(receipt)
      }
    }
    self.attempts = attempts
  }
}
