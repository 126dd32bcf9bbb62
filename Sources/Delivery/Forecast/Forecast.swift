public import Campaigns
public import Foundation

/// The forecast of a delivery: when the letters will have been accepted, and which will not be by the deadline.
///
/// Made by running the delivery's own values (limits, pace, retry times, hours) on a simulated clock, three times: with
/// assumptions under which it ends early, likely ones, and ones under which it ends late (``ForecastAssumptions``). Pure:
/// the same plan has the same forecast. In time that grows with the letters, a million in one to five seconds.
///
/// ```swift
/// let forecast = Forecast(plan)
/// if forecast.isTooLate { … forecast.likely.late.customers … }
/// ```
public struct Forecast: Sendable, Hashable {
  public var at: Date
  public var deadline: Date?
  public var letters: Int
  public var earliest: ForecastOutcome
  public var likely: ForecastOutcome
  public var latest: ForecastOutcome
  /// The earliest moment at which one more letter may go, by limits, hours and rests.
  public var next: Date

  public init(
    at: Date, deadline: Date? = nil, letters: Int, earliest: ForecastOutcome, likely: ForecastOutcome,
    latest: ForecastOutcome, next: Date
  ) {
    self.at = at
    self.deadline = deadline
    self.letters = letters
    self.earliest = earliest
    self.likely = likely
    self.latest = latest
    self.next = next
  }

  public init(_ plan: ForecastPlan) {
    at = plan.now
    deadline = plan.deadline
    letters = plan.letters.count
    next = ForecastRun(plan, ShareAnswers(ForecastAssumptions(seconds: 0)), jitter: 0).firstMoment
    // What was seen while letters waited for a limit is not the pace of those that need not.
    var experience = plan.experience
    if next.timeIntervalSince(at) >= Self.noticed { experience.rate = nil }
    let connections = plan.usable.reduce(0) { $0 + max(1, plan.relays[$1].relay.connections) }
    func run(_ name: ForecastAssumptions.Case) -> ForecastOutcome {
      let assumptions = ForecastAssumptions(name, experience, connections: connections)
      var plan = plan
      // It may have changed its mind.
      if name == .earliest {
        for index in plan.relays.indices { plan.relays[index].pace = nil }
        plan.destinationsLearned = [:]
      }
      var run = ForecastRun(plan, ShareAnswers(assumptions), jitter: assumptions.jitter)
      return run.finish()
    }
    likely = run(.likely)
    earliest = run(.earliest)
    latest = run(.latest)
    // Of the latest run fewer letters are accepted, so that their last one may be earlier than that of the others.
    let paths: [WritableKeyPath<ForecastOutcome.Moments, Date?>] = [\.half, \.most, \.nearlyAll, \.all]
    for path in paths {
      let moments = [likely, earliest, latest].compactMap { $0.moments[keyPath: path] }
      if earliest.moments[keyPath: path] != nil { earliest.moments[keyPath: path] = moments.min() }
      if latest.moments[keyPath: path] != nil { latest.moments[keyPath: path] = moments.max() }
    }
  }

  /// Even where all goes well, letters are accepted after the deadline.
  public var isTooLate: Bool { earliest.late.letters > 0 }
  /// It depends on the relays' answers whether all are accepted by the deadline.
  public var mayBeLate: Bool { latest.late.letters > 0 }

  /// The likely end; nil when no letter will be accepted.
  public var end: Date? { likely.moments.all }

  /// A wait for a limit that is shorter than this is part of a steady delivery.
  public static let noticed: TimeInterval = 5
}

/// What one run of a forecast came to.
public struct ForecastOutcome: Sendable, Hashable {
  /// When so many of the letters that are accepted at all were accepted: 50, 90 and 99 %, and all; nil when none is.
  public struct Moments: Sendable, Hashable {
    public var half: Date?
    public var most: Date?
    public var nearlyAll: Date?
    public var all: Date?

    public init(half: Date? = nil, most: Date? = nil, nearlyAll: Date? = nil, all: Date? = nil) {
      self.half = half
      self.most = most
      self.nearlyAll = nearlyAll
      self.all = all
    }
  }

  /// Letters that are accepted after the deadline, or given up, or left. Refused and uncertain ones are not among them.
  public struct Late: Sendable, Hashable {
    public var letters = 0
    public var customers: NumberSet = []
    /// The letters by the reason, the most frequent first.
    public var reasons: [Reason: Int] = [:]
  }

  /// Why a letter is not accepted by the deadline.
  public enum Reason: Sendable, Hashable {
    /// The relay's limit.
    case limit(relay: String, RateLimit)
    /// The rule for its destination.
    case destination(DestinationPattern)
    case hours
    /// The wait after the canary.
    case canary
    /// It was put off, and its next attempt is too late.
    case retry
    case rest(relay: String)
    case paused(relay: String)
    /// The relay takes letters no faster over its connections.
    case speed(relay: String)
    /// It was given up.
    case expired
  }

  /// One relay's part.
  public struct RelayUse: Sendable, Hashable {
    public var attempts = 0
    public var accepted = 0
    /// Seconds for which the relay's letters waited for its limits, its pace, the hours, its rests and the look after
    /// the canary.
    public var waited = Waits()
    /// The relay was paused.
    public var isPaused = false
  }

  public struct Waits: Sendable, Hashable {
    public var limits = 0.0
    public var pace = 0.0
    public var hours = 0.0
    public var rests = 0.0
    public var canary = 0.0
    public var speed = 0.0
  }

  public var moments = Moments()
  public var accepted = 0
  public var refused = 0
  public var expired = 0
  public var uncertain = 0
  /// Neither accepted nor refused: every relay is paused.
  public var left = 0
  /// When the last letter has its outcome.
  public var end: Date
  public var late = Late()
  public var relays: [RelayUse] = []
  /// Letters accepted in each quarter of an hour by its number since the reference date; only those with any.
  public var quarters: [Int: Int] = [:]

  public init(end: Date) { self.end = end }

  public static let quarter: TimeInterval = 900

  /// Each quarter of an hour in which letters are accepted, in order.
  public var timeline: [(start: Date, accepted: Int)] {
    quarters.sorted { $0.key < $1.key }.map { number, count in
      (Date(timeIntervalSinceReferenceDate: Double(number) * Self.quarter), count)
    }
  }
}
