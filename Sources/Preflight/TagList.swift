/// `tag=value; tag=value`, as the records of DKIM and DMARC are written (RFC 6376 §3.2, RFC 7489 §6.3).
struct TagList: Sendable, Equatable {
  struct Tag: Sendable, Equatable {
    let name: String
    /// The value, without spaces around it.
    let value: String
  }

  /// The tags in the order of the record.
  let tags: [Tag]

  enum Fault: Error, Hashable, CustomStringConvertible {
    case noEquals(String)
    case badName(String)
    case twice(String)
    case notASCII

    var description: String {
      switch self {
      case .noEquals(let part): "\(ShownText.quoted(part)) has no “=”"
      case .badName(let name): "\(ShownText.quoted(name)) is no tag's name"
      case .twice(let name): "“\(name)” is there twice"
      case .notASCII: "it has a character that is not printable ASCII"
      }
    }
  }

  init(_ record: [UInt8]) throws(Fault) {
    guard record.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }) else {
      throw .notASCII
    }
    var tags: [Tag] = []
    var parts = String(decoding: record, as: UTF8.self).split(separator: ";", omittingEmptySubsequences: false)
    // The record may end with one semicolon.
    if let last = parts.last, Self.trimmed(last).isEmpty { parts.removeLast() }
    for part in parts {
      guard let equals = part.firstIndex(of: "=") else { throw .noEquals(String(Self.trimmed(part))) }
      let name = Self.trimmed(part[..<equals])
      guard let first = name.first, first.isLetter, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
      else { throw .badName(String(name)) }
      guard !tags.contains(where: { $0.name == name }) else { throw .twice(String(name)) }
      tags.append(Tag(name: String(name), value: String(Self.trimmed(part[equals...].dropFirst()))))
    }
    self.tags = tags
  }

  subscript(name: String) -> String? { tags.first { $0.name == name }?.value }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return text
  }
}
