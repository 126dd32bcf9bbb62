import Campaigns
public import Foundation
import Mail
public import Queue

/// Who was told what, when: one row a customer, in the order of the plan.
///
/// The words are those of the receipts: `accepted` means accepted by the relay, not delivered and not read.
public struct CustomerReport: Sendable, Encodable {
  public var customer: String
  public var company: String
  public var name: String
  public var outcome: String
  public var reason: String
  /// Why the customer is to be called as well or instead; empty when no call is needed.
  public var call: String
  public var phone: String
  public var address: String
  public var mailboxes: [String]
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

  /// - Parameter deadline: customers not told by then are called.
  public init(_ record: CustomerRecord, deadline: Date, at now: Date) throws {
    let details = try JSONDecoder().decode(Customer.self, from: record.payload)
    customer = record.id
    company = details.company
    name = [details.title, details.firstName, details.lastName].filter { !$0.isEmpty }.joined(separator: " ")
    outcome = record.kind.rawValue
    reason = record.reason
    phone = details.phone
    mailboxes = details.mailboxes.map(\.address.displayText)
    call = Self.call(record, deadline: deadline, at: now)
    let message = record.message
    address = message?.recipient.displayText ?? details.contact?.displayText ?? ""
    state = message?.state.rawValue ?? ""
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
  }

  /// The one rule of the telephone list.
  static func call(_ record: CustomerRecord, deadline: Date, at now: Date) -> String {
    if record.kind == .phone { return record.reason }
    guard let message = record.message else { return "" }
    // The store keeps an exclusion's reason where it keeps why a customer is called as well.
    if message.state == .excluded { return "letter not sent: \(record.callReason)" }
    var reasons: [String] = record.callReason.isEmpty ? [] : [record.callReason]
    switch message.state {
    case .accepted, .excluded: break
    case .refused, .expired:
      let words = (message.reply ?? "").isEmpty ? "" : ": \(message.reply ?? "")"
      reasons.append("letter \(message.state.rawValue)\(words)")
    case .uncertain: reasons.append("letter uncertain: the relay may or may not have taken it")
    case .cancelled: reasons.append(cancelled(message))
    case .queued, .sending, .deferred:
      if now >= deadline { reasons.append("letter not accepted by the deadline") }
    }
    return reasons.joined(separator: "; ")
  }

  /// What was attempted is not called unsent, and what was uncertain may have been taken.
  private static func cancelled(_ message: MessageRecord) -> String {
    if message.resent {
      return
        "letter sent with unknown outcome, not sent again as the campaign was cancelled: the relay may have taken it"
    }
    return message.attempts == 0
      ? "campaign cancelled before the letter was sent" : "campaign cancelled before the letter was accepted"
  }

  /// In the order of the CSV's columns.
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case customer, company, name, outcome, reason, call, phone, address, mailboxes, state, resent, attempts
    case firstAttemptAt = "first_attempt_at"
    case lastAttemptAt = "last_attempt_at"
    case changedAt = "changed_at"
    case relay, phase, code, enhanced, reply
    case messageID = "message_id"
    case sha256
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(customer, forKey: .customer)
    try container.encode(company, forKey: .company)
    try container.encode(name, forKey: .name)
    try container.encode(outcome, forKey: .outcome)
    try container.encode(reason, forKey: .reason)
    try container.encode(call, forKey: .call)
    try container.encode(phone, forKey: .phone)
    try container.encode(address, forKey: .address)
    try container.encode(mailboxes, forKey: .mailboxes)
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
  }

  public static let header = CodingKeys.allCases.map(\.rawValue)

  public var fields: [String] {
    func time(_ date: Date?) -> String { date.map(RFC3339.string) ?? "" }
    return [
      customer, company, name, outcome, reason, call, phone, address, mailboxes.joined(separator: " "), state,
      resent ? "yes" : "no", String(attempts), time(firstAttemptAt), time(lastAttemptAt), time(changedAt), relay, phase,
      code.map(String.init) ?? "", enhanced, reply, messageID, sha256,
    ]
  }

  /// The telephone list has what a caller needs and no more.
  public static let callHeader = ["customer", "company", "name", "phone", "call", "address", "mailboxes", "state"]
  public var callFields: [String] {
    [customer, company, name, phone, call, address, mailboxes.joined(separator: " "), state]
  }
}
