import Campaigns
import Foundation
import Letters
import Queue
import Receipts

/// Why a customer is to be called: the one rule of the telephone list.
enum CallReason {
  /// In one sentence; empty when no call is needed.
  static func words(_ record: CustomerRecord, deadline: Date, at now: Date) -> String {
    causes(record, deadline: deadline, at: now).map { cause in
      cause.letter.map { "\($0): \(words(cause))" } ?? words(cause)
    }.joined(separator: "; ")
  }

  /// In the order in which they are named; empty when no call is needed.
  static func causes(_ record: CustomerRecord, deadline: Date, at now: Date) -> [CallCause] {
    if record.kind == .phone { return planned(record.reason) }
    var causes: [CallCause] = []
    if !record.callReason.isEmpty {
      // The store keeps an exclusion's reason where it keeps why a customer is called as well.
      let isExcluded = record.messages.contains { $0.state == .excluded }
      causes.append(CallCause(isExcluded ? .excluded : .request, detail: record.callReason))
    }
    for message in record.messages {
      guard let kind = kind(message, deadline: deadline, at: now) else { continue }
      let reply = kind == .refused || kind == .expired ? message.reply ?? "" : ""
      causes.append(CallCause(kind, letter: record.messages.count > 1 ? message.letter : nil, detail: reply))
    }
    return causes
  }

  /// The reason of a call that was planned: as ``Planner`` joins it, the missing address first.
  private static func planned(_ reason: String) -> [CallCause] {
    guard reason.hasPrefix(Planner.noContactReason) else { return [CallCause(.request, detail: reason)] }
    let rest = reason.dropFirst(Planner.noContactReason.count)
    if rest.isEmpty { return [CallCause(.noAddress)] }
    guard rest.hasPrefix("; ") else { return [CallCause(.request, detail: reason)] }
    return [CallCause(.noAddress), CallCause(.request, detail: String(rest.dropFirst(2)))]
  }

  /// Nil when the letter is no reason to call. What was attempted is not called unsent, and what was uncertain may have been
  /// taken.
  private static func kind(_ message: MessageRecord, deadline: Date, at now: Date) -> CallCause.Kind? {
    switch message.state {
    case .accepted, .excluded: nil
    case .refused: .refused
    case .expired: .expired
    case .uncertain: .uncertain
    case .cancelled: message.resent ? .uncertainCancelled : message.attempts == 0 ? .unsent : .unaccepted
    case .queued, .sending, .deferred: now >= deadline ? .late : nil
    }
  }

  private static func words(_ cause: CallCause) -> String {
    switch cause.kind {
    case .request: cause.detail
    case .noAddress: Planner.noContactReason
    case .excluded: "letter not sent: \(cause.detail)"
    case .refused: "letter refused" + (cause.detail.isEmpty ? "" : ": \(cause.detail)")
    case .expired: "letter expired" + (cause.detail.isEmpty ? "" : ": \(cause.detail)")
    case .uncertain: "letter uncertain: the relay may or may not have taken it"
    case .uncertainCancelled:
      "letter sent with unknown outcome, not sent again as the campaign was cancelled: the relay may have taken it"
    case .unsent: "campaign cancelled before the letter was sent"
    case .unaccepted: "campaign cancelled before the letter was accepted"
    case .late: "letter not accepted by the deadline"
    }
  }
}
