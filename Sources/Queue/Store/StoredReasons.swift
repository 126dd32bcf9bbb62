package import Campaigns
import Foundation

/// Reasons in the columns `reasons` and `calls` of a customer: a JSON array of what ``OutcomeReason`` encodes to.
package enum StoredReasons {
  package static func json(_ reasons: [OutcomeReason]) throws -> String {
    if reasons.isEmpty { return "[]" }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(reasons), as: UTF8.self)
  }

  static func read(_ json: String?, of customer: Int64) throws(StoreError) -> [OutcomeReason] {
    if json == "[]" { return [] }
    do {
      return try JSONDecoder().decode([OutcomeReason].self, from: Data((json ?? "").utf8))
    } catch {
      throw .invariant("the reasons of customer \(customer) cannot be read")
    }
  }
}

/// A retry schedule in the column `retry` of a campaign: the give-up time and each delay, in milliseconds.
package enum StoredRetrySchedule {
  package static func text(_ schedule: RetrySchedule) -> String {
    ([schedule.giveUpAfter] + schedule.delays).map { String(Int64($0 / .milliseconds(1))) }.joined(separator: " ")
  }

  /// Nil for a text that is none.
  package static func read(_ text: String) -> RetrySchedule? {
    let numbers = text.split(separator: " ").map { Int64($0) }
    guard numbers.count > 1, !numbers.contains(nil) else { return nil }
    let durations = numbers.compactMap { $0.map { Duration.milliseconds($0) } }
    return RetrySchedule(delays: Array(durations.dropFirst()), giveUpAfter: durations[0])
  }
}
