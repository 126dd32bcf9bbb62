import Delivery
import Foundation
import Mail
import Testing

@Suite struct RelayHealthTests {
  private let now = Date(timeIntervalSince1970: 1_800_000_000)
  private let recipient: EmailAddress
  private let policy = SendResult.answered(
    .rcpt, Reply(code: 554, enhanced: EnhancedStatus(5, 7, 1), text: "5.7.1 relay access denied"))
  private let accepted = SendResult.answered(.final, Reply(code: 250, enhanced: nil, text: "ok"))
  private let uncertain = SendResult.lost(.final, reason: "end of file", dotSent: true)
  private let lost = SendResult.lost(.rcpt, reason: "end of file", dotSent: false)

  init() throws { recipient = try EmailAddress("info@kanzlei.example") }

  private func health(after results: [SendResult]) -> RelayHealth {
    var health = RelayHealth(host: "relay.example:587")
    for (message, result) in zip(Int64(1)..., results) { note(result, message, &health) }
    return health
  }

  private func note(_ result: SendResult, _ message: Int64, _ health: inout RelayHealth) {
    health.note(AttemptVerdict(result), on: result, message: message, recipient: recipient, at: now)
  }

  @Test func oneRefusalForOurTroubleStopsNobody() {
    #expect(health(after: [policy, policy, accepted, policy, policy]).trouble == nil)
  }

  @Test func oneMessageRefusedAgainAndAgainStopsNobody() {
    var health = RelayHealth(host: "relay.example:587")
    for _ in 0..<20 { note(policy, 7, &health) }
    #expect(health.trouble == nil)
  }

  @Test func noAddressInWhatIsSaidOfTheRelay() {
    var health = RelayHealth(host: "relay.example:587")
    let named = SendResult.answered(
      .mail, Reply(code: 553, enhanced: nil, text: "<info@kanzlei.example>: not for info from a@sender.example"))
    note(named, 1, &health)
    let words = health.trouble?.message ?? ""
    #expect(words.contains("553 <address>: not for <address> from <address>"), "\(words)")
  }

  @Test func threeInARowPause() {
    let trouble = health(after: [policy, policy, policy]).trouble
    #expect(trouble?.kind == .refused)
    #expect(
      trouble?.message == """
        relay.example:587 refuses our mail at RCPT: “554 5.7.1 relay access denied”. No customer was marked as refused \
        for it. Settle it with the relay's administrator, then resume.
        """)
  }

  @Test func refusedMailPausesAtOnce() {
    let refused = SendResult.answered(.mail, Reply(code: 553, enhanced: nil, text: "sender rejected"))
    #expect(health(after: [refused]).trouble?.kind == .refused)
  }

  @Test func uncertainInARowPause() {
    #expect(health(after: [uncertain, uncertain, accepted, uncertain, uncertain]).trouble == nil)
    #expect(health(after: [uncertain, uncertain, uncertain]).trouble?.kind == .unreachable)
  }

  @Test func lostConnectionsSlowThenPause() {
    let once = health(after: [lost])
    #expect(once.trouble == nil)
    #expect(once.slowedUntil == now.addingTimeInterval(5))
    #expect(health(after: [lost, lost]).slowedUntil == now.addingTimeInterval(10))
    #expect(health(after: Array(repeating: lost, count: 10)).trouble?.kind == .unreachable)
    #expect(health(after: Array(repeating: lost, count: 9) + [accepted] + [lost]).trouble == nil)
  }

  @Test func whatCannotPassPausesAtOnce() {
    for kind in RelayUnavailable.Kind.allCases where kind != .noDescriptors {
      var health = RelayHealth(host: "relay.example:587")
      let trouble = RelayUnavailable(kind: kind, phase: .connect, reply: nil, message: "no")
      health.noteFailedOpening(trouble, othersAreOpen: false)
      #expect((health.trouble != nil) == ![.busy, .unreachable].contains(kind), "\(kind)")
      for _ in 0..<5 { health.noteFailedOpening(trouble, othersAreOpen: false) }
      #expect(health.trouble != nil)
    }
  }

  /// That this process may have no more files open says nothing about the relay.
  @Test func missingDescriptorsAreNotHeldAgainstIt() {
    var health = RelayHealth(host: "relay.example:587")
    let trouble = RelayUnavailable(kind: .noDescriptors, phase: .connect, reply: nil, message: "no")
    for _ in 0..<1000 { health.noteFailedOpening(trouble, othersAreOpen: false) }
    #expect(health.trouble == nil)
  }

  @Test func aFullRelayIsNotPaused() {
    var health = RelayHealth(host: "relay.example:587")
    let busy = RelayUnavailable(kind: .busy, phase: .greeting, reply: nil, message: "too many connections")
    for _ in 0..<100 { health.noteFailedOpening(busy, othersAreOpen: true) }
    #expect(health.trouble == nil)
  }
}
