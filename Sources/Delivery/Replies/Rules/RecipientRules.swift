extension ReplyRules {
  /// The recipient's address, mailbox and domain. Only words that say so of the recipient; none that could be about us.
  static let recipients: [ReplyRule] = full + domains + dead + disabled + accountAtRecipient

  private static let full: [ReplyRule] = [
    ReplyRule(
      "mailbox-full", from: "RFC 5321 §4.2.3 (552); Gmail, GMX, Orange, Yahoo, Dovecot, Exchange",
      any: [
        "@container ... @full", "@container ... exceed*|limit|storage|size|space",
        "user|recipient|account|addr|empfanger|destinataire|destinatario|utente|usuario ... overquota|quota|full",
        "over ... quota", "overquota", "quota exceeded mailbox", "full mailbox", "storage allocation",
        "out of storage|space", "storage ... exceeded|full", "allowed storage", "disk quota", "quota ... violation",
        "quota de almacenamiento", "speicher* ... uberschritten|voll|erschopft|ausgeschopft|ueberschritten",
        "too many messages on the server", "zuviele mails auf dem server", "space ... used up", "blocks limit exceeded",
        "inode limit", "insufficient ... mailbox", "not enough ... space", "have enough ... space",
        "insufficient disk space",
        "topic_overquota*", "quota limit exceeded", "quota uberschritten|erreicht|depasse*|superata|excedida|superado",
        "kwota",
      ],
      unless: [
        "your mailbox|quota|limit|account", "cannot|cant send", "today", "tomorrow", "daily", "hourly",
        "sending", "sender*", "relay*", "outgoing", "submission*", "message size", "message too", "system storage",
        "system resources", "message quota",
      ],
      Meaning(.mailboxFull, .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "quota-of-whom", from: "IONOS, Gmail: 550 Quota exceeded", any: ["quota exceeded", "exceed* ... quota", "quota"],
      unless: ["sending"],
      Meaning(.mailboxFull, .recipient, .retry)),
  ]

  private static let domains: [ReplyRule] = [
    ReplyRule(
      "loop", from: "RFC 5321 §6.3; exchange, improvmx.com",
      any: [
        "mail loop", "loop* back", "routing loop", "loop detected", "hop count", "too many hops", "many hops",
        "num hops", "forwarding loop", "maximum hop", "mailloop", "schleife", "boucle", "too many received",
      ], Meaning(.routingOrNetwork, .domain, .retry)),
    ReplyRule(
      "domain-temporarily-not-found", from: "postfix.org: 450 Domain not found", .transient,
      any: [
        "domain ... found|unknown|exist|exists", "host ... found|unknown", "host or domain name", "domain failure",
        "no such domain|host", "name service error", "nxdomain", "unrout* address", "no mx", "name or service",
      ], unless: aboutUs, Meaning(.domainNotFound, .domain, .retry)),
    ReplyRule(
      "domain-not-found", from: "postfix.org: reject_unknown_recipient_domain; exim.org; RFC 7505", .permanent,
      any: [
        "domain ... not found", "domain ... unknown", "domain ... not|doesnt exist", "domain doesnt|nonexist*",
        "no such domain|host", "unknown domain|host", "host unknown", "host not found", "host or domain name",
        "domain name not found", "nxdomain", "nonexist* domain", "nonexistentdomain", "unrouteable address",
        "unroutable address", "unrouteable mail domain", "null mx", "nullmx", "no mx|mailserver ... for", "no mx",
        "name or service not known", "find the recipient domain", "bad destination host|system", "invalid domain",
        "dead domain", "does not accept mail", "does not accept email", "domain ... invalid|ungultig|invalide",
        "recipient domain must", "domain ... existiert nicht", "domaine ... inconnu|existe|inexistant|introuvable",
        "dominio ... existe|inesistente|esiste|desconocido|inexistente", "domein ... bestaat niet",
        "domen* ... nie istnieje", "no mail hosts|host for", "host lookup did not complete", "not a valid domain",
        "tenant or domain not found", "illegal host", "find any|a host by|named",
        "indicated no smtp service", "domain not used for mail|email",
      ],
      unless: aboutUs + ["accept mail|email from|in|with|to|over|on|larger"],
      Meaning(.domainNotFound, .domain, .retry, .refuseRecipient)),
  ]

  private static let dead: [ReplyRule] = [
    ReplyRule(
      "address-unverified-now", from: "postfix.org: unverified_recipient_defer_code", .transient,
      any: ["unverified address", "undeliverable address"],
      Meaning(.routingOrNetwork, .recipient, .retry)),
    ReplyRule(
      "reserved-domain", from: "RFC 2606; Exchange: 5.1.5", .permanent, any: ["reserved by rfc"], unless: aboutUs,
      Meaning(.addressDead, .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "no-recipients-left", from: "RFC 5321 §3.3 (554 No valid recipients at DATA)", at: [.data, .final],
      any: ["no valid recipients", "need rcpt", "no recipients"],
      Meaning(.syntaxOrProtocol, .relay, .retry, .suspectUs)),
    ReplyRule(
      "address-moved", from: "RFC 5321 §4.2.3 (551); IANA: X.1.6", .permanent,
      any: [
        "has moved", "user moved", "address ... changed|replaced", "replaced by", "moved ... to addr|addr",
        "not local ... try", "neue adresse", "nouvelle adresse", "no longer with|works|employed|here",
      ], unless: aboutUs,
      Meaning(.addressDead, .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "unavailable-as-disabled", from: "interia.pl: 550 5.2.1 Mailbox not available", .permanent, status: ["2.1"],
      any: ["mailbox unavailable", "mailbox not available"], unless: aboutUs + ["policy", "virus*", "content"],
      Meaning(.mailboxDisabled, .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "address-dead",
      from: "postfix.org, exim.org, sendmail.org, qmail; Gmail, Yahoo, GMX, Comcast, Zoho, Mail.ru, cPanel", .permanent,
      any: [
        "@holder ... @unknown", "@holder ... @not ... @exist",
        "email|person|mailbox ... @not ... exist|exists|found|known", "email ... @unknown",
        "unknown @holder|local*|email*|virtual|mailbox", "unknown or illegal",
        "no such @holder|person|email|id|name|local|mail", "no such virtual|local|mail|email @holder",
        "no @holder|person ... here|by|found|available|with|named|matching|at|exists|registered|for",
        "no one at|by|here|with", "no valid recipient|recipients|mailbox", "no mailbox",
        "@not ... valid|active|known|existing|local|legitimate|recognised|recognized @holder|email|inbox",
        "not our customer", "is not local",
        "user not local", "not a member of", "recipient|address ... cannot be verified",
        "invalid|bad @holder|email|local|destination",
        "@holder ... invalid|wrong|misspelled|bad", "email ... invalid|misspelled", "recipient ... incorrect",
        "doesnt|not have ... account|mailbox", "@holder no longer", "email no longer",
        "no longer valid|exists|available|used|exist|active|in|here",
        "undeliverable address|recipient", "@holder cannot be found|located",
        "mailbox ... unavailable|unavaiable|unavailible", "not available mailbox", "mailbox not available",
        "mailbox is not available", "unavailable mailbox", "address|recipient does not receive mail|email|messages",
        "not found|listed in ... directory|table|database|list|book", "not present in directory",
        "addresses ... not found", "not in directory|database|list|ldap", "name directory",
        "badrcptto", "validrcptto", "badrecipientto", "destination ... unknown|invalid", "unknown destination",
        "destination ... not exist",
        "recipientnotfound", "exrecipnotfound", "userunknown", "user doesnt", "smtp address lookup", "mail drop",
        "deliver mail to this user", "i cannot deliver mail for", "handle mail for that user", "address is not handled",
        "@holder-de ... unbekannt|nicht|ungultig*|ungueltig*|existiert|falsch",
        "unbekannter|unbekannte|unbekanntes @holder-de", "kein|keine @holder-de|mailbox|solche*",
        "@holder-fr ... inconnu*|invalide|inexistant*|introuvable|existe|errone*", "aucun @holder-fr",
        "@holder-es ... desconocid*|desconhecid*|existe|invalid*|inexistente|encontrad*|nao|errad*", "no existe",
        "nadie con esta direccion",
        "@holder-it ... sconosciut*|inesistente|esiste|valido|valida|trovat*|errat*", "nessun utente",
        "riuscito a trovare",
        "@holder-nl ... onbekend|bestaat|ongeldig", "onbekende gebruiker|ontvanger",
        "@holder-pl ... nieznan*|istnieje|nieprawidlow*", "nie ma takiego", "naslov ne obstaja",
        "brak uzytkownika|skrzynki|takiego",
        "there is no ... @holder|person|one", "such address", "does no exist|exists", "dont|doesnt exist* that @holder",
        "not user of this|our", "unavailable mail user|mailbox", "final delivery user|point", "final email delivery",
        "unable to find alias|user|mailbox|recipient|account", "my list of allowed recipients",
        "not known at this site", "not exist here", "illegal alias|recipient", "no email address registered",
        "unrecognized|unrecognised recipient|address|mailbox", "unregistered address|recipient",
      ],
      unless: aboutUs + [
        "account ... not active|activated", "domain", "command", "parameter*", "syntax", "policy", "not allowed",
        "not permitted", "not authorized", "temporar*", "virus*", "message ... not valid", "mailbox name not allowed",
        "local user only", "unavailable or access denied", "content", "attachment*", "too large", "rfc",
        "account|mailbox|user is disabled|suspended|locked|inactive", "at the|this moment",
        "currently unavailable|not", "no longer accept*", "path", "enough ... space",
        "receive mail|email|messages from|in|with|over|larger",
        "need ... address",
        "not unique", "several|multiple matches", "ambiguous",
      ],
      Meaning(.addressDead, .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "unknown-to-a-program", from: "exim.org: unknown local-part \"k\" in domain; postfix.org: pipe(8)", .permanent,
      any: ["unknown local part", "user unknown command output"], unless: aboutUs,
      Meaning(.addressDead, .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "mailbox-or-access", from: "QQ: 550 Mailbox unavailable or access denied",
      any: ["mailbox unavailable or access"], Meaning(.addressDead, .recipient, .retry)),
    ReplyRule(
      "address-dead-policy-words", from: "Zimbra, Proofpoint: lookups with the word policy or RFC", .permanent,
      status: ["1.*"],
      any: ["not a valid", "invalid address", "user ... unknown|exist", "no such"],
      unless: aboutUs + [
        "policy error", "domain",
      ], Meaning(.addressDead, .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "not-a-member", from: "github.com/twisted1919/bounce-handler: User not a member of domain", .permanent,
      any: ["user|account|recipient not a member of"], unless: aboutUs,
      Meaning(.addressDead, .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "address-syntax", from: "IANA: X.1.3", .permanent, status: ["1.3"],
      any: ["syntax", "malformed", "invalid", "bad"],
      unless: aboutUs, Meaning(.addressDead, .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "address-malformed", from: "RFC 5321 §4.1.2; postfix.org: reject_non_fqdn_recipient", .permanent,
      any: [
        "recipient address rejected need fully", "bad address syntax", "bad recipient address syntax",
        "malformed address", "recipient address syntax", "invalid address syntax", "recipient ... malformed",
      ],
      unless: ["sender*", "helo", "from", "may not follow"], Meaning(.addressDead, .recipient, .retry, .refuseRecipient)
    ),
  ]

  private static let disabled: [ReplyRule] = [
    ReplyRule(
      "mailbox-disabled-for-now", from: "Titan, 163: temporarily suspended",
      any: [
        "incoming ... temporarily suspended", "temporarily inactive", "temporar* locked|disabled|suspended|inactive",
        "vorubergehend gesperrt|deaktiviert", "temporairement desactive*|bloque*", "domain ... suspended",
      ],
      unless: [
        "sender*", "your account|domain", "relay*", "sending", "outgoing", "@refused ip", "service ... unavailable",
      ],
      Meaning(.mailboxDisabled, .recipient, .retry)),
    ReplyRule(
      "inbound-disabled", from: "community.mimecast.com: SMTP error codes",
      any: [
        "inbounds disabled", "incoming suspended", "incoming ... suspended",
      ], Meaning(.mailboxDisabled, .domain, .retry, .refuseRecipient)),
    ReplyRule(
      "mailbox-disabled", from: "Gmail, Yahoo, Free, La Poste, Mail.ru, Rambler, QQ", .permanent,
      any: [
        "@mailbox ... @off", "deactivated|disabled|inactive mailbox|recipient", "tried to reach ... @off",
        "recipient ... unavailable", "recipient suspend*", "not accepting any mail", "not accepting mail",
        "not ... accepted for this mailbox|recipient|user|address", "no longer accept*",
        "recipient address rejected inactive", "due to inactivity", "enhanced protection", "missing home directory",
        "mail receiving disabled",
      ],
      unless: aboutUs + [
        "policy", "service ... unavailable|available", "temporar*", "virus*", "message blocked",
        "system ... not accepting", "server ... not accepting", "content",
      ],
      Meaning(.mailboxDisabled, .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "account-or-policy", from: "X.7.1 with an account: whose is not said", .permanent, status: ["7.*", "3.*", "5.*"],
      any: accountDisabled, Meaning(.policy, .domain, .suspectUs)),
    // "Account" and "user" may be ours: they count with a status or with other words of the recipient.
    ReplyRule(
      "account-disabled", from: "Comcast, cPanel, hot.ee: 5.1.1 and 5.2.1", .permanent, status: ["1.1", "2.1", "2.0"],
      any: accountDisabled, unless: aboutUs + ["policy", "temporar*"],
      Meaning(
        .mailboxDisabled, .recipient, .retry,
        .refuseRecipient)),
    ReplyRule(
      "recipient-account-disabled", from: "Gmail, Mail.ru, 163: 550", .permanent,
      any: accountDisabled,
      and: [
        "reach", "delivered", "recipient*", "mailbox", "destinataire", "empfanger", "addressee", "destinatario",
      ], unless: aboutUs + ["policy", "temporar*"],
      Meaning(.mailboxDisabled, .recipient, .retry, .refuseRecipient)),
  ]

  // At RCPT the account is that of the address asked for, unless the reply says otherwise (above).
  private static let accountAtRecipient: [ReplyRule] = [
    ReplyRule(
      "account-disabled-at-rcpt", from: "163, cPanel, wp.pl, Libero: 550 at RCPT", at: [.rcpt], .permanent,
      any: accountDisabled + ["account ... unavailable", "indirizzo ... bloccato", "casilla ... expirado"],
      unless: aboutUs + ["policy", "your", "temporar*", "relay*"],
      Meaning(.mailboxDisabled, .recipient, .retry, .refuseRecipient))
  ]

  private static let accountDisabled: [WordPhrase] = [
    "account|accounts|user|email|address ... @off", "account|user ... not active|activated|enabled", "account closed",
    "expired|inactive|disabled|suspended account|user", "compte|utilisateur ... @off", "konto|benutzer ... @off",
    "cuenta|usuario ... @off", "konto ... geschlossen|gekundigt",
  ]
}
