import Bounces
import Delivery
import Queue
import Receipts
import Reports

/// The words of `bounces`: the letters that came back, then what the other mails were, then what to do.
public enum BounceReadingText {
  public static func text(_ result: BounceReading.Result) -> OperatorMessage {
    var lines = result.recorded.map { OperatorMessage(line($0)) }
    lines.append(OperatorMessage(summary(result)))
    for (customer, state) in result.notAccepted { lines.append(OperatorMessage(notAccepted(customer, state))) }
    if result.notAccepted.contains(where: { $0.state == .uncertain }) {
      lines.append("The relay had taken what came back: \(step: .settleAsAccepted), then read the mails again.")
    }
    let others = counts(result.others)
    if !others.isEmpty {
      lines.append(OperatorMessage("Also about letters of the campaign, and no bounces: \(others)."))
    }
    let foreign = counts(result.foreign)
    if !foreign.isEmpty {
      lines.append(OperatorMessage("About no letter of the campaign, and left alone: \(foreign)."))
    }
    if let behind = result.behind { lines.append(behind) }
    if !result.recorded.isEmpty || result.figures.open > 0 { lines.append(CallTexts.left(result.figures)) }
    return lines.joined(separator: "\n")
  }

  private static func line(_ letter: BounceReading.Letter) -> String {
    let bounce = letter.bounce
    let details = [bounce.status, bounce.cause].compactMap { $0 }.joined(separator: " ")
    let verdict = bounce.isPermanent ? "bounced, there is no such address" : "bounced, the address may be right"
    let reply = bounce.reply.map { "\n  \($0.split(whereSeparator: \.isNewline).joined(separator: " / "))" } ?? ""
    return "\(letter.customer)  \(letter.recipient): \(verdict) (\(details))\(reply)"
  }

  private static func summary(_ result: BounceReading.Result) -> String {
    let letters = pluralized(result.recorded.count, "letter")
    let known = result.known > 0 ? ", \(result.known) known before" : ""
    return "\(pluralized(result.mails, "mail")) read: \(letters) came back\(known)."
  }

  private static func notAccepted(_ customer: String, _ state: MessageState) -> String {
    "\(customer): a report came back, but the letter is \(state.rawValue), not accepted; nothing was recorded."
  }

  /// `2 bounces, 1 warning of a delay`
  private static func counts(_ kinds: [MailKind: Int]) -> String {
    MailKind.allCases.compactMap { kind in kinds[kind].map { "\($0) \(words(kind, isOne: $0 == 1))" } }
      .joined(separator: ", ")
  }

  private static func words(_ kind: MailKind, isOne: Bool) -> String {
    switch kind {
    case .bounce: isOne ? "bounce" : "bounces"
    case .delay: isOne ? "warning of a delay" : "warnings of delays"
    case .success: isOne ? "report of success" : "reports of success"
    case .autoReply: isOne ? "automatic answer" : "automatic answers"
    case .complaint: isOne ? "complaint" : "complaints"
    case .other: isOne ? "other mail" : "other mails"
    }
  }
}
