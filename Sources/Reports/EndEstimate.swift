import Delivery
public import Foundation
public import Queue

/// When a delivery will be at its end, or why nobody can say.
///
/// Pure. The end is that of the ``Forecast``; here is decided whether one may be named.
public enum EndEstimate: Sendable, Hashable {
  case end(Date)
  case none(NoEstimate)

  /// What it is made of.
  public struct Letters: Sendable, Hashable {
    /// Queued, and on the wire.
    public var untried: Int
    public var deferred: Int
    /// Nil when their due times are not known.
    public var figures: DeferredFigures?
    /// Outcomes per second in the last minute; 0 when there was none.
    public var rate: Double
    /// An outcome of this delivery has come.
    public var hasBegun: Bool

    public init(untried: Int, deferred: Int, figures: DeferredFigures?, rate: Double, hasBegun: Bool) {
      self.untried = untried
      self.deferred = deferred
      self.figures = figures
      self.rate = rate
      self.hasBegun = hasBegun
    }
  }

  /// A rest that is shorter is part of a steady delivery, as a short wait for a limit is.
  static let noticedRest = Forecast.noticed
  /// The rate is that of so many seconds: it has letters of a relay that rests for less.
  static let rateWindow: TimeInterval = 60

  /// - Parameters:
  ///   - next: When the limits let the next letter go; nil when they are not known.
  ///   - end: The likely end; nil when no letter will be accepted.
  public init(of letters: Letters, through relays: [RelayCondition], next: Date?, end: Date?, at now: Date) {
    guard let next else {
      self = .none(.limitsUnknown)
      return
    }
    guard letters.deferred == 0 || letters.figures != nil else {
      self = .none(.dueTimesUnknown)
      return
    }
    let canGo = letters.untried + min(letters.figures?.due ?? 0, letters.deferred)
    if canGo > 0, let reason = Self.reason(relays, waiting: canGo, at: now) {
      self = .none(reason)
      return
    }
    let waitsForLimit = canGo > 0 && next.timeIntervalSince(now) >= Forecast.noticed
    // What waits for a limit needs no rate: it goes at that of the limits.
    if canGo > 0, !waitsForLimit, letters.rate == 0 {
      self = .none(letters.hasBegun ? .nothingMoves(letters: canGo) : .notBegun)
      return
    }
    self = .end(max(end ?? now, now))
  }

  /// Why nobody can say when `waiting` letters go: no relay takes them, or one has only just stopped to.
  private static func reason(_ relays: [RelayCondition], waiting: Int, at now: Date) -> NoEstimate? {
    let resting = relays.filter { relay in
      guard relay.state == .resting, let since = relay.since, let until = relay.until else { return false }
      return until.timeIntervalSince(since) >= noticedRest
    }
    guard let first = resting.min(by: { ($0.until ?? now) < ($1.until ?? now) }) else {
      let isPaused = !relays.isEmpty && relays.allSatisfy { $0.state == .paused }
      return isPaused ? .relaysPaused(letters: waiting) : nil
    }
    let others = relays.contains { $0.state == .sending }
    if others, resting.allSatisfy({ now.timeIntervalSince($0.since ?? now) >= rateWindow }) { return nil }
    return .relayRests(relay: first.relay, until: first.until ?? now, letters: waiting, othersSend: others)
  }
}

/// Why no end is estimated.
public enum NoEstimate: Sendable, Hashable {
  /// Letters wait for a relay that rests; with another one that sends, its rate alone is not known yet.
  case relayRests(relay: String, until: Date, letters: Int, othersSend: Bool)
  case relaysPaused(letters: Int)
  /// Letters could go, and none had an outcome in the last minute.
  case nothingMoves(letters: Int)
  /// No outcome has come yet.
  case notBegun
  /// The campaign file, which has the limits, cannot be read.
  case limitsUnknown
  case dueTimesUnknown
  /// No process delivers, or it is stopped.
  case notDelivered
  /// The canary's letters leave first, and nobody knows when the others may.
  case canary(letters: Int)
  /// No letter leaves before the sending hours begin.
  case outsideHours(until: Date, letters: Int)

  /// The name in JSON.
  public var name: String {
    switch self {
    case .relayRests: "relay-rests"
    case .relaysPaused: "relays-paused"
    case .nothingMoves: "nothing-moves"
    case .notBegun: "not-begun"
    case .limitsUnknown: "limits-unknown"
    case .dueTimesUnknown: "due-times-unknown"
    case .notDelivered: "not-delivered"
    case .canary: "canary"
    case .outsideHours: "outside-hours"
    }
  }
}

extension NoEstimate: Encodable {
  private enum Key: String, CodingKey { case reason, relay, until, letters }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    var (relay, until, waiting): (String?, Date?, Int?) = (nil, nil, nil)
    switch self {
    case .relayRests(let name, let moment, let letters, _): (relay, until, waiting) = (name, moment, letters)
    case .outsideHours(let moment, let letters): (until, waiting) = (moment, letters)
    case .relaysPaused(let letters), .nothingMoves(let letters), .canary(let letters): waiting = letters
    case .notBegun, .limitsUnknown, .dueTimesUnknown, .notDelivered: break
    }
    try container.encode(name, forKey: .reason)
    try container.encode(relay, forKey: .relay)
    try container.encode(until, forKey: .until)
    try container.encode(waiting, forKey: .letters)
  }
}
