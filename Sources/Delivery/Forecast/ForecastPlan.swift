public import Campaigns
public import Foundation
public import Queue

/// What a forecast is made from: the letters that wait, the relays as they are now, and what is known of the answers.
///
/// A value: the same plan has the same forecast.
public struct ForecastPlan: Sendable {
  /// One relay at the moment of the forecast.
  public struct Relay: Sendable {
    public var relay: Campaigns.Relay
    /// When letters that its limits still count took their places, ascending.
    public var past: [Date]
    /// Nothing goes through it before; nil when it does not rest.
    public var restsUntil: Date?
    /// It is not used until an operator has checked it.
    public var isPaused: Bool
    /// Letters a second beyond which it asks for less, as deliveries have learned; nil when it does not, or when the pace
    /// that is seen now says more.
    public var pace: Double?

    public init(
      _ relay: Campaigns.Relay, past: [Date] = [], restsUntil: Date? = nil, isPaused: Bool = false,
      pace: Double? = nil
    ) {
      self.relay = relay
      self.past = past
      self.restsUntil = restsUntil
      self.isPaused = isPaused
      self.pace = pace
    }
  }

  public var now: Date
  public var relays: [Relay]
  public var letters: WaitingLetters
  public var retry: RetrySchedule
  public var hours: SendingHours?
  public var destinations: [DestinationRule]
  /// For each rule the times that its limits still count, ascending.
  public var destinationsPast: [[Date]] = []
  /// What deliveries have learned of the rules' destinations, by the rules' places: how many letters at the same time and at
  /// which pace they take. Taken to hold as a delivery takes it.
  public var destinationsLearned: [Int: LearnedLimits] = [:]
  public var deadline: Date?
  /// Nothing leaves after the deadline.
  public var stopsAtDeadline: Bool
  /// The letters are in the order of the file, and destinations take turns; otherwise they are in the order in which they
  /// leave.
  public var takesTurns: Bool
  /// Those that leave first, and the wait after them; nil when they have left.
  public var canary: Canary?
  /// Uncertain letters go out once more.
  public var resendsUncertain: Bool
  public var experience: ForecastExperience

  public init(
    at now: Date, letters: WaitingLetters, relays: [Relay], retry: RetrySchedule, hours: SendingHours? = nil,
    destinations: [DestinationRule] = [], deadline: Date? = nil, stopsAtDeadline: Bool = false,
    takesTurns: Bool = false, canary: Canary? = nil, resendsUncertain: Bool = false,
    experience: ForecastExperience = ForecastExperience()
  ) {
    self.now = now
    self.letters = letters
    self.relays = relays
    self.retry = retry
    self.hours = hours
    self.destinations = destinations
    self.deadline = deadline
    self.stopsAtDeadline = stopsAtDeadline
    self.takesTurns = takesTurns
    self.canary = canary
    self.resendsUncertain = resendsUncertain
    self.experience = experience
  }

  /// Relays that are not paused; all of them when all are: then it is forecast what would be if they were not.
  var usable: [Int] {
    let usable = relays.indices.filter { !relays[$0].isPaused }
    return usable.isEmpty ? Array(relays.indices) : usable
  }
}

/// What the delivery has shown of the answers so far; where it is nil, nothing is known and something is assumed.
public struct ForecastExperience: Sendable, Hashable {
  /// Letters per second over all relays while nothing but the relays' answers held them up.
  public var rate: Double?
  /// The share of first attempts that were put off.
  public var putOff: Double?
  /// The share that was refused.
  public var refused: Double?

  public init(rate: Double? = nil, putOff: Double? = nil, refused: Double? = nil) {
    self.rate = rate
    self.putOff = putOff
    self.refused = refused
  }
}

/// What one run of a forecast assumes. A pace that was learned of a relay is taken to hold, in the earliest run to be
/// forgotten.
///
/// Before the first answer a letter is taken to keep its connection for 0.25 s (earliest: 0.05 s, latest: 1 s) and none to
/// be put off (latest: every fifth, for the wait of greylisting). After it the rate and the shares are those seen
/// (earliest and latest: the rate 10 % higher and 15 % lower, the share that is put off a quarter smaller and greater).
public struct ForecastAssumptions: Sendable, Hashable {
  public enum Case: String, Sendable, Hashable, CaseIterable { case earliest, likely, latest }

  /// Seconds for which a letter keeps its connection.
  public var seconds: Double
  public var putOff: Double
  public var refused: Double
  /// The part of the lengthening of waits that is used, 0 to 1: ``RetrySchedule/jitterShare``.
  public var jitter: Double

  public init(seconds: Double, putOff: Double = 0, refused: Double = 0, jitter: Double = 0.5) {
    self.seconds = seconds
    self.putOff = putOff
    self.refused = refused
    self.jitter = jitter
  }

  public init(_ case: Case, _ experience: ForecastExperience, connections: Int) {
    let (guess, paceFactor, shareFactor, unseen): (Double, Double, Double, Double) =
      switch `case` {
      case .earliest: (0.05, 1.1, 0.75, 0)
      case .likely: (0.25, 1, 1, 0)
      case .latest: (1, 0.85, 1.25, 0.2)
      }
    self.init(
      seconds: experience.rate.map { Double(max(1, connections)) / max($0 * paceFactor, 1e-6) } ?? guess,
      putOff: experience.putOff.map { min(0.95, $0 * shareFactor) } ?? unseen,
      refused: min(0.95, experience.refused ?? 0),
      jitter: `case` == .earliest ? 0 : `case` == .likely ? 0.5 : 1)
  }
}

extension ForecastPlan {
  /// What comes of the plan with these answers.
  ///
  /// - Parameter jitter: The part of the lengthening of waits that is used, 0 to 1.
  public func outcome(of answers: some ForecastAnswers, jitter: Double = 0.5) -> ForecastOutcome {
    var run = ForecastRun(self, answers, jitter: jitter)
    return run.finish()
  }
}
