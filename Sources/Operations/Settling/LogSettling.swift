import Campaigns
import Delivery
import Files
import Foundation
import Letters
import Mail
import Queue
public import Receipts
import RelayLogs

/// Uncertain letters settled by the relay's logs, and the reasons why the others stay open.
///
/// Every log is read to its end before anything is settled; all letters are settled in one transaction.
public struct LogSettling: Sendable {
  public enum Result: Sendable, Hashable {
    case accepted
    case queuedAgain
    /// The log shows that the relay did not take it, but nothing is sent in the campaign any more.
    case notTaken(CampaignState)
    /// The log cannot tell.
    case open
    /// It was settled or sent meanwhile.
    case changedMeanwhile

    public var isSettled: Bool { self == .accepted || self == .queuedAgain }
  }

  public struct Letter: Sendable {
    public let customer: String
    public let letter: String
    public let result: Result
    /// The log's lines as the receipt has them, or the reason why the log cannot tell; without addresses.
    public let evidence: OperatorMessage
  }

  /// The letters in the order of the plan; empty when no letter was uncertain.
  public let letters: [Letter]
  /// The files without a line in the form of a known log.
  public let foreign: [String]

  /// Customers whose letters stay uncertain, each once.
  public var uncertain: [String] {
    var ids: [String] = []
    for letter in letters where !letter.result.isSettled && !ids.contains(letter.customer) {
      ids.append(letter.customer)
    }
    return ids
  }

  public func count(_ result: Result) -> Int { letters.count { $0.result == result } }

  static func run(
    _ location: CampaignLocation, customers: [String], paths: [String], _ record: CampaignRecord,
    _ spool: WritableSpool,
    _ dependencies: Dependencies
  ) async throws -> LogSettling {
    let now = dependencies.now
    let all = try await spool.store.uncertain(in: record.id)
    let chosen = customers.isEmpty ? all : all.filter { customers.contains($0.customer) }
    guard !chosen.isEmpty else { return LogSettling(letters: [], foreign: []) }
    let findings: RelayLogSearch.Findings
    do {
      findings = try await search(chosen, paths, location, record, spool, dependencies)
    } catch {
      // What the last process left on the wire is uncertain all the same.
      try await spool.writeReceipts(of: record, at: now)
      throw error
    }
    let settled = Set(
      try await spool.store.settle(settlements(of: chosen, findings, record), in: record.id, at: now))
    try await spool.writeReceipts(of: record, at: now)
    return LogSettling(
      letters: chosen.map { letter(of: $0, findings, settled, record, now) }, foreign: findings.foreign)
  }

  private static func search(
    _ messages: [UncertainMessage], _ paths: [String], _ location: CampaignLocation, _ record: CampaignRecord,
    _ spool: WritableSpool, _ dependencies: Dependencies
  ) async throws -> RelayLogSearch.Findings {
    let step = StepProgress.begin(.readingLogs)
    defer { step.end() }
    let search = try RelayLogSearch(paths: paths, zone: dependencies.timeZone)
    let envelopes = LetterEnvelopes(
      campaign: try CampaignFile.read(folder: location.folder), key: record.plan.hashKey)
    let neighbours = LogNeighbours(
      of: messages.map { (relay: $0.relay, begin: $0.attemptedAt, end: end(of: $0)) },
      recipients: messages.map(\.recipient))
    // A line without a Message-ID may be any campaign's; what a log is proven by is this campaign's alone.
    for campaign in try await spool.store.campaigns() where campaign.purge == nil {
      let isOwn = campaign.id == record.id
      try await spool.store.forEachCustomer(in: campaign.id) { customer in
        for message in customer.messages {
          if let attempted = message.attemptedLetter { neighbours.note(attempted: attempted) }
          if isOwn, let accepted = message.acceptedLetter(envelopes) { neighbours.note(accepted: accepted) }
        }
      }
    }
    let others = neighbours.others
    let first = Dictionary(others.map { ($0.messageID, $0.from) }) { min($0, $1) }
    return try search.judge(
      messages.map { message in
        UncertainAttempt(
          message: message.message, messageID: message.messageID,
          sender: envelopes.envelope(of: message.messageID, to: message.recipient).sender, recipient: message.recipient,
          relay: message.relay, attempts: message.attempts, first: first[message.messageID] ?? message.attemptedAt,
          begin: message.attemptedAt, end: end(of: message))
      }, accepted: neighbours.accepted, others: others)
  }

  /// No attempt lasts longer than its lease, whenever its process was found to be lost.
  private static func end(of message: UncertainMessage) -> Date {
    let longest = message.attemptedAt.addingTimeInterval(DeliveryEngine.longestAttempt)
    return max(message.attemptedAt, min(message.changedAt, longest))
  }

  private static func settlements(
    of messages: [UncertainMessage], _ findings: RelayLogSearch.Findings, _ record: CampaignRecord
  ) -> [Settlement] {
    messages.compactMap { message in
      switch findings.verdicts[message.message] {
      case .taken(let evidence):
        Settlement(
          message: message.message, fence: message.fence, resolution: .accepted, evidence: evidence.description)
      case .notTaken(let evidence) where record.state != .cancelled:
        Settlement(
          message: message.message, fence: message.fence, resolution: .resend, evidence: evidence.description)
      case .notTaken, .open, nil: nil
      }
    }
  }

  private static func letter(
    of message: UncertainMessage, _ findings: RelayLogSearch.Findings, _ settled: Set<Int64>, _ record: CampaignRecord,
    _ now: Date
  ) -> Letter {
    let isSettled = settled.contains(message.message)
    let (result, evidence): (Result, OperatorMessage) =
      switch findings.verdicts[message.message] {
      case .taken(let evidence) where isSettled: (.accepted, redacted(evidence, message))
      case .notTaken(let evidence):
        (isSettled ? .queuedAgain : .notTaken(record.state), redacted(evidence, message))
      case .open(let gap): (.open, redacted(gap, message, now))
      case .taken, nil: (.changedMeanwhile, "it was changed meanwhile")
      }
    return Letter(customer: message.customer, letter: message.letter, result: result, evidence: evidence)
  }

  /// The evidence with addresses hidden, as in the receipt; that hides the customer's names too.
  private static func redacted(_ evidence: LogEvidence, _ message: UncertainMessage) -> OperatorMessage {
    OperatorMessage(
      AddressRedaction.evidence(
        evidence.description, about: RedactedCustomer(message), keeping: message.messageID))
  }

  private static func redacted(_ gap: LogGap, _ message: UncertainMessage, _ now: Date) -> OperatorMessage {
    let text = AddressRedaction.text(
      gap.description, about: RedactedCustomer(message), keeping: message.messageID)
    if gap == .noLetterAfter {
      return OperatorMessage(
        "\(text)\nLetters that it accepts later show it: send what is left, then run this again with the log of then.")
    }
    guard case .notCovered(let from, let to) = gap else { return OperatorMessage(text) }
    let wait: OperatorMessage =
      to > now
      ? "\nIt cannot yet: try again after \(time: to), once the relay has logged something more." : ""
    return "\(text): by this machine's clock it must reach from \(time: from) to \(time: to)\(wait)"
  }
}

extension RedactedCustomer {
  /// For the operator's own screen: the domain stays.
  fileprivate init(_ message: UncertainMessage) {
    self.init(recipient: message.recipient, hidesDomain: false)
  }
}

extension MessageRecord {
  /// The letter as a reference for checking a log; nil unless a relay accepted it with a reply: an operator's decision
  /// is not a reply.
  fileprivate func acceptedLetter(_ envelopes: LetterEnvelopes) -> AcceptedLetter? {
    guard isAcceptedByReply, let relay else { return nil }
    return AcceptedLetter(
      messageID: messageID, sender: envelopes.envelope(of: messageID, to: recipient).sender, recipient: recipient,
      relay: relay, at: changedAt, reply: reply ?? "")
  }

  /// Nil for a letter that no relay can have taken: never on the wire, or refused in each attempt.
  fileprivate var attemptedLetter: AttemptedLetter? {
    guard let firstAttemptAt, let lastAttemptAt, resent || [.accepted, .sending, .uncertain].contains(state) else {
      return nil
    }
    // Nobody knows when the attempt ended whose outcome nobody knows.
    let end = isAcceptedByReply ? changedAt : lastAttemptAt.addingTimeInterval(DeliveryEngine.longestAttempt)
    return AttemptedLetter(
      messageID: messageID, recipient: recipient, from: firstAttemptAt, to: end,
      reply: isAcceptedByReply && attempts == 1 ? reply : nil)
  }

  private var isAcceptedByReply: Bool { state == .accepted && (200...299).contains(code ?? 0) }
}
