import Delivery

/// The words of a report for people, apart from the mail that it quotes.
struct ReportText: Sendable {
  let lines: [Substring]
  /// The quoted mail, inside the text or beside it.
  let original: OriginalMail
  /// The words at the beginning, by which the report is told for what it is.
  let words: ReplyWords

  private static let lineLimit = 2_000

  init(_ mail: MailParts) {
    let text = Self.text(of: mail)
    let all = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).prefix(Self.lineLimit)
    let end = Self.endOfReport(all)
    lines = Array(all[..<end])
    let beside = OriginalMail(in: mail)
    original =
      beside.headers.all.isEmpty
      ? OriginalMail(lines: all[end...].drop { MailHeaders.fieldName(of: Self.unquoted($0)) == nil }.map(Self.unquoted))
      : beside
    words = ReplyWords(String(lines.joined(separator: "\n").prefix(6_000)), code: nil)
  }

  /// The text parts before the first quoted mail; HTML where there is nothing else.
  private static func text(of mail: MailParts) -> String {
    var plain = ""
    var html = ""
    var quotedBelow: Int?
    for part in mail.parts.dropFirst() {
      if let depth = quotedBelow {
        if part.depth > depth { continue }
        quotedBelow = nil
      }
      if part.kind == .message {
        quotedBelow = part.depth
        continue
      }
      guard !part.text.isEmpty else { continue }
      switch part.type {
      case "text/html": html += part.text + "\n"
      case _ where OriginalMail.holdsMail(part.type): continue
      case _ where part.type.hasSuffix("-status") || part.type.hasSuffix("-notification"): continue
      default: plain += part.text + "\n"
      }
    }
    return plain.contains { !$0.isWhitespace } ? plain : PlainHTML.text(html)
  }

  private static func unquoted(_ line: Substring) -> Substring {
    line.hasPrefix("> ") ? line.dropFirst(2) : line.hasPrefix(">") ? line.dropFirst() : line
  }

  /// Where the quoted mail begins: at a line that announces it, or at three headers of a mail one below the other.
  private static func endOfReport(_ lines: ArraySlice<Substring>) -> Int {
    for (number, line) in lines.enumerated() where !line.isEmpty {
      if announcesOriginal(line), number > 0 { return number }
      guard isHeader(unquoted(line)) else { continue }
      let block = lines[number...].prefix(12).prefix { !$0.allSatisfy(\.isWhitespace) }
      if block.count(where: { isHeader(unquoted($0)) }) >= 3 { return number }
    }
    return lines.endIndex
  }

  private static let headerNames: Set<String> = [
    "received", "return-path", "message-id", "from", "date", "mime-version", "dkim-signature", "x-mailer",
    "delivered-to",
    "content-type", "content-transfer-encoding", "to", "subject", "reply-to", "user-agent", "references", "in-reply-to",
    "x-originating-ip", "x-sender", "sender", "x-spam-status", "x-priority",
  ]

  private static func isHeader(_ line: Substring) -> Bool {
    MailHeaders.fieldName(of: line).map { headerNames.contains($0.lowercased()) } == true
  }

  private static func announcesOriginal(_ line: Substring) -> Bool {
    guard line.utf8.count < 160 else { return false }
    let bare = line.trimmingPrefix { " -=*_#\t".contains($0) }
    guard let first = bare.first, first.isLetter || first == ">" else { return false }
    let lower = bare.lowercased()
    return markers.contains { lower.hasPrefix($0) }
  }

  private static let markers = [
    "below this line is a copy", "this is a copy of the message", "original message follows", "original message:",
    "original message -", "original message headers", "message header follows", "message headers follow",
    "unsent message",
    "the header of the original message", "the headers of the original", "header of the original", "returned message",
    "original mail", "your original message", "message text follows", "the message that was", "here is a copy",
    "unzustellbare nachricht", "original-nachricht", "ursprüngliche nachricht", "ursprungsnachricht",
    "the original message is",
    "es folgt", "start of message", "start of original", "below is a copy", "a copy of the message",
    "here is your message",
    "mensaje original", "message original", "en-têtes de message d'origine", "en-têtes d'origine",
    "originele berichtkop",
    "ursprüngliche nachrichtenkopfzeilen", "ursprüngliche kopfzeilen", "undelivered message follows", "the first ",
    "original headers", "copy of the original", "copy of your message", "message follows", "included is a copy",
    "original message as received", "original message is attached",
  ]
}
