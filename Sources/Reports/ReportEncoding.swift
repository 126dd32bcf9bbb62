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

  /// The same text, with a line feed at its end, of a value whose list `key` is empty in `value` and filled by `members`:
  /// written piece by piece, so that memory does not grow with the list.
  public static func json(
    _ value: some Encodable, filling key: String, to write: @escaping (String) throws -> Void,
    with members: (_ add: (any Encodable) throws -> Void) throws -> Void
  ) throws {
    let text = try json(value)
    // No text of the document holds a line feed as it is, so this is the key of the document itself.
    guard let start = text.range(of: "\n  \"\(key)\" : ["), let end = text[start.upperBound...].firstIndex(of: "]")
    else { throw EncodingError.invalidValue(value, .init(codingPath: [], debugDescription: "no empty list \(key)")) }
    var pending = String(text[..<start.upperBound])
    var isEmpty = true
    try members { member in
      pending += isEmpty ? "\n" : ",\n"
      isEmpty = false
      pending += try json(member).split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
      if pending.utf8.count > 1 << 16 {
        try write(pending)
        pending = ""
      }
    }
    try write(pending + (isEmpty ? text[start.upperBound..<end] : "\n  ") + text[end...] + "\n")
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
