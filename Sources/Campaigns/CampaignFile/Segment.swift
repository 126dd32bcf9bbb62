public import Mail

/// What a value of the access column means for a mailbox.
public enum Segment: Sendable, Hashable {
  /// A letter from template `letter` (a folder of `templates/`) with the servers of the mailbox.
  case letter(template: String, incoming: MailServer, outgoing: MailServer)
  /// A telephone call, with its reason.
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
