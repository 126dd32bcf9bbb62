import Foundation
import Mail

/// Writes one JSON object (RFC 8259), member by member, in one form: UTF-8, no spaces, no line feed.
///
/// Bytes that are not UTF-8 become U+FFFD; controls, quotation mark and backslash are escaped, so that an object is one
/// line and valid JSON whatever a text holds. ``StrictJSONReader`` reads it back.
package struct StrictJSONWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// Begins an object in place of what was written before.
  package mutating func begin() {
    bytes.removeAll(keepingCapacity: true)
    bytes.append(UInt8(ascii: "{"))
  }

  package mutating func end() { bytes.append(UInt8(ascii: "}")) }

  package mutating func field(_ name: StaticString, _ value: Int64) {
    self.name(name)
    append(value)
  }

  package mutating func field(_ name: StaticString, _ text: String) {
    var text = text
    text.withUTF8 { field(name, utf8: UnsafeRawBufferPointer($0)) }
  }

  package mutating func field(_ name: StaticString, utf8 text: UnsafeRawBufferPointer) {
    self.name(name)
    quoted { Self.escape(text, into: &$0.bytes) }
  }

  /// A text that is escaped already, as by ``escaped(_:)``.
  package mutating func field(_ name: StaticString, escaped text: [UInt8]) {
    self.name(name)
    quoted { $0.bytes += text }
  }

  package mutating func field(_ name: StaticString, hex digest: [UInt8]) {
    digest.withUnsafeBytes { field(name, hex: $0) }
  }

  package mutating func field(_ name: StaticString, hex digest: UnsafeRawBufferPointer) {
    self.name(name)
    quoted { Self.hex(digest, into: &$0.bytes) }
  }

  package mutating func field(_ name: StaticString, at moment: Milliseconds) {
    self.name(name)
    quoted { RFC3339.append(moment.date, to: &$0.bytes) }
  }

  /// An object of figures, in the order given.
  package mutating func field(_ name: StaticString, figures: [(String, Int)]) {
    object(name, figures) { $0.append(Int64($1)) }
  }

  /// An object of texts, in the order given.
  package mutating func field(_ name: StaticString, texts: [(String, String)]) {
    object(name, texts) { json, text in json.quoted { $0.bytes += Self.escaped(text.utf8) } }
  }

  /// Returns `text` as it appears between the quotation marks of a JSON string.
  package static func escaped(_ text: some Collection<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    Array(text).withUnsafeBytes { escape($0, into: &result) }
    return result
  }

  // MARK: -

  private mutating func name(_ name: StaticString) {
    if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  private mutating func object<Member>(
    _ name: StaticString, _ members: [(String, Member)], _ write: (inout StrictJSONWriter, Member) -> Void
  ) {
    self.name(name)
    bytes.append(UInt8(ascii: "{"))
    for (index, member) in members.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      quoted { $0.bytes += Self.escaped(member.0.utf8) }
      bytes.append(UInt8(ascii: ":"))
      write(&self, member.1)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  private mutating func quoted(_ body: (inout StrictJSONWriter) -> Void) {
    bytes.append(UInt8(ascii: "\""))
    body(&self)
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func append(_ value: Int64) {
    var digits: (UInt64, UInt64) = (value.magnitude, 1)
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    while digits.0 / digits.1 >= 10 { digits.1 *= 10 }
    while digits.1 > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(digits.0 / digits.1 % 10))
      digits.1 /= 10
    }
  }

  private static func hex(_ source: UnsafeRawBufferPointer, into bytes: inout [UInt8]) {
    for byte in source {
      bytes.append(digit(byte >> 4))
      bytes.append(digit(byte & 15))
    }
  }

  @inline(__always)
  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  private static func escape(_ source: UnsafeRawBufferPointer, into bytes: inout [UInt8]) {
    // Almost every text is plain ASCII: find out, then copy it whole.
    if source.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
      bytes.append(contentsOf: source)
      return
    }
    // Decoding repairs what is not UTF-8.
    for scalar in String(decoding: source, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\"": bytes += [UInt8(ascii: "\\"), UInt8(ascii: "\"")]
      case "\\": bytes += [UInt8(ascii: "\\"), UInt8(ascii: "\\")]
      case "\n": bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
      case "\r": bytes += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
      case "\t": bytes += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
      // Controls, and the two line separators that some readers take for the end of a line.
      case "\0"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
        bytes += [UInt8(ascii: "\\"), UInt8(ascii: "u")]
        for shift: UInt32 in [12, 8, 4, 0] { bytes.append(digit(UInt8(scalar.value >> shift & 15))) }
      default:
        bytes.append(contentsOf: UTF8.encode(scalar)!)  // Every Unicode scalar has an encoding.
      }
    }
  }
}
