public import Campaigns
public import Foundation
public import Letters
import Mail
public import Queue
import Receipts

/// Who was told what, and when: one row per letter, in the order of the plan; a customer without a letter has one row
/// too.
///
/// The words are those of the receipts: `accepted` means accepted by the relay, not delivered and not read.
public struct CustomerReport: Sendable, Encodable {
  public var customer: String
  public var company: String
  public var name: String
  public var outcome: String
  /// The reason for the outcome, in one sentence; empty without a reason.
  public var reason: String
  /// The same reason as values; JSON only.
  public var reasons: [OutcomeReason]
  /// The reason the customer is to be called as well or instead, in one sentence; empty when no call is needed.
  public var call: String
  /// The same reason as values; JSON only.
  public var causes: [CallCause]
  public var phone: String
  public var address: String
  public var mailboxes: [String]
  /// The name of the letter; empty without one.
  public var letter: String
  /// State of the message; empty without one.
  public var state: String
  /// Sent a second time with the same Message-ID after an uncertain outcome.
  public var resent: Bool
  public var attempts: Int
  public var firstAttemptAt: Date?
  public var lastAttemptAt: Date?
  public var changedAt: Date?
  public var relay: String
  public var phase: String
  public var code: Int?
  public var enhanced: String
  public var reply: String
  public var messageID: String
  public var sha256: String
  /// That the letter was accepted after the deadline, and when, in words; empty else.
  public var late: String
  /// The calls that were made, the oldest first.
  public var calls: [CallMade]
  /// When the customer was told on the telephone; nil when nobody has.
  public var reachedAt: Date?

  /// The customer's rows.
  ///
  /// - Parameter deadline: customers not notified by then are called.
  public static func rows(
    of record: CustomerRecord, _ history: CallHistory = CallHistory(), deadline: Date, at now: Date
  ) throws -> [CustomerReport] {
    let messages = record.messages.isEmpty ? [nil] : record.messages.map(Optional.some)
    return try messages.map { try CustomerReport(record, $0, history, deadline: deadline, at: now) }
  }

  private init(
    _ record: CustomerRecord, _ message: MessageRecord?, _ history: CallHistory, deadline: Date, at now: Date
  ) throws {
    calls = history.calls.map(CallMade.init)
    reachedAt = history.told?.at
    let details = try JSONDecoder().decode(Customer.self, from: record.payload)
    customer = record.id
    company = details.company
    name = details.fullName
    outcome = record.kind.rawValue
    reason = record.reasons.text
    reasons = record.reasons
    phone = details.phone
    mailboxes = details.mailboxes.map(\.address.displayText)
    causes = history.told == nil ? CallReason.causes(record, deadline: deadline, at: now) : []
    call = CallReason.text(causes)
    letter = message?.letter ?? ""
    address = message?.recipient.displayText ?? details.contact?.displayText ?? ""
    state = message?.stateWord ?? ""
    resent = message?.resent ?? false
    attempts = message?.attempts ?? 0
    firstAttemptAt = message?.firstAttemptAt
    lastAttemptAt = message?.lastAttemptAt
    changedAt = message?.changedAt
    relay = message?.relay ?? ""
    phase = message?.phase ?? ""
    code = message?.code
    enhanced = message?.enhanced ?? ""
    reply = message?.reply ?? ""
    messageID = message?.messageID.description ?? ""
    sha256 = message?.sha256?.hex ?? ""
    late = message?.acceptedLate(deadline).map { "accepted at \(RFC3339.string($0)), after the deadline" } ?? ""
  }

  /// The values of the CSV, in the order of its columns, then those of JSON alone.
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case customer, company, name, outcome, reason, call, phone, address, mailboxes, letter, state, resent, attempts
    case firstAttemptAt = "first_attempt_at"
    case lastAttemptAt = "last_attempt_at"
    case changedAt = "changed_at"
    case relay, phase, code, enhanced, reply
    case messageID = "message_id"
    case sha256, late, calls
    case lastCall = "last_call"
    case reachedAt = "reached_at"
    case reasons, causes
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(customer, forKey: .customer)
    try container.encode(company, forKey: .company)
    try container.encode(name, forKey: .name)
    try container.encode(outcome, forKey: .outcome)
    try container.encode(reason, forKey: .reason)
    try container.encode(reasons, forKey: .reasons)
    try container.encode(call, forKey: .call)
    try container.encode(causes, forKey: .causes)
    try container.encode(phone, forKey: .phone)
    try container.encode(address, forKey: .address)
    try container.encode(mailboxes, forKey: .mailboxes)
    try container.encode(letter, forKey: .letter)
    try container.encode(state, forKey: .state)
    try container.encode(resent, forKey: .resent)
    try container.encode(attempts, forKey: .attempts)
    // Absent values are written as null, so that every customer has the same keys.
    try container.encode(firstAttemptAt, forKey: .firstAttemptAt)
    try container.encode(lastAttemptAt, forKey: .lastAttemptAt)
    try container.encode(changedAt, forKey: .changedAt)
    try container.encode(relay, forKey: .relay)
    try container.encode(phase, forKey: .phase)
    try container.encode(code, forKey: .code)
    try container.encode(enhanced, forKey: .enhanced)
    try container.encode(reply, forKey: .reply)
    try container.encode(messageID, forKey: .messageID)
    try container.encode(sha256, forKey: .sha256)
    try container.encode(late, forKey: .late)
    try container.encode(calls, forKey: .calls)
    try container.encode(reachedAt, forKey: .reachedAt)
  }

  public static let header = CodingKeys.allCases.filter { ![.reasons, .causes].contains($0) }.map(\.rawValue)
  /// Of reports from before calls were recorded.
  public static let earlierHeader = Array(header.dropLast(3))

  public var fields: [String] {
    func time(_ date: Date?) -> String { date.map(RFC3339.string) ?? "" }
    return [
      customer, company, name, outcome, reason, call, phone, address, mailboxes.joined(separator: " "), letter,
      state, resent ? "yes" : "no", String(attempts), time(firstAttemptAt), time(lastAttemptAt), time(changedAt), relay,
      phase,
      code.map(String.init) ?? "", enhanced, reply, messageID, sha256, late,
      String(calls.count), calls.last?.text ?? "", time(reachedAt),
    ]
  }
}

extension MessageRecord {
  /// Its state as reports have it: an accepted letter that came back is `bounced`.
  var stateWord: String { bounce == nil ? state.rawValue : "bounced" }
}
