import Campaigns
import Foundation

/// Reasons in the columns `reasons` and `calls` of a customer: a JSON array of what ``OutcomeReason`` encodes to.
enum StoredReasons {
  static func json(_ reasons: [OutcomeReason]) throws -> String {
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
