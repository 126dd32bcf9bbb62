import Campaigns
import Files
public import Foundation
public import Logging
import Mail

/// How the lines of a log are written.
public enum LogFormat: String, Sendable, CaseIterable {
  /// `14:31 +01:00 relay main: …`
  case text
  /// One JSON object for each line.
  case json
}

/// One line of a log: what happened, and which campaign, message and relay it is about.
///
/// The words of relays in it are without a customer's address, names and id (decision 0027); nothing of a customer is in
/// the fields.
public struct LogLine: Sendable, Encodable {
  private let level: Logger.Level
  private let message: String
  private let metadata: Logger.Metadata
  private let at: Date

  public init(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata = [:], at: Date) {
    (self.level, self.message, self.metadata, self.at) = (level, message, metadata, at)
  }

  public func text(_ format: LogFormat) -> String {
    switch format {
    case .text:
      // A worker's lines are about several campaigns.
      let campaign = metadata["worker"] == nil ? nil : metadata["campaign"]
      return "\(LocalTime.clock(at)) \(campaign.map { "\($0): " } ?? "")\(message)"
    case .json:
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      // Text encodes without fail; a line is not lost for it.
      let bytes = (try? encoder.encode(self)) ?? Data("{}".utf8)
      return VisibleText.json(String(decoding: bytes, as: UTF8.self))
    }
  }

  private enum Key: String, CodingKey, CaseIterable {
    case time, level, message, campaign, relay
    case letter = "message_number"
    case messageID = "message_id"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(RFC3339.string(at), forKey: .time)
    try container.encode(level.rawValue, forKey: .level)
    try container.encode(message, forKey: .message)
    for (key, name) in [(Key.campaign, "campaign"), (.relay, "relay"), (.messageID, "message_id")] {
      if let value = metadata[name] { try container.encode("\(value)", forKey: key) }
    }
    if let number = metadata["message"].flatMap({ Int("\($0)") }) { try container.encode(number, forKey: .letter) }
  }
}
