import Foundation
import Mail

/// Writes one receipt line after another into one buffer: JSON (RFC 8259), UTF-8, no blanks, no line feed.
///
/// Fields come in the order they are written in; the first is `seq`. Bytes that are not UTF-8 become U+FFFD, controls,
/// quotation mark and backslash are escaped, so that a line is one line and valid JSON whatever a relay said.
package struct ReceiptEncoder {
  package private(set) var bytes: [UInt8] = []

  package init() { bytes.reserveCapacity(2048) }

  package mutating func begin(seq: Int64, at: Milliseconds, campaign: [UInt8], event: ReceiptEvent) {
    bytes.removeAll(keepingCapacity: true)
    append("{\"seq\":")
    append(seq)
    append(",\"at\":\"")
    RFC3339.append(at.date, to: &bytes)
    append("\",\"campaign\":\"")
    bytes += campaign
    append("\",\"event\":\"")
    append(event.rawValue)
    append("\"")
  }

  /// `prev` ends the line.
  package mutating func end(prev: [UInt8]) {
    name("prev")
    quotedHex(prev)
    append("}")
  }

  package mutating func field(_ name: StaticString, _ value: Int64) {
    self.name(name)
    append(value)
  }

  package mutating func field(_ name: StaticString, _ text: String) {
    self.name(name)
    var text = text
    quoted { encoder in text.withUTF8 { Self.escape(UnsafeRawBufferPointer($0), into: &encoder.bytes) } }
  }

  package mutating func field(_ name: StaticString, hex digest: [UInt8]) {
    self.name(name)
    quotedHex(digest)
  }

  /// A text column; nothing for NULL.
  mutating func field(_ name: StaticString, text column: Int32, of row: PreparedStatement) {
    guard !row.isNull(column) else { return }
    self.name(name)
    quoted { encoder in row.withBytes(column) { Self.escape($0, into: &encoder.bytes) } }
  }

  /// A blob column as hexadecimal digits; nothing for NULL.
  mutating func field(_ name: StaticString, hex column: Int32, of row: PreparedStatement) {
    guard !row.isNull(column) else { return }
    self.name(name)
    quoted { encoder in row.withBytes(column) { Self.hex($0, into: &encoder.bytes) } }
  }

  /// What stands after the last `@` of an address column.
  mutating func field(_ name: StaticString, domainOf column: Int32, of row: PreparedStatement) {
    self.name(name)
    quoted { encoder in
      row.withBytes(column) { address in
        let start = (address.lastIndex(of: UInt8(ascii: "@")) ?? -1) + 1
        Self.escape(UnsafeRawBufferPointer(rebasing: address[start...]), into: &encoder.bytes)
      }
    }
  }

  /// Who approved the plan, when, and by which line of the approvals.
  package mutating func fields(_ approval: FrozenApproval) {
    field("approved_by", approval.name.text)
    name("approved_at")
    quoted { RFC3339.append(Milliseconds(approval.at).date, to: &$0.bytes) }
    field("approval", hex: approval.line.bytes)
  }

  /// An object of figures, in the order given.
  package mutating func field(_ name: StaticString, figures: [(String, Int)]) {
    self.name(name)
    append("{")
    for (index, figure) in figures.enumerated() {
      append(index == 0 ? "\"" : ",\"")
      append(figure.0)
      append("\":")
      append(Int64(figure.1))
    }
    append("}")
  }

  /// `text` as it stands between the quotation marks of a JSON string.
  package static func escaped(_ text: some Collection<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    Array(text).withUnsafeBytes { escape($0, into: &result) }
    return result
  }

  // MARK: -

  private mutating func name(_ name: StaticString) {
    bytes.append(UInt8(ascii: ","))
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  private mutating func quoted(_ body: (inout ReceiptEncoder) -> Void) {
    bytes.append(UInt8(ascii: "\""))
    body(&self)
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func quotedHex(_ digest: [UInt8]) {
    quoted { encoder in digest.withUnsafeBytes { Self.hex($0, into: &encoder.bytes) } }
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

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
