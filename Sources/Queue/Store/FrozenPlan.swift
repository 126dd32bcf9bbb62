public import Campaigns
public import Foundation
public import Mail
public import Receipts

/// A campaign as it was frozen by `launch`.
///
/// The part of it that can no longer change once the first letter is out. The store keeps it word for word and never
/// reads `inputs`.
public struct FrozenPlan: Sendable, Hashable {
  public var name: String
  /// The plan's hash over recipients, templates and content settings.
  public var planHash: SHA256Digest
  public var rows: Int
  public var rejectedRows: Int
  public var deadline: Date
  /// Key of every keyed hash of this campaign (customers, addresses, Message-IDs): 32 random bytes.
  public var hashKey: [UInt8]
  /// The digests of the campaign's inputs as JSON, which a resume compares with its own; opaque to the store.
  public var inputs: Data
  /// The approvals that released it, where the campaign requires them: two or more, of different names.
  public var approvals: [FrozenApproval]
  /// The campaign that this one follows; it is in the same store.
  public var follows: Following?

  public init(
    name: String, planHash: SHA256Digest, rows: Int, rejectedRows: Int, deadline: Date, hashKey: [UInt8], inputs: Data,
    approvals: [FrozenApproval] = [], follows: Following? = nil
  ) {
    self.name = name
    self.planHash = planHash
    self.rows = rows
    self.rejectedRows = rejectedRows
    self.deadline = deadline
    self.hashKey = hashKey
    self.inputs = inputs
    self.approvals = approvals
    self.follows = follows
  }

  /// The reason its approvals do not release it; nil when they do, or when there are none.
  package var approvalsFault: String? {
    guard !approvals.isEmpty else { return nil }
    guard approvals.count >= ReleaseState.needed else { return "it has one approval only" }
    // Times are not checked: a clock may have been set back between approval and launch.
    return Set(approvals.map(\.name.key)).count == approvals.count ? nil : "one name approves it twice"
  }
}

/// A customer of the frozen plan with its one outcome, as the store takes it and returns it.
public struct FrozenCustomer<Message: Sendable & Hashable>: Sendable, Hashable {
  /// The customer's id in the customer file.
  public var id: String
  public var kind: Outcome.Kind
  public var reasons: [OutcomeReason]
  /// The reasons for which a letter customer is called as well; empty otherwise.
  public var calls: [OutcomeReason]
  /// The customer as JSON: the data that rendering needs. The store reads the names in it, which receipts hide, and
  /// nothing else.
  public var payload: Data
  /// One per letter, in the order in which they leave; empty unless `kind` is letter.
  public var messages: [Message]

  public init(
    id: String, kind: Outcome.Kind, reasons: [OutcomeReason] = [], calls: [OutcomeReason] = [], payload: Data,
    messages: [Message]
  ) {
    self.id = id
    self.kind = kind
    self.reasons = reasons
    self.calls = calls
    self.payload = payload
    self.messages = messages
  }
}

/// A customer to be frozen.
public typealias PlannedCustomer = FrozenCustomer<PlannedMessage>

public struct PlannedMessage: Sendable, Hashable {
  public var recipient: EmailAddress
  public var messageID: MessageID
  /// Which letter it is; a customer gets each once.
  public var letter: String
  /// Letters of a lower number leave before those of a higher one, whatever their customers; 0 to 999.
  public var priority: Int
  /// Of letters of one priority those with a lower rank leave first, and with the same one in the order of the plan; 0 to
  /// `UInt32.max`.
  public var rank: Int
  /// Name of the template and the digest of its files, for the receipts: `password-change@0123456789ab`.
  public var template: String
  /// Eight bytes of a keyed hash of its verification code: what the letter is found by. Nil where it is not to be found;
  /// then none of the plan's letters is.
  public var codeIndex: Int64?

  public init(
    recipient: EmailAddress, messageID: MessageID, letter: String, priority: Int, rank: Int = 0, template: String,
    codeIndex: Int64? = nil
  ) {
    self.recipient = recipient
    self.messageID = messageID
    self.letter = letter
    self.priority = priority
    self.rank = rank
    self.template = template
    self.codeIndex = codeIndex
  }
}
