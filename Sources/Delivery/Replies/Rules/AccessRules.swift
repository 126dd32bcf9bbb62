extension ReplyRules {
  /// TLS, login, and our account at the relay.
  static let access: [ReplyRule] = [
    ReplyRule(
      "tls-temporarily-unavailable", from: "RFC 3207 §4",
      any: ["tls ... not available", "tls ... temporar*", "tls ... unavailable", "starttls ... temporar*"],
      unless: ["required"], Meaning(.systemTrouble, .relay, .retry)),
    ReplyRule(
      "tls-required", from: "RFC 3207 §4; support.google.com/a/answer/3726730; community.mimecast.com",
      any: [
        "starttls ... first|required|needed|mandatory", "must|please issue|use|send|start ... starttls|tls|ssl",
        "tls|ssl|encryption|encrypted ... required|mandatory|needed|requires|expected", "encryption needed",
        "requires ... tls|ssl|encryption|encrypted|starttls|ciphers", "require* ... use tls|starttls|ssl",
        "need* ... starttls", "senders to use tls", "secure connection ... required", "sent over a tls",
        "without tls|encryption|ssl", "unencrypted|plaintext connection*",
        "verschlussel* ... erforderlich|notwendig|notig|verlangt", "nur ... verschlusselt*",
        "chiffrement ... requis|obligatoire|necessaire", "tls obligatoire", "use ssl|tls|starttls", "over ssl|tls",
      ], unless: ["spf", "dkim", "dmarc"], Meaning(.tlsRequired, .relay, .suspectUs)),
    ReplyRule(
      "tls-of-receiver", from: "learn.microsoft.com: 5.7.321 to 5.7.325 (DANE, MTA-STS)",
      status: [
        "7.321-325", "4.8", "4.317",
      ],
      Meaning(.tlsRequired, .domain, .retry, .suspectUs)),
    ReplyRule(
      "tls-status", from: "IANA: X.7.10, X.7.11 (RFC 5248), X.7.30 (RFC 8689)", status: ["7.10-11", "7.30"],
      unless: ["syntax", "protocol violation"], Meaning(.tlsRequired, .relay, .suspectUs)),
    ReplyRule(
      "login-trouble-passes", from: "RFC 4954 §6 (454); support.google.com/a/answer/3726730", .transient,
      any: ["authenti*", "login", "auth", "anmeldung"],
      and: [
        "temporar*", "try again", "later", "too many", "unavailable", "internal", "vorubergehend", "busy", "timeout",
        "timed out", "backend", "database", "server",
      ], unless: ["required", "disabled", "suspended"], Meaning(.authRequired, .relay, .retry)),
    ReplyRule(
      "account-blocked", from: "hosts' terms: accounts blocked for spam or unpaid bills",
      any: [
        "your account ... suspended|disabled|blocked|locked|deactivated",
        "your account ... restricted|limited|expired|terminated|closed|inactive",
        "account ... suspended|disabled|blocked|locked|restricted ... sending|spam|abuse|outgoing|outbound",
        "sending ... disabled|suspended|blocked|denied", "sender account", "smtp ... disabled", "outbounds disabled",
        "outgoing mail* ... suspended|disabled|blocked", "account ... not active|activated ... send*",
        "account under review", "domain ... suspended ... sending", "ihr konto|account", "compte smtp",
        "account not subscribed", "not activated", "trial account", "unpaid", "license",
      ], unless: ["license expired", "recipient*", "reach", "user account not activated"],
      Meaning(.authRequired, .relay, .suspectUs)),
    ReplyRule(
      "login-required", from: "RFC 4954 §6; postfix.org, exim.org; support.google.com/a/answer/3726730",
      any: [
        "authenti* ... required|needed|necessary|mandatory|erforderlich",
        "authenti* ... requise|obligatoire|richiesta|requerida|vereist", "require*|need* ... authenti*|login|auth",
        "need to ... authenti*|login|log", "must ... authenti*|login|log|auth", "please ... authenti*|login|log",
        "not authenticated", "not logged in", "not logged on", "authenticate first",
        "auth required|first|failed|failure",
        "authenti* ... failed|failure|fail|unsuccessful|rejected|denied|error|expired", "failed to authenticate",
        "authenti* failed|failure", "incorrect authentication", "invalid authentication",
        "authenti* invalide|requise|exchange|line|mechanism|type",
        "authenti* credentials|data|rejected|declined|aborted|abgebrochen", "username and password",
        "user|username|login|account or password", "password", "mot de passe", "passwort", "kennwort", "contrasena",
        "wachtwoord", "credentials", "invalid login", "login failed|failure|denied|incorrect|invalid|expired|disabled",
        "bad login", "application specific", "app password", "web browser", "pop before smtp", "pop first",
        "check mail first", "check for new mail", "authenti* type", "mechanism",
        "unauthenticated senders|clients|users|commands", "client was not authenticated", "client not authenticated",
        "zugangsdaten", "anmeldung", "authentifizierung", "authentification", "autenticacion", "autenticazione",
        "authenticatie", "uwierzytelni*", "smtp auth*", "smtpauth", "sasl", "oauth*", "xoauth*", "identity changes",
        "unauthorized ip", "not authorized to perform", "auth command", "account is not authorized",
        "user ... is not authorized", "authenti* ... email client", "turn on authentication",
      ],
      unless: [
        "domain authentication", "dkim", "spf", "dmarc", "maximum credits", "password protected", "not ... policy",
      ], Meaning(.authRequired, .relay, .retry, .suspectUs)),
    ReplyRule(
      "login-status", from: "IANA: X.7.8, X.7.9, X.7.12, X.7.13, X.7.14, X.7.57, X.7.139 (RFC 4954)",
      status: ["7.8", "7.12-14", "7.57", "7.139"],
      unless: ["policy", "sender", "organization", "public folder", "spam*", "content"],
      Meaning(
        .authRequired, .relay,
        .retry, .suspectUs)),
    ReplyRule(
      "login-code", from: "RFC 4954 §6", codes: [530, 534, 535, 538], Meaning(.authRequired, .relay, .suspectUs)),
    ReplyRule(
      "login-phase", from: "RFC 4954 §6", at: [.auth], unless: ["command", "syntax"],
      Meaning(.authRequired, .relay, .retry, .suspectUs)),
  ]

  /// A server that is not the recipient's and will not pass our mail on.
  static let relaying: [ReplyRule] = [
    ReplyRule(
      "relaying-denied",
      from: "postfix.org: reject_unauth_destination; exim.org, sendmail.org, qmail; hosts in German and French",
      any: [
        "relay* ... denied|refused|rejected|prohibited|disallowed|forbidden|verboten|abgelehnt|interdit|refuse",
        "relay* ... not allowed|permitted|authorized|accepted|configured",
        "relay* ... not supported|possible|erlaubt|gestattet|autorise*",
        "not allowed|permitted|authorized|configured to relay", "isnt|cannot|cant|unable|wont|dont|refuse* ... relay",
        "unable to relay", "open relay", "no relay*", "not a relay", "not an open relay", "as a relay", "mail relay",
        "insecure mail relay", "not relay", "not a gateway", "rcpthosts", "relay ... local", "we dont handle mail for",
        "tenantattribution*", "kein relay*", "relais ... interdit|refuse|non", "not local host",
        "domain isnt in my list",
      ],
      unless: [
        "relay recipient table", "relay limit|quota|recipients", "relay ... limit|quota", "too many",
        "sender address rejected", "mailbox unavailable ip",
      ], Meaning(.relayDenied, .relay, .retry, .suspectUs))
  ]
}
