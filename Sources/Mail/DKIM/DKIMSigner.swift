public import Foundation

/// Signs messages with DKIM (RFC 6376): one `DKIM-Signature` field per key, relaxed/relaxed, put in front of the
/// message.
///
/// Pure: the same message, time and keys give the same bytes. May be used from several tasks at once; nothing is
/// locked. Fields are at most 78 characters wide, except that a longer domain or selector cannot be folded.
///
/// The fields that a reader is shown or acts on are oversigned: each field of ``signedFields`` is named once more than
/// it occurs, so that none can be added without our knowledge (RFC 6376 §8.15). The whole body is signed; there is no
/// `l=`.
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
  /// The keys; the first one's signature is the topmost field.
  public let keys: [Key]

  public init(domain: Domain, keys: [Key]) {
    self.domain = domain
    self.keys = keys
  }

  /// The signed fields, in the order of the tag `h=`. A field that is absent is named once: it must not be added.
  public static let signedFields = [
    "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding", "Content-Language", "Auto-Submitted",
  ]

  /// - Parameters:
  ///   - message: The whole message, its lines ended by CRLF.
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
  /// - Parameter field: The signature's field from its name on.
  static func digest(signing field: [UInt8], after fields: [UInt8]) -> SHA256Digest {
    var signed = fields
    signed.reserveCapacity(signed.count + field.count)
    let colon = field.firstIndex(of: UInt8(ascii: ":")) ?? field.endIndex
    RelaxedCanonicalization.append(name: field[..<colon], value: field[colon...].dropFirst(), to: &signed)
    return SHA256.digest(of: signed)
  }
}
