import RelaySupport
import TestSupport
import Testing

@testable import Rehearsal

/// The decisions by themselves, with a time that passes only when the test says so.
@Suite struct FaultInjectorTests {
  private let time = ManualTime()

  private func injector(_ plan: String) throws -> FaultInjector {
    FaultInjector(RelayOptions(faults: try FaultPlan(parsing: plan), now: { [time] in time.now }))
  }

  /// What an attempt is told at RCPT; nil when it is let through.
  private func attempt(_ injector: FaultInjector, _ recipient: String, from sender: String = "a@x.example") -> String? {
    guard let due = injector.due(for: recipient, from: sender) else { return nil }
    injector.spend(due)
    return due.reply.map { "\($0.code) \($0.enhanced ?? "-") \($0.lines.joined(separator: "/"))" }
  }

  @Test func greylistsASenderAndRecipientForATime() throws {
    let injector = try injector("greylist 300s")
    let wait = { (seconds: Int) in "450 4.2.0 Greylisted, try again in \(seconds) seconds" }
    #expect(attempt(injector, "k1@b.example") == wait(300))
    time.pass(.milliseconds(100_500))
    #expect(attempt(injector, "K1@B.example", from: "A@x.example") == wait(200))
    #expect(attempt(injector, "k2@b.example") == wait(300))
    #expect(attempt(injector, "k1@b.example", from: "other@x.example") == wait(300))
    time.pass(.milliseconds(199_499))
    #expect(attempt(injector, "k1@b.example") == wait(1))
    time.pass(.milliseconds(1))
    // From the first try on, not from the last.
    #expect(attempt(injector, "k1@b.example") == nil)
    #expect(attempt(injector, "k2@b.example") == wait(101))
    time.pass(.seconds(1_000_000))
    for recipient in ["k1@b.example", "k2@b.example"] { #expect(attempt(injector, recipient) == nil) }
    #expect(attempt(injector, "k3@b.example") == wait(300))
  }

  @Test func greylistsOnlyWhomItNames() throws {
    let injector = try injector(
      "greylist 10s for slow.example with 451 4.7.1 \"Come back\", greylist 1m for k9@b.example with 421, unknown k1@b.example"
    )
    #expect(attempt(injector, "k1@slow.example") == "451 4.7.1 Come back")
    #expect(attempt(injector, "k2@b.example") == nil)
    #expect(attempt(injector, "k9@b.example") == "421 4.2.0 Greylisted, try again in 60 seconds")
    #expect(attempt(injector, "k1@b.example") == "550 5.1.1 Recipient unknown")
    time.pass(.seconds(10))
    #expect(attempt(injector, "k1@slow.example") == nil)
  }

  /// A rule for everyone comes after the ones that name a recipient, and does not take their place.
  @Test func rulesForEveryoneComeLast() throws {
    let injector = try injector("greylist 10s, full k1@b.example 1")
    #expect(attempt(injector, "k1@b.example") == "452 4.2.2 Mailbox full")
    #expect(attempt(injector, "k1@b.example") == "450 4.2.0 Greylisted, try again in 10 seconds")
    time.pass(.seconds(10))
    #expect(attempt(injector, "k1@b.example") == nil)
  }

  @Test func aQuotaHasRoomAgainWhenItsWindowMovesOn() throws {
    let injector = try injector("quota 2/h, quota 3/d with 550, throttle 1/s")
    #expect(injector.excess(at: .rcpt) == nil)
    time.pass(.seconds(1800))
    #expect(injector.excess(at: .rcpt) == nil)
    let hourly = FaultInjector.Excess(word: "quota", reply: Reply(452, "4.5.3", "Mail send limit exceeded"))
    #expect(injector.excess(at: .rcpt) == hourly)
    time.pass(.seconds(1799))
    #expect(injector.excess(at: .rcpt) == hourly)
    time.pass(.seconds(1))
    // The first one is over; those that were refused do not count.
    #expect(injector.excess(at: .rcpt) == nil)
    #expect(injector.excess(at: .rcpt) == hourly)
    time.pass(.seconds(3600))
    let daily = FaultInjector.Excess(word: "quota", reply: Reply(550, "5.4.5", "Daily user sending limit exceeded"))
    #expect(injector.excess(at: .rcpt) == daily)
    time.pass(.seconds(86_400 - 7200))
    #expect(injector.excess(at: .rcpt) == nil)
    // Another phase has counted nothing of this.
    #expect(injector.excess(at: .mail) == nil && injector.excess(at: .data) == nil)
    #expect(
      injector.excess(at: .data)
        == FaultInjector.Excess(
          word: "throttle", reply: Reply(454, "4.7.0", "Throttling failure: Maximum sending rate exceeded")))
    time.pass(.seconds(1))
    #expect(injector.excess(at: .data) == nil)
  }

  /// The window against a plain count over everything that was admitted, at random times from a seed.
  @Test(arguments: 0..<20 as Range<UInt64>) func aWindowNeverHoldsMoreThanItsCount(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let rate = SendingRate(Int.random(in: 1...20, using: &random), per: .seconds(10))
    var window = SlidingWindow(rate)
    var admitted: [Duration] = []
    var now = Duration.zero
    for _ in 0..<500 {
      now += .milliseconds(Int.random(in: 0...1500, using: &random))
      let isFree = admitted.filter { $0 + rate.window > now }.count < rate.count
      #expect(window.hasRoom(at: now) == isFree)
      if isFree {
        window.record(at: now)
        admitted.append(now)
      }
    }
    #expect(!admitted.isEmpty)
  }

  /// A code alone takes the words that relays have with it; what is written out is sent as it is.
  @Test(arguments: [
    ("quota 1/h", "452 4.5.3 Mail send limit exceeded"),
    ("quota 1/h with 451", "451 4.5.3 Mail send limit exceeded"),
    ("quota 1/h with 454", "454 - Throttling failure: Daily message quota exceeded"),
    ("quota 1/h with 450", "450 - Requested mail action not taken: mailbox unavailable/Mail send limit exceeded"),
    ("quota 1/h with 550", "550 5.4.5 Daily user sending limit exceeded"),
    ("quota 1/h with 554 5.7.0", "554 5.7.0 Daily user sending limit exceeded"),
    ("quota 1/h with 550 \"Too much\"", "550 - Too much"),
    ("quota 1/h with 550 5.2.121 \"Too much\" \"today\"", "550 5.2.121 Too much/today"),
    ("throttle 1/s at rcpt with 550", "550 5.7.0 Throttling failure: Maximum sending rate exceeded"),
  ]) func aReplyIsCompleted(_ plan: String, _ reply: String) throws {
    let injector = try injector(plan)
    #expect(injector.excess(at: .rcpt) == nil)
    let excess = try #require(injector.excess(at: .rcpt)).reply
    #expect("\(excess.code) \(excess.enhanced ?? "-") \(excess.lines.joined(separator: "/"))" == reply)
  }
}
