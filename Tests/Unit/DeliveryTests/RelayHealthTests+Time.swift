import Foundation
import Testing

@testable import Delivery

extension RelayHealthTests {
  /// Live addresses are put off, dead ones are known at once: a fifth of dead ones is no half.
  @Test func whatIsGreylistedCountsAmongTheAnswered() throws {
    let greylisted = reply(.rcpt, 451, "4.7.1 Greylisting in action, please come back later")
    let dead = reply(.rcpt, 550, "5.1.1 unknown user")
    var health = proven()
    for message in Int64(1)...250 {
      try note(message % 10 == 0 ? accepted : message % 5 == 1 ? dead : greylisted, message, &health)
    }
    #expect(health.trouble == nil)
    // Once those are answered too, it is known: nearly all are dead.
    for message in Int64(1)...250 where message % 10 != 0 && message % 5 != 1 {
      try note(dead, message, &health, number: 2, after: TimeInterval(1000 * (message + 300)))
    }
    let trouble = try #require(health.trouble)
    #expect(trouble.kind == .refused && trouble.message.contains("of 250 letters"), "\(trouble.message)")
  }

  /// The operator has put dead addresses back in the queue, and few others are left.
  @Test(arguments: [true, false]) func whatIsRefusedAgainSaysNothingNew(isSentAgain: Bool) throws {
    let dead = reply(.rcpt, 550, "5.1.1 unknown user")
    var health = proven()
    for message in Int64(1)...60 {
      try note(dead, message, &health, number: isSentAgain ? 2 : 1, isSentAgain: isSentAgain)
    }
    #expect((health.trouble == nil) == isSentAgain)
  }

  /// A connection broke, the next one opened, and then there was nothing to send for days.
  @Test func aTimeInWhichNobodyTriedIsNoAbsence() throws {
    var health = proven(lastAcceptedAt: now)
    try note(lost, 1, &health, after: 0)
    health.noteOpened()
    let later = now + 400_000
    health.noteFailedOpening(
      RelayUnavailable(kind: .busy, phase: .greeting, reply: nil, message: "full"), startedAt: later, at: later + 1)
    #expect(health.trouble == nil && health.rest?.reason == .away)
  }
}
