/// One command line of the client, parsed (RFC 5321 §4.1.1, RFC 1870, RFC 6152, RFC 6531, RFC 4954).
///
/// Parsing looks at the line alone; whether the command may come now is the dialogue's question. An invalid command
/// line becomes ``malformed(_:)`` with the reply it deserves.
enum RelayCommand: Sendable, Hashable {
  /// The content of MAIL FROM.
  struct Mail: Sendable, Hashable {
    var sender: RelayPath
    var size: Int?
    var eightBit: Bool?
    var smtpUTF8 = false
    /// The AUTH= parameter: accepted and left alone (RFC 4954 §5).
    var hasAuth = false
  }

  case ehlo
  case helo
  case mail(Mail)
  case rcpt(RelayPath)
  case data
  case rset
  case noop
  case quit
  case vrfy
  case auth(mechanism: String, initial: String?)
  case malformed(Reply)

  /// `line` comes without its CRLF.
  init(_ line: [UInt8]) {
    guard line.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
      self = .malformed(Reply(500, "5.5.2", "Control characters are not allowed"))
      return
    }
    let space = line.firstIndex(of: 0x20) ?? line.endIndex
    let argument = line[min(space + 1, line.endIndex)...]
    let hasArgument = space < line.endIndex
    switch String(decoding: line[..<space].prefix(12), as: UTF8.self).uppercased() {
    case "EHLO":
      self = Self.isGreetingName(argument) ? .ehlo : .malformed(Reply(501, "5.5.4", "EHLO needs a host name"))
    case "HELO":
      self = Self.isGreetingName(argument) ? .helo : .malformed(Reply(501, "5.5.4", "HELO needs a host name"))
    case "MAIL": self = Self.mail(argument)
    case "RCPT": self = Self.rcpt(argument)
    case "DATA": self = hasArgument ? .malformed(.noParameters) : .data
    case "RSET": self = hasArgument ? .malformed(.noParameters) : .rset
    case "QUIT": self = hasArgument ? .malformed(.noParameters) : .quit
    case "NOOP": self = .noop
    case "VRFY": self = argument.isEmpty ? .malformed(Reply(501, "5.5.4", "VRFY needs an argument")) : .vrfy
    case "AUTH": self = Self.auth(argument)
    case "EXPN", "HELP", "STARTTLS", "BDAT", "ETRN", "TURN":
      self = .malformed(Reply(502, "5.5.1", "Command not implemented"))
    default: self = .malformed(Reply(500, "5.5.2", "Command not recognised"))
    }
  }

  /// A host name or an address literal.
  private static func isGreetingName(_ text: ArraySlice<UInt8>) -> Bool {
    !text.isEmpty && text.allSatisfy { $0 > 0x20 }
  }

  private static func mail(_ argument: ArraySlice<UInt8>) -> RelayCommand {
    var rest = argument
    guard take("FROM:", off: &rest) else { return .malformed(Reply(501, "5.5.4", "Syntax: MAIL FROM:<address>")) }
    guard let sender = RelayPath(takenFrom: &rest) else {
      return .malformed(Reply(501, "5.1.7", "Bad sender address syntax"))
    }
    var mail = Mail(sender: sender)
    guard let parameters = parameters(rest) else {
      return .malformed(Reply(501, "5.5.4", "Bad parameter syntax"))
    }
    for parameter in parameters {
      switch (parameter.name, parameter.value) {
      case ("SIZE", let value?) where mail.size == nil:
        guard (1...18).contains(value.utf8.count), value.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
          let size = Int(value)
        else { return .malformed(Reply(501, "5.5.4", "SIZE needs a number")) }
        mail.size = size
      case ("BODY", let value?) where mail.eightBit == nil:
        switch value.uppercased() {
        case "7BIT": mail.eightBit = false
        case "8BITMIME": mail.eightBit = true
        default: return .malformed(Reply(501, "5.5.4", "BODY is 7BIT or 8BITMIME"))
        }
      case ("SMTPUTF8", nil) where !mail.smtpUTF8: mail.smtpUTF8 = true
      case ("AUTH", .some) where !mail.hasAuth: mail.hasAuth = true
      case ("SIZE", _), ("BODY", _), ("SMTPUTF8", _), ("AUTH", _):
        return .malformed(Reply(501, "5.5.4", "Parameter repeated or without its value"))
      default: return .malformed(Reply(555, "5.5.4", "Parameter not recognised"))
      }
    }
    return .mail(mail)
  }

  private static func rcpt(_ argument: ArraySlice<UInt8>) -> RelayCommand {
    var rest = argument
    guard take("TO:", off: &rest) else { return .malformed(Reply(501, "5.5.4", "Syntax: RCPT TO:<address>")) }
    guard let recipient = RelayPath(takenFrom: &rest), recipient != .null else {
      return .malformed(Reply(501, "5.1.3", "Bad recipient address syntax"))
    }
    guard rest.isEmpty else {
      return .malformed(
        rest.first == 0x20
          ? Reply(555, "5.5.4", "Parameter not recognised") : Reply(501, "5.1.3", "Bad recipient address syntax"))
    }
    return .rcpt(recipient)
  }

  private static func auth(_ argument: ArraySlice<UInt8>) -> RelayCommand {
    let parts = argument.split(separator: 0x20, omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else {
      return .malformed(Reply(501, "5.5.4", "Syntax: AUTH mechanism"))
    }
    return .auth(
      mechanism: String(decoding: parts[0], as: UTF8.self).uppercased(),
      initial: parts.count == 2 ? String(decoding: parts[1], as: UTF8.self) : nil)
  }

  private static func take(_ word: String, off text: inout ArraySlice<UInt8>) -> Bool {
    guard text.count >= word.utf8.count,
      zip(text, word.utf8).allSatisfy({ (0x61...0x7a).contains($0) ? $0 & 0xdf == $1 : $0 == $1 })
    else { return false }
    text = text.dropFirst(word.utf8.count)
    return true
  }

  /// Nil when there is anything other than ` NAME` or ` NAME=VALUE`, repeated.
  private static func parameters(_ text: ArraySlice<UInt8>) -> [(name: String, value: String?)]? {
    if text.isEmpty { return [] }
    guard text.first == 0x20 else { return nil }
    var parameters: [(name: String, value: String?)] = []
    for part in text.dropFirst().split(separator: 0x20, omittingEmptySubsequences: false) {
      let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
      let name = String(decoding: part[..<equals], as: UTF8.self).uppercased()
      if name.isEmpty { return nil }
      if equals == part.endIndex {
        parameters.append((name, nil))
      } else {
        let value = part[(equals + 1)...]
        if value.isEmpty { return nil }
        parameters.append((name, String(decoding: value, as: UTF8.self)))
      }
    }
    return parameters
  }
}
