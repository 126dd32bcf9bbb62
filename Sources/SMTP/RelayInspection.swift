import CCurl
public import Delivery
public import Foundation

/// The facts that opening a connection to a relay has shown, as far as it came: the preflight's view of a relay.
public struct RelayInspection: Sendable, Hashable {
  public struct TLS: Sendable, Hashable {
    /// As OpenSSL names it: `TLSv1.3`.
    public var version: String
    public var cipher: String
    /// The certificate's names, as `CN = relay.example`, from the relay: not fit for a terminal as they are.
    public var subject: String
    public var issuer: String
    public var validFrom: Date
    public var validUntil: Date

    public init(
      version: String, cipher: String, subject: String, issuer: String, validFrom: Date, validUntil: Date
    ) {
      self.version = version
      self.cipher = cipher
      self.subject = subject
      self.issuer = issuer
      self.validFrom = validFrom
      self.validUntil = validUntil
    }
  }

  /// The reason the relay cannot be used; nil when a session could be opened.
  public var trouble: RelayUnavailable?
  /// The extensions that the last EHLO offered; nil when the opening did not get that far.
  public var capabilities: RelayCapabilities?
  /// The SASL mechanisms in upper case; nil when AUTH is not offered.
  public var mechanisms: [String]?
  public var offersSize = false
  /// STARTTLS was offered, before TLS or without it.
  public var offersStartTLS = false
  public var offersDSN = false
  /// The login was accepted with 235.
  public var isAuthenticated = false
  /// Nil without TLS, and when its handshake failed.
  public var tls: TLS?
  /// The IP address that answered.
  public var address: String?

  public init() {}

  /// Called while libcurl works on the connection: it shows its TLS at no other time.
  mutating func note(_ easy: UnsafeMutableRawPointer?) {
    guard let easy else { return }
    if address == nil {
      var text: UnsafeMutablePointer<CChar>?
      if ccurl_get_string(easy, CURLINFO_PRIMARY_IP, &text) == CURLE_OK, let text { address = String(cString: text) }
    }
    var found = ccurl_tls()
    guard tls == nil, ccurl_get_tls(easy, &found) else { return }
    tls = TLS(
      version: Self.text(found.version), cipher: Self.text(found.cipher), subject: Self.text(found.subject),
      issuer: Self.text(found.issuer), validFrom: Date(timeIntervalSince1970: TimeInterval(found.not_before)),
      validUntil: Date(timeIntervalSince1970: TimeInterval(found.not_after)))
  }

  mutating func note(_ opening: OpeningDialogue, _ result: Result<Extensions, RelayUnavailable>) {
    if case .failure(let trouble) = result { self.trouble = trouble }
    let extensions = opening.extensions
    if opening.hasGreeted { capabilities = extensions.capabilities }
    mechanisms = extensions.mechanisms
    offersSize = extensions.offersSize
    offersStartTLS = opening.offeredStartTLS
    offersDSN = extensions.offersDSN
  }

  /// A C array of characters, up to its NUL.
  private static func text(_ array: some Any) -> String {
    withUnsafeBytes(of: array) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
