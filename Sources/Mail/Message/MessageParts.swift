import Foundation

/// A message cut into its header fields and its body.
struct MessageParts {
  private let message: [UInt8]
  /// The fields' names in lower case, with the ranges of their values, in the order of the message.
  private let fields: [(name: String, value: Range<Int>)]
  let bodyStart: Int

  init(_ message: [UInt8]) {
    var fields: [(name: String, value: Range<Int>)] = []
    var lineStart = 0
    while lineStart < message.count {
      let lineFeed = message[lineStart...].firstIndex(of: UInt8(ascii: "\n")) ?? message.count - 1
      let line = lineStart..<(lineFeed + 1)
      lineStart = line.upperBound
      if message[line.lowerBound] == UInt8(ascii: "\r") { break }
      if message[line.lowerBound] == UInt8(ascii: " ") || message[line.lowerBound] == UInt8(ascii: "\t") {
        if let last = fields.indices.last { fields[last].value = fields[last].value.lowerBound..<line.upperBound }
      } else if let colon = message[line].firstIndex(of: UInt8(ascii: ":")) {
        let name = String(decoding: message[line.lowerBound..<colon], as: UTF8.self)
        fields.append((name.trimmingCharacters(in: .whitespaces).lowercased(), (colon + 1)..<line.upperBound))
      }
    }
    self.message = message
    self.fields = fields
    bodyStart = lineStart
  }

  func count(of name: String) -> Int {
    let name = name.lowercased()
    return fields.count { $0.name == name }
  }

  /// The fields of `names` in relaxed form, each with its line end. A name that is listed several times means the
  /// fields from the last one upwards; a name listed once more often than its fields means nothing (RFC 6376 §5.4.2).
  func canonical(names: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest: [String: [Range<Int>]] = [:]
    for field in fields { rest[field.name, default: []].append(field.value) }
    for name in names {
      guard let value = rest[name.lowercased()]?.popLast() else { continue }
      RelaxedCanonicalization.append(name: name.utf8, value: message[value], to: &bytes)
      bytes += "\r\n".utf8
    }
    return bytes
  }
}
