import Campaigns
public import Foundation
public import Letters
public import Mail
public import Queue
public import Receipts

/// What is known and proved about one customer: the plan, each letter with its attempts, and the receipts of both.
///
/// As JSON it is the document of `eilbrief report --customer ID --format json` (schema 1,
/// `docs/schema/report-customer.json`).
public struct CustomerProof: Sendable {
  public struct Letter: Sendable {
    public var message: MessageRecord
    public var receipts: [ProofReceipt]

    public init(_ message: MessageRecord, receipts: [ProofReceipt]) {
      self.message = message
      self.receipts = receipts
    }
  }

  /// A call to the customer, by its receipt and by the queue.
  public struct Call: Sendable {
    /// Nil while it is not on disk.
    public var receipt: ProofReceipt?
    /// Nil where the queue has no call with the receipt's outcome, time, caller and note.
    public var made: CallMade?

    var at: Date? { made?.at ?? receipt?.receipt.call?.at }
    var outcome: CallOutcome? { made?.outcome ?? receipt?.receipt.call?.outcome }
  }

  /// Marks the document.
  static let audience = "customer"

  public var campaign: String
  public var language: DocumentLanguage
  public var zone: TimeZone
  public var madeAt: Date
  public var plan: String
  public var deadline: Date
  public var customer: CustomerRecord
  public var letters: [Letter]
  /// Why the customer is to be called; empty for one who was reached.
  public var causes: [CallCause]
  /// In the order of time.
  public var calls: [Call]
  /// When the call was that told the customer.
  public var reachedAt: Date?
  public var evidence: ReceiptEvidence

  public init(
    campaign: String, language: DocumentLanguage, zone: TimeZone, madeAt: Date, plan: String, deadline: Date,
    customer: CustomerRecord, letters: [Letter], calls: [Call] = [], reachedAt: Date? = nil, evidence: ReceiptEvidence
  ) {
    self.campaign = campaign
    self.language = language
    self.zone = zone
    self.madeAt = madeAt
    self.plan = plan
    self.deadline = deadline
    self.customer = customer
    self.letters = letters
    self.evidence = evidence
    self.calls = calls
    self.reachedAt = reachedAt
    causes = reachedAt == nil ? CallReport.causes(customer, deadline: deadline, at: madeAt) : []
  }

  /// Each call of the queue with its receipt, and each receipt for which the queue has none.
  ///
  /// - Parameter hash: With the campaign's key.
  public static func calls(_ history: CallHistory, _ receipts: [ProofReceipt], by hash: KeyedHash) -> [Call] {
    var left = receipts
    var calls = history.calls.map { call in
      let expected = CallReceipt(call.outcome, at: call.at, caller: call.caller, note: call.note, by: hash)
      let place = left.firstIndex { $0.receipt.call == expected }
      return Call(receipt: place.map { left.remove(at: $0) }, made: CallMade(call))
    }
    calls += left.map { Call(receipt: $0, made: nil) }
    return calls.enumerated().sorted {
      ($0.element.at ?? .distantPast, $0.offset) < ($1.element.at ?? .distantPast, $1.offset)
    }.map(\.element)
  }

  func details() throws -> Customer { try JSONDecoder().decode(Customer.self, from: customer.payload) }
}

/// One receipt with the digest of its line, which the next line of the file carries as `prev`.
public struct ProofReceipt: Sendable, Encodable {
  public var receipt: Receipt
  public var line: SHA256Digest

  public init(_ receipt: Receipt, line: SHA256Digest) {
    self.receipt = receipt
    self.line = line
  }

  private enum CodingKeys: String, CodingKey {
    case seq, at, event, relay, attempt, phase, code, enhanced, reply, sha256, resolution, evidence, reason, line
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(receipt.seq, forKey: .seq)
    try container.encode(receipt.at, forKey: .at)
    try container.encode(receipt.event, forKey: .event)
    try container.encode(receipt.relay, forKey: .relay)
    try container.encode(receipt.attempt, forKey: .attempt)
    try container.encode(receipt.phase, forKey: .phase)
    try container.encode(receipt.code, forKey: .code)
    try container.encode(receipt.enhanced, forKey: .enhanced)
    try container.encode(receipt.reply, forKey: .reply)
    try container.encode(receipt.sha256?.hex, forKey: .sha256)
    try container.encode(receipt.resolution, forKey: .resolution)
    try container.encode(receipt.evidence, forKey: .evidence)
    try container.encode(receipt.reason, forKey: .reason)
    try container.encode(line.hex, forKey: .line)
  }
}

extension CustomerProof: Encodable {
  private enum CodingKeys: String, CodingKey {
    case audience, calls, campaign, company, customer, deadline, evidence, language, letters, mailboxes, name, outcome
    case plan, reasons, schema
    case callsMade = "calls_made"
    case madeAt = "made_at"
    case reachedAt = "reached_at"
  }

  private enum CallKeys: String, CodingKey { case at, by, line, note, outcome, seq }

  private enum LetterKeys: String, CodingKey {
    case address, attempts, code, enhanced, letter, phase, receipts, relay, reply, resent, sha256, state
    case acceptedAt = "accepted_at"
    case bouncedAt = "bounced_at"
    case changedAt = "changed_at"
    case firstAttemptAt = "first_attempt_at"
    case lastAttemptAt = "last_attempt_at"
    case messageID = "message_id"
  }

  public func encode(to encoder: any Encoder) throws {
    let details = try details()
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Self.audience, forKey: .audience)
    try container.encode(1, forKey: .schema)
    try container.encode(campaign, forKey: .campaign)
    try container.encode(language.rawValue, forKey: .language)
    try container.encode(madeAt, forKey: .madeAt)
    try container.encode(plan, forKey: .plan)
    try container.encode(deadline, forKey: .deadline)
    try container.encode(customer.id, forKey: .customer)
    try container.encode(details.company, forKey: .company)
    try container.encode(details.fullName, forKey: .name)
    try container.encode(details.mailboxes.map(\.address.displayText), forKey: .mailboxes)
    try container.encode(customer.kind.rawValue, forKey: .outcome)
    try container.encode(customer.reasons, forKey: .reasons)
    try container.encode(causes, forKey: .calls)
    try container.encode(reachedAt, forKey: .reachedAt)
    var made = container.nestedUnkeyedContainer(forKey: .callsMade)
    for call in calls {
      var item = made.nestedContainer(keyedBy: CallKeys.self)
      try item.encode(call.at, forKey: .at)
      try item.encode(call.made?.by, forKey: .by)
      try item.encode(call.outcome, forKey: .outcome)
      try item.encode(call.made?.note, forKey: .note)
      try item.encode(call.receipt?.receipt.seq, forKey: .seq)
      try item.encode(call.receipt?.line.hex, forKey: .line)
    }
    try container.encode(evidence, forKey: .evidence)
    var list = container.nestedUnkeyedContainer(forKey: .letters)
    for letter in letters {
      let message = letter.message
      var item = list.nestedContainer(keyedBy: LetterKeys.self)
      try item.encode(message.letter, forKey: .letter)
      try item.encode(message.recipient.displayText, forKey: .address)
      try item.encode(message.state, forKey: .state)
      try item.encode(message.acceptedAt, forKey: .acceptedAt)
      try item.encode(message.bounce?.at, forKey: .bouncedAt)
      try item.encode(message.attempts, forKey: .attempts)
      try item.encode(message.resent, forKey: .resent)
      try item.encode(message.firstAttemptAt, forKey: .firstAttemptAt)
      try item.encode(message.lastAttemptAt, forKey: .lastAttemptAt)
      try item.encode(message.changedAt, forKey: .changedAt)
      try item.encode(message.relay, forKey: .relay)
      try item.encode(message.phase, forKey: .phase)
      try item.encode(message.code, forKey: .code)
      try item.encode(message.enhanced, forKey: .enhanced)
      try item.encode(message.reply, forKey: .reply)
      try item.encode(message.messageID.description, forKey: .messageID)
      try item.encode(message.sha256?.hex, forKey: .sha256)
      try item.encode(letter.receipts, forKey: .receipts)
    }
  }
}
