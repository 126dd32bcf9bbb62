import Foundation
import Mail

/// Reports as JSON: two-space indentation, keys in alphabetical order, times as RFC 3339 in UTC with milliseconds.
public enum ReportEncoding {
  public static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .custom { date, encoder in
      var container = encoder.singleValueContainer()
      try container.encode(RFC3339.string(date))
    }
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
