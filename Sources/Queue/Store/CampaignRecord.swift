public import Campaigns
public import Foundation
public import Mail
public import Receipts

/// A campaign as the store keeps it. Times are whole milliseconds.
public struct CampaignRecord: Sendable, Hashable {
  public var id: Int64
  public var plan: FrozenPlan
  public var state: CampaignState
  public var createdAt: Date
  public var startedAt: Date?
  public var finishedAt: Date?
  /// Set once a purge has begun: the customers, the messages and the plan's key are gone.
  public var purge: Purge?

  public struct Purge: Sendable, Hashable {
    public var begunAt: Date
    /// Nil while the purge is not finished: the next one continues it.
    public var finishedAt: Date?
    /// Files of the campaign's folder that were to be removed when it began.
    public var files: Int

    public init(begunAt: Date, finishedAt: Date?, files: Int) {
      self.begunAt = begunAt
      self.finishedAt = finishedAt
      self.files = files
    }
  }

  public init(
    id: Int64, plan: FrozenPlan, state: CampaignState, createdAt: Date, startedAt: Date?, finishedAt: Date?,
    purge: Purge? = nil
  ) {
    self.id = id
    self.plan = plan
    self.state = state
    self.createdAt = createdAt
    self.startedAt = startedAt
    self.finishedAt = finishedAt
    self.purge = purge
  }
}

/// One campaign's figures at one moment; they add up.
public struct CampaignSnapshot: Sendable, Hashable {
  public var campaign: CampaignRecord
  /// Every kind has its figure, even if it is 0.
  public var customers: [Outcome.Kind: Int]
  /// Every state has its figure, even if it is 0.
  public var messages: [MessageState: Int]
  /// Due time of the next deferred message.
  public var nextDue: Date?
  /// Time of the newest outcome, and the number of outcomes in the last minute before it (to the second).
  public var lastOutcomeAt: Date?
  public var outcomesInLastMinute: Int
  /// Accepted messages of which a report says that they did not reach the mailbox; 0 after a purge.
  public var bounced: Int
  /// Excluded messages of a reminder for whose customers nothing is left to do; 0 after a purge.
  public var needless: Int

  public init(
    campaign: CampaignRecord, customers: [Outcome.Kind: Int], messages: [MessageState: Int], nextDue: Date?,
    lastOutcomeAt: Date?, outcomesInLastMinute: Int, bounced: Int = 0, needless: Int = 0
  ) {
    self.campaign = campaign
    self.customers = customers
    self.messages = messages
    self.nextDue = nextDue
    self.lastOutcomeAt = lastOutcomeAt
    self.outcomesInLastMinute = outcomesInLastMinute
    self.bounced = bounced
    self.needless = needless
  }
}

/// A customer with the states of its messages, for reports.
public typealias CustomerRecord = FrozenCustomer<MessageRecord>

public struct MessageRecord: Sendable, Hashable {
  public var message: Int64
  public var letter: String
  public var state: MessageState
  public var attempts: Int
  public var recipient: EmailAddress
  public var messageID: MessageID
  public var relay: String?
  public var firstAttemptAt: Date?
  public var lastAttemptAt: Date?
  /// Set for a deferred message only.
  public var dueAt: Date?
  /// When the state was reached.
  public var changedAt: Date
  public var phase: String?
  public var code: Int?
  public var enhanced: String?
  public var reply: String?
  public var sha256: SHA256Digest?
  /// It was uncertain once and went out again (`resend`), so the customer may have two copies with one Message-ID.
  public var resent: Bool
  /// The reason it was taken out; set for an excluded message only.
  public var exclusion: ExclusionReason?
  /// A report says that it did not reach the mailbox; only of an accepted message.
  public var bounce: BounceRecord?

  public init(
    message: Int64, letter: String, state: MessageState, attempts: Int, recipient: EmailAddress, messageID: MessageID,
    relay: String?,
    firstAttemptAt: Date?, lastAttemptAt: Date?, dueAt: Date?, changedAt: Date, phase: String?, code: Int?,
    enhanced: String?, reply: String?, sha256: SHA256Digest?, resent: Bool, exclusion: ExclusionReason? = nil,
    bounce: BounceRecord? = nil
  ) {
    self.message = message
    self.letter = letter
    self.state = state
    self.attempts = attempts
    self.recipient = recipient
    self.messageID = messageID
    self.relay = relay
    self.firstAttemptAt = firstAttemptAt
    self.lastAttemptAt = lastAttemptAt
    self.dueAt = dueAt
    self.changedAt = changedAt
    self.phase = phase
    self.code = code
    self.enhanced = enhanced
    self.reply = reply
    self.sha256 = sha256
    self.resent = resent
    self.exclusion = exclusion
    self.bounce = bounce
  }
}
