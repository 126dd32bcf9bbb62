import Campaigns
public import Delivery
public import Foundation

/// A forecast as documents have it: `forecast` of `status --json`, `check --json` and `rehearse --at-speed --json`.
public struct ForecastReport: Sendable, Encodable {
  /// One value of each run.
  public struct Range<Value: Sendable & Encodable>: Sendable, Encodable {
    public var earliest: Value
    public var likely: Value
    public var latest: Value

    init(_ forecast: Forecast, _ value: (ForecastOutcome) -> Value) {
      (earliest, likely, latest) = (value(forecast.earliest), value(forecast.likely), value(forecast.latest))
    }
  }

  public struct Reason: Sendable, Encodable {
    public var reason: String
    public var relay: String?
    public var limit: String?
    public var destination: String?
    public var letters: Int
    private enum Key: String, CodingKey { case reason, relay, limit, destination, letters }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(reason, forKey: .reason)
      try container.encode(relay, forKey: .relay)
      try container.encode(limit, forKey: .limit)
      try container.encode(destination, forKey: .destination)
      try container.encode(letters, forKey: .letters)
    }
  }

  public struct Step: Sendable, Encodable {
    public var from: Date
    public var accepted: Int
  }

  public let forecast: Forecast

  public init(_ forecast: Forecast) { self.forecast = forecast }

  private enum Key: String, CodingKey {
    case at, letters, timeline
    case half = "accepted_50"
    case most = "accepted_90"
    case nearlyAll = "accepted_99"
    case all = "accepted_all"
    case lateLetters = "late_letters"
    case lateCustomers = "late_customers"
    case lateReasons = "late_reasons"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(forecast.at, forKey: .at)
    try container.encode(forecast.letters, forKey: .letters)
    try container.encode(Range(forecast, \.moments.half), forKey: .half)
    try container.encode(Range(forecast, \.moments.most), forKey: .most)
    try container.encode(Range(forecast, \.moments.nearlyAll), forKey: .nearlyAll)
    try container.encode(Range(forecast, \.moments.all), forKey: .all)
    try container.encode(Range(forecast, \.late.letters), forKey: .lateLetters)
    try container.encode(Range(forecast, \.late.customers.count), forKey: .lateCustomers)
    try container.encode(Self.reasons(forecast.likely), forKey: .lateReasons)
    try container.encode(Self.timeline(forecast.likely), forKey: .timeline)
  }

  /// The reasons of an outcome, the most frequent first.
  public static func reasons(_ outcome: ForecastOutcome) -> [Reason] {
    outcome.late.sortedReasons.map { reason, count in
      var row = Reason(reason: reason.name, letters: count)
      switch reason {
      case .limit(let relay, let limit): (row.relay, row.limit) = (relay, limit.description)
      case .destination(let pattern): row.destination = pattern.description
      case .rest(let relay), .paused(let relay), .speed(let relay): row.relay = relay
      case .hours, .canary, .retry, .expired: break
      }
      return row
    }
  }

  /// Letters accepted by quarter of an hour, without those in which none is.
  public static func timeline(_ outcome: ForecastOutcome) -> [Step] {
    outcome.timeline.map { Step(from: $0.start, accepted: $0.accepted) }
  }
}

extension ForecastOutcome.Late {
  /// The most frequent first.
  public var sortedReasons: [(reason: ForecastOutcome.Reason, letters: Int)] {
    reasons.sorted { ($0.value, $1.key.name) > ($1.value, $0.key.name) }.map { ($0.key, $0.value) }
  }
}

extension ForecastOutcome.Reason {
  /// The name in JSON.
  public var name: String {
    switch self {
    case .limit: "limit"
    case .destination: "destination"
    case .hours: "hours"
    case .canary: "canary"
    case .retry: "retry"
    case .rest: "relay-rests"
    case .paused: "relay-paused"
    case .speed: "speed"
    case .expired: "expired"
    }
  }
}
