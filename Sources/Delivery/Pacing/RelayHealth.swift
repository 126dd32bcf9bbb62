public import Foundation
public import Mail
import Queue
import Receipts

/// The circuit breaker of a relay: whether it is fit to send, judged by what it answers.
///
/// Pure value. A relay is paused (until an operator has checked it) by what is certainly our trouble, and by anything
/// that would otherwise spoil one customer after another: suspicion, lost connections or uncertain outcomes in a row.
/// It is slowed (for a while) when it asks for less.
public struct RelayHealth: Sendable {
  public private(set) var trouble: RelayUnavailable?
  /// No message goes through the relay before this moment.
  public private(set) var slowedUntil: Date?

  private let host: String
  /// Messages since the last one that was accepted, or refused because of its customer. One message alone, tried again
  /// and again, says nothing about the relay.
  private var suspicions: Set<Int64> = []
  private var uncertain: Set<Int64> = []
  private var losses: Set<Int64> = []
  private var failedOpenings = 0
  private var slowing = Backoff(first: 5, most: 300)

  /// Different messages in a row that were refused for our trouble before the relay is paused.
  public static let suspicionsBeforePause = 3
  /// Different messages in a row with an uncertain outcome before the relay is paused: it is better to stop than to
  /// lose sight of more.
  public static let uncertainBeforePause = 3
  /// Different messages in a row whose connection was lost before the dot.
  public static let lossesBeforePause = 10

  /// Connections in a row that could not be opened for a reason that may pass.
  public static let failedOpeningsBeforePause = 6

  public init(host: String) {
    self.host = host
  }

  public mutating func pause(_ trouble: RelayUnavailable) {
    if self.trouble == nil { self.trouble = trouble }
  }

  /// A connection could not be opened. What cannot pass by itself pauses the relay at once; a relay that takes no more
  /// connections while others are open is only full.
  public mutating func noteFailedOpening(_ trouble: RelayUnavailable, othersAreOpen: Bool) {
    switch trouble.kind {
    case .unreachable, .busy:
      if othersAreOpen { return }
      failedOpenings += 1
      if failedOpenings >= Self.failedOpeningsBeforePause { pause(trouble) }
    case .tls, .certificate, .authentication, .refused:
      pause(trouble)
    case .noDescriptors:
      break
    }
  }

  public mutating func note(
    _ verdict: AttemptVerdict, on result: SendResult, message: Int64, recipient: EmailAddress, at now: Date
  ) {
    if case .answered = result { failedOpenings = 0 }
    switch verdict.outcome {
    case .accepted, .refused:
      suspicions = []
      uncertain = []
      losses = []
    case .uncertain:
      uncertain.insert(message)
      if uncertain.count >= Self.uncertainBeforePause { pause(silent()) }
    case .deferred, .again:
      break
    }
    switch verdict.effect {
    case .none, .slowDestination:
      if verdict.outcome == .accepted { slowing.succeed() }
    case .slowRelay:
      slowedUntil = now.addingTimeInterval(slowing.fail())
      if case .lost = result {
        losses.insert(message)
        if losses.count >= Self.lossesBeforePause { pause(dropping(result)) }
      }
    case .suspect:
      suspicions.insert(message)
      if suspicions.count >= Self.suspicionsBeforePause { pause(refusing(result, recipient)) }
    case .pause:
      pause(refusing(result, recipient))
    }
  }

  private func refusing(_ result: SendResult, _ recipient: EmailAddress) -> RelayUnavailable {
    guard case .answered(let phase, let reply) = result else { return dropping(result) }
    // This text goes to logs: it must hold no customer's address. How many customers have its domain is not known here.
    let words = AddressRedaction.text(
      reply.oneLine, about: RedactedCustomer(recipient: recipient, hidesDomain: true))
    return RelayUnavailable(
      kind: .refused, phase: phase, reply: reply,
      message: """
        \(host) refuses our mail at \(phase.rawValue.uppercased()): “\(words)”. \
        No customer was marked as refused for it. Settle it with the relay's administrator, then resume.
        """)
  }

  private func silent() -> RelayUnavailable {
    RelayUnavailable(
      kind: .unreachable, phase: .final, reply: nil,
      message: """
        \(host) took \(uncertain.count) letters in a row without confirming them; they are uncertain. \
        Look into its log before resuming.
        """)
  }

  private func dropping(_ result: SendResult) -> RelayUnavailable {
    var phase = Phase.connect
    var why = ""
    if case .lost(let lostPhase, let reason, _) = result {
      phase = lostPhase
      why = " Last: \(reason)"
    }
    return RelayUnavailable(
      kind: .unreachable, phase: phase, reply: nil,
      message: "\(host) lost \(losses.count) connections in a row before taking a letter.\(why)")
  }
}
