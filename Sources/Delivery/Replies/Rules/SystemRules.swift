extension ReplyRules {
  /// Trouble of a server or of the network, and refusals that speak of policy only.
  static let systems: [ReplyRule] = [
    ReplyRule(
      "service-refused-by-status", from: "La Poste LPN007_102; postfix.org: 5.7.1 Service unavailable", .permanent,
      status: ["7.*"], any: ["service ... unavailable", "service ... not available"],
      Meaning(.reputationOrBlocklist, .domain, .suspectUs)),
    ReplyRule(
      "network", from: "RFC 3463 X.4; postfix.org, exim.org",
      any: [
        "timeout", "timed out", "time out",
        "connection ... lost|refused|reset|closed|dropped|failed|died|broken|abruptly", "lost connection", "no route",
        "network ... unreachable|error|problem|down", "host ... unreachable|down|reachable|respond*", "not reachable",
        "unreachable", "no answer", "dns ... error|fail*|problem|trouble|lookup", "name server", "could not connect",
        "cannot connect", "unable to connect", "cannot be reached", "delivery ... expired", "message expired",
        "queue expired", "expired ... queue", "retry time", "retry timeout", "in the queue too long", "delayed",
        "wrong ... region", "wrong office", "no mail hosts", "lookup failure", "socket error", "zeituberschreitung",
        "verbindung ... fehlgeschlagen|abgebrochen|nicht", "nicht erreichbar",
        "connexion ... impossible|echou*|refusee", "injoignable", "recipients server ... unavailable",
        "recipient server ... unavailable", "temporary domain failure", "next hop", "gateway ... find",
      ], unless: ["account inbounds"], Meaning(.routingOrNetwork, .domain, .retry)),
    ReplyRule(
      "recipient-temporarily-unavailable", from: "Comcast, GoDaddy: 4xx of one recipient", .transient,
      any: [
        "recipient|addr|mailbox|user|account|address ... unavailable|locked|inactive|disabled|busy|inaccessible|suspended",
        "mailbox not available", "mailbox ... accessed",
      ], unless: ["service"],
      Meaning(.systemTrouble, .recipient, .retry)),
    ReplyRule(
      "system-trouble", from: "RFC 3463 X.3; RFC 5321 §4.2.3 (421, 451, 452)", .transient,
      any: [
        "temporar*", "vorubergehend*", "temporaire*", "temporane*", "tijdelijk*", "tymczasow*", "unavailable",
        "not available", "internal", "error", "server busy", "busy", "overload*", "load",
        "system ... problem|trouble|error|storage|resources", "insufficient", "resources", "shutting down", "shutdown",
        "closing", "maintenance", "wartung", "local problem", "out of memory", "no space", "disk", "queue", "trouble",
        "failure", "fehler", "erreur", "errore", "not operational", "not ready", "starting up", "storage",
        "license expired", "unable to process", "no medium", "backend", "database", "configuration", "misconfigured",
        "not accepting", "service", "cannot accept", "unable to accept", "not able to",
      ], unless: ["policy", "restricted", "greylist*", "command", "try again later num"],
      Meaning(
        .systemTrouble,
        .domain, .retry)),
    ReplyRule(
      "system-trouble-said-for-good", from: "Postfix, MailEnable, t-online.de: internal errors as 5xx", .permanent,
      any: [
        "temporar*", "try again", "try later", "retry", "later", "internal ... error", "local error",
        "error in processing", "vorubergehend*", "internal error", "erneut", "plus tard", "mas tarde", "system error",
        "server error", "database", "disk full", "no space", "system full", "out of memory", "overload*", "maintenance",
        "wartung", "server busy", "system storage", "write error", "unable to process",
      ],
      unless: [
        "policy", "spam*", "access denied", "not accepted", "modify ... try", "correct ... try", "check ... try",
        "verify ... try", "fix ... try",
      ], Meaning(.systemTrouble, .domain, .retry)),
    ReplyRule(
      "server-does-not-serve", from: "RFC 7504 (521); RFC 3463 X.3.2, X.3.5", .permanent,
      any: [
        "service ... unavailable|available", "not accepting", "no smtp service", "no mail service", "config* error",
        "configuration", "misconfigured", "not configured", "system ... error", "license",
      ],
      unless: ["recipient*", "policy"], Meaning(.systemTrouble, .relay, .suspectUs)),
  ]

  static let policies: [ReplyRule] = [
    ReplyRule(
      "policy", from: "IANA: X.7.1; GMX, IONOS, iCloud, Mimecast, Barracuda, Exchange transport rules",
      any: [
        "policy", "policies", "polic*", "richtlinie*", "politique", "politica", "prohibit*", "administrat*",
        "restrict*", "rule", "rules", "access denied", "denied", "not accepted", "not allowed", "not permitted",
        "not authorized", "not authorised", "unauthorized", "unauthorised", "blocked", "security", "abuse", "forbidden",
        "verboten", "zugriff verweigert", "acces refuse", "acceso denegado", "accesso negato", "rejected", "abgelehnt",
        "refuse", "rejete", "rechazado", "rifiutato", "geweigerd", "odrzucon*", "not welcome", "violat*", "refused",
        "block",
      ], Meaning(.policy, .domain, .retry, .suspectUs))
  ]
}
