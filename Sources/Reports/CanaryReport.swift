import Foundation
import Queue

/// The canary of a campaign in `status --json`: how many letters leave first, how far they have come, when the last of them was
/// answered, and when the delivery goes on by itself.
struct CanaryReport: Encodable {
  private let record: CanaryRecord

  init(_ record: CanaryRecord) { self.record = record }

  private enum Key: String, CodingKey {
    case letters, state
    case answeredAt = "answered_at"
    case waitUntil = "wait_until"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(record.letters, forKey: .letters)
    try container.encode(record.state, forKey: .state)
    try container.encode(record.answeredAt, forKey: .answeredAt)
    try container.encode(record.waitUntil, forKey: .waitUntil)
  }
}
