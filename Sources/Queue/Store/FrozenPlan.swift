public import Foundation
public import Mail
public import Receipts

/// A campaign as it was frozen by `launch`.
///
/// What can no longer change once the first letter is out. The store keeps it word for word and never reads `inputs`.
public struct FrozenPlan: Sendable, Hashable {
  public var name: String
  /// The plan's hash over recipients, templates and content settings.
  public var planHash: SHA256Digest
  public var rows: Int
  public var rejectedRows: Int
  public var deadline: Date
  /// Key of every keyed hash of this campaign (customers, addresses, Message-IDs): 32 random bytes.
  public var hashKey: [UInt8]
  /// What a resume compares with: opaque to the store (the campaign's input digests as JSON).
  public var inputs: Data
  /// By whom it was released, where the campaign asked for that: two or more, of different names.
  public var approvals: [FrozenApproval]

  public init(
    name: String, planHash: SHA256Digest, rows: Int, rejectedRows: Int, deadline: Date, hashKey: [UInt8], inputs: Data,
    approvals: [FrozenApproval] = []
  ) {
    self.name = name
    self.planHash = planHash
    self.rows = rows
    self.rejectedRows = rejectedRows
    self.deadline = deadline
    self.hashKey = hashKey
    self.inputs = inputs
    self.approvals = approvals
  }

  /// Why its approvals release nothing; nil when they do, or when there are none.
  package var approvalsFault: String? {
    guard !approvals.isEmpty else { return nil }
    guard approvals.count >= ReleaseState.needed else { return "it has one approval only" }
    // Times are no rule: a clock may have been set back between approval and launch.
    return Set(approvals.map(\.name.key)).count == approvals.count ? nil : "one name approves it twice"
  }
}

public enum OutcomeKind: String, Sendable, Hashable, Codable, CaseIterable { case letter, phone, none }

/// A customer of the frozen plan with its one outcome.
public struct PlannedCustomer: Sendable, Hashable {
  /// The customer's id in the customer file.
  public var id: String
  public var kind: OutcomeKind
  public var reason: String
  /// A letter customer who is called as well: why; empty otherwise.
  public var callReason: String
  /// The customer as JSON, opaque to the store: what rendering needs.
  public var payload: Data
  /// One a letter; none unless `kind` is letter.
  public var messages: [PlannedMessage]

  public init(
    id: String, kind: OutcomeKind, reason: String, callReason: String, payload: Data, messages: [PlannedMessage]
  ) {
    self.id = id
    self.kind = kind
    self.reason = reason
    self.callReason = callReason
    self.payload = payload
    self.messages = messages
  }
}

public struct PlannedMessage: Sendable, Hashable {
  public var recipient: EmailAddress
  public var messageID: MessageID
  /// Which letter it is; a customer gets each once.
  public var letter: String
  /// Letters of a lower order leave before those of a higher one, whoever gets them; 0 to 999.
  public var order: Int
  /// Name of the template and the digest of its files, for the receipts: `password-change@0123456789ab`.
  public var template: String

  public init(recipient: EmailAddress, messageID: MessageID, letter: String, order: Int, template: String) {
    self.recipient = recipient
    self.messageID = messageID
    self.letter = letter
    self.order = order
    self.template = template
  }
}
