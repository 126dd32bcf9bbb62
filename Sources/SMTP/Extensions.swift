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

  /// The first line names the relay and is skipped.
  init(ehlo reply: Reply) {
    for line in reply.text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst() {
      let words = line.uppercased().split(whereSeparator: { $0 == " " || $0 == "\t" })
      guard let keyword = words.first else { continue }
      switch keyword {
      case "PIPELINING": capabilities.pipelining = true
      case "8BITMIME": capabilities.eightBitMIME = true
      case "SMTPUTF8": capabilities.smtpUTF8 = true
      case "STARTTLS": offersStartTLS = true
      case "DSN": offersDSN = true
      case "SIZE":
        offersSize = true
        // 0 means no fixed limit.
        if words.count > 1, let size = Int(words[1]), size > 0 { capabilities.size = size }
      case "AUTH": mechanisms = (mechanisms ?? []) + words.dropFirst().map(String.init)
      default: break
      }
    }
  }
}
