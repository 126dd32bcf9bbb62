extension ReplyRules {
  /// A delay of one letter: whatever else the reply says, the same letter is taken later.
  static let greylisting: [ReplyRule] = [
    ReplyRule(
      "greylisting", from: "RFC 6647; postgrey, milter-greylist, rspamd, SQLgrey",
      any: [
        "greylist*", "grau*list*", "liste grise", "lista gris", "triplet", "postgrey", "sqlgrey",
        "temporarily rejected new", "first time sender", "unknown sender ... try",
      ], Meaning(.greylisted, .recipient, .retry)),
    ReplyRule(
      "address-verification", from: "postfix.org: reject_unverified_recipient", .transient,
      any: ["address verification in progress", "verification in progress", "callout ... progress|defer*"],
      unless: ["sender"],
      Meaning(.greylisted, .recipient, .retry)),
  ]

  /// Connections, sessions, rates and quotas.
  static let limits: [ReplyRule] = [
    ReplyRule(
      "messages-per-session",
      from: "github.com/stalwartlabs/stalwart#1384; IONOS; Amazon SES; Yahoo; GoDaddy IB510; Spectrum AUP#1540",
      any: [
        "per session|connection", "session limit", "messages|mails|emails|transactions this|in session",
        "message* per connection", "this|in|one|same|single session|connection ... many|limit|exceed*|reached",
        "too many|much messages|mails|emails|mail|recipients|rcpt|transactions ... session|connection",
        "open ... new session|connection", "new smtp session", "try reconnecting", "please reconnect",
        "connection expired", "message threshold exceeded", "max message* ... connection|session",
        "reconnect ... send*", "pro sitzung|verbindung", "par session|connexion", "end this session",
        "session ... message limit",
      ],
      unless: ["concurrent*", "simultaneous*", "too many connections|sessions", "connections per", "errors"],
      Meaning(.sessionLimit, .connection, .newConnection)),
    ReplyRule(
      "recipients-per-connection",
      from: "RFC 5321 §4.5.3.1.10; every letter has one recipient, so earlier ones are counted", .transient,
      codes: [452, 451, 450, 421], status: ["5.3"],
      unless: ["ratelimit*", "rate", "hour", "day", "minute", "quota", "daily", "hourly", "frequency"],
      Meaning(.sessionLimit, .connection, .newConnection)),
    ReplyRule(
      "too-many-connections", from: "postfix.org: anvil; exim.org: smtp_accept_max; learn.microsoft.com: 432 4.3.2",
      any: [
        "too many|much ... connections|sessions|connexions|threads", "too many ... connection attempts",
        "connection ... limit|ratelimit*", "connections ... limit|exceed*|maximum|reached",
        "concurrent*|simultaneous*|parallel ... connection*|session*|limit|smtp", "maximum|max ... connections",
        "connection rate", "connection count", "thread limit", "sessions ... limit", "lower the number",
        "verbindungen ... zu|limit|maximal*|gleichzeitig*", "zu viele ... verbindungen", "gleichzeitige*",
        "trop de connexions", "connexions simultanees", "demasiadas conexiones", "conexiones simultaneas",
        "troppe connessioni", "te veel verbindingen", "zbyt wiele polaczen", "connection frequency", "connects too",
        "connecting too", "muitas conexoes", "connection ratelimit*",
      ],
      unless: ["recipient thread", "authenti*", "invalid recipients"], Meaning(.tooManyConnections, .relay, .slowDown)),
    ReplyRule(
      "concurrent-status", from: "learn.microsoft.com: 432 4.3.2", codes: [432],
      Meaning(
        .tooManyConnections, .relay,
        .slowDown)),
    // A list that looks at how many of our recipients are unknown.
    ReplyRule(
      "too-many-bad-recipients", from: "postmaster.comcast.net, GoDaddy IB112, MXroute",
      any: [
        "too many ... invalid|unknown|bad|nonexist*|rejected ... recipients|users|addresses",
        "excessive rejected recipients", "too many spam*", "too many complaints", "excessive ... failures", "flooding",
        "directory harvest*", "defers and failures",
      ], unless: ["defers and failures"], Meaning(.reputationOrBlocklist, .domain, .slowDown, .suspectUs)),
    ReplyRule(
      "plan-used-up", from: "SendGrid, Brevo, Mailjet, Elastic Email: plans",
      any: [
        "credits", "upgrade your|the|to|plan|account", "plan limit", "billing", "payment",
        "subscription ... limit|expired|exceed*", "trial", "kontingent", "guthaben", "your plan",
      ], unless: ["upgrade your server|client|mailserver|tls", "enhanced protection"],
      Meaning(
        .rateLimited, .relay,
        .pause)),
    // A period and a number: ours, unless the recipient is named (above).
    ReplyRule(
      "quota-of-a-period",
      from: "support.google.com/a/answer/166852; cPanel, Plesk, Titan, Zoho, GoDaddy: hourly and daily limits",
      any: [
        "daily|hourly|monthly|weekly ... limit*|quota|exceed*|maximum|reached|allowance|sending|messages|emails",
        "per|an hour|day|minute|month|24 ... exceed*|limit*|allowed|maximum|reached|quota|discarded|allows",
        "limit*|quota|maximum|max|exceed*|only|many|num ... per|this|in|each|every hour|day|minute|month|second|24",
        "hour* ... limit|quota", "24 ... limit|quota", "num messages|emails|mails|recipients per",
        "max emails per hour", "defers and failures", "tageslimit", "stundenlimit", "pro stunde|tag|minute|monat",
        "par heure|jour|minute", "por hora|dia|minuto", "per uur|dag", "alle ora", "na godzine|dobe",
      ],
      unless: ["size", "large", "bytes", "try again ... num minute|hour|day"],
      Meaning(
        .rateLimited, .relay, .slowDown,
        .pause)),
    ReplyRule(
      "explicit-sending-quota", from: "IONOS: 450 Mail send limit exceeded; GMX: 550 Failure sending mail",
      any: [
        "send|sending|relay|outgoing|submission|smtp limit|limits|quota", "failure sending mail", "versandlimit",
        "sendelimit", "sendekontingent",
      ], Meaning(.rateLimited, .relay, .slowDown, .pause)),
    ReplyRule(
      "sending-quota", from: "IONOS, Strato, OVH, Gmail relay, Zoho, StartMail: quotas of the account",
      any: [
        "@sending ... limit|limits|quota @used-up", "@sending ... limit|limits|quota ... @used-up",
        "exceed* ... sending|send|relay|outgoing|message ... limit|limits|quota|allowance|credits",
        "exceed* ... messages|mail|messaging|email|recipient|rate ... limit|limits|quota|allowance|credits",
        "relay quota", "sending quota|limit", "send limit", "messaging limits", "relay limit", "mail limit",
        "email limit", "message limit", "limit ... reached|exceeded|hit", "reached ... limit|quota",
        "over ... sending|send|relay|message ... limit|quota", "quota ... sending|send|relay|outgoing",
        "take you over your", "versandlimit", "sendelimit", "limit ... erreicht|uberschritten|ueberschritten",
        "maximale anzahl", "limite ... envoi*|atteinte|depasse*", "quota ... envoi*", "nombre maximum",
        "limite ... enviad*|envio*|superad*|alcanzad*", "limit ... outgoing|messages|emails|mails ... exceeded|reached",
        "exceeded the maximum number of", "exceeded ... allowed number", "organization queue quota",
      ],
      unless: [
        "size", "large", "bytes", "@container full|quota|size|storage|limit|usage|over|overquota|exceed*|is", "storage",
        "space", "disk", "inbox", "overquota", "hops", "@container ... full", "hop", "policy error", "speicher*",
        "header*", "attachment*",
        "loop", "recipient over", "user over", "user quota", "errors", "tried to reach",
      ], Meaning(.rateLimited, .relay, .slowDown, .pause)),
    ReplyRule(
      "throttled-by-relay", from: "docs.aws.amazon.com/ses: 454 Throttling failure", codes: [454],
      any: ["throttl*", "rate", "ratelimit*", "sending", "too many|much"], unless: ["authenti*", "dnsbl", "listed"],
      Meaning(.rateLimited, .relay, .slowDown)),
    ReplyRule(
      "rate", from: "support.google.com/mail: UnsolicitedRateLimitError; Yahoo, iCloud, QQ, La Poste",
      any: [
        "ratelimit*", "rate exceed*|reached|limit*|control*|policy", "rate ... exceed*|too|limit*|high", "throttl*",
        "frequency limit*", "frequency", "too fast|quickly|frequent*", "slow down", "slower", "slow* ... sending",
        "too many|much|lot messages|mails|emails|mail|email|requests|commands|letters",
        "too many ... messages|mails|emails|recipients|destinations", "sending ... too many|much|fast|quickly",
        "excessive ... volume|rate|mail|email|messages|number", "unusual rate|volume|sending|activity",
        "unexpected volume", "volume ... exceed*|too|high", "high volume", "temporarily deferred",
        "reduce ... rate|speed|number|volume", "zu viele ... mails|nachrichten|emails|empfanger", "zu schnell",
        "trop de messages|mails|courriers|destinataires|requetes|email", "trop vite|rapide*",
        "demasiados ... mensajes|correos|destinatarios", "troppi messaggi", "te veel berichten|mails",
        "zbyt wiele wiadomosci", "message quota", "email quota", "mail quota", "policy rejection quota", "flood*",
        "has sent too many", "same message id", "organization queue quota",
        "max* ... messages|emails ... exceed*|reached", "maximum sending rate", "per transaction exceeded",
        "queue quota", "bandwidth",
      ],
      unless: [
        "spam rate", "size", "mailbox full", "on the server", "auf dem server", "too many errors", "hops",
        "bad commands", "header*", "content judged", "too many recipients ... message",
      ],
      Meaning(.rateLimited, .domain, .slowDown, .pause)),
    ReplyRule(
      "too-many-of-something", from: "RFC 6647 §5", .transient,
      any: [
        "too many", "too much", "zu viele", "trop de", "demasiados", "limit* exceeded|reached",
      ],
      unless: ["errors", "hops", "commands", "recipients"], Meaning(.rateLimited, .domain, .slowDown)),
    ReplyRule(
      "recipients-of-ours", from: "support.google.com: 550 5.5.3; RFC 5321 §4.5.3.1.10",
      any: [
        "too many recipients", "too many rcpt",
      ],
      Meaning(.rateLimited, .relay, .newConnection, .pause)),
    ReplyRule("flood", from: "IANA: X.7.28", status: ["7.28"], Meaning(.rateLimited, .domain, .slowDown, .pause)),
    ReplyRule(
      "quota-as-congestion", from: "support.google.com/a/answer/3726730: 550 5.4.5", .permanent, status: ["4.5"],
      Meaning(.rateLimited, .relay, .slowDown, .pause)),
    ReplyRule(
      "congestion-in-a-session", from: "github.com/stalwartlabs/stalwart#1384: 452 4.4.5", .transient, codes: [452],
      status: ["4.5"],
      Meaning(.sessionLimit, .connection, .newConnection)),
  ]
}
