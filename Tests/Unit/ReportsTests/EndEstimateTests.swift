import Foundation
import Queue
import Receipts
import Testing

@testable import Reports

/// The end of a delivery, or why nobody can say: never the rate of a moment for letters that wait.
@Suite struct EndEstimateTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var untried = 0
    var deferred = 0
    var due = 0
    var lastDue: Double?
    var rate = 0.0
    var hasBegun = true
    var relays: [RelayCondition] = []
    var next = 0.0
    var finish = 0.0
    var end: Double?
    var reason: NoEstimate?
    var testDescription: String { name }
  }

  private static func resting(_ name: String, since: Double, until: Double) -> RelayCondition {
    RelayCondition(relay: name, state: .resting, since: Sample.time(since), until: Sample.time(until))
  }
  private static let sending = RelayCondition(relay: "other")
  private static let paused = RelayCondition(relay: "main", state: .paused, trouble: "It refuses us.")

  private static func rests(_ until: Double, _ letters: Int, othersSend: Bool = false) -> NoEstimate {
    .relayRests(relay: "main", until: Sample.time(until), letters: letters, othersSend: othersSend)
  }

  /// The time is 1000. The end is the forecast's, where one may be named.
  static let cases = [
    Case(name: "what can go now goes at the measured rate", untried: 60, rate: 2, finish: 1030, end: 1030),
    Case(
      name: "deferred letters need no rate", deferred: 40, lastDue: 2800, rate: 0, finish: 2810, end: 2810),
    Case(name: "an end that is over is now", deferred: 1, lastDue: 2800, finish: 900, end: 1000),
    Case(
      name: "with letters that could go and do not, nothing is known", untried: 3, deferred: 1, lastDue: 2800,
      finish: 2800, reason: .nothingMoves(letters: 3)),
    Case(
      name: "nor with letters that are due", deferred: 4, due: 2, lastDue: 2800, finish: 2800,
      reason: .nothingMoves(letters: 2)),
    Case(
      name: "before the first outcome nothing is known", untried: 3, hasBegun: false, finish: 1010, reason: .notBegun),
    Case(
      name: "what waits for a limit needs no rate", untried: 35, next: 4600, finish: 30_000, end: 30_000),
    Case(
      name: "a wait of moments is part of a steady delivery", untried: 20, next: 1002, finish: 1010,
      reason: .nothingMoves(letters: 20)),
    Case(
      name: "letters that wait for a relay that rests", untried: 40, rate: 31,
      relays: [resting("main", since: 990, until: 1300)],
      reason: rests(1300, 40)),
    Case(
      name: "and those that are due", deferred: 7, due: 5, lastDue: 2800, rate: 31,
      relays: [resting("main", since: 990, until: 1300)], reason: rests(1300, 5)),
    Case(
      name: "a rest whose end has come is one until the probe is answered", untried: 40, rate: 31,
      relays: [resting("main", since: 900, until: 999)], reason: rests(999, 40)),
    Case(
      name: "no letter waits for a relay that rests while all wait for their due times", deferred: 7, lastDue: 2800,
      relays: [resting("main", since: 990, until: 1300)], finish: 2800, end: 2800),
    Case(
      name: "a rest of moments is part of a steady delivery", untried: 40, rate: 2,
      relays: [resting("main", since: 999, until: 1001)], finish: 1020, end: 1020),
    Case(
      name: "a relay that has just begun to rest is in the rate of the others", untried: 40, rate: 2,
      relays: [resting("main", since: 990, until: 1300), sending], reason: rests(1300, 40, othersSend: true)),
    Case(
      name: "a minute later the rate is the others'", untried: 40, rate: 2,
      relays: [resting("main", since: 900, until: 1300), sending], finish: 1020, end: 1020),
    Case(name: "every relay is paused", untried: 40, rate: 2, relays: [paused], reason: .relaysPaused(letters: 40)),
    Case(name: "one of two is paused", untried: 40, rate: 2, relays: [paused, sending], finish: 1020, end: 1020),
    Case(
      name: "the first of two that rest is named", untried: 40,
      relays: [resting("other", since: 900, until: 1400), resting("main", since: 900, until: 1300)],
      reason: rests(1300, 40)),
  ]

  @Test(arguments: cases)
  func endOrReason(_ wanted: Case) {
    let now = Sample.time(1000)
    let estimate = EndEstimate(
      of: .init(
        untried: wanted.untried, deferred: wanted.deferred,
        figures: DeferredFigures(due: wanted.due, lastDue: wanted.lastDue.map(Sample.time)), rate: wanted.rate,
        hasBegun: wanted.hasBegun),
      through: wanted.relays,
      next: max(now, Sample.time(wanted.next)), end: Sample.time(wanted.finish), at: now)
    let expected = wanted.reason.map(EndEstimate.none) ?? wanted.end.map { .end(Sample.time($0)) }
    #expect(estimate == expected)
  }

  @Test func withoutLimitsOrDueTimesNothingIsEstimated() {
    let letters = EndEstimate.Letters(untried: 1, deferred: 1, figures: nil, rate: 1, hasBegun: true)
    let now = Sample.time(0)
    #expect(EndEstimate(of: letters, through: [], next: nil, end: nil, at: now) == .none(.limitsUnknown))
    #expect(
      EndEstimate(of: letters, through: [], next: now, end: now, at: now)
        == .none(.dueTimesUnknown))
  }

  @Test func everyReasonHasItsWordInJSON() throws {
    let text = try ReportEncoding.json(Self.rests(1300, 40))
    #expect(
      text == """
        {
          "letters" : 40,
          "reason" : "relay-rests",
          "relay" : "main",
          "until" : "2026-11-23T08:21:40.000Z"
        }
        """)
    let names = [
      NoEstimate.relaysPaused(letters: 1), .nothingMoves(letters: 1), .notBegun, .limitsUnknown, .dueTimesUnknown,
      .notDelivered,
    ].map(\.name)
    #expect(
      names == ["relays-paused", "nothing-moves", "not-begun", "limits-unknown", "due-times-unknown", "not-delivered"])
  }
}
