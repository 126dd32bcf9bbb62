public import Foundation
public import Mail

/// What becomes of an attempt in a forecast.
public enum ForecastAnswer: Sendable {
  case accepted
  case refused
  case putOff(AttemptVerdict.Delay)
  /// What the relay says, judged as in a delivery.
  case said(SendResult, recipient: EmailAddress)
}

/// Gives the answers of the relays in a forecast: by shares that were seen, or by a script.
public protocol ForecastAnswers {
  /// Asked once for each attempt, in the order of time.
  ///
  /// - Parameters:
  ///   - letter: Its place among the letters of the plan.
  ///   - attempt: From 1.
  ///   - relay: The number of the relay.
  ///   - known: The number of the relay that greylisted the letter last; nil where none did.
  /// - Returns: The answer, and the seconds for which the letter keeps its connection.
  mutating func answer(
    to letter: Int, attempt: Int, over relay: Int, knownFrom known: Int?, at now: Date
  ) -> (answer: ForecastAnswer, seconds: TimeInterval)
  /// Until when the relay takes no connection; nil when it does.
  mutating func awayUntil(_ relay: Int, at now: Date) -> Date?
}

/// Answers by shares, evenly spread over the letters of each relay: with a fifth put off it is every fifth. Over those of all
/// relays together it would be those of one, where they take turns.
struct ShareAnswers: ForecastAnswers {
  private let assumptions: ForecastAssumptions
  /// By the relay's number.
  private var shares: [Share] = []

  private struct Share {
    var putOff = 0.5
    var refused = 0.5
  }

  init(_ assumptions: ForecastAssumptions) { self.assumptions = assumptions }

  mutating func answer(
    to letter: Int, attempt: Int, over relay: Int, knownFrom known: Int?, at now: Date
  ) -> (answer: ForecastAnswer, seconds: TimeInterval) {
    // Every letter that was put off is taken to be accepted at its next attempt, if it goes over the same relay: over another
    // its receiver knows it no more than before. Over the one after that it is accepted.
    if attempt > 1 {
      let isNew = attempt == 2 && known != nil && known != relay
      return (isNew ? .putOff(.greylisting(nil)) : .accepted, assumptions.seconds)
    }
    while shares.count <= relay { shares.append(Share()) }
    shares[relay].putOff += assumptions.putOff
    if shares[relay].putOff >= 1 {
      shares[relay].putOff -= 1
      return (.putOff(.greylisting(nil)), assumptions.seconds)
    }
    shares[relay].refused += assumptions.refused
    if shares[relay].refused >= 1 {
      shares[relay].refused -= 1
      return (.refused, assumptions.seconds)
    }
    return (.accepted, assumptions.seconds)
  }

  mutating func awayUntil(_ relay: Int, at now: Date) -> Date? { nil }
}
