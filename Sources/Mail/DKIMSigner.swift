public import Foundation

/// Signs messages with DKIM (RFC 6376): one `DKIM-Signature` field a key, relaxed/relaxed, put in front of the message.
///
/// Pure: the same message, time and keys give the same bytes. May be used from several tasks at once; nothing is locked.
/// Fields are at most 78 characters wide, except that a longer domain or selector cannot be folded.
///
/// What a reader is shown or acts on is oversigned: each field of ``signedFields`` is named once more than it is there,
/// so that none can be added behind our back (RFC 6376 §8.15). The body is signed whole; there is no `l=`.
public struct DKIMSigner: Sendable {
  public struct Key: Sendable {
    public let selector: DKIMSelector
    public let key: DKIMKey
    public init(selector: DKIMSelector, key: DKIMKey) {
      self.selector = selector
      self.key = key
    }
  }

  public let domain: Domain
  /// The first one's signature is the topmost field.
  public let keys: [Key]

  public init(domain: Domain, keys: [Key]) {
    self.domain = domain
    self.keys = keys
  }

  /// In the order of the tag `h=`. A field that is absent is named once: it must not be added.
  public static let signedFields = [
    "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding", "Auto-Submitted",
  ]

  /// - Parameters:
  ///   - message: Whole, its lines ended by CRLF.
  ///   - date: The signing time (`t=`), in whole seconds, rounded as the Date field is.
  public func signed(_ message: [UInt8], at date: Date) throws(DKIMKeyError) -> [UInt8] {
    let parts = MessageParts(message)
    let bodyHash = SHA256.digest(of: RelaxedCanonicalization.body(message[parts.bodyStart...]))
    let names = Self.signedFields.flatMap { name in Array(repeating: name, count: parts.count(of: name) + 1) }
    let fields = parts.canonical(names: names)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(message.count + 1024 * keys.count)
    for key in keys {
      var field = FoldedField("DKIM-Signature:")
      field.append("v=1;")
      field.append("a=\(key.key.algorithm.rawValue);")
      field.append("c=relaxed/relaxed;")
      field.append("d=\(domain.ascii);")
      field.append("s=\(key.selector);")
      field.append("t=\(CivilTime.seconds(since1970: date));")
      for (index, name) in names.enumerated() {
        let start = index == 0 ? "h=" : ""
        field.append(start + name + (index == names.count - 1 ? ";" : ":"), afterBlank: index == 0)
      }
      field.append("bh=\(Data(bodyHash.bytes).base64EncodedString());")
      field.append("b=")
      let digest = Self.digest(signing: field.bytes, after: fields)
      field.append(base64: Data(try key.key.signature(of: digest)).base64EncodedString())
      bytes += field.bytes
      bytes += "\r\n".utf8
    }
    return bytes + message
  }

  /// The SHA-256 that a signature is made of (RFC 6376 §3.7): the signed fields, then the signature's own with an empty
  /// `b=` and no line end.
  ///
  /// - Parameter field: From its name on.
  static func digest(signing field: [UInt8], after fields: [UInt8]) -> SHA256Digest {
    var signed = fields
    signed.reserveCapacity(signed.count + field.count)
    let colon = field.firstIndex(of: UInt8(ascii: ":")) ?? field.endIndex
    RelaxedCanonicalization.append(name: field[..<colon], value: field[colon...].dropFirst(), to: &signed)
    return SHA256.digest(of: signed)
  }
}

/// A message cut into its header fields and its body.
struct MessageParts {
  private let message: [UInt8]
  /// Names in small letters, with the ranges of their values, in the order of the message.
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

  /// The fields of `names` in relaxed form, each with its line end. A name that is there several times means the fields
  /// from the last one upwards; one more means nothing (RFC 6376 §5.4.2).
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

/// A header field that grows piece by piece and is folded before a piece that would not fit.
private struct FoldedField {
  private static let width = 78
  private(set) var bytes: [UInt8]
  private var column: Int

  init(_ name: String) {
    bytes = Array(name.utf8)
    column = bytes.count
  }

  mutating func append(_ piece: String, afterBlank: Bool = true) {
    let needed = piece.utf8.count + (afterBlank ? 1 : 0)
    if column + needed > Self.width {
      fold()
    } else if afterBlank {
      bytes.append(UInt8(ascii: " "))
      column += 1
    }
    bytes += piece.utf8
    column += piece.utf8.count
  }

  /// May be broken anywhere.
  mutating func append(base64 text: String) {
    var rest = text.utf8[...]
    while !rest.isEmpty {
      if column == Self.width { fold() }
      let piece = rest.prefix(Self.width - column)
      bytes += piece
      column += piece.count
      rest = rest.dropFirst(piece.count)
    }
  }

  private mutating func fold() {
    bytes += "\r\n ".utf8
    column = 1
  }
}
