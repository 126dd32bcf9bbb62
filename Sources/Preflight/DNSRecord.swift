/// The types of records that a preflight asks for, with their numbers (RFC 1035 §3.2.2, RFC 3596).
public enum DNSType: UInt16, Sendable, Hashable {
  case a = 1
  case cname = 5
  case ptr = 12
  case mx = 15
  case txt = 16
  case aaaa = 28

  var name: String {
    switch self {
    case .a: "A"
    case .cname: "CNAME"
    case .ptr: "PTR"
    case .mx: "MX"
    case .txt: "TXT"
    case .aaaa: "AAAA"
    }
  }
}

/// One record's data. Names are in lower case, without a dot at their end; the root is empty.
public enum DNSRecord: Sendable, Hashable {
  case address(IPAddress)
  case name(String)
  case mx(preference: Int, host: String)
  /// The strings of the record joined without anything between (RFC 7208 §3.3, RFC 6376 §3.6.2.2).
  case text([UInt8])
}

/// The result of one question.
public enum DNSAnswer: Sendable, Hashable {
  /// The records, at least one, of the type asked for.
  case records([DNSRecord])
  /// The name is there and has no record of that type.
  case noData
  /// NXDOMAIN: there is no such name, nor any below it.
  case noSuchName
  /// Nothing is known: no answer, SERVFAIL, or an answer that is not valid. Never to be taken for "missing". An English
  /// clause.
  case unknown(String)

  public var records: [DNSRecord] { if case .records(let records) = self { records } else { [] } }

  /// There is certainly nothing (RFC 7208 §4.6.4 calls it a void look-up).
  var isVoid: Bool { self == .noData || self == .noSuchName }
}

/// Answers questions about DNS: a resolver, or a table in a test.
///
/// A name is asked as it is: no search domains. CNAMEs are followed.
public protocol DNSLookup: Sendable {
  func answer(_ name: String, _ type: DNSType) async -> DNSAnswer
}

/// Names that may be asked for. A name from a stranger's record is checked before it becomes a question.
enum DNSName {
  /// The name in lower case, without a dot at its end; nil for what cannot be a host's or a policy's name: letters,
  /// digits, `-` and `_` in labels of 1 to 63, at most 253 in all.
  static func checked(_ text: some StringProtocol) -> String? {
    var name = text.lowercased()
    if name.hasSuffix(".") { name.removeLast() }
    guard (1...253).contains(name.utf8.count) else { return nil }
    let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let isValid = labels.allSatisfy { label in
      (1...63).contains(label.count)
        && label.allSatisfy { byte in
          (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "_")
        }
    }
    return isValid ? name : nil
  }
}
