import Mail
import Receipts

/// What is said of a relay in trouble.
extension RelayHealth {
  /// For logs and people: without a customer's address.
  func words(of result: SendResult, _ recipient: EmailAddress) -> String {
    let text =
      switch result {
      case .answered(_, let reply): reply.oneLine
      // It may quote the relay.
      case .lost(_, let reason, _), .notStarted(let reason, _): reason
      case .stopped: "sending was stopped"
      }
    // How many customers have its domain is not known here.
    return AddressRedaction.text(text, about: RedactedCustomer(recipient: recipient, hidesDomain: true))
  }

  func refusing(_ result: SendResult, _ recipient: EmailAddress) -> RelayUnavailable {
    guard case .answered(let phase, let reply) = result else { return dropping(result, recipient) }
    return RelayUnavailable(
      kind: .refused, phase: phase, reply: reply,
      message: """
        \(host) refuses our mail at \(phase.rawValue.uppercased()): “\(words(of: result, recipient))”. \
        No customer was marked as refused for it. Settle it with the relay's administrator, then resume.
        """)
  }

  func refusingMany(_ result: SendResult, _ recipient: EmailAddress) -> RelayUnavailable {
    var (phase, reply): (Phase, Reply?) = (.rcpt, nil)
    if case .answered(let place, let answer) = result { (phase, reply) = (place, answer) }
    return RelayUnavailable(
      kind: .refused, phase: phase, reply: reply,
      message: """
        \(host) refused \(outcomes.refused) of \(lettersAnswered) letters, the last with \
        “\(words(of: result, recipient))”. If that many addresses are dead, raise stop_at in campaign.yaml and resume; \
        otherwise settle it with the relay's administrator, and send these letters again with `resolve --resend --customer`.
        """)
  }

  func silent() -> RelayUnavailable {
    RelayUnavailable(
      kind: .unreachable, phase: .final, reply: nil,
      message: """
        \(host) took \(uncertain.count) letters in a row without confirming them; they are uncertain. \
        Look into its log before resuming.
        """)
  }

  func dropping(_ result: SendResult, _ recipient: EmailAddress) -> RelayUnavailable {
    var phase = Phase.connect
    var why = ""
    if case .lost(let lostPhase, _, _) = result {
      phase = lostPhase
      why = " Last: \(words(of: result, recipient))"
    }
    return RelayUnavailable(
      kind: .unreachable, phase: phase, reply: nil,
      message: lastAcceptedAt == nil
        ? "\(host) lost connections \(gone.failures) times in a row before taking a letter.\(why)"
        : "\(host) has lost every connection for as long as letters are tried.\(why)")
  }
}
