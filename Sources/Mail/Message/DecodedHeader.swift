import Foundation

/// The header of a message as people read it: fields in their order, unfolded, encoded words (RFC 2047) decoded.
///
/// It is for showing, not for acting on. Text that cannot be decoded stays as it is written.
public struct DecodedHeader: Sendable {
  public struct Field: Sendable, Hashable {
    public let name: String
    public let value: String
  }

  public let fields: [Field]

  public init(_ message: [UInt8]) {
    var fields: [Field] = []
    for line in String(decoding: message, as: UTF8.self).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    {
      if line.isEmpty { break }
      if line.first == " " || line.first == "\t", let last = fields.popLast() {
        fields.append(Field(name: last.name, value: last.value + line))
      } else if let colon = line.firstIndex(of: ":") {
        fields.append(Field(name: String(line[..<colon]), value: String(line[line.index(after: colon)...])))
      }
    }
    self.fields = fields.map { Field(name: $0.name, value: Self.decoded($0.value)) }
  }

  private static func decoded(_ value: String) -> String {
    var octets: [UInt8] = []
    var lastWasEncoded = false
    for word in value.split(whereSeparator: { $0 == " " || $0 == "\t" }) {
      let encoded = payload(of: word)
      // The space between two encoded words is not part of the text (RFC 2047 §6.2).
      if !octets.isEmpty, !(lastWasEncoded && encoded != nil) { octets.append(UInt8(ascii: " ")) }
      octets += encoded ?? Array(word.utf8)
      lastWasEncoded = encoded != nil
    }
    return String(decoding: octets, as: UTF8.self)
  }

  /// The octets of an encoded word in UTF-8; nil for any other word.
  private static func payload(of word: Substring) -> [UInt8]? {
    guard let match = word.wholeMatch(of: /=\?(?i:utf-8)\?([QqBb])\?([!-~]*)\?=/) else { return nil }
    if match.1.lowercased() == "b" { return Data(base64Encoded: String(match.2)).map(Array.init) }
    var octets: [UInt8] = []
    var rest = Array(match.2.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "=") else {
        octets.append(byte == UInt8(ascii: "_") ? UInt8(ascii: " ") : byte)
        continue
      }
      guard let octet = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
      octets.append(octet)
      rest = rest.dropFirst(2)
    }
    return octets
  }
}
