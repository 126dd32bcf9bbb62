/// A reply as a mail server logs it or a person copies it: with or without code, on one line or several.
///
/// Reads "550 5.1.1 …", "550-5.1.1 … 550 5.1.1 …", "4.7.26 …", and words that wrap a receiver's reply, as
/// "host mx.example[192.0.2.1] said: 550 …". Never fails: what is not found is nil, and the text is kept.
public struct LoggedReply: Sendable, Hashable {
  public let code: Int?
  /// The enhanced status code behind the reply code, or at the front.
  public let enhanced: EnhancedStatus?
  public let text: String
  /// The phase that the text itself names, as in "(in reply to RCPT TO command)".
  public let phase: Phase?

  init(_ reply: Reply) {
    code = reply.code
    enhanced = reply.enhanced
    text = reply.text
    phase = nil
  }

  public init(_ logged: String) {
    let lines = logged.replacing("\\r", with: "").replacing("\\n", with: "\n")
    var rest = lines[...]
    while let first = rest.first, first.isWhitespace || "\"'“„<>*".contains(first) { rest.removeFirst() }
    phase = Self.phase(in: lines)
    if let code = Self.code(at: rest) {
      self.code = code
      rest = rest.dropFirst(3)
    } else if EnhancedStatus(prefixOf: rest) == nil {
      code = Self.quotedCode(in: rest)
    } else {
      code = nil
    }
    rest = rest.drop { $0 == " " || $0 == "-" || $0 == "\t" || $0 == ":" || $0 == "#" }
    enhanced = EnhancedStatus(prefixOf: rest.prefix { $0 != ":" && $0 != "," && $0 != ";" })
    text = String(rest)
  }

  /// Three digits of a reply code and no fourth.
  private static func code(at text: Substring) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard digits.count == 3, let code = Int(digits), code >= 100 else { return nil }
    // "192.0.2.1 …" begins with an address.
    return text.dropFirst(3).first.map { $0 == "." || $0.isLetter } == true ? nil : code
  }

  /// The first code that stands where a reply begins: behind a colon, a comma or "said".
  private static func quotedCode(in text: Substring) -> Int? {
    var previous: Character = ":"
    var position = text.startIndex
    while position < text.endIndex {
      let character = text[position]
      if character.isASCII, character.isNumber, ":,;(\"'>".contains(previous),
        let code = code(at: text[position...]), (400..<600).contains(code) || (250...252).contains(code)
      {
        return code
      }
      if !character.isWhitespace { previous = character }
      position = text.index(after: position)
      // The digits of a longer number are no beginning.
      if character.isNumber { previous = "0" }
    }
    return nil
  }

  private static func phase(in text: String) -> Phase? {
    guard text.utf8.count < 100_000 else { return nil }
    let lower = text.lowercased()
    return markers.first { lower.contains($0.0) }?.1
  }

  /// Postfix, then Exim.
  private static let markers: [(String, Phase)] = [
    ("in reply to rcpt to", .rcpt), ("in reply to mail from", .mail), ("in reply to end of data", .final),
    ("in reply to data", .data), ("in reply to ehlo", .ehlo), ("in reply to helo", .ehlo),
    ("after rcpt to:", .rcpt), ("after mail from:", .mail), ("after end of data:", .final), ("after data:", .data),
    ("after initial connection", .connect), ("refused to talk to me", .connect),
    (
      "command rejected: end-of-data",
      .final
    ),
  ]
}

extension Phase {
  /// The names that a person may give a phase, in the order of the dialogue.
  public static let names = ["connect", "starttls", "ehlo", "auth", "mail", "rcpt", "data", "final"]

  /// Reads the name of a phase, in any case: those of ``names`` and what else they are called.
  public init?(named name: String) {
    switch name.lowercased().filter({ !$0.isWhitespace && $0 != "-" && $0 != "_" }) {
    case "connect", "connection": self = .connect
    case "greeting", "banner": self = .greeting
    case "starttls", "tls": self = .tls
    case "ehlo", "helo", "lhlo": self = .ehlo
    case "auth", "login": self = .auth
    case "mail", "mailfrom": self = .mail
    case "rcpt", "rcptto": self = .rcpt
    case "data": self = .data
    case "final", "dot", "enddata", "endofdata", "eom", "bdat": self = .final
    default: return nil
    }
  }
}
