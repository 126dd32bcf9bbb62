public import Delivery
import Foundation

/// What a relay's reply means, as `explain --json` prints it: one object on one line.
public struct ClassificationReport: Sendable, Encodable {
  public let `class`: String
  public let scope: String
  public let treatment: String
  @OrNull public private(set) var waitSeconds: Int?
  public let rule: String

  enum CodingKeys: String, CodingKey {
    case `class`, scope, treatment, rule
    case waitSeconds = "wait_seconds"
  }

  public init(_ classification: Classification) {
    `class` = classification.class.rawValue
    scope = classification.scope.rawValue
    treatment = classification.treatment.rawValue
    waitSeconds = classification.wait
    rule = classification.rule
  }

  public func line() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}
