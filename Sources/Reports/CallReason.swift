import Foundation
import Queue

/// Why a customer is to be called: the one rule of the telephone list.
enum CallReason {
  /// Empty when no call is needed.
  static func words(_ record: CustomerRecord, deadline: Date, at now: Date) -> String {
    if record.kind == .phone { return record.reason }
    var reasons: [String] = []
    if !record.callReason.isEmpty {
      // The store keeps an exclusion's reason where it keeps why a customer is called as well.
      let isExcluded = record.messages.contains { $0.state == .excluded }
      reasons.append(isExcluded ? "letter not sent: \(record.callReason)" : record.callReason)
    }
    for message in record.messages {
      guard let words = words(message, deadline: deadline, at: now) else { continue }
      reasons.append(record.messages.count > 1 ? "\(message.letter): \(words)" : words)
    }
    return reasons.joined(separator: "; ")
  }

  /// Nil when the letter is no reason to call.
  private static func words(_ message: MessageRecord, deadline: Date, at now: Date) -> String? {
    switch message.state {
    case .accepted, .excluded: nil
    case .refused, .expired:
      "letter \(message.state.rawValue)" + ((message.reply ?? "").isEmpty ? "" : ": \(message.reply ?? "")")
    case .uncertain: "letter uncertain: the relay may or may not have taken it"
    case .cancelled: cancelled(message)
    case .queued, .sending, .deferred: now >= deadline ? "letter not accepted by the deadline" : nil
    }
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
}
