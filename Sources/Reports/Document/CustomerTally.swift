public import Campaigns
public import Foundation
import Letters
import Mail
public import Queue
import Receipts

/// Counts the customers of a campaign, one after the other, for the sections of ``CampaignDocument``.
///
/// Memory does not grow with the customers: by segment, by the first ``mostDomains`` domains, by kind of reply and by
/// span of time it holds counts, the first ``CallSummary/mostListed`` customers to be called, and the calls that were made.
public struct CustomerTally: Sendable {
  /// Domains that are told apart.
  public static let mostDomains = 20_000
  private static let mostSegments = 1_000

  private let audience: CampaignDocument.Audience
  private let deadline: Date
  private let now: Date

  private var segments: [String: SegmentOutcome] = [:]
  private var domains: [String: DomainOutcome] = [:]
  private var beyond = DomainOutcome(domain: "")
  private var reasons = ReasonGroups()
  private var curve: AcceptanceCurve
  private let histories: [String: CallHistory]
  public private(set) var calls: CallSummary
  /// Customers and letters by state, as they were read; the rows are not known here.
  public private(set) var figures = CampaignFigures()

  /// - Parameter histories: The calls that were made, by the customers' ids.
  public init(
    for audience: CampaignDocument.Audience, calls histories: [String: CallHistory] = [:], deadline: Date, at now: Date
  ) {
    self.audience = audience
    self.histories = histories
    self.deadline = deadline
    self.now = now
    curve = AcceptanceCurve(deadline: deadline)
    calls = CallSummary(histories.values)
  }

  /// What of a customer's payload is counted: reading all of it takes several times as long.
  private struct Mailboxes: Decodable {
    struct Mailbox: Decodable { let access: String }
    let mailboxes: [Mailbox]
  }

  public mutating func add(_ record: CustomerRecord) throws {
    figures.customers += 1
    switch record.kind {
    case .letter: figures.letter += 1
    case .phone: figures.phone += 1
    case .none: figures.none += 1
    }
    let history = histories[record.id] ?? CallHistory()
    try addSegments(of: record, CustomerStanding(record, history))
    addLetters(of: record)
    let causes = CallReport.causes(record, deadline: deadline, at: now)
    try calls.add(record, history, causes, listing: audience == .operator)
  }

  private mutating func addSegments(of record: CustomerRecord, _ standing: CustomerStanding) throws {
    let mailboxes = try JSONDecoder().decode(Mailboxes.self, from: record.payload).mailboxes
    for mailbox in mailboxes where segments[mailbox.access] != nil || segments.count < Self.mostSegments {
      segments[mailbox.access, default: SegmentOutcome(segment: mailbox.access)].mailboxes += 1
    }
    for access in Set(mailboxes.map(\.access)) { segments[access]?.customers[standing, default: 0] += 1 }
  }

  private mutating func addLetters(of record: CustomerRecord) {
    var seen: Set<String> = []
    for message in record.messages {
      figures.messages[message.state, default: 0] += 1
      if message.bounce != nil { figures.bounced += 1 }
      if message.exclusion?.isNeedless == true { figures.needless += 1 }
      let name = message.recipient.domain.ascii
      let isFirst = seen.insert(name).inserted
      if domains[name] != nil || domains.count < Self.mostDomains {
        domains[name, default: DomainOutcome(domain: name)].add(message.state, isNewCustomer: isFirst)
      } else {
        beyond.add(message.state, isNewCustomer: isFirst)
      }
      if let moment = message.acceptedAt {
        curve.add(moment)
      } else if [.deferred, .refused, .expired, .uncertain, .excluded].contains(message.state) {
        reasons.add(
          UnacceptedMessage(
            customer: record.id, state: message.state, recipient: message.recipient.displayText, relay: message.relay,
            phase: message.phase, code: message.code, enhanced: message.enhanced,
            reply: message.reply.map { String($0.prefix(2_000)) }, exclusion: message.exclusion))
      }
    }
  }

  // MARK: The sections

  /// - Parameter plans: What the campaign file says of each segment; empty where there is none.
  public func affected(_ plans: [String: Segment]) -> AffectedCustomers {
    AffectedCustomers(
      segments: segments.values.sorted { ($0.mailboxes, $1.segment) > ($1.mailboxes, $0.segment) }.map { outcome in
        var outcome = outcome
        outcome.plan = plans[outcome.segment].map(SegmentPlan.init)
        return outcome
      })
  }

  public var told: AcceptanceHistory { curve.history }
  public var callsMade: CallsMade { CallsMade(histories.values, deadline: deadline) }

  public var domainOutcomes: DomainOutcomes {
    DomainOutcomes(Array(domains.values), beyond: beyond.letters > 0 ? beyond : nil, for: audience)
  }

  /// - Parameter meaning: What a class says, in the document's language.
  public func replies(_ meaning: (String) -> String?) -> [ReplyOutcome] {
    ReplyOutcome.rows(reasons.sorted, for: audience, meaning)
  }
}

extension MessageRecord {
  /// When it was accepted: when the relay said so, or, by the operator's word, at its last attempt; nil unless it was.
  var acceptedAt: Date? {
    guard state == .accepted else { return nil }
    let isByReply = code.map { (200..<300).contains($0) } ?? false
    return isByReply ? changedAt : lastAttemptAt ?? changedAt
  }
}

/// Where a customer stands: each has exactly one.
public enum CustomerStanding: String, Sendable, Hashable, CaseIterable {
  /// All letters were accepted by the relay, and none is known to have come back.
  case told
  /// Told on the telephone, and not all letters were accepted, or there is none.
  case reached
  /// A letter waits, and none has failed.
  case waiting
  /// A letter's outcome is not known, and none has failed.
  case uncertain
  /// A letter was refused, given up, left out or cancelled, or came back.
  case failed
  /// The plan has a call and no letter.
  case call
  /// The plan has nothing, or nothing was left to do before a reminder was sent.
  case nothing

  init(_ record: CustomerRecord, _ history: CallHistory) {
    let isReached = history.told != nil
    switch record.kind {
    case .phone: self = isReached ? .reached : .call
    case .none: self = isReached ? .reached : .nothing
    case .letter:
      let needed = record.messages.filter { $0.exclusion?.isNeedless != true }
      let states = Set(needed.map(\.state))
      let hasBounced = record.messages.contains { $0.bounce != nil }
      if needed.isEmpty {
        self = isReached ? .reached : .nothing
      } else if states.isSubset(of: [.accepted]), !hasBounced {
        self = .told
      } else if isReached {
        self = .reached
      } else if hasBounced || !states.isDisjoint(with: [.refused, .expired, .excluded, .cancelled]) {
        self = .failed
      } else {
        self = states.contains(.uncertain) ? .uncertain : .waiting
      }
    }
  }
}
