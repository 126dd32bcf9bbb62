import Delivery

/// Finds in a report's words which recipients it is about, and the lines about each.
///
/// An address counts by where it stands: alone on a line or before a colon, behind a label, in a line with a reply, or
/// anywhere. The best places found decide; the sender of the letter and mail systems never do.
struct FailedAddresses {
  struct Found: Sendable {
    let address: String
    /// Of the report's lines: from the one with the address to the last about it.
    var lines: Range<Int>
    fileprivate let place: Place

    fileprivate init(address: String, lines: Range<Int>, place: Place) {
      (self.address, self.lines, self.place) = (address, lines, place)
    }

    init(_ address: String, in lines: Range<Int>) { self.init(address: address, lines: lines, place: .anywhere) }
  }

  fileprivate enum Place: Int, Comparable, Sendable {
    case anywhere, inReply, ownLine, introduced
    static func < (left: Place, right: Place) -> Bool { left.rawValue < right.rawValue }
  }

  private let candidates: [Found]
  private let named: Set<String>
  private let end: Int

  init(_ lines: [Substring]) {
    candidates = Self.candidates(in: lines)
    named = Set(candidates.map { $0.address.lowercased() })
    end = lines.endIndex
  }

  /// - Parameters:
  ///   - expected: to whom the letter was, if the report quotes it.
  ///   - ignored: addresses in lower case that are no recipient of the letter, such as its sender.
  ///   - inProse: also an address that stands anywhere, where nothing better is found.
  func find(expecting expected: [String], ignoring ignored: Set<String> = [], inProse: Bool = true) -> [Found] {
    var all = candidates.filter { !ignored.contains($0.address.lowercased()) }
    let known = Set(expected.map { $0.lowercased() })
    all.removeAll { AutomaticMail.isMailSystem(address: $0.address) && !known.contains($0.address.lowercased()) }
    guard let best = all.map(\.place).max() else { return [] }
    var chosen = all.filter { best >= .ownLine ? $0.place >= .ownLine : $0.place == best }
    if best < .ownLine {
      let matching = chosen.filter { known.contains($0.address.lowercased()) }
      if !matching.isEmpty {
        chosen = matching
      } else if best == .anywhere {
        // An address somewhere in prose may be anybody's.
        chosen = inProse && expected.isEmpty ? Array(chosen.prefix(1)) : []
      }
    }
    return withLines(merged(chosen))
  }

  /// Whether `address` stands anywhere in the text.
  func names(_ address: String) -> Bool { named.contains(address.lowercased()) }

  /// Whether an address for which `isRecipient` is true stands alone on its line, before a colon, or behind a label.
  ///
  /// - Parameter introduced: only below words that announce such addresses.
  func listsAddress(introduced: Bool, where isRecipient: (String) -> Bool) -> Bool {
    candidates.contains { $0.place >= (introduced ? .introduced : .ownLine) && isRecipient($0.address.lowercased()) }
  }

  private func merged(_ found: [Found]) -> [Found] {
    var seen: Set<String> = []
    return found.filter { seen.insert($0.address.lowercased()).inserted }
  }

  private func withLines(_ found: [Found]) -> [Found] {
    found.enumerated().map { number, one in
      var one = one
      let end = number + 1 < found.count ? found[number + 1].lines.lowerBound : self.end
      one.lines = one.lines.lowerBound..<max(end, one.lines.lowerBound + 1)
      return one
    }
  }

  // MARK: Candidates

  private static func candidates(in lines: [Substring]) -> [Found] {
    var found: [Found] = []
    /// The lines below an introduction, while nothing but addresses and what is about them was seen.
    var introduced = 0
    var ownIndent: Int?
    var lastWasBlank = true
    /// The line before ends in the middle of a sentence: an address at the beginning of this one may be half a word.
    var isWrapped = false
    for (number, line) in lines.enumerated() where found.count < 500 {
      let bare = line.trimmingPrefix { " \t*•>-|\u{A0}".contains($0) }
      if bare.isEmpty {
        (lastWasBlank, isWrapped) = (true, false)
        continue
      }
      defer { lastWasBlank = false }
      let addresses = MailAddresses.all(in: line, atMost: 20)
      let indent = line.utf8.count - bare.utf8.count
      if addresses.isEmpty {
        introduced = introduces(line) ? 8 : introduced - 1
        isWrapped = introduced < 8 && line.utf8.count >= 60 && line.last.map { $0.isLetter || $0 == "-" } == true
        continue
      }
      for address in addresses where !isName(before: line[address.range.upperBound...]) {
        var place = place(of: address, in: line, bare: bare)
        if place == .ownLine {
          // What is indented below an address is the reply about it.
          if let ownIndent, indent > ownIndent, !lastWasBlank {
            place = .inReply
          } else {
            ownIndent = ownIndent ?? indent
          }
          if place == .ownLine, isWrapped, indent == 0 { place = .anywhere }
          if place == .ownLine, introduced > 0 { place = .introduced }
        }
        found.append(Found(address: address.address, lines: number..<(number + 1), place: place))
      }
      introduced = introduces(line) ? 8 : introduced - 1
      isWrapped = false
    }
    return found
  }

  /// Whether `text`, before an address in brackets, may be a person's name, and is no sentence.
  private static func isName(_ text: Substring) -> Bool {
    let words = text.split { !$0.isLetter }
    return text.utf8.count < 60 && words.count <= 5 && !text.contains { ":.!?、。".contains($0) }
      && !words.contains { ["contact", "please", "write", "send", "ask", "from", "by", "bitte", "an"].contains($0) }
  }

  /// Whether what stands before `rest` is no address, but a name that looks like one: `kim@firma.example <info@firma.example>`.
  private static func isName(before rest: Substring) -> Bool {
    let rest = rest.drop { "\"' \t".contains($0) }
    return rest.first == "<"
      && rest.dropFirst().prefix(200).prefix { $0 != ">" && $0 != "<" && $0 != " " }.contains("@")
  }

  /// Whether addresses, or what is wrong with them, follow below `line`.
  static func introduces(_ line: Substring) -> Bool {
    line.utf8.count < 300 && ReportPhrases.introduction.isFound(in: ReplyWords(String(line), code: nil))
  }

  private static func place(of found: MailAddresses.Found, in line: Substring, bare: Substring) -> Place {
    let before = line[..<found.range.lowerBound].trimmed.lowercased()
    let after = line[found.range.upperBound...].drop { ">\"'])".contains($0) }
    if let label = label(before) {
      if recipientLabels.contains(label) { return .ownLine }
      if label == "rcpt to" || label.hasSuffix("rcpt to") || label == "to" { return .inReply }
      if otherLabels.contains(label) { return .anywhere }
      if namesRecipient(label) { return .ownLine }
    }
    if before.allSatisfy({ "<\"'([*-•>|. \t".contains($0) }) || before == "smtp:" || before == "mailto:"
      || before.hasSuffix("smtp=")
    {
      if endsAddress(after) { return .ownLine }
    }
    if before.hasSuffix("<") || before.hasSuffix("("), isName(before.dropLast()),
      after.trimmed.isEmpty || after.hasPrefix(":") || after.hasPrefix(" on ")
    {
      return .ownLine
    }
    let last = before.filter { !"<\"'`´‘“([".contains($0) }.trimmed.split(separator: " ").suffix(2)
    // "Mail from …", "rejected by …".
    if let word = last.last, ["from", "by", "von", "par", "de", "contact"].contains(word) { return .anywhere }
    let isAddressed =
      last.last.map {
        ["addressee", "recipient", "user", "address", "account", "mailbox", "empfänger", "adresse"].contains($0)
      }
      ?? false || last.last == "to" && last.first.map { deliveries.contains($0) } ?? false
    return isAddressed || hasReply(bare) ? .inReply : .anywhere
  }

  /// "invalid local userid", but not "sender address".
  private static func namesRecipient(_ label: String) -> Bool {
    let words = label.split { !$0.isLetter }
    return words.last.map { recipientWords.contains($0) } ?? false
      && !words.contains { ["sender", "from", "reply", "return", "your", "contact", "support"].contains($0) }
  }

  private static let recipientWords: Set<Substring> = [
    "recipient", "recipients", "user", "userid", "username", "address", "mailbox", "account", "addressee",
  ]

  private static let deliveries: Set<Substring> = [
    "addressed", "delivered", "delivery", "message", "email", "e-mail", "mail", "sent", "deliver", "send", "you",
    "relay",
  ]

  /// What may stand behind an address that a line is about.
  private static func endsAddress(_ after: Substring) -> Bool {
    let rest = after.trimmed
    guard let first = rest.first else { return true }
    if ":(.,;-<[=|".contains(first) || first == "…" || first == "–" { return true }
    let word = rest.prefix { $0.isLetter }.lowercased()
    return [
      "on", "has", "is", "does", "failed", "could", "was", "unknown", "user", "am", "no", "mailbox", "not", "the",
      "delivery", "this", "quota", "account", "recipient", "invalid", "smtp", "undeliverable", "le", "rejected",
    ].contains(word)
      || first.isNumber
  }

  /// The text before the last colon (or `=`), where an address follows it at once.
  private static func label(_ before: String) -> String? {
    let bare = before.filter { !"<\"'([".contains($0) }.trimmed
    guard let last = bare.last, last == ":" || last == "=" || last == ";" else { return nil }
    var label = bare.dropLast().trimmed
    for suffix in ["rfc822", "smtp", "mailto"]
    where label == suffix || label.hasSuffix(":\(suffix)") || label.hasSuffix(": \(suffix)") {
      label = String(label.dropLast(suffix.count)).trimmed
      if label.hasSuffix(":") { label = String(label.dropLast()).trimmed }
    }
    return label.trimmingPrefix { " >*-•.".contains($0) }.lowercased()
  }

  private static let recipientLabels: Set<String> = [
    "recipient", "recipients", "final-recipient", "original-recipient", "failed recipient", "failed recipients",
    "recipient(s)",
    "undeliverable address", "unknown user", "failed address", "recipient address", "intended recipient", "empfänger",
    "empfängeradresse", "destinataire", "destinatario", "delivery to", "address", "user", "email address",
    "mail address",
    "e-mail address", "addressee", "destinataires", "empfaenger", "could not be delivered to", "delivery failed to",
    "user mailbox exceeds allowed size", "account", "invalid recipient", "undelivered to", "adresse", "получатель",
    "to address",
    "failed to deliver to", "unable to deliver to", "cannot deliver to", "mailbox", "bounced address",
    "envelope recipient",
    "could not deliver to", "rejected recipient", "unknown local user", "no such user", "user unknown",
    "not delivered to", "an",
    "message for", "undeliverable to", "收件人", "destination", "target", "unknown recipient", "original recipient",
    "final recipient",
    "failed to deliver message to", "over quota", "mailbox full", "recipientes", "geadresseerde", "mottagare",
    "odbiorca",
  ]

  private static let otherLabels: Set<String> = [
    "from", "sender", "reply-to", "mail from", "return-path", "message-id", "cc", "von", "de", "absender", "contact",
    "subject",
    "originator", "x-sender", "expéditeur", "remitente", "mittente", "mail from address", "message id", "postmaster",
    "x-failed-recipients", "envelope-from", "reporting-mta", "errors-to",
  ]

  private static func hasReply(_ line: Substring) -> Bool {
    SaidReply.start(in: line) != nil
      || line.utf8.count < 400 && ReportPhrases.failure.isFound(in: ReplyWords(String(line), code: nil))
  }
}
