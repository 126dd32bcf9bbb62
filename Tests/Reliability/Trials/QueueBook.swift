public import Foundation
import Mail
import Queue
public import Receipts
import Synchronization
import TestSupport

/// The second book: what the queue says of every letter.
public struct QueueBook: Sendable, Hashable {
  public struct Letter: Sendable, Hashable {
    public var message: Int64
    public var recipient: String
    public var messageID: String
    public var state: MessageState
    public var attempts: Int

    public init(message: Int64, recipient: String, messageID: String, state: MessageState, attempts: Int) {
      self.message = message
      self.recipient = recipient
      self.messageID = messageID
      self.state = state
      self.attempts = attempts
    }
  }

  public var state: CampaignState
  public var letters: [Letter]
  /// Receipts in the database.
  public var receipts: Int

  public init(state: CampaignState = .completed, letters: [Letter] = [], receipts: Int = 0) {
    self.state = state
    self.letters = letters
    self.receipts = receipts
  }

  /// Reads the spool as `status` and `report` do. Fails when the campaign was never launched, and when the figures of
  /// `status` are not those of its letters.
  public init(spool: URL, campaign name: String) async throws {
    let store = try SQLiteStore.open(spool: spool, access: .reader)
    guard let record = try await store.campaign(named: name) else {
      throw HarnessError("the campaign \(name) is not in the spool")
    }
    let found = Mutex<[Letter]>([])
    try await store.forEachCustomer(in: record.id) { customer in
      let letters = customer.messages.map { message in
        Letter(
          message: message.message, recipient: message.recipient.description, messageID: message.messageID.description,
          state: message.state, attempts: message.attempts)
      }
      found.withLock { $0 += letters }
    }
    letters = found.withLock(\.self)
    let figures = try await store.snapshot(of: record.id).messages.filter { $0.value > 0 }
    let counted = Dictionary(grouping: letters, by: \.state).mapValues(\.count)
    guard figures == counted else { throw HarnessError("the queue counts \(figures) and has \(counted)") }
    state = record.state
    var last: Int64 = 0
    while let line = try await store.receipts(of: record.id, after: last, limit: 4096).last { last = line.seq }
    receipts = Int(last)
  }
}
