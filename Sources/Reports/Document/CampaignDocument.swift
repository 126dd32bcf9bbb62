public import Campaigns
public import Foundation
public import Receipts

/// The report on a whole campaign, for those who ask a month later: what happened, who was affected, who was told how and
/// when, what is open, what the operator did, and how to check it.
///
/// A value of aggregates: its size does not grow with the customers. ``CampaignPage`` shows it as HTML; as JSON it is
/// the document of `eilbrief report --format json` of a whole campaign (schema 1, `docs/schema/report.json`).
public struct CampaignDocument: Sendable {
  /// For whom it is written.
  public enum Audience: String, Sendable, Hashable, CaseIterable {
    /// Everything the operator needs, customers to be called with their names.
    case `operator`
    /// Nothing that says who a customer is: no names, addresses, mailboxes, telephone numbers, ids, no domains of fewer
    /// than ``ReceiptDomain/leastCustomers`` customers, and nothing of what a server wrote in its own words.
    case authority
  }

  public var audience: Audience
  public var campaign: String
  /// The campaign that it follows. In the JSON only when there is one.
  public var follows: Following?
  public var language: DocumentLanguage
  /// The zone that the page shows times in.
  public var zone: TimeZone
  public var madeAt: Date
  public var state: CampaignState
  /// `sha256:…`
  public var plan: String
  public var deadline: Date
  public var startedAt: Date?
  public var finishedAt: Date?
  /// The estimated time of the last letter, while the campaign is delivered.
  public var eta: Date?
  /// Set once the customers are gone: what needs them is nil then.
  public var purge: PurgeMoment?
  /// The facts of `campaign.yaml`; nil where there is none any more.
  public var incident: IncidentFacts?
  public var figures: CampaignFigures
  /// Nil after a purge.
  public var affected: AffectedCustomers?
  public var told: AcceptanceHistory
  /// Nil after a purge.
  public var domains: DomainOutcomes?
  /// Nil after a purge.
  public var replies: [ReplyOutcome]?
  /// Nil after a purge.
  public var calls: CallSummary?
  /// After a purge by the receipts alone.
  public var callsMade: CallsMade
  /// Nil after a purge, and where no export of the mail server was ever read. In the JSON only when it is there.
  public var passwords: PasswordSummary?
  public var timeline: CampaignTimeline
  public var releasedBy: [ReleasedBy]
  public var evidence: ReceiptEvidence

  public init(
    audience: Audience, campaign: String, language: DocumentLanguage, zone: TimeZone, madeAt: Date,
    state: CampaignState, plan: String, deadline: Date, startedAt: Date?, finishedAt: Date?, eta: Date? = nil,
    purge: PurgeMoment? = nil, incident: IncidentFacts?, figures: CampaignFigures, affected: AffectedCustomers?,
    told: AcceptanceHistory, domains: DomainOutcomes?, replies: [ReplyOutcome]?, calls: CallSummary?,
    callsMade: CallsMade, passwords: PasswordSummary? = nil, timeline: CampaignTimeline, releasedBy: [ReleasedBy],
    evidence: ReceiptEvidence, follows: Following? = nil
  ) {
    self.audience = audience
    self.campaign = campaign
    self.language = language
    self.zone = zone
    self.madeAt = madeAt
    self.state = state
    self.plan = plan
    self.deadline = deadline
    self.startedAt = startedAt
    self.finishedAt = finishedAt
    self.eta = eta
    self.purge = purge
    self.incident = incident
    self.figures = figures
    self.affected = affected
    self.told = told
    self.domains = domains
    self.replies = replies
    self.calls = calls
    self.callsMade = callsMade
    self.passwords = passwords
    self.timeline = timeline
    self.releasedBy = releasedBy
    self.evidence = evidence
    self.follows = follows
  }
}

/// When the personal data of a campaign was removed.
public struct PurgeMoment: Sendable, Hashable, Encodable {
  public var begunAt: Date
  /// Nil while it is not finished.
  @OrNull public var finishedAt: Date?

  public init(begunAt: Date, finishedAt: Date?) {
    self.begunAt = begunAt
    self.finishedAt = finishedAt
  }

  private enum CodingKeys: String, CodingKey {
    case begunAt = "begun_at"
    case finishedAt = "finished_at"
  }
}

/// The counts of a campaign at one moment: they add up.
public struct CampaignFigures: Sendable, Hashable, Encodable {
  public var rows = 0
  public var rejectedRows = 0
  public var customers = 0
  /// Customers who get a letter, who are called only, and who need nothing.
  public var letter = 0
  public var phone = 0
  public var none = 0
  public var messages: [MessageState: Int] = [:]
  /// Accepted letters that came back.
  public var bounced = 0
  /// Excluded letters of a reminder for whose customers nothing is left to do.
  public var needless = 0

  public init() {}

  public var letters: Int { messages.values.reduce(0, +) }
  public func count(_ state: MessageState) -> Int { messages[state] ?? 0 }
  /// Letters that may still be accepted by themselves.
  public var waiting: Int { count(.queued) + count(.sending) + count(.deferred) }

  private enum CodingKeys: String, CodingKey {
    case rows, customers, letter, phone, none, messages, bounced, needless
    case rejectedRows = "rejected_rows"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(rows, forKey: .rows)
    try container.encode(rejectedRows, forKey: .rejectedRows)
    try container.encode(customers, forKey: .customers)
    try container.encode(letter, forKey: .letter)
    try container.encode(phone, forKey: .phone)
    try container.encode(none, forKey: .none)
    try container.encode(StateFigures(messages), forKey: .messages)
    try container.encode(bounced, forKey: .bounced)
    if needless > 0 { try container.encode(needless, forKey: .needless) }
  }
}

/// Letters by state, with every state and their total, as `messages` of `status --json`.
struct StateFigures: Encodable {
  private let figures: [String: Int]

  init(_ messages: [MessageState: Int]) {
    var figures = ["total": messages.values.reduce(0, +)]
    for state in MessageState.allCases { figures[state.rawValue] = messages[state] ?? 0 }
    self.figures = figures
  }

  func encode(to encoder: any Encoder) throws { try figures.encode(to: encoder) }
}

/// What the receipts of the campaign prove, as far as they were checked for this report.
public struct ReceiptEvidence: Sendable, Hashable, Encodable {
  public var lines: Int64
  /// Lines the signed checkpoint vouches for; nil when there is none, or something is wrong.
  @OrNull public var signedLines: Int64?
  /// SHA-256 of the last line.
  @OrNull public var head: String?
  @OrNull public var checkpointAt: Date?
  /// The fingerprint of the key that signed the checkpoint.
  @OrNull public var signedBy: String?
  /// The fingerprint of the queue's own key; nil when it was not compared.
  @OrNull public var queueKey: String?
  /// The first thing that is wrong; nil when everything is right.
  @OrNull public var fault: String?

  public var isSound: Bool { fault == nil }

  public init(
    lines: Int64, signedLines: Int64? = nil, head: String? = nil, checkpointAt: Date? = nil, signedBy: String? = nil,
    queueKey: String? = nil, fault: String? = nil
  ) {
    self.lines = lines
    self.signedLines = signedLines
    self.head = head
    self.checkpointAt = checkpointAt
    self.signedBy = signedBy
    self.queueKey = queueKey
    self.fault = fault
  }

  private enum CodingKeys: String, CodingKey {
    case lines, head, fault
    case signedLines = "signed_lines"
    case checkpointAt = "checkpoint_at"
    case signedBy = "signed_by"
    case queueKey = "queue_key"
  }
}

extension CampaignDocument: Encodable {
  /// Whether a text begins as such a document does, or as that of a customer: by its first key in the order of the
  /// alphabet.
  public static func isBegin(_ text: String, isPersonal: Bool) -> Bool {
    let audiences = isPersonal ? [Audience.operator.rawValue, CustomerProof.audience] : [Audience.authority.rawValue]
    return audiences.contains { text.hasPrefix("{\n  \"\(CodingKeys.audience.rawValue)\" : \"\($0)\",\n") }
  }

  enum CodingKeys: String, CodingKey {
    case audience, calls, campaign, deadline, domains, eta, evidence, figures, incident, language, passwords, plan,
      purge,
      replies
    case follows, schema, segments, state, timeline, told
    case callsMade = "calls_made"
    case finishedAt = "finished_at"
    case madeAt = "made_at"
    case releasedBy = "released_by"
    case startedAt = "started_at"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    // Absent values are written as null: a reader sees every key of the schema.
    try container.encode(audience.rawValue, forKey: .audience)
    try container.encode(1, forKey: .schema)
    try container.encode(campaign, forKey: .campaign)
    if let follows {
      try container.encode(["campaign": follows.campaign, "as": follows.kind.rawValue], forKey: .follows)
    }
    try container.encode(language.rawValue, forKey: .language)
    try container.encode(madeAt, forKey: .madeAt)
    try container.encode(state, forKey: .state)
    try container.encode(plan, forKey: .plan)
    try container.encode(deadline, forKey: .deadline)
    try container.encode(startedAt, forKey: .startedAt)
    try container.encode(finishedAt, forKey: .finishedAt)
    try container.encode(eta, forKey: .eta)
    try container.encode(purge, forKey: .purge)
    try container.encode(incident, forKey: .incident)
    try container.encode(figures, forKey: .figures)
    try container.encode(affected?.segments, forKey: .segments)
    try container.encode(told, forKey: .told)
    try container.encode(domains, forKey: .domains)
    try container.encode(replies, forKey: .replies)
    try container.encode(calls, forKey: .calls)
    try container.encode(callsMade, forKey: .callsMade)
    if let passwords { try container.encode(passwords, forKey: .passwords) }
    try container.encode(timeline.acts, forKey: .timeline)
    try container.encode(releasedBy, forKey: .releasedBy)
    try container.encode(evidence, forKey: .evidence)
  }
}
