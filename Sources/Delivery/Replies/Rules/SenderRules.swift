extension ReplyRules {
  /// SPF, DKIM, DMARC: RFC 7208, RFC 6376, RFC 7489; none of it heals by waiting, except a look-up that failed.
  static let senderAuthentication: [ReplyRule] = [
    ReplyRule(
      "authentication-lookup-failed", from: "RFC 7208 §8.6 (temperror)", .transient,
      any: ["spf", "dkim", "dmarc", "sender policy framework", "authenticat*"],
      and: [
        "temperror", "temp error", "temporar* error|failure|problem", "dns ... fail*|timeout|error*|lookup",
        "lookup fail*|error", "temporarily unable", "temporar* dns", "try again later ... dns", "servfail",
      ], unless: ["ratelimit*", "suspicious", "password", "login", "credentials", "cannot authenticate", "smtp auth"],
      Meaning(.routingOrNetwork, .sender, .retry)),
    ReplyRule(
      "spf-dkim-dmarc", from: "RFC 7208, RFC 6376, RFC 7489; support.google.com/mail/answer/81126",
      any: [
        "spf", "dkim", "dmarc", "domainkeys", "sender policy framework", "sender id check|failed|fail",
        "authentication level", "authentication results", "authentication information", "pass authentication checks",
        "failed authentication checks", "is unauthenticated", "unauthenticated email|emails|mail|message|messages",
        "spoof*", "antispoof*", "email authentication", "domain authentication", "permerror", "arc seal", "softfail",
        "hardfail", "doesnt allow sending mails|mail from", "not allowed to send mail|emails|email|mails from",
        "not designated ... sender", "not a permitted sender", "not permitted ... by the domain owner",
        "not authorized ... send ... mail|email|behalf", "forged sender|mail|message|from|address", "gefalscht*",
        "impersonat*",
      ], unless: ["authentication required|failed", "unauthenticated mail not allowed from this range"],
      Meaning(.senderAuthentication, .sender, .suspectUs)),
    ReplyRule(
      "authentication-status",
      from: "IANA: X.7.20 to X.7.24, X.7.26, X.7.29 (RFC 7372, RFC 8617); Gmail: X.7.30 to X.7.40",
      status: ["7.20-24", "7.26", "7.29", "7.31-32", "7.40"],
      unless: ["unusual rate", "ratelimit* ... ip", "unsolicited", "flood*", "too many", "tls"],
      Meaning(.senderAuthentication, .sender, .suspectUs)),
    ReplyRule(
      "sender-null-mx", from: "RFC 7505 §4.2", status: ["7.27"], Meaning(.senderRejected, .sender, .suspectUs)),
  ]

  /// The envelope sender, or the address in From.
  static let senders: [ReplyRule] = [
    ReplyRule(
      "sender-verification-running", from: "postfix.org: reject_unverified_sender", .transient,
      any: ["sender ... unverified address", "sender verif* in progress", "sender ... verification in progress"],
      Meaning(.senderRejected, .sender, .retry)),
    ReplyRule(
      "sender-lookup-failed", from: "exim.org: sender verify defer", .transient,
      any: [
        "sender verify defer*", "could not complete sender verify", "sender verify ... deferred",
        "sender ... dns ... temporar*",
      ],
      Meaning(.routingOrNetwork, .sender, .retry)),
    ReplyRule(
      "sender-rejected", from: "postfix.org, exim.org: access control; Amazon SES; OVH, Orange",
      any: [
        "sender ... rejected|refused|denied|blocked|blacklisted|banned|forbidden|prohibited", "sender verif* fail*",
        "sender ... invalid|unknown|unverified|undeliverable|nonexist*|unresolvable|unroutable|unrouteable",
        "sender ... not allowed|permitted|accepted|verified|authorized|authorised|valid|exist|found|owned|registered",
        "sender ... isnt|doesnt|cannot|cant", "sender domain", "senders domain", "senders mx", "sender mx",
        "sender identity", "domain of sender", "domain of the sender",
        "invalid|bad|unknown|illegal|unroutable|unrouteable|blocked sender", "blocked senders", "envelope sender",
        "envelope rejected", "envelope blocked", "return path", "reverse path",
        "mail from ... rejected|refused|denied|invalid|not|must|domain",
        "mailfrom ... rejected|refused|denied|invalid|not|must|fail*", "mail from ... mismatch*",
        "from address ... not|invalid|rejected|must|is|does|doesnt", "from header", "address in from", "from domain",
        "from user", "from not owned", "email address is not verified", "address is not verified", "not a verified",
        "not verified", "identities failed the check", "not owned by user", "not owned by ... user",
        "address not owned",
        "not allowed|permitted|authorized|authorised to send as|from|on|for|using|mail|mails|email|emails|messages",
        "not have permission* to send", "permission to send", "no permission to send", "may not send as|from|mail",
        "does not match ... login|auth*|username|user|account", "must match", "mismatch ... from", "authorized user",
        "not subscribed", "invalid dns mx or a", "sender does not accept",
        "emetteur ... invalide|refuse*|inconnu", "emetteur invalide", "expediteur ... refuse*|invalide|inconnu|non",
        "adresse d expediteur", "absender* ... abgelehnt|ungultig*|unbekannt|nicht|gesperrt|verweigert|existiert",
        "absenderadresse", "remitente ... rechazad*|invalid*|no|desconocid*", "mittente ... rifiutat*|non|sconosciut*",
        "afzender ... geweigerd|niet|onbekend|ongeldig", "nadawc* ... odrzucon*|nie",
        "remetente ... rejeitad*|invalid*|nao",
      ],
      unless: ["recipient quota", "sender ip"], Meaning(.senderRejected, .sender, .suspectUs)),
    ReplyRule(
      "sender-status", from: "IANA: X.1.7, X.1.8 (RFC 3463)", status: ["1.7-8"],
      Meaning(
        .senderRejected, .sender,
        .suspectUs)),
  ]
}
