extension ReplyRules {
  /// The name of the address we send from: it never heals by waiting.
  static let reverseDNS: [ReplyRule] = [
    ReplyRule(
      "no-reverse-dns", from: "support.google.com/mail/answer/81126; GMX, Comcast, GoDaddy, Rackspace, Spectrum",
      any: [
        "ptr", "reverse dns|hostname|lookup|host|name|address|record", "rdns",
        "cannot|cant find your hostname|host|reverse", "forward confirmed", "fcrdns", "iprev", "reverse ... dns",
        "no reverse", "cannot resolve your", "hostname ... not match", "rueckwartsauflosung", "inverse dns",
        "reversen dns", "ip name lookup failed", "unverifyable sending", "unresolvable relay host", "invalid rdns",
        "reverse entry", "unable to verify ... hostname",
      ], Meaning(.policy, .domain, .suspectUs))
  ]

  /// Blocklists, reputation, HELO: the address we send from.
  static let reputation: [ReplyRule] = [
    ReplyRule(
      "reverse-dns-status", from: "IANA: X.7.25 (RFC 7372)", status: ["7.25"], Meaning(.policy, .domain, .suspectUs)),
    ReplyRule(
      "helo-rejected", from: "postfix.org: reject_invalid_helo_hostname; rfc-editor.org/rfc/rfc5321 §4.1.4",
      any: [
        "helo ... rejected|invalid|denied|refused|refus*|not|bad|must|mismatch|resolve|name|argument|blocked|listed",
        "ehlo ... rejected|invalid|denied|refused|not|bad|must|mismatch|argument",
        "bad|invalid|illegal|improper|forged helo|ehlo", "helo domain", "helo command", "helo name",
        "helo ehlo argument", "introduce yourself", "invalid hostname", "your helo|ehlo",
      ], unless: ["helo first", "ehlo first", "polite", "dnsbl", "spamhaus", "blacklist*"],
      Meaning(
        .policy, .relay,
        .suspectUs)),
    ReplyRule(
      "not-on-allowlist", from: "support.google.com/a/answer/60752",
      any: [
        "not in whitelist", "not on ... whitelist|allowlist", "not whitelisted", "not in ... allowlist",
        "no third party dsns",
      ],
      unless: ["sender ... recipient"], Meaning(.policy, .domain, .suspectUs)),
    // Links, not addresses, that are listed.
    ReplyRule(
      "listed-link", from: "spamhaus.org: DBL; surbl.org; uribl.com",
      any: [
        "dbl", "surbl", "uribl", "blacklisted url", "url ... listed|blacklist*|blocklist*|blocked",
        "links|urls ... listed|blacklist*", "uri ... listed|black*",
      ],
      Meaning(.contentSpam, .message, .retry, .suspectUs)),
    ReplyRule(
      "blocklisted",
      from: "postfix.org: reject_rbl_client; spamhaus.org, spamcop.net, barracudacentral.org and other lists",
      any: [
        "dnsbl", "dnsbls", "rbl", "rbls", "blacklist*", "blocklist*", "blockliste", "spamhaus", "spamcop", "sorbs",
        "barracudacentral", "senderscore", "cloudmark", "uceprotect", "ivmsip", "abuseat", "cbl", "xbl", "pbl", "sbl",
        "css", "realtime block", "blocked using", "is listed", "listed at|in|on|by|as", "found in|on ... list",
        "our block list", "black list", "block list", "liste noire", "lista negra", "lista nera", "schwarze liste",
        "schwarzen liste", "zwarte lijst", "czarn* list*", "denylist*", "access list", "blocked ... access list",
      ],
      unless: [
        "not listed", "whitelist", "address list", "mailing list", "may be blacklisted", "user unknown", "password",
      ],
      Meaning(.reputationOrBlocklist, .domain, .slowDown, .suspectUs)),
    ReplyRule(
      "reputation", from: "support.google.com/mail/answer/188131; GMX, T-Online, Cisco Talos, Titan, Orange",
      any: [
        "reputation", "bad ip", "bad sender ip", "poor|bad ... score", "sender score", "ip rejected",
        "ip ... blocked|rejected|banned|denied|refused|blacklist*",
        "ip ... bloquee|gesperrt|abusive|suspicious|bloqueada|bloccato",
        "ip address ... blocked|rejected|banned|denied|refused|bloquee|gesperrt|not|is",
        "adresse ip ... bloque*|refuse*|liste*", "blocked|banned|blocking ... ip",
        "network ... blocked|block|banned|rejected", "network ... not allowed",
        "your ip|server|host|network|mailserver|isp|provider ... blocked|rejected|denied|banned",
        "your ip|server|host|network|mailserver|isp|provider ... refused|abuse|spam*|not",
        "host ... blocked|banned|refused|abusive", "host ... not allowed", "client host rejected",
        "client host blocked", "client ... blocked|rejected|denied|refused", "banned sending", "banned sender",
        "banned", "ip based", "domain based", "not authorized to send email directly",
        "smtp relay at your service provider", "smtp server of your isp", "dynamic ip|ips|address|host|hosts", "dialup",
        "residential", "suspected spam sender|ip", "suspicious ip|host|network", "suspicious activity",
        "not allowed to connect", "connection|connections ... accepted|denied|refused|rejected|blocked",
        "connections will not be accepted", "refused to accept your connection", "access to this mail system",
        "your access", "to submit messages", "unsolicited ... originating", "weren ... sent", "messages from ip",
        "mail from ip", "abuse detected", "sending spam", "spam source|sender|sources", "spammer*", "spamming",
        "open proxy", "zombie", "compromised", "botnet", "infected host",
        "geographic* location", "country", "ipv6 ... not|must|guidelines", "from this range",
        "service refuse", "service refused", "go away", "spam rate", "complaint*",
        "refused|rejected|blocked|denied due to abuse", "invalid ip", "access for this ip", "abusive", "abus detecte",
        "not currently accepting mail", "temporarily blocked", "access ... forbidden", "mail ... from ... blocked",
        "not ... accept mail from", "untrusted ip", "new ip",
      ],
      unless: [
        "relaying denied", "service unavailable try", "lost connection", "connection refused while",
        "connection timed out", "message expired", "recipient address rejected ... unknown|undeliverable",
        "no such user|recipient|mailbox|address|account", "user|recipient|mailbox|account ... unknown|disabled",
        "content", "password", "command", "attachment*",
      ],
      Meaning(.reputationOrBlocklist, .domain, .slowDown, .suspectUs)),
    ReplyRule(
      "refused-at-connect", from: "RFC 5321 §3.1 (554 greeting)", at: [.connect, .greeting], .permanent,
      codes: [
        521,
        550, 553, 554, 571,
      ], status: ["7.*"],
      Meaning(.reputationOrBlocklist, .domain, .suspectUs)),
  ]
}
