import Delivery

/// The extensions that one EHLO reply offers, read from its lines (RFC 5321 §4.1.1.1).
struct Extensions: Equatable {
  var capabilities = RelayCapabilities(pipelining: false, eightBitMIME: false, smtpUTF8: false, size: nil)
  /// SIZE may be offered without a limit; only then and with one may MAIL carry the parameter (RFC 1870 §5).
  var offersSize = false
  /// The SASL mechanisms, in upper case; nil when AUTH is not offered.
  var mechanisms: [String]?
  var offersStartTLS = false
  /// RFC 3461.
  var offersDSN = false

  /// No extensions at all: what HELO gives.
  init() {}

  /// The first line names the relay and is skipped. Keywords and mechanisms count in any case, with any blanks between
  /// them, and in the old form `AUTH=LOGIN PLAIN`; several lines of AUTH add up.
  init(ehlo reply: Reply) {
    for line in reply.text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropFirst() {
      let words = line.split { Self.separators.contains($0) }.map(Self.uppercase)
      guard let keyword = words.first else { continue }
      switch keyword {
      case "PIPELINING": capabilities.pipelining = true
      case "8BITMIME": capabilities.eightBitMIME = true
      case "SMTPUTF8": capabilities.smtpUTF8 = true
      case Self.startTLS: offersStartTLS = true
      case "DSN": offersDSN = true
      case "SIZE":
        offersSize = true
        // 0 means no fixed limit.
        if words.count > 1, let size = Int(words[1]), size > 0 { capabilities.size = size }
      case "AUTH":
        mechanisms = words.dropFirst().reduce(into: mechanisms ?? []) { known, mechanism in
          if !known.contains(mechanism) { known.append(mechanism) }
        }
      default: break
      }
    }
  }

  private static let startTLS = "STARTTLS"
  private static let separators = Array(" \t=,\r".utf8)

  /// Of ASCII alone: a letter beyond it is no letter of a keyword (`ſize`).
  private static func uppercase(_ word: some Sequence<UInt8>) -> String {
    String(decoding: word.map { (0x61...0x7A).contains($0) ? $0 & 0xDF : $0 }, as: UTF8.self)
  }

  /// Writes STARTTLS in one line of an EHLO reply as libcurl knows it: in capitals, behind one separator. libcurl 7.88
  /// compares it byte by byte at that place, and finds `250-starttls` no offer of TLS. `line` keeps its length.
  static func normaliseStartTLS(in line: UnsafeMutableRawBufferPointer) {
    let separators = [UInt8(ascii: " "), UInt8(ascii: "\t")]
    guard line.count > 4, line.prefix(3).elementsEqual("250".utf8) else { return }
    let words = line[4...].split { separators.contains($0) || $0 == 0x0D || $0 == 0x0A }
    guard words.count == 1, let word = words.first, uppercase(word) == startTLS else { return }
    let end = line.lastIndex { $0 != 0x0D && $0 != 0x0A }.map { $0 + 1 } ?? line.count
    for (place, byte) in zip(4..<end, Array(startTLS.utf8) + Array(repeating: UInt8(ascii: " "), count: end)) {
      line[place] = byte
    }
  }
}
