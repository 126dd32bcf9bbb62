/// What a report quotes of the mail that it is about: who it was from and to.
struct OriginalMail: Sendable {
  private(set) var headers = MailHeaders()

  /// From the first mail inside `mail`, or the first part that holds a mail's headers.
  init(in mail: MailParts) {
    for part in mail.parts.dropFirst() {
      if part.kind == .message, !part.headers.all.isEmpty {
        headers = part.headers
        return
      }
      if part.kind == .leaf, Self.holdsMail(part.type) {
        headers = MailHeaders(
          fieldsOf: part.text.split(whereSeparator: \.isNewline).drop { $0.allSatisfy(\.isWhitespace) })
        if !headers.all.isEmpty { return }
      }
    }
  }

  /// From lines of text, the first of which is the first header.
  init(lines: some Collection<Substring>) {
    headers = MailHeaders(fieldsOf: lines)
  }

  static func holdsMail(_ type: String) -> Bool {
    type.hasSuffix("rfc822-headers") || type == "message/rfc822"
      || type.hasPrefix("message/global")
        && !type.hasSuffix("-status") && !type.hasSuffix("notification")
  }

  /// Whom it was to, without repetition: the envelope where the mail shows it, else To and Cc.
  var recipients: [String] {
    let envelope = addresses(["x-original-to", "x-envelope-to", "envelope-to", "x-rcpt-to", "apparently-to"])
    return envelope.isEmpty ? addresses(["to", "cc", "resent-to"]) : envelope
  }

  var senders: [String] { addresses(["from", "sender", "return-path", "reply-to", "errors-to"]) }

  private func addresses(_ names: Set<String>) -> [String] {
    var seen: Set<String> = []
    return headers.values(names).flatMap { MailAddresses.all(in: $0, atMost: 20).map(\.address) }
      .filter { seen.insert($0.lowercased()).inserted }
  }
}
