/// What a relay's reply says, whom it concerns, and what a client should do: the result of ``ReplyClassifier``.
///
/// It judges the reply alone. What becomes of the message is ``AttemptVerdict``, which also knows whether a reply came.
public struct Classification: Sendable, Hashable {
  public var `class`: ReplyClass
  public var scope: ReplyScope
  public var treatment: Treatment
  /// Seconds to wait before the next attempt, where the reply names a time; a day at most.
  public var wait: Int?
  /// The identifier of the rule that decided: see ``ReplyRules``.
  public var rule: String

  public init(_ class: ReplyClass, _ scope: ReplyScope, _ treatment: Treatment, wait: Int? = nil, rule: String) {
    self.class = `class`
    self.scope = scope
    self.treatment = treatment
    self.wait = wait
    self.rule = rule
  }
}

/// What a reply says.
public enum ReplyClass: String, Sendable, Hashable, CaseIterable {
  case addressDead = "address-dead"
  case mailboxFull = "mailbox-full"
  case mailboxDisabled = "mailbox-disabled"
  case greylisted
  case rateLimited = "rate-limited"
  case tooManyConnections = "too-many-connections"
  /// The connection has carried as many messages as the server allows; another one takes more.
  case sessionLimit = "session-limit"
  case reputationOrBlocklist = "reputation-or-blocklist"
  case contentSpam = "content-spam"
  case contentVirus = "content-virus"
  case policy
  /// SPF, DKIM, DMARC.
  case senderAuthentication = "sender-authentication"
  case senderRejected = "sender-rejected"
  case relayDenied = "relay-denied"
  case authRequired = "auth-required"
  case size
  case syntaxOrProtocol = "syntax-or-protocol"
  case domainNotFound = "domain-not-found"
  case routingOrNetwork = "routing-or-network"
  case systemTrouble = "system-trouble"
  case tlsRequired = "tls-required"
  case unknown
}

/// Whom a reply concerns.
public enum ReplyScope: String, Sendable, Hashable, CaseIterable {
  /// The one recipient.
  case recipient
  /// The recipient's domain, or a receiving provider towards us.
  case domain
  /// The connection it came over.
  case connection
  /// The server we speak to.
  case relay
  /// The letter's size, form or content.
  case message
  /// Our sender address or domain.
  case sender
}

/// What a client that hands letters to a relay should do.
public enum Treatment: String, Sendable, Hashable, CaseIterable {
  /// The server has taken the command, or after the final dot the letter.
  case accept
  /// Time heals it.
  case retry
  /// Close the connection and send the same letter over another one.
  case newConnection = "new-connection"
  /// Send less, then try again.
  case slowDown = "slow-down"
  /// A quota of ours is used up: stop until it is renewed.
  case pause
  /// The customer cannot be reached by letter.
  case refuseRecipient = "refuse-recipient"
  /// Our address, account, content or address space: mark nobody, tell the operator.
  case suspectUs = "suspect-us"
}
