import Files

/// Text written by strangers, as a finding quotes it: from DNS, from a relay, from a certificate.
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

  /// A sentence: letters of every script, everything else written out.
  static func plain(_ text: String, limit: Int = 600) -> String {
    VisibleText.line(String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit))))
  }
}
