public import Mail

/// The meaning of a value of the access column for a mailbox.
public enum Segment: Sendable, Hashable {
  /// A letter from template `letter` (a folder of `templates/`) with the servers of the mailbox.
  case letter(template: String, incoming: MailServer, outgoing: MailServer)
  /// A phone call, with its reason.
  case phone(reason: String)
  /// Nothing to do, with its reason.
  case none(reason: String)

  /// The name of the letter; nil for the other kinds.
  public var letter: String? {
    if case .letter(let template, _, _) = self { template } else { nil }
  }

  public var isCall: Bool { if case .phone = self { true } else { false } }
}

/// A server as printed in a letter. Encryption follows from the port (RFC 8314): 993, 995, 465 are TLS from the start;
/// 143, 110, 587 are STARTTLS; for any other port the campaign file must say service and encryption itself.
public struct MailServer: Sendable, Hashable {
  public enum Encryption: String, Sendable {
    case tls = "SSL/TLS"
    case startTLS = "STARTTLS"
  }
  public enum Service: String, Sendable {
    case imap = "IMAP"
    case pop3 = "POP3"
    case submission = "SMTP"
  }
  public var host: Domain
  public var port: Int
  public var encryption: Encryption
  public var service: Service

  public init(host: Domain, port: Int, encryption: Encryption, service: Service) {
    self.host = host
    self.port = port
    self.encryption = encryption
    self.service = service
  }

  /// Service and encryption of the ports that mail programs know; nil for every other port.
  public init?(host: Domain, port: Int) {
    switch port {
    case 993: self.init(host: host, port: port, encryption: .tls, service: .imap)
    case 143: self.init(host: host, port: port, encryption: .startTLS, service: .imap)
    case 995: self.init(host: host, port: port, encryption: .tls, service: .pop3)
    case 110: self.init(host: host, port: port, encryption: .startTLS, service: .pop3)
    case 465: self.init(host: host, port: port, encryption: .tls, service: .submission)
    case 587: self.init(host: host, port: port, encryption: .startTLS, service: .submission)
    default: return nil
    }
  }
}

/// `segments:` of a campaign file: every value of the access column and what it means.
enum SegmentsSection {
  static func read(_ value: YAMLValue) -> [String: Segment]? {
    guard let entries = value.entries(example: "{imap: {letter: …, incoming: …, outgoing: …}}") else { return nil }
    guard !entries.isEmpty else {
      value.report("\"segments\" is empty; every value of the access column needs its entry")
      return nil
    }
    var segments: [String: Segment] = [:]
    var isWhole = true
    for (key, member) in entries {
      guard let name = key.text(), let segment = segment(member) else {
        isWhole = false
        continue
      }
      segments[name] = segment
    }
    return isWhole ? segments : nil
  }

  private static func segment(_ value: YAMLValue) -> Segment? {
    guard
      let section = YAMLSection(
        value, keys: ["letter", "phone", "none", "incoming", "outgoing"], example: "{none: reason} or {phone: reason}")
    else { return nil }
    let kinds = ["letter", "phone", "none"].filter(section.has)
    guard kinds.count == 1 else {
      let found = kinds.isEmpty ? "none of them" : kinds.joined(separator: " and ")
      value.context.report(
        "\"\(value.path)\" needs exactly one of letter, phone or none, but has \(found)", at: value.parent)
      return nil
    }
    if kinds == ["letter"] {
      let template = section.optional("letter").flatMap { value in
        value.text().flatMap { LetterName.read($0, value) }
      }
      let incoming = section.required("incoming", example: "imap.provider.example:993")
        .flatMap { MailServerText.read($0, incoming: true) }
      let outgoing = section.required("outgoing", example: "smtp.provider.example:465")
        .flatMap { MailServerText.read($0, incoming: false) }
      guard let template, let incoming, let outgoing else { return nil }
      return .letter(template: template, incoming: incoming, outgoing: outgoing)
    }
    var isWhole = true
    for key in ["incoming", "outgoing"] {
      if let extra = section.optional(key) {
        value.context.report("\"\(extra.path)\" belongs to a letter only; remove it", at: extra.parent)
        isWhole = false
      }
    }
    guard let reason = section.optional(kinds[0])?.text(), isWhole else { return nil }
    return kinds == ["phone"] ? .phone(reason: reason) : Segment.none(reason: reason)
  }
}

/// A mail server as `imap.provider.example:993`, or written out for an unusual port as
/// `{host: imap.provider.example, port: 10993, service: imap, encryption: tls}`.
enum MailServerText {
  static func read(_ value: YAMLValue, incoming: Bool) -> MailServer? {
    if value.isGroup { return written(out: value, incoming: incoming) }
    guard let text = value.text() else { return nil }
    let example = incoming ? "imap.provider.example:993" : "smtp.provider.example:465"
    let pieces = text.split(separator: ":", omittingEmptySubsequences: false)
    guard pieces.count == 2, let port = wholeNumber(pieces[1]), (1...65_535).contains(port),
      let host = try? Domain(pieces[0])
    else {
      value.report("\"\(value.path)\" is not a server with its port: \(QuotedText(text)); write it as in \(example)")
      return nil
    }
    if port == 25 {
      value.report("\"\(value.path)\": port 25 is not for mail programs (RFC 8314); use 465, or 587")
      return nil
    }
    guard let server = MailServer(host: host, port: port) else {
      let service = incoming ? "imap" : "smtp"
      value.report(
        "\"\(value.path)\": the encryption of port \(port) is not known; write it as "
          + "{host: \(host.ascii), port: \(port), service: \(service), encryption: tls}")
      return nil
    }
    return isFitting(server, incoming: incoming, value) ? server : nil
  }

  private static func isFitting(_ server: MailServer, incoming: Bool, _ value: YAMLValue) -> Bool {
    guard (server.service != .submission) == incoming else {
      value.report(
        incoming
          ? "\"\(value.path)\": port \(server.port) is for outgoing mail; use 993 or 143 (IMAP), 995 or 110 (POP3)"
          : "\"\(value.path)\": port \(server.port) is for incoming mail; use 465, or 587")
      return false
    }
    return true
  }

  private enum Service: String, CaseIterable { case imap, pop3, smtp }
  private enum Encryption: String, CaseIterable { case tls, starttls }

  private static func written(out value: YAMLValue, incoming: Bool) -> MailServer? {
    guard
      let section = YAMLSection(
        value, keys: ["host", "port", "service", "encryption"],
        example: "{host: imap.provider.example, port: 10993, service: imap, encryption: tls}")
    else { return nil }
    let host = section.required("host", example: "imap.provider.example").flatMap(domain)
    let port = section.required("port", example: "10993")?.number(in: 1...65_535)
    let service = section.required("service", example: incoming ? "imap" : "smtp")
    let kind = service?.choice(Service.self)
    let encryption = section.required("encryption", example: "tls")?.choice(Encryption.self)
    if let service, let kind, (kind != .smtp) != incoming {
      service.report("\"\(service.path)\" must be \(incoming ? "imap or pop3" : "smtp") here")
      return nil
    }
    guard let host, let port, let kind, let encryption else { return nil }
    let services: [Service: MailServer.Service] = [.imap: .imap, .pop3: .pop3, .smtp: .submission]
    return MailServer(
      host: host, port: port, encryption: encryption == .tls ? .tls : .startTLS, service: services[kind] ?? .imap)
  }

  private static func domain(_ value: YAMLValue) -> Domain? {
    guard let text = value.text() else { return nil }
    do throws(AddressError) {
      return try Domain(text)
    } catch {
      value.report("\"\(value.path)\" is not a host name: \(QuotedText(text)) \(error)")
      return nil
    }
  }
}
