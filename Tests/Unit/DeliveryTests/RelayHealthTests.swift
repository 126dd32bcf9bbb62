import Foundation
import Mail
import Queue
import Testing

@testable import Delivery

@Suite struct RelayHealthTests {
  let now = Date(timeIntervalSince1970: 1_800_000_000)
  private let policy = SendResult.answered(
    .rcpt, Reply(code: 554, enhanced: EnhancedStatus(5, 7, 1), text: "5.7.1 relay access denied"))
  let accepted = SendResult.answered(.final, Reply(code: 250, enhanced: nil, text: "ok"))
  private let uncertain = SendResult.lost(.final, reason: "end of file", dotSent: true)
  let lost = SendResult.lost(.rcpt, reason: "end of file", dotSent: false)

  /// A relay that is proven, after letters to different domains.
  private func health(after results: [SendResult], lastAcceptedAt: Date? = nil) throws -> RelayHealth {
    var health = proven(lastAcceptedAt: lastAcceptedAt)
    for (message, result) in zip(Int64(1)..., results) { try note(result, message, &health) }
    return health
  }

  func proven(lastAcceptedAt: Date? = nil) -> RelayHealth {
    var health = RelayHealth(host: "relay.example:587", lastAcceptedAt: lastAcceptedAt, at: now)
    health.noteOpened()
    return health
  }

  /// - Parameter seconds: When the attempt began; it is judged a tenth of a second later.
  @discardableResult func note(
    _ result: SendResult, _ message: Int64, _ health: inout RelayHealth, number: Int = 1, domain: String? = nil,
    before: LastAnswer? = nil, isSentAgain: Bool = false, after seconds: TimeInterval? = nil
  ) throws -> RelayHealth.Judgement {
    let start = now + (seconds ?? TimeInterval(message) * 1000)
    let recipient = try EmailAddress("info@\(domain ?? "kanzlei-\(message).example")")
    return health.judge(
      result,
      of: .init(
        message: message, fence: message * 10, recipient: recipient, number: number, before: before,
        isSentAgain: isSentAgain, startedAt: start), at: start + 0.1, wallTime: start + 0.1)
  }

  func reply(_ phase: Phase, _ code: Int, _ text: String) -> SendResult {
    .answered(phase, Reply(code: code, enhanced: EnhancedStatus(prefixOf: text), text: text))
  }

  // MARK: Our trouble

  @Test func oneRefusalForOurTroubleStopsNobody() throws {
    #expect(try health(after: [policy, policy, accepted, policy, policy]).trouble == nil)
  }

  @Test func oneMessageRefusedAgainAndAgainStopsNobody() throws {
    var health = proven()
    for _ in 0..<20 { try note(policy, 7, &health) }
    #expect(health.trouble == nil)
  }

  @Test func noAddressInWhatIsSaidOfTheRelay() throws {
    var health = proven()
    let named = reply(.mail, 553, "<info@kanzlei.example>: not for info from a@sender.example")
    try note(named, 1, &health, domain: "kanzlei.example")
    let words = health.trouble?.message ?? ""
    #expect(words.contains("553 <address>: not for <address> from <address>"), "\(words)")
  }

  @Test func threeInARowPause() throws {
    let trouble = try #require(try health(after: [policy, policy, policy]).trouble)
    #expect(
      trouble.kind == .refused
        && trouble.message == """
          relay.example:587 refuses our mail at RCPT: “554 5.7.1 relay access denied”. No customer was marked as refused \
          for it. Settle it with the relay's administrator, then resume.
          """
    )
  }

  /// What one domain refuses may be its own policy: it takes more of that to accuse the relay.
  @Test func oneDomainIsNotTheRelay() throws {
    for (count, isPaused) in [(3, false), (9, false), (10, true)] {
      var health = proven()
      for message in 1...count { try note(policy, Int64(message), &health, domain: "kanzlei.example") }
      #expect((health.trouble != nil) == isPaused, "\(count)")
    }
    // A login refused at RCPT, for customers of one domain.
    var health = proven()
    for message in 1...4 { try note(reply(.rcpt, 530, "5.7.0 no"), Int64(message), &health, domain: "a.example") }
    #expect(health.trouble == nil)
    try note(reply(.rcpt, 530, "5.7.0 no"), 5, &health, domain: "b.example")
    #expect(health.trouble != nil)
  }

  @Test func refusedMailPausesAtOnce() throws {
    #expect(try health(after: [reply(.mail, 553, "sender rejected")]).trouble?.kind == .refused)
  }

  /// It comes again at another time, and others are taken meanwhile: then it is the recipient's.
  @Test func policyOfOneRecipientIsARefusalTheSecondTime() throws {
    let closed = reply(.rcpt, 550, "5.7.1 message refused by local policy")
    var health = proven()
    #expect(try note(closed, 1, &health).verdict.outcome == .deferred)
    let first = LastAnswer(phase: "rcpt", code: 550, text: "5.7.1 message refused by local policy", at: now + 1000)
    // Nobody was accepted meanwhile.
    #expect(try note(closed, 1, &health, number: 2, before: first, after: 1500).verdict.outcome == .deferred)
    try note(accepted, 2, &health)
    let second = try note(closed, 1, &health, number: 3, before: first, after: 3000)
    #expect(second.verdict.outcome == .refused && health.trouble == nil)
    // What was put off for another reason before is refused for the first time.
    let greylisted = LastAnswer(phase: "rcpt", code: 451, text: "4.7.1 greylisted", at: now + 1000)
    for before in [greylisted, nil] {
      #expect(try note(closed, 3, &health, number: 3, before: before, after: 4000).verdict.outcome == .deferred)
    }
  }

  @Test func uncertainInARowPause() throws {
    #expect(try health(after: [uncertain, uncertain, accepted, uncertain, uncertain]).trouble == nil)
    #expect(try health(after: [uncertain, uncertain, uncertain]).trouble?.kind == .unreachable)
  }

  // MARK: Refusals in a row

  /// No list of rules is complete: the classifier takes these for dead addresses.
  @Test func threeTimesTheSameWordsAreNotAboutTheCustomers() throws {
    var health = proven()
    func refusal(_ number: Int) -> SendResult {
      reply(.rcpt, 550, "5.4.4 <info@kanzlei-\(number).example> no such user here (ticket \(number)77)")
    }
    #expect(AttemptVerdict(refusal(1)).outcome == .refused)
    #expect(try note(refusal(1), 1, &health).verdict.outcome == .refused)
    #expect(try note(refusal(2), 2, &health).verdict.outcome == .refused)
    let third = try note(refusal(3), 3, &health)
    #expect(third.verdict.outcome == .again)
    #expect(third.reopened == [JudgedLetter(message: 1, fence: 10), JudgedLetter(message: 2, fence: 20)])
    #expect(health.trouble?.message.contains("no such user here") == true)
    // What was on the wire with it.
    let fourth = try note(refusal(4), 4, &health)
    #expect(fourth.verdict.outcome == .again && fourth.reopened.isEmpty)
    // With one accepted between them they are what they say.
    var other = proven()
    for (number, result) in [refusal(1), refusal(2), accepted, refusal(4), refusal(5)].enumerated() {
      try note(result, Int64(number + 1), &other)
    }
    #expect(other.trouble == nil)
  }

  @Test func deadAddressesAtTheBeginningAreDeadAddresses() throws {
    let dead = reply(.rcpt, 550, "5.1.1 user unknown")
    #expect(try health(after: Array(repeating: dead, count: 30)).trouble == nil)
    #expect(try health(after: Array(repeating: reply(.rcpt, 550, "user unknown"), count: 30)).trouble == nil)
    // Up to a share: half of fifty.
    #expect(try health(after: Array(repeating: dead, count: 50)).trouble != nil)
    let noDomain = reply(.rcpt, 550, "5.1.2 Host or domain name not found")
    #expect(try health(after: Array(repeating: noDomain, count: 10)).trouble == nil)
    let mixed = (0..<60).map { $0 % 3 == 0 ? dead : accepted }
    #expect(try health(after: mixed).trouble == nil)
  }

  // MARK: Gone and back

  @Test func whatWasOnTheWireTogetherIsOneEvent() throws {
    var health = proven(lastAcceptedAt: now)
    for message in 1...8 { try note(lost, Int64(message), &health, after: 5) }
    #expect(health.trouble == nil && health.rest?.reason == .away && health.rest?.until == now + 5.1 + 1)
    // One probes, the others wait; its letter brings the relay back, not its connection.
    #expect(health.admit(3, at: now + 5.5) == .rest(until: now + 6.1))
    #expect(health.admit(3, at: now + 6.2) == .go)
    #expect(health.admit(4, at: now + 6.2) == .probed)
    health.noteOpened()
    #expect(health.admit(4, at: now + 6.2) == .probed)
    try note(accepted, 9, &health, after: 6.2)
    #expect(health.admit(4, at: now + 6.4) == .go)
  }

  /// Tried every few seconds for ten minutes, then every five minutes at most, for as long as letters are tried.
  @Test func aRelayThatTookALetterIsWaitedFor() throws {
    var health = proven(lastAcceptedAt: now)
    let refused = RelayUnavailable(kind: .refused, phase: .greeting, reply: nil, message: "554 no")
    var moment = now
    var waits: [TimeInterval] = []
    while health.trouble == nil {
      health.noteFailedOpening(refused, startedAt: moment, at: moment)
      guard let until = health.rest?.until else { break }
      waits.append(until.timeIntervalSince(moment))
      moment = until
    }
    #expect(waits.prefix(4) == [1, 2, 4, 8] && waits.max() == 300)
    #expect(moment.timeIntervalSince(now) >= 4 * 86_400 && moment.timeIntervalSince(now) < 4 * 86_400 + 600)
  }

  /// Its connections open, and break before a letter is taken: that is no better than one that does not open.
  @Test func oneThatOpensAndBreaksIsGivenUpToo() throws {
    var health = proven(lastAcceptedAt: now)
    var moment: TimeInterval = 0
    while health.trouble == nil, moment < 30 * 86_400 {
      health.noteOpened()
      try note(lost, 1, &health, after: moment)
      moment = max(moment + 1, health.rest?.until.timeIntervalSince(now) ?? 0)
    }
    #expect(moment >= 4 * 86_400 && moment < 4 * 86_400 + 600, "\(moment)")
  }

  /// It said for how long it wants no letters; that a connection from before breaks meanwhile makes that no shorter.
  @Test func aBrokenConnectionShortensNoRest() throws {
    var health = proven(lastAcceptedAt: now)
    try note(reply(.mail, 454, "4.7.0 quota exceeded, try again in 300 seconds"), 1, &health, after: 5)
    let rest = try #require(health.rest)
    try note(lost, 2, &health, after: 4.9)
    let gone = RelayUnavailable(kind: .unreachable, phase: .connect, reply: nil, message: "no")
    health.noteFailedOpening(gone, startedAt: now + 5, at: now + 9)
    #expect(health.rest == rest)
  }

  @Test func aRelayThatNeverTookOneIsGivenUpSoon() throws {
    // A restart breaks handshakes too.
    var known = proven(lastAcceptedAt: now)
    let handshake = RelayUnavailable(kind: .tls, phase: .tls, reply: nil, message: "end of file in the handshake")
    known.noteFailedOpening(handshake, startedAt: now + 1, at: now + 1)
    #expect(known.trouble == nil && known.rest?.reason == .away)
    for kind in RelayUnavailable.Kind.allCases where kind != .noDescriptors {
      var health = RelayHealth(host: "relay.example:587", at: now)
      let trouble = RelayUnavailable(kind: kind, phase: .connect, reply: nil, message: "no")
      health.noteFailedOpening(trouble, startedAt: now, at: now)
      #expect((health.trouble != nil) == ![.busy, .unreachable].contains(kind), "\(kind)")
      for second in 1...5 {
        health.noteFailedOpening(trouble, startedAt: now + Double(second), at: now + Double(second))
      }
      #expect(health.trouble != nil)
    }
    #expect(try health(after: Array(repeating: lost, count: 10)).trouble?.kind == .unreachable)
    #expect(try health(after: Array(repeating: lost, count: 9) + [accepted] + [lost]).trouble == nil)
  }

  /// That this process may have no more files open says nothing about the relay.
  @Test func missingDescriptorsAreNotHeldAgainstIt() {
    var health = RelayHealth(host: "relay.example:587", at: now)
    let trouble = RelayUnavailable(kind: .noDescriptors, phase: .connect, reply: nil, message: "no")
    for second in 0..<1000 {
      health.noteFailedOpening(trouble, startedAt: now + Double(second), at: now + Double(second))
    }
    #expect(health.trouble == nil)
  }

  // MARK: Asked for less

  @Test func aThrottleIsOneEventAndOneProbe() throws {
    let throttle = reply(.mail, 454, "4.7.0 too much mail, try again later")
    var health = proven(lastAcceptedAt: now)
    for message in 1...8 {
      #expect(try note(throttle, Int64(message), &health, after: 5).verdict.outcome == .again)
    }
    let rest = try #require(health.rest)
    #expect(rest.reason == .throttled && rest.until == now + 5.1 + 2)
    // The opening of a connection says nothing here.
    health.noteOpened()
    #expect(health.admit(1, at: rest.until) == .go && health.admit(2, at: rest.until) == .probed)
    try note(throttle, 1, &health, after: 8)
    #expect(health.rest?.until == now + 8.1 + 4)
    #expect(health.admit(2, at: now + 13) == .go)
    try note(accepted, 1, &health, after: 13)
    #expect(health.rest == nil)
  }

  @Test func theTimeThatTheRelayNamesIsKept() throws {
    var health = proven(lastAcceptedAt: now)
    try note(reply(.data, 452, "4.3.1 quota exceeded, try again in 300 seconds"), 1, &health, after: 5)
    #expect(health.rest?.until == now + 5.1 + 300)
  }

  /// Any 4xx at MAIL or DATA is the relay's, and so are the same words to three recipients.
  @Test func whatConcernsTheRelayStopsNoLetter() throws {
    for (phase, text) in [(Phase.mail, "4.3.0 not now"), (.data, "4.3.0 not now")] {
      var health = proven(lastAcceptedAt: now)
      #expect(try note(reply(phase, 451, text), 1, &health).verdict.outcome == .again)
      #expect(health.rest?.reason == .throttled)
    }
    var health = proven(lastAcceptedAt: now)
    let words = reply(.rcpt, 450, "4.5.9 something is strange")
    #expect(try note(words, 1, &health).verdict.outcome == .deferred)
    #expect(try note(words, 2, &health).verdict.outcome == .deferred)
    #expect(try note(words, 3, &health).verdict.outcome == .deferred)
    #expect(health.rest?.reason == .throttled)
    // They go once the relay takes a letter, each of them once.
    #expect(try note(words, 4, &health, number: 2).freed.isEmpty)
    #expect(try note(accepted, 5, &health).freed.map(\.message) == [1, 2, 3])
    #expect(try note(accepted, 6, &health).freed.isEmpty)
  }

  /// Whatever shows that the relay takes letters again: also a customer who is none.
  @Test func whatWasPutOffGoesAfterAnyAnswer() throws {
    for (number, answer) in [reply(.rcpt, 550, "5.1.1 user unknown"), accepted].enumerated() {
      var health = proven(lastAcceptedAt: now)
      for message in 1...3 { try note(reply(.rcpt, 450, "4.5.9 something is strange"), Int64(message), &health) }
      // In other words meanwhile.
      if number == 1 { try note(reply(.rcpt, 450, "4.5.8 something else is strange"), 4, &health) }
      #expect(try note(answer, 5, &health).freed.map(\.message) == [1, 2, 3])
    }
  }

  /// A relay that takes few letters in each of its windows: the rests do not grow with the hours.
  @Test func aRelayThatTakesFewIsNotLeftAloneForLonger() throws {
    let throttle = reply(.mail, 454, "4.7.0 too much mail, slow down")
    var health = proven(lastAcceptedAt: now)
    var moment: TimeInterval = 5
    var message: Int64 = 1
    for _ in 0..<100 {
      try note(throttle, message, &health, after: moment)
      let rest = try #require(health.rest).until.timeIntervalSince(now)
      #expect(rest - moment < 10, "\(rest - moment)")
      moment = rest + 1
      #expect(health.admit(1, at: now + moment) == .go)
      for _ in 0..<2 {
        message += 1
        try note(accepted, message, &health, after: moment)
        moment += 30
      }
      message += 1
    }
  }

  /// Three customers, three domains, three policies: nobody else was told the same.
  @Test func differentPoliciesAccuseNobody() throws {
    var health = proven(lastAcceptedAt: now)
    let answers = [
      reply(.rcpt, 530, "5.7.0 authentication required"), reply(.rcpt, 550, "5.7.1 known senders only"),
      reply(.final, 554, "5.7.1 message looks like spam"),
    ]
    #expect(Set(answers.compactMap { AttemptVerdict($0).classification?.class }).count == 3)
    for (number, answer) in answers.enumerated() { try note(answer, Int64(number + 1), &health) }
    #expect(health.trouble == nil)
    // Many of them are too many to be a coincidence.
    for message in 4...10 { try note(answers[message % 3], Int64(message), &health) }
    #expect(health.trouble != nil)
  }

  /// Another relay may take them, at once.
  @Test func whatOneRelayPutsOffIsFreeForTheOther() throws {
    var health = RelayHealth(host: "relay.example:587", hasOthers: true, lastAcceptedAt: now, at: now)
    health.noteOpened()
    let words = reply(.rcpt, 450, "4.5.9 something is strange")
    for message in 1...2 { #expect(try note(words, Int64(message), &health).freed.isEmpty) }
    #expect(try note(words, 3, &health).freed.map(\.message) == [1, 2, 3])
  }

  /// What made the relay suspect, and paused it, is no letter's delay.
  @Test func suspectedLettersAreDueWhenTheRelayIsPaused() throws {
    var health = proven()
    for message in 1...2 { #expect(try note(policy, Int64(message), &health).verdict.outcome == .deferred) }
    let third = try note(policy, 3, &health)
    #expect(third.verdict.outcome == .again && Set(third.freed.map(\.message)) == [1, 2])
    #expect(health.trouble != nil)
  }

  /// All of one domain: others first, so that they may tell.
  @Test func aDomainThatRefusesUsIsGoneAround() throws {
    for answer in [policy, reply(.rcpt, 450, "4.5.9 something is strange")] {
      var health = proven(lastAcceptedAt: now)
      for (message, isOne) in [(1, false), (2, false), (3, true), (4, true)] {
        let judgement = try note(answer, Int64(message), &health, domain: "kanzlei.example")
        #expect(judgement.isOneDomain == isOne, "\(message)")
      }
      #expect(try !note(answer, 5, &health, domain: "other.example").isOneDomain)
    }
  }

  /// The last customers of a campaign: nobody is left to be accepted meanwhile.
  @Test func aPolicyOfTheLastCustomersEndsTheirLetters() throws {
    let closed = reply(.rcpt, 550, "5.7.1 known senders only")
    let answer = LastAnswer(phase: "rcpt", code: 550, text: "5.7.1 known senders only", at: now + 1000)
    var health = proven(lastAcceptedAt: now)
    try note(closed, 1, &health)
    #expect(try note(closed, 1, &health, number: 2, before: answer, after: 3000).verdict.outcome == .deferred)
    #expect(try note(closed, 1, &health, number: 3, before: answer, after: 6000).verdict.outcome == .refused)
    // Somebody else is told the same, or it speaks of us: then it may be us.
    health = proven(lastAcceptedAt: now)
    try note(closed, 2, &health)
    #expect(try note(closed, 1, &health, number: 3, before: answer, after: 6000).verdict.outcome == .deferred)
    health = proven(lastAcceptedAt: now)
    let ours = reply(.rcpt, 554, "5.7.1 relay access denied")
    #expect(try note(ours, 1, &health, number: 3, before: answer, after: 6000).verdict.outcome == .deferred)
  }

  @Test func mailboxesThatAreNotThereForTheMomentStopNobody() throws {
    for text in ["4.2.1 Mailbox temporarily not available", "4.1.1 Recipient address rejected: unverified address"] {
      var health = proven()
      for message in 1...5 {
        #expect(try note(reply(.rcpt, 450, text), Int64(message), &health).verdict.outcome == .deferred)
      }
      #expect(health.rest == nil, "\(text)")
    }
  }

  @Test func greylistingStopsNobody() throws {
    var health = proven()
    for message in 1...20 {
      let judgement = try note(reply(.rcpt, 450, "4.7.1 Greylisted, try later"), Int64(message), &health)
      #expect(judgement.verdict.outcome == .deferred && judgement.verdict.delay == .greylisting(nil))
    }
    #expect(health.rest == nil && health.trouble == nil)
  }
}
