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
  /// - Returns: The answer, and the seconds for which the letter keeps its connection.
  mutating func answer(
    to letter: Int, attempt: Int, over relay: Int, at now: Date
  ) -> (answer: ForecastAnswer, seconds: TimeInterval)
  /// Until when the relay takes no connection; nil when it does.
  mutating func awayUntil(_ relay: Int, at now: Date) -> Date?
}

/// Answers by shares, evenly spread: with a fifth put off it is every fifth letter.
struct ShareAnswers: ForecastAnswers {
  private let assumptions: ForecastAssumptions
  private var putOff = 0.5
  private var refused = 0.5

  init(_ assumptions: ForecastAssumptions) { self.assumptions = assumptions }

  mutating func answer(
    to letter: Int, attempt: Int, over relay: Int, at now: Date
  ) -> (answer: ForecastAnswer, seconds: TimeInterval) {
    // Every letter that was put off is taken to be accepted at its next attempt.
    if attempt > 1 { return (.accepted, assumptions.seconds) }
    putOff += assumptions.putOff
    if putOff >= 1 {
      putOff -= 1
      return (.putOff(.greylisting(nil)), assumptions.seconds)
    }
    refused += assumptions.refused
    if refused >= 1 {
      refused -= 1
      return (.refused, assumptions.seconds)
    }
    return (.accepted, assumptions.seconds)
  }

  mutating func awayUntil(_ relay: Int, at now: Date) -> Date? { nil }
}
