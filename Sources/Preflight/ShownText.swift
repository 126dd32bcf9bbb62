/// Text written by strangers, made fit for a terminal: from DNS, from a relay, from a certificate.
enum ShownText {
  /// The text in quotes, cut to a length. Bytes that are not printable ASCII appear as in zone files, `\009` (RFC 1035
  /// §5.1).
  static func quoted(_ bytes: some Collection<UInt8>, limit: Int = 400) -> String {
    var text = "“"
    for byte in bytes.prefix(limit) {
      if (0x20...0x7E).contains(byte) {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte)
        text += "\\" + String(repeating: "0", count: 3 - digits.utf8.count) + digits
      }
    }
    return text + (bytes.count > limit ? "…”" : "”")
  }

  static func quoted(_ text: some StringProtocol) -> String { quoted(Array(text.utf8)) }

  /// A sentence: letters of every script, but nothing that steers a terminal or turns its text around.
  static func plain(_ text: String, limit: Int = 600) -> String {
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(limit) {
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
        shown.append("?")
      default: shown.append(scalar)
      }
    }
    return String(shown)
  }
}
