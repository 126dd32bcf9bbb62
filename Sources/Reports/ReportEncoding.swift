import Files
import Foundation
import Mail

/// Reports as JSON: two-space indentation, keys in alphabetical order, times as RFC 3339 in UTC with milliseconds.
/// Characters that nobody can see or that act on a terminal are escaped: see ``VisibleText/json(_:)``.
public enum ReportEncoding {
  public static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .custom { date, encoder in
      var container = encoder.singleValueContainer()
      try container.encode(RFC3339.string(date))
    }
    return VisibleText.json(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}

/// An optional value of a JSON document that is written as null where it is absent: a reader sees every key of the
/// schema.
@propertyWrapper
public struct OrNull<Value: Encodable>: Encodable {
  public var wrappedValue: Value?

  public init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
  }
}

extension OrNull: Sendable where Value: Sendable {}
extension OrNull: Equatable where Value: Equatable {}
extension OrNull: Hashable where Value: Hashable {}
