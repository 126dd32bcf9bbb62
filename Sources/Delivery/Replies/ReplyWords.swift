import Foundation

/// The words of a reply as rules compare them, with what is different in every reply taken out.
///
/// Lower case, without diacritics and punctuation. `addr`, `ip`, `host`, `url` and `num` stand for an address, an IP
/// address, a host name, a link and a number; a blocklist's host or link is `dnsbl`; codes and enhanced status codes
/// are left out and kept beside. What is often written in two words is one: `mailbox`, `email`, `blacklist`, `greylist`.
/// Linear in the length of the reply.
package struct ReplyWords: Sendable {
  package private(set) var words: [String] = []
  /// The enhanced status codes, in the order of the text.
  package private(set) var statuses: [EnhancedStatus] = []
  /// Words and numbers in their order, for ``WaitHint``.
  private(set) var timed: [String] = []
  /// The codes that another server is quoted with: `said: 550`.
  private(set) var quotedCodes: [Int] = []

  /// - Parameter code: the reply's code, which continuation lines repeat in the text.
  package init(_ text: String, code: Int?) {
    for chunk in text.split(whereSeparator: { $0.isWhitespace || "<>\"“”„()[]{},;|".contains($0) }) {
      add(Self.folded(chunk), code: code)
    }
    join()
  }

  private mutating func add(_ chunk: String, code: Int?) {
    if let link = Self.link(chunk) {
      words.append("url")
      words += link
      return
    }
    var rest = chunk[...]
    rest = rest.drop { "#=*'`.:-!/".contains($0) }
    while let last = rest.last, "=*'`.:-!?/#".contains(last) { rest.removeLast() }
    guard !rest.isEmpty else { return }
    if rest.contains("@"), !rest.hasPrefix("@") { return addAddress(rest) }
    // A continuation line's code: "550-5.1.1", "550-The".
    if let code {
      while rest.hasPrefix("\(code)"), let after = rest.dropFirst(3).first, "-:#".contains(after) {
        rest = rest.dropFirst(4)
      }
      if rest.isEmpty { return }
    }
    if let status = Self.status(rest) {
      statuses.append(status)
      return
    }
    if let number = Int(rest) {
      timed.append(String(number))
      if (400..<600).contains(number), rest.count == 3 {
        if let last = words.last, ["said", "says", "reply", "response", "error", "antwortete"].contains(last) {
          quotedCodes.append(number)
        }
        if number == code || quotedCodes.last == number { return }
      }
      words.append("num")
      return
    }
    if Self.isIPAddress(rest) {
      words.append("ip")
      return
    }
    if let host = Self.host(rest) {
      words.append(host)
      return
    }
    addWords(rest)
  }

  private mutating func addAddress(_ chunk: Substring) {
    words.append("addr")
    // "user@domain.example:blocked"
    let domain = chunk[chunk.lastIndex(of: "@")!...]
    if let colon = domain.firstIndex(of: ":") { addWords(domain[domain.index(after: colon)...]) }
  }

  /// Splits at everything that is no letter or digit; "doesn't" is one word, "recipient's" loses its end.
  private mutating func addWords(_ chunk: Substring) {
    if chunk.contains(":"), chunk.utf8.allSatisfy({ $0 == UInt8(ascii: ":") || ($0 >= 48 && $0 <= 57) }) {
      timed.append(String(chunk))
      words.append("num")
      return
    }
    let parts = chunk.split { !($0.isLetter || $0.isNumber || $0 == "'") }
    for part in parts {
      let pieces = part.split(separator: "'", omittingEmptySubsequences: true)
      guard let first = pieces.first else { continue }
      if pieces.count == 2, pieces[1] == "t" {
        append(String(first) + "t")
      } else if pieces.count == 2, pieces[1] == "s" {
        append(String(first))
      } else {
        for piece in pieces { append(String(piece)) }
      }
    }
  }

  private mutating func append(_ word: String) {
    timed.append(word)
    words.append(word.utf8.allSatisfy { $0 >= 48 && $0 <= 57 } ? "num" : word)
  }

  /// Makes one word of what some write as two.
  private mutating func join() {
    var joined: [String] = []
    joined.reserveCapacity(words.count)
    for word in words {
      if let last = joined.last, let ends = Self.halves[last], ends.contains(where: { word.hasPrefix($0) }) {
        joined[joined.count - 1] = last == "gray" ? "grey" + word : last + word
      } else {
        joined.append(word.hasPrefix("graylist") ? "greylist" + word.dropFirst(8) : word)
      }
    }
    words = joined
  }

  private static let halves: [String: [String]] = [
    "mail": ["box"], "e": ["mail"], "black": ["list"], "block": ["list"], "grey": ["list"], "gray": ["list"],
    "white": ["list"], "over": ["quota"], "non": ["exist"], "start": ["tls"], "user": ["name"], "pass": ["word"],
    "rate": ["limit"], "un": ["known"],
  ]
}

extension ReplyWords {
  /// Lower case without diacritics; typographic apostrophes as `'`.
  private static func folded(_ chunk: Substring) -> String {
    var folded = ""
    folded.reserveCapacity(chunk.utf8.count)
    if chunk.utf8.allSatisfy({ $0 < 128 }) {
      for byte in chunk.utf8 {
        folded.unicodeScalars.append(Unicode.Scalar(byte >= 65 && byte <= 90 ? byte + 32 : byte == 96 ? 39 : byte))
      }
      return folded
    }
    for scalar in String(chunk).lowercased().decomposedStringWithCompatibilityMapping.unicodeScalars {
      switch scalar {
      case "’", "‘", "´": folded.append("'")
      case "ß": folded.append("ss")
      case "ł": folded.append("l")
      case "ø": folded.append("o")
      case "æ": folded.append("ae")
      default:
        if scalar.properties.generalCategory != .nonspacingMark { folded.unicodeScalars.append(scalar) }
      }
    }
    return folded
  }

  /// `5.7.1`, also `5.7.1:` or `#5.1.1` once their punctuation is gone; nil for anything else.
  private static func status(_ chunk: Substring) -> EnhancedStatus? {
    guard let first = chunk.first, first == "4" || first == "5" || first == "2",
      chunk.utf8.count <= 9
    else { return nil }
    return EnhancedStatus(prefixOf: chunk)
  }

  /// What is worth knowing of a link: that it is a blocklist's, and the topic of Google's (`?p=NoSuchUser`).
  private static func link(_ chunk: String) -> [String]? {
    guard chunk.contains("://") || chunk.hasPrefix("www.") else { return nil }
    let host = chunk.split(separator: "/").dropFirst(chunk.contains("://") ? 1 : 0).first
    var found: [String] = []
    if let host, isBlocklist(host) { found.append("dnsbl") }
    if let topic = chunk.split(separator: "?", maxSplits: 1).dropFirst().first, topic.hasPrefix("p=") {
      found.append("topic_" + topic.dropFirst(2).prefix { $0.isLetter })
    }
    return found
  }

  private static func isIPAddress(_ chunk: Substring) -> Bool {
    let parts = chunk.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count == 4, parts.allSatisfy({ !$0.isEmpty && $0.count <= 3 && Int($0) != nil }) { return true }
    // IPv6 (RFC 4291 §2.2); a time as 00:05:00 is none.
    guard chunk.utf8.count <= 45, chunk.filter({ $0 == ":" }).count >= 2,
      chunk.allSatisfy({ $0 == ":" || $0 == "." || $0.isHexDigit })
    else { return false }
    return chunk.contains("::") || chunk.contains { $0.isLetter || $0 == "." } || chunk.filter { $0 == ":" }.count == 7
  }

  /// `host` or `dnsbl` for a host name; nil for words that only lack a space after a full stop.
  private static func host(_ chunk: Substring) -> String? {
    let labels = chunk.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count >= 2, let last = labels.last, labels.allSatisfy({ !$0.isEmpty }),
      chunk.utf8.allSatisfy({ isHostByte($0) })
    else { return nil }
    let isCountry = labels.count >= 3 && last.count == 2 && last.allSatisfy(\.isLetter)
    guard isCountry || topLevels.contains(String(last)) else { return nil }
    return isBlocklist(chunk) ? "dnsbl" : "host"
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (48...57).contains(byte) || byte == 45 || byte == 46 || byte == 95
  }

  private static let topLevels: Set<String> = [
    "com", "net", "org", "edu", "gov", "mil", "int", "info", "biz", "eu", "de", "at", "ch", "fr", "uk", "us", "nl",
    "be", "it", "es", "pl", "ru", "ua", "jp", "cn", "br", "au", "ca", "se", "dk", "fi", "cz", "sk", "hu", "ro", "pt",
    "gr", "io", "tv", "cc", "co", "example", "local", "lan", "arpa", "invalid", "test", "cloud", "email", "app", "dev",
    "online",
  ]

  private static func isBlocklist(_ host: Substring) -> Bool {
    host.split(whereSeparator: { $0 == "." || $0 == "-" }).contains { blocklists.contains(String($0)) }
  }

  /// Labels by which the hosts of blocklists and reputation services are known.
  private static let blocklists: Set<String> = [
    "spamhaus", "spamcop", "sorbs", "barracudacentral", "abuseat", "uceprotect", "backscatterer", "senderscore",
    "spamrats", "njabl", "dsbl", "ordb", "mail_abuse", "psbl", "surriel", "nixspam", "manitu", "invaluement", "surbl",
    "uribl", "cobion", "dnsbl", "rbl", "dnswl", "blocklist", "blacklist", "blocklistde", "spamrl", "mailspike",
    "junkemailfilter", "hostkarma", "wpbl", "anonmails", "truncate", "gbudb", "cloudmark", "mxrate", "fabel", "drbl",
    "ipcheck", "spameatingmonkey", "hetrixtools",
  ]
}
