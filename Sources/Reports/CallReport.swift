import Campaigns
public import Foundation
public import Letters
import Mail
public import Queue
public import Receipts

/// One row of the call list: the data a caller needs and no more.
public struct CallReport: Sendable, Encodable {
  public var customer: String
  public var company: String
  public var name: String
  public var phone: String
  /// The reason the customer is called, in one sentence.
  public var call: String
  /// The same reason as values; JSON only.
  public var causes: [CallCause]
  public var address: String
  public var mailboxes: [String]
  /// The state of the letter; with several letters each with its name; empty without one.
  public var state: String
  /// The calls that were made, the oldest first.
  public var calls: [CallMade]

  /// Nil when the customer is not to be called, or was reached.
  ///
  /// - Parameter deadline: customers not notified by then are called.
  public init?(_ record: CustomerRecord, _ history: CallHistory = CallHistory(), deadline: Date, at now: Date) throws {
    let causes = CallReason.causes(record, deadline: deadline, at: now)
    guard !causes.isEmpty, history.told == nil else { return nil }
    try self.init(record, history, because: causes)
  }

  /// Whether the customer is to be called or not.
  public init(_ record: CustomerRecord, _ history: CallHistory, because causes: [CallCause]) throws {
    self.causes = causes
    calls = history.calls.map(CallMade.init)
    call = CallReason.text(causes)
    let details = try JSONDecoder().decode(Customer.self, from: record.payload)
    customer = record.id
    company = details.company
    name = details.fullName
    phone = details.phone
    address = record.messages.first?.recipient.displayText ?? details.contact?.displayText ?? ""
    mailboxes = details.mailboxes.map(\.address.displayText)
    state = record.messages.map { message in
      (record.messages.count > 1 ? "\(message.letter) " : "") + message.stateWord
    }.joined(separator: ", ")
  }

  /// The causes for which the customer is called, as a script for the call needs them; empty when no call is needed.
  public static func causes(_ record: CustomerRecord, deadline: Date, at now: Date) -> [CallCause] {
    CallReason.causes(record, deadline: deadline, at: now)
  }

  public static let header = earlierHeader + ["calls", "last_call"]
  /// Of reports from before calls were recorded.
  public static let earlierHeader = [
    "customer", "company", "name", "phone", "call", "address", "mailboxes", "state",
  ]
  public var fields: [String] {
    [
      customer, company, name, phone, call, address, mailboxes.joined(separator: " "), state, String(calls.count),
      calls.last?.text ?? "",
    ]
  }
}

/// A call that was made, as reports have it.
public struct CallMade: Sendable, Hashable, Encodable {
  public var at: Date
  public var by: String
  public var outcome: CallOutcome
  @OrNull public var note: String?

  public init(_ call: CallRecord) {
    at = call.at
    by = call.caller
    outcome = call.outcome
    note = call.note.isEmpty ? nil : call.note
  }

  /// On one line, with its time in UTC.
  public var text: String {
    "\(outcome.rawValue) at \(RFC3339.string(at)) by \(by)" + (note.map { ": \($0)" } ?? "")
  }
}

/// What the deadline has to do with a call list, in customers.
public struct CallCounts: Sendable, Hashable {
  /// A letter was not accepted by the deadline.
  public private(set) var late = 0
  /// All letters are accepted, one of them after the deadline: they are off the list.
  public private(set) var acceptedLate = 0

  public init() {}

  public mutating func count(
    _ record: CustomerRecord, _ history: CallHistory = CallHistory(), deadline: Date, at now: Date
  ) {
    guard history.told == nil else { return }
    let causes = CallReason.causes(record, deadline: deadline, at: now)
    if causes.contains(where: { $0.kind == .late || $0.kind == .lateExpired }) { late += 1 }
    if causes.isEmpty, record.messages.contains(where: { $0.acceptedLate(deadline) != nil }) { acceptedLate += 1 }
  }
}

extension MessageRecord {
  /// When it was accepted, when that was after the deadline; nil else. By the operator's word it was accepted at its last
  /// attempt.
  func acceptedLate(_ deadline: Date) -> Date? {
    acceptedAt.flatMap { $0 >= deadline ? $0 : nil }
  }
}

/// The reasons for which a customer is to be called: the one rule of the call list.
enum CallReason {
  /// The causes in the order in which they are named: what was planned, then the letters; empty when no call is needed.
  static func causes(_ record: CustomerRecord, deadline: Date, at now: Date) -> [CallCause] {
    let planned = (record.kind == .phone ? record.reasons : record.calls).flatMap { causes($0, of: record) }
    return planned
      + record.messages.compactMap { message in
        kind(message, deadline: deadline, at: now).map { kind in
          CallCause(kind, letter: record.messages.count > 1 ? message.letter : nil, detail: detail(kind, message))
        }
      }
  }

  private static func causes(_ planned: OutcomeReason, of record: CustomerRecord) -> [CallCause] {
    switch planned {
    case .segment(let text): [CallCause(.request, detail: text)]
    case .noAddress: [CallCause(.noAddress)]
    case .rejectedRow: rejections(of: record)
    }
  }

  /// One for each row with a reason of its own.
  private static func rejections(of record: CustomerRecord) -> [CallCause] {
    let customer = try? JSONDecoder().decode(Customer.self, from: record.payload)
    var causes = (customer?.rejections ?? []).map { row in
      CallCause(.rejectedRow, detail: "line \(row.line) of the customer file was rejected: \(row.reason)")
    }
    if causes.isEmpty { causes = [CallCause(.rejectedRow, detail: OutcomeReason.rejectedRow.text)] }
    if customer?.phone.isEmpty == true {
      causes.append(CallCause(.rejectedRow, detail: "no telephone number in the file"))
    }
    return causes
  }

  /// The causes in one sentence; empty when no call is needed.
  static func text(_ causes: [CallCause]) -> String {
    causes.map { cause in cause.letter.map { "\($0): \(text(cause))" } ?? text(cause) }.joined(separator: "; ")
  }

  private static func detail(_ kind: CallCause.Kind, _ message: MessageRecord) -> String {
    switch kind {
    case .excluded: message.exclusion?.text ?? ""
    case .refused, .expired: message.reply ?? ""
    case .bounced: message.bounce?.reply ?? message.bounce?.cause ?? ""
    case .late:
      message.state.rawValue + (message.state == .deferred ? message.reply.map { ": \($0)" } ?? "" : "")
    case .lateExpired: message.attempts == 0 ? "never sent" : message.reply ?? ""
    case .request, .noAddress, .rejectedRow, .uncertain, .uncertainCancelled, .unsent, .unaccepted: ""
    }
  }

  /// Nil when the letter is not a reason to call. A letter that was attempted is not called unsent, and an uncertain
  /// one may have been accepted.
  private static func kind(_ message: MessageRecord, deadline: Date, at now: Date) -> CallCause.Kind? {
    switch message.state {
    case .accepted: message.bounce == nil ? nil : .bounced
    case .excluded: message.exclusion?.isNeedless == true ? nil : .excluded
    case .refused: .refused
    // It waited until the deadline had passed; whether that or its give-up time was the reason, it missed the deadline.
    case .expired: message.changedAt >= deadline ? .lateExpired : .expired
    case .uncertain: .uncertain
    case .cancelled: message.resent ? .uncertainCancelled : message.attempts == 0 ? .unsent : .unaccepted
    case .queued, .sending, .deferred: now >= deadline ? .late : nil
    }
  }

  private static func text(_ cause: CallCause) -> String {
    switch cause.kind {
    case .request, .rejectedRow: cause.detail
    case .noAddress: OutcomeReason.noAddress.text
    case .excluded: "letter not sent" + (cause.detail.isEmpty ? "" : ": \(cause.detail)")
    case .refused: "letter refused" + (cause.detail.isEmpty ? "" : ": \(cause.detail)")
    case .expired: "letter expired" + (cause.detail.isEmpty ? "" : ": \(cause.detail)")
    case .bounced: "letter bounced" + (cause.detail.isEmpty ? "" : ": \(cause.detail)")
    case .uncertain: "letter uncertain: the relay may or may not have taken it"
    case .uncertainCancelled:
      "letter sent with unknown outcome, not sent again as the campaign was cancelled: the relay may have taken it"
    case .unsent: "campaign cancelled before the letter was sent"
    case .unaccepted: "campaign cancelled before the letter was accepted"
    case .late: "letter not accepted by the deadline" + (cause.detail.isEmpty ? "" : ": \(cause.detail)")
    case .lateExpired:
      "letter not accepted by the deadline and given up" + (cause.detail.isEmpty ? "" : ": \(cause.detail)")
    }
  }
}
