extension ReplyRules {
  /// The enhanced status alone, as IANA registers it (iana.org/assignments/smtp-enhanced-status-codes).
  static let statuses: [ReplyRule] = [
    ReplyRule(
      "status-bad-mailbox", from: "IANA: X.1.1", .permanent, status: ["1.1"],
      unless: aboutUs + [
        "policy", "polic*", "blocked", "virus*", "content", "forge*", "abuse",
      ], Meaning(.addressDead, .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "status-bad-domain", from: "IANA: X.1.2", .permanent, status: ["1.2"], unless: aboutUs,
      Meaning(.domainNotFound, .domain, .retry, .refuseRecipient)),
    ReplyRule(
      "status-null-mx", from: "IANA: X.1.10 (RFC 7505)", .permanent, status: ["1.10"], unless: aboutUs,
      Meaning(.domainNotFound, .domain, .retry, .refuseRecipient)),
    ReplyRule(
      "status-address-syntax", from: "IANA: X.1.3", .permanent, status: ["1.3"], unless: aboutUs,
      Meaning(.addressDead, .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "status-address-ambiguous", from: "IANA: X.1.4", .permanent, status: ["1.4"],
      unless: aboutUs + ["polic*"], Meaning(.addressDead, .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "status-moved", from: "IANA: X.1.6", .permanent, status: ["1.6"], unless: aboutUs,
      Meaning(
        .addressDead,
        .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "status-address", from: "IANA: X.1.0", .permanent, status: ["1.0"],
      any: [
        "recipient*", "address*", "mailbox", "user", "addr",
      ], unless: aboutUs + ["polic*", "denied", "not allowed"],
      Meaning(
        .addressDead,
        .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "status-address-later", from: "IANA: X.1.0 to X.1.6", .transient, status: ["1.*"],
      Meaning(
        .unknown,
        .recipient, .retry)),
    ReplyRule(
      "status-mailbox-disabled", from: "IANA: X.2.1", .permanent, status: ["2.1"],
      unless: aboutUs + ["content filter", "polic*", "quarantine*"],
      Meaning(
        .mailboxDisabled, .recipient, .retry,
        .refuseRecipient)),
    ReplyRule(
      "status-mailbox-full", from: "IANA: X.2.2", status: ["2.2"], unless: aboutUs,
      Meaning(
        .mailboxFull,
        .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "status-mailbox-later", from: "IANA: X.2.0, X.2.1", .transient, status: ["2.*"],
      Meaning(
        .systemTrouble,
        .recipient, .retry)),
    ReplyRule("status-list", from: "IANA: X.2.4", status: ["2.4"], Meaning(.systemTrouble, .recipient, .retry)),
    ReplyRule("status-system-full", from: "IANA: X.3.1", status: ["3.1"], Meaning(.systemTrouble, .domain, .retry)),
    ReplyRule(
      "status-system", from: "IANA: X.3.0 to X.3.5", status: ["3.*"],
      Meaning(
        .systemTrouble, .domain, .retry,
        .suspectUs)),
    ReplyRule(
      "status-routing", from: "IANA: X.4.0 to X.4.7", status: ["4.*"],
      unless: [
        "rejected", "denied", "refused", "blocked",
      ], Meaning(.routingOrNetwork, .domain, .retry)),
    ReplyRule(
      "status-too-many-recipients", from: "IANA: X.5.3", status: ["5.3"],
      Meaning(
        .rateLimited, .relay,
        .newConnection, .pause)),
    ReplyRule(
      "status-protocol", from: "IANA: X.5.1 to X.5.6", status: ["5.1-6"],
      Meaning(
        .syntaxOrProtocol, .relay,
        .retry, .suspectUs)),
    ReplyRule(
      "status-content", from: "IANA: X.6.0 to X.6.10", status: ["6.*"],
      Meaning(
        .syntaxOrProtocol, .message,
        .retry, .suspectUs)),
    ReplyRule(
      "status-delayed-by-policy", from: "RFC 6647 §5: 4.7.1 at RCPT", at: [.rcpt, .data, .final], .transient,
      status: ["7.0-1"], Meaning(.greylisted, .recipient, .retry)),
    ReplyRule(
      "status-policy", from: "IANA: X.7.0 to X.7.19", status: ["7.*"],
      Meaning(
        .policy, .domain, .retry,
        .suspectUs)),
  ]

  /// The reply code and the phase alone: RFC 5321 §4.2.3, RFC 7504. Nothing here says a word about a customer, except
  /// a domain that declares that it takes no mail.
  static let codes: [ReplyRule] = [
    ReplyRule(
      "code-no-mail-for-domain", from: "RFC 7504: 556", codes: [556], unless: aboutUs,
      Meaning(
        .domainNotFound,
        .domain, .retry, .refuseRecipient)),
    ReplyRule(
      "code-not-local", from: "RFC 5321 §4.2.3: 551", codes: [551], any: ["not local"], unless: aboutUs,
      Meaning(.addressDead, .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "code-syntax", from: "RFC 5321 §4.2.3: 500 to 504, 555", codes: [500, 501, 502, 503, 504, 555],
      Meaning(.syntaxOrProtocol, .relay, .retry, .suspectUs)),
    ReplyRule("code-no-mail-host", from: "RFC 7504: 521", codes: [521], Meaning(.systemTrouble, .relay, .suspectUs)),
    ReplyRule("code-closing", from: "RFC 5321 §4.2.3: 421", codes: [421], Meaning(.systemTrouble, .relay, .retry)),
    ReplyRule(
      "code-mailbox-later", from: "RFC 5321 §4.2.3: 450", at: [.rcpt], codes: [450],
      Meaning(
        .unknown,
        .recipient, .retry)),
    ReplyRule(
      "code-system-later", from: "RFC 5321 §4.2.3: 451, 452", codes: [451, 452],
      Meaning(
        .systemTrouble,
        .domain, .retry)),
    ReplyRule(
      "phase-connect-later", from: "RFC 5321 §3.1", at: [.connect, .greeting, .tls, .ehlo], .transient,
      Meaning(.systemTrouble, .relay, .retry)),
    ReplyRule(
      "phase-connect", from: "RFC 5321 §3.1: 554 at the greeting", at: [.connect, .greeting], .permanent,
      Meaning(.reputationOrBlocklist, .domain, .suspectUs)),
    ReplyRule(
      "phase-mail", from: "RFC 5321 §3.3: a refused MAIL is about the sender", at: [.mail], .permanent,
      Meaning(.senderRejected, .sender, .suspectUs)),
    ReplyRule(
      "phase-content", from: "RFC 5321 §3.3: refused after the recipient was taken", at: [.data, .final],
      .permanent, Meaning(.policy, .message, .suspectUs)),
    ReplyRule("later", from: "RFC 5321 §4.2.1: 4yz", .transient, Meaning(.unknown, .relay, .retry)),
    ReplyRule(
      "in-doubt", from: "RFC 5321 §4.2.1: 5yz without words about the recipient", .permanent,
      Meaning(
        .unknown,
        .relay, .suspectUs)),
  ]
}
