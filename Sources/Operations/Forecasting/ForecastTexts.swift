import Campaigns
public import Delivery
import Foundation
import Reports

/// A forecast in words, as lines.
public enum ForecastTexts {
  /// `50 % accepted at 2026-11-23 09:31 +01:00, in 31 min (29 min to 40 min)`, and so on to the last letter.
  public static func moments(_ forecast: Forecast) -> [OperatorMessage] {
    typealias Moments = ForecastOutcome.Moments
    let rows: [(String, KeyPath<Moments, Date?>)] = [
      ("50 %", \.half), ("90 %", \.most), ("99 %", \.nearlyAll), ("all ", \.all),
    ]
    return rows.compactMap { name, path in
      let outcomes = [forecast.likely, forecast.earliest, forecast.latest]
      let moments = outcomes.compactMap { $0.moments[keyPath: path] }
      guard moments.count == 3 else { return nil }
      let spans = moments.map { max(0, $0.timeIntervalSince(forecast.at)) }
      let range: OperatorMessage =
        spans[2] - spans[1] >= 1 ? " (\(span: spans[1]) to \(span: spans[2]))" : ""
      return "\(name) accepted at \(time: moments[0]), in \(span: spans[0])\(range)"
    }
  }

  /// The moments, and who misses the deadline.
  public static func lines(_ forecast: Forecast) -> [OperatorMessage] {
    moments(forecast) + [deadline(forecast)].compactMap { $0 }
  }

  /// `120 customers would not be told by then: 120 letters wait for the limit 300/h of main`
  static func late(_ outcome: ForecastOutcome) -> OperatorMessage {
    let reasons = outcome.late.sortedReasons.map { reason, letters in
      OperatorMessage("\(pluralized(letters, "letter")) \(text(reason))")
    }
    return """
      \(pluralized(outcome.late.customers.count, "customer")) would not be told by then: \
      \(reasons.joined(separator: ", "))
      """
  }

  /// What the letters that are late wait for.
  static func text(_ reason: ForecastOutcome.Reason) -> String {
    switch reason {
    case .limit(let relay, let limit): "for the limit \(limit.description) of relay \(relay)"
    case .destination(let pattern): "for the limits of the destination \(pattern.description)"
    case .hours: "for the hours in which letters may leave"
    case .canary: "for the look after the canary"
    case .retry: "for another attempt after they were put off"
    case .rest(let relay): "for relay \(relay), which rests"
    case .paused(let relay): "for relay \(relay), which is paused"
    case .speed(let relay): "for the connections of relay \(relay)"
    case .expired: "given up"
    }
  }

  /// Who misses the deadline, if anybody does; nil when nobody does even where all goes slowly.
  public static func deadline(_ forecast: Forecast) -> OperatorMessage? {
    guard let deadline = forecast.deadline, deadline > forecast.at, forecast.mayBeLate else { return nil }
    let counts = [forecast.likely, forecast.earliest, forecast.latest].map(\.late.customers.count)
    guard counts[0] > 0 else {
      return """
        by the deadline, \(time: deadline), all are told, or up to \(pluralized(counts[2], "customer")) are not where \
        the relays are slow
        """
    }
    return """
      at the deadline, \(time: deadline), \(pluralized(counts[0], "customer")) would not be told (\(counts[1]) to \
      \(counts[2])): \(reasons(forecast.likely))
      """
  }

  private static func reasons(_ outcome: ForecastOutcome) -> OperatorMessage {
    outcome.late.sortedReasons.map { OperatorMessage("\(pluralized($0.letters, "letter")) \(text($0.reason))") }
      .joined(separator: ", ")
  }

  /// What would help, each alone: empty when nothing would.
  static func remedies(_ remedies: [ForecastRemedy]) -> [OperatorMessage] {
    guard !remedies.isEmpty else { return [] }
    return ["Each of these would be enough:"]
      + remedies.map { remedy in
        switch remedy {
        case .limits(let relay, let from, let to):
          """
            a higher limit of relay \(relay): \(to.map(\.description).joined(separator: " and ")) instead of \
          \(from.map(\.description).joined(separator: " and "))
          """
        case .relays(let relay, let more):
          more == 1
            ? "  a second relay like \(relay)" : "  \(more) more relays like \(relay)"
        case .connections(let relay, let from, let to):
          "  \(to) connections to relay \(relay) instead of \(from), if it takes letters no slower then"
        case .fewerLetters: "  fewer letters a customer: without “letters:” in campaign.yaml, or with fewer of them"
        case .anyHour: "  no “hours:” in campaign.yaml"
        }
      }
  }
}
