import Files
import Foundation
import Mail
import Queue
public import Receipts

/// The receipts of one customer: those of letters grouped by attempt, and those of calls.
public struct CustomerReceipts: Sendable {
  public struct Attempt: Sendable {
    /// The line number of the receipt `attempt`.
    public let line: Int64
    public let receipt: Receipt
    /// The results, in order: the outcome, and how an uncertain one was settled.
    public internal(set) var outcomes: [Receipt] = []
  }

  private(set) var attempts: [Attempt] = []
  /// In the order in which they were recorded.
  private(set) var calls: [Receipt] = []

  /// Reads the receipts of the customer whose id has the keyed hash `hash`. The file must have been verified.
  init(of hash: SHA256Digest, in file: URL) throws {
    var attempts: [Attempt] = []
    var calls: [Receipt] = []
    let sign = Array(hash.hex.utf8)
    try ReceiptReader(file: file).forEachLine { line, isWhole in
      guard isWhole, line.contains(run: sign) else { return }
      let receipt = try Receipt(line: line)
      guard receipt.customer == hash else { return }
      if receipt.event == .attempt {
        attempts.append(Attempt(line: receipt.seq, receipt: receipt))
      } else if receipt.event == .called {
        calls.append(receipt)
      } else if receipt.mailbox != nil {
        // A mailbox is no part of any letter.
      } else if let last = attempts.lastIndex(where: { $0.receipt.message == receipt.message }) {
        attempts[last].outcomes.append(receipt)
      }
    }
    self.attempts = attempts
    self.calls = calls
  }
}
