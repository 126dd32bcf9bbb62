extension ReplyRules {
  /// The recipient's address, mailbox and domain. Only words that say so of the recipient; none that could be about us.
  static let recipients: [ReplyRule] = full + domains + dead + disabled

  private static let full: [ReplyRule] = [
    ReplyRule(
      "mailbox-full", from: "RFC 5321 §4.2.3 (552); Gmail, GMX, Orange, Yahoo, Dovecot, Exchange",
      any: [
        "mailbox|inbox|maildir|mailfolder|folder|postfach|boite|casella|buzon|skrzynk*|postbus|caixa|bal ... full|voll|pleine|piena|lleno|pelna|vol|cheia|quota|overquota|saturee|uberfullt|ueberfuellt",
        "mailbox ... exceed*|limit|storage|size|space",
        "user|recipient|account|addr|empfanger|destinataire|destinatario|utente|usuario ... overquota|quota|full",
        "over ... quota", "overquota", "quota exceeded mailbox", "full mailbox", "storage allocation", "out of storage",
        "out of space", "storage ... exceeded|full",
        "disk quota", "quota ... violation", "quota de almacenamiento",
        "speicher* ... uberschritten|voll|erschopft|ausgeschopft|ueberschritten", "too many messages on the server",
        "space ... used up",
        "mailbox exceeds", "blocks limit exceeded", "inode limit", "insufficient ... mailbox", "not enough ... space",
        "topic_overquota*", "insufficient disk space", "quota limit exceeded",
        "quota uberschritten|erreicht|depasse*|superata|excedida|superado", "kwota",
      ],
      unless: [
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
        "num hops", "forwarding loop", "maximum hop", "mailloop", "schleife", "boucle",
        "too many received",
      ], Meaning(.routingOrNetwork, .domain, .retry)),
    ReplyRule(
      "domain-temporarily-not-found", from: "postfix.org: 450 Domain not found", .transient,
      any: [
        "domain ... not found|unknown|exist", "host ... not found|unknown", "host or domain name", "domain failure",
        "no such domain|host", "name service error", "nxdomain", "unrout* address", "no mx", "name or service",
      ], unless: aboutUs, Meaning(.domainNotFound, .domain, .retry)),
    ReplyRule(
      "domain-not-found", from: "postfix.org: reject_unknown_recipient_domain; exim.org; RFC 7505", .permanent,
      any: [
        "domain ... not found", "domain ... unknown", "domain ... not|doesnt exist", "domain doesnt|nonexist*",
        "no such domain|host", "unknown domain|host", "host unknown", "host not found", "host or domain name",
        "domain name not found", "nxdomain", "nonexistent domain", "nonexistentdomain", "unrouteable address",
        "unroutable address", "unrouteable mail domain", "null mx", "nullmx", "no mx|mailserver ... for", "no mx",
        "name or service not known", "find the recipient domain", "bad destination host|system", "invalid domain",
        "dead domain", "does not accept mail", "does not accept email", "domain ... invalid|ungultig|invalide",
        "recipient domain must",
        "domain ... existiert nicht", "domaine ... inconnu|n existe|inexistant|introuvable",
        "dominio ... no existe|inesistente|non esiste|desconocido|inexistente", "domein ... bestaat niet",
        "domen* ... nie istnieje", "mail receiving disabled",
        "host lookup did not complete", "not a valid domain", "tenant or domain not found",
      ],
      unless: aboutUs, Meaning(.domainNotFound, .domain, .retry, .refuseRecipient)),
  ]

  private static let dead: [ReplyRule] = [
    ReplyRule(
      "address-unverified-now", from: "postfix.org: unverified_recipient_defer_code", .transient,
      any: ["unverified address", "undeliverable address"],
      Meaning(.routingOrNetwork, .recipient, .retry)),
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
      "address-dead",
      from: "postfix.org, exim.org, sendmail.org, qmail; Gmail, Yahoo, GMX, Comcast, Zoho, Mail.ru, cPanel", .permanent,
      any: [
        "user|recipient|mailbox|account|address|username|addressee|addr|customer|email|alias|userid|rcpt|id ... unknown|nonexist*|unallocated|unrecognized|unrecognised|inexistent",
        "user|recipient|recipients|mailbox|account|address|username|addressee|addr|email|rcpt|name|alias|id|person ... not|doesnt|dosent|dont|didnt|never ... exist|exists|found|known|recognized|recognised|valid|listed|registered|present",
        "unknown user*|recipient*|account*|mailbox*|address*|local*|email*|rcpt|customer|addressee|virtual",
        "no such user*|recipient*|mailbox*|account*|address*|person|email|customer|id|name|local|alias|users",
        "no mailbox|account|user|recipient|person|addressee|address here|by|found|available|with|named|matching|at|exists|registered",
        "no one|body at|by|here", "no valid mailbox|recipient|recipients", "no account by", "user mailbox not found",
        "not|isnt|aint ... valid|active|known|existing|local|registered|legitimate user|recipient|mailbox|email|address|account|addressee|customer|inbox",
        "not our customer", "is not local", "user not local", "not a user|customer|recipient",
        "invalid recipient*|mailbox*|user*|address*|account*|rcpt|email|local|destination",
        "bad recipient*|mailbox|destination|address|user", "bad destination mailbox",
        "user|recipient|mailbox|account|address|email ... invalid|wrong|misspelled|bad",
        "doesnt|not have ... account|mailbox|here", "address|addr|mailbox|email|account|user no longer",
        "no longer valid|exists|available|used|exist|accepts|accepting|active|in|here", "undeliverable address",
        "undeliverable recipient", "cannot be found|located",
        "mailbox ... unavailable|unavaiable|unavailible", "mailbox not available", "not available mailbox",
        "not found in ... directory|table|database|list", "not in directory|database|list|ldap", "name directory",
        "badrcptto", "validrcptto", "badrecipientto", "address not present",
        "destination ... unknown|invalid|not exist", "recipientnotfound", "exrecipnotfound", "userunknown",
        "user doesnt", "smtp address lookup", "deliver mail to this user", "i cannot deliver mail for",
        "benutzer|empfanger|empfaenger|postfach|adresse|konto|teilnehmer|mailadresse|emailadresse|account|nutzer|mailkonto ... unbekannt|nicht|ungultig*|ungueltig*|existiert|falsch",
        "unbekannter|unbekannte|unbekanntes benutzer|empfanger|empfaenger|nutzer|adresse|postfach|teilnehmer",
        "kein|keine solche*|postfach|benutzer|empfanger|adresse|mailbox",
        "utilisateur|destinataire|adresse|boite|compte|usager|abonne ... inconnu*|invalide|inexistant*|introuvable|existe|errone*",
        "aucun utilisateur|destinataire|compte", "destinataire invalide",
        "usuario|destinatario|buzon|cuenta|direccion|casilla ... desconocid*|existe|invalid*|inexistente|encontrad*",
        "no existe",
        "utente|destinatario|casella|indirizzo ... sconosciut*|inesistente|esiste|valido|valida|trovat*",
        "nessun utente", "utente sconosciuto",
        "gebruiker|ontvanger|postbus|adres|mailbox ... onbekend|bestaat|ongeldig", "onbekende gebruiker|ontvanger",
        "uzytkownik*|odbiorc*|skrzynk*|konto|adres ... nieznan*|istnieje|nieprawidlow*",
        "brak uzytkownika|skrzynki|takiego",
        "usuario|destinatario|caixa ... desconhecid*|nao", "there is no", "such address",
      ],
      unless: aboutUs + [
        "account ... not active|activated", "domain", "command", "parameter*", "syntax", "policy", "not allowed",
        "not permitted", "not authorized", "temporar*", "virus*", "message ... not valid",
        "mailbox name not allowed", "unavailable or access denied", "content", "attachment*", "too large", "rfc",
        "need ... address",
      ],
      Meaning(.addressDead, .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "mailbox-or-access", from: "QQ: 550 Mailbox unavailable or access denied", any: ["mailbox unavailable or access"],
      Meaning(.addressDead, .recipient, .retry)),
    ReplyRule(
      "address-dead-policy-words", from: "Zimbra, Proofpoint: lookups with the word policy or RFC", .permanent,
      status: ["1.*"],
      any: ["not a valid", "invalid address", "user ... unknown|exist", "no such"],
      unless: aboutUs + ["policy error", "domain"], Meaning(.addressDead, .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "address-malformed", from: "RFC 5321 §4.1.2; postfix.org: reject_non_fqdn_recipient", .permanent,
      any: [
        "recipient address rejected need fully", "bad address syntax", "bad recipient address syntax",
        "malformed address", "recipient address syntax", "invalid address syntax", "recipient ... malformed",
      ],
      unless: ["sender*", "helo", "from"], Meaning(.addressDead, .recipient, .retry, .refuseRecipient)),
  ]

  private static let disabled: [ReplyRule] = [
    ReplyRule(
      "mailbox-disabled-for-now", from: "Titan, 163: temporarily suspended",
      any: [
        "incoming ... temporarily suspended", "temporarily inactive", "temporar* locked|disabled|suspended|inactive",
        "vorubergehend gesperrt|deaktiviert", "temporairement desactive*|bloque*",
      ], unless: aboutUs + ["service"],
      Meaning(.mailboxDisabled, .recipient, .retry)),
    ReplyRule(
      "inbound-disabled", from: "community.mimecast.com: SMTP error codes",
      any: ["inbounds disabled", "incoming suspended", "incoming ... suspended"],
      Meaning(.mailboxDisabled, .domain, .retry, .refuseRecipient)),
    ReplyRule(
      "mailbox-disabled", from: "Gmail, Yahoo, Free, La Poste, Mail.ru, Rambler, QQ", .permanent,
      any: [
        "mailbox|recipient|inbox|postfach|boite|casella|buzon|destinataire|empfanger|empfaenger|skrzynk*|addressee ... disabled|inactive|deactivated|suspended|closed|locked|blocked|expired|terminated|frozen|archive*|cancelled|canceled|discontinued|gesperrt|deaktiviert|stillgelegt|desactive*|bloque*|suspendu*|inactif|ferme*|disattivat*|deshabilitad*|geblokkeerd|zablokowan*|inactiva|inaktiv",
        "deactivated mailbox", "disabled mailbox|recipient", "inactive mailbox|recipient",
        "tried to reach ... disabled|inactive|suspended|closed",
        "recipient ... unavailable", "not accepting any mail", "not accepting mail", "no longer accept*",
        "recipient address rejected inactive", "due to inactivity", "enhanced protection",
        "no se puede entregar", "user missing home directory",
      ],
      unless: aboutUs + [
        "policy", "service", "temporar*", "virus*", "message blocked", "system ... not accepting",
        "server ... not accepting", "content",
      ],
      Meaning(.mailboxDisabled, .recipient, .retry, .refuseRecipient)),
    // "Account" and "user" may be ours: they count with a status or with other words of the recipient.
    ReplyRule(
      "account-disabled", from: "Comcast, cPanel, hot.ee: 5.1.1 and 5.2.1", .permanent, status: ["1.1", "2.1", "2.0"],
      any: accountDisabled, unless: aboutUs + ["policy", "temporar*"],
      Meaning(.mailboxDisabled, .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "recipient-account-disabled", from: "Gmail, Mail.ru, 163: 550", .permanent,
      any: accountDisabled,
      and: ["reach", "recipient*", "mailbox", "destinataire", "empfanger", "addressee", "destinatario"],
      unless: aboutUs + ["policy", "temporar*"],
      Meaning(.mailboxDisabled, .recipient, .retry, .refuseRecipient)),
  ]

  private static let accountDisabled: [WordPhrase] = [
    "account|user|email|address ... disabled|inactive|deactivated|closed|expired|discontinued|suspended|locked|terminated|frozen|cancelled|blocked",
    "account|user ... not active|activated|enabled", "account closed",
    "expired|inactive|disabled|suspended account|user",
    "compte|utilisateur ... desactive*|bloque*|suspendu*|ferme*|inactif",
    "konto|benutzer ... gesperrt|deaktiviert|geschlossen|gekundigt|inaktiv",
    "cuenta|usuario ... deshabilitad*|suspendid*|inactiv*|bloquead*",
  ]
}
