import Campaigns
public import Delivery
import Foundation
public import Queue
import Receipts

/// What a delivery that paused by itself, or has something to tell, says to people.
public enum CanaryTexts {
  /// `canary: 20 letters sent, waiting until 09:32`; nil once the others may leave.
  public static func line(_ canary: CanaryRecord) -> OperatorMessage? {
    let letters = pluralized(canary.letters, "letter")
    switch canary.state {
    case .sending: return "canary: \(letters) first"
    case .waiting:
      guard let until = canary.waitUntil else { return "canary: \(letters) sent" }
      return "canary: \(letters) sent, waiting until \(clock: until)"
    case .look: return "canary: \(letters) sent, paused for a look"
    case .passed: return nil
    }
  }

  /// What has become of the canary, why the others wait, and what to do.
  static func pause(_ look: CanaryLook) -> OperatorMessage {
    """
    \(became(look))
    Paused for a look, because \(look.reasons.map(because).joined(separator: "; and ")). \
    \(pluralized(look.others, "letter")) \(look.others == 1 ? "waits" : "wait"): \(step: .resume) sends \
    \(look.others == 1 ? "it" : "them"), \(step: .cancel) does not.
    """
  }

  /// The canary's letters by what they have come to, with the relay's words.
  static func became(_ look: CanaryLook) -> OperatorMessage {
    let counts = MessageState.allCases.compactMap { state in look.counts[state].map { "\(state.rawValue) \($0)" } }
    var lines = ["Canary: \(pluralized(look.letters.count, "letter")), \(counts.joined(separator: ", "))."]
    if let accepted = look.letters.last(where: { $0.state == .accepted && !$0.words.isEmpty }) {
      lines.append("  accepted: the relay said last “\(accepted.words)”")
    }
    for letter in look.letters where letter.state != .accepted {
      let words = letter.words.isEmpty ? "" : ": “\(letter.words)”"
      lines.append("  \(letter.state.rawValue): customer \(letter.customer)\(words)")
      if lines.count > most { break }
    }
    return OperatorMessage(lines.joined(separator: "\n"))
  }

  /// Lines of single letters at most; the groups of all follow in the outcome.
  private static let most = 10

  static func because(_ reason: CanaryLook.Reason) -> OperatorMessage {
    switch reason {
    case .asked: "“canary” in campaign.yaml names no “wait”"
    case .uncertain(let count): "nobody knows whether the relay took \(pluralized(count, "letter"))"
    case .ours(let count, let words):
      """
      \(pluralized(count, "letter")) \(count == 1 ? "was" : "were") refused or put off for a reason that is not the \
      customer's\(words.isEmpty ? "" : ": “\(words)”")
      """
    case .excluded(let count, let words): "\(pluralized(count, "letter")) could not be sent: \(words)"
    }
  }

  /// Too many letters are uncertain.
  static func pause(_ share: UncertainShare) -> OperatorMessage {
    """
    Paused: \(share.uncertain) of \(share.of) letters that have an outcome are uncertain, and “stop_at” in campaign.yaml \
    stops at \(Int((share.allowed * 100).rounded()))%. Nobody knows whether the relay took them. Look into its log \
    (\(step: .settleByLog)), then \(step: .resume) continues. Where so many are to be expected, raise “uncertain” in \
    “stop_at”.
    """
  }
}

extension DeliveryNews {
  /// For people.
  ///
  /// - Parameter isRehearsal: Nobody is to be called.
  public func message(isRehearsal: Bool) -> OperatorMessage {
    switch self {
    case .deadlinePassed(let deadline, let open):
      let total = open.values.reduce(0, +)
      let counts = MessageState.allCases.compactMap { state in open[state].map { "\(state.rawValue) \($0)" } }
      let next: OperatorMessage =
        deadline.after == .stop
        ? "Nothing is sent any more (“after_deadline: stop”)."
        : "What can still be sent is tried on (“after_deadline: continue”)."
      let passed: OperatorMessage = """
        The deadline, \(time: deadline.moment), has passed: \(pluralized(total, "letter")) \
        \(total == 1 ? "is" : "are") not accepted (\(counts.joined(separator: ", "))). \(next)
        """
      return isRehearsal ? passed : passed + " \(step: .calls) lists who is to be called."
    case .expired(let count):
      return """
        \(pluralized(count, "letter")) not accepted by the deadline \(count == 1 ? "has" : "have") expired.
        """
    case .canaryBegins(let letters, let all):
      let leave = letters == 1 ? "leaves" : "leave"
      return "Canary: \(pluralized(letters, "letter")) of \(all) \(leave) before the others."
    case .canaryWaits(let letters, let until):
      return "Canary: \(pluralized(letters, "letter")) sent, waiting until \(clock: until)."
    case .canaryPassed: return "Canary: passed, the others leave now."
    case .canaryWouldPause(let look):
      let reasons = look.reasons.map { CanaryTexts.because($0) }.joined(separator: "; and ")
      return "\(CanaryTexts.became(look))\nA launch would be paused here for a look, because \(reasons)."
    }
  }
}

extension DeliveryOutcome {
  /// Why it has paused itself, and what to do; nil when it has not, or its relays are the reason.
  public var pause: OperatorMessage? {
    switch end {
    case .finished, .requested, .cancelled, .relaysPaused: nil
    case .canary(let look): CanaryTexts.pause(look)
    case .tooUncertain(let share): CanaryTexts.pause(share)
    }
  }
}
