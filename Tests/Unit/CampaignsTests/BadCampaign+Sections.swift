extension BadCampaign {
  /// What is wrong within DKIM, customers, segments, letters, relays, retries and retention.
  static let sections: [BadCampaign] = [
    BadCampaign(
      "bad-choice",
      .insert(
        """
            auth: ntlm
            tls: sometimes
        """,
        after: "connections: 8"),
      .replace(
        "uncertain: hold",
        with: """
          uncertain: resent
          release: one
          """),
      expected: """
        campaign.yaml:27:11: "relays.auth" cannot be "ntlm"; it is one of: plain, login, cram-md5, xoauth2
        campaign.yaml:28:10: "relays.tls" cannot be "sometimes"; it is one of: starttls, none
        campaign.yaml:32:12: "uncertain" cannot be "resent", did you mean "resend"?
        campaign.yaml:33:10: "release" cannot be "one"; it is one of: two
        """),
    BadCampaign(
      "bad-pipelining",
      .insert("    pipelining: false", after: "connections: 8"),
      expected: """
        campaign.yaml:27:17: "relays.pipelining" cannot be "false"; it is one of: yes, no
        """),
    BadCampaign(
      "bad-stop-at",
      .replace("uncertain: hold", with: "stop_at: {refused: 120%, of: viele, if: 3, uncertain: 0%}"),
      expected: """
        campaign.yaml:30:20: "stop_at.refused" is not a share: "120%"; write 1% to 100%, as in 20%
        campaign.yaml:30:30: "stop_at.of" is not a number of letters: "viele"; write 1 to 1000000, as in 50
        campaign.yaml:30:37: unknown key "if", did you mean "of"?
        campaign.yaml:30:55: "stop_at.uncertain" is not a share: "0%"; write 1% to 100%, as in 20%
        """),
    BadCampaign(
      "bad-durations",
      .replace("1h*3 4h*6, give_up_after: 4d", with: "1h*x, give_up_after: 4 days"),
      expected: """
        campaign.yaml:28:19: "retry.schedule" is not a list of delays: "30m 1h*x"; write numbers with s, min, h or d, repeated with *, as in 30m 1h*3 4h*6
        campaign.yaml:28:44: "retry.give_up_after" is not a duration: "4 days"; write a number with s, min, h or d, as in 30m or 4d
        """),
    BadCampaign(
      "bad-limits",
      .replace("connections: 8", with: "connections: 65"),
      .replace("limits: [300/h, 5000/d", with: "limits: [300, 0/h, 5000/m, 10/week"),
      expected: """
        campaign.yaml:26:18: "relays.connections" must be a whole number from 1 to 64, not "65"
        campaign.yaml:27:14: "relays.limits": "300" is not a limit; write messages per time in s, min, h or d, as in 300/h or 250/10min
        campaign.yaml:27:19: "relays.limits": "0/h" is not a limit; write 1 to 10000000 messages, as in 300/h or 250/10min
        campaign.yaml:27:24: "relays.limits": "5000/m" is not a limit: "m" could be a minute or a month; write min, as in 300/h or 250/10min
        campaign.yaml:27:32: "relays.limits": "10/week" is not a limit: "week" is no unit of time here; write s, min, h or d, as in 300/h or 10000/7d
        """),
    BadCampaign(
      "bad-relay-url",
      .replace("smtps://relay.kanzlei-it.example:465", with: "https://relay.kanzlei-it.example/"),
      expected: """
        campaign.yaml:23:10: "relays.url" is not a relay's address: "https://relay.kanzlei-it.example/"; write it as smtps://relay.provider.example:465 or smtp://relay.provider.example:587
        """),
    BadCampaign(
      "bad-bounces",
      .append("bounces: {adress: bounce@kanzlei-it.example}"),
      expected: """
        campaign.yaml:31:11: unknown key "adress", did you mean "address"?
        """),
    BadCampaign(
      "bad-bounces-long",
      .append("bounces: {address: letters-that-came-back-from-our-own-customers-xy@kanzlei-it.example}"),
      expected: """
        campaign.yaml:31:20: "bounces.address" has no room for a letter's token: a plus sign and 16 characters are added before its @; write at most 47 characters without quotes there, as in bounce@provider.example
        """),
    BadCampaign(
      "bad-bounces-international",
      .append("bounces: {address: rückläufer@kanzlei-it.example}"),
      expected: """
        campaign.yaml:31:20: "bounces.address" has letters beyond ASCII before its @: every letter would need SMTPUTF8; write it as in bounce@provider.example
        """),
    BadCampaign(
      "bad-retention",
      .append("retention: {purge_after: 3 months, keep: 1d}"),
      expected: """
        campaign.yaml:31:26: "retention.purge_after" is not a number of days: "3 months"; write 1d to 3660d, as in 90d, counted from the campaign's end
        campaign.yaml:31:36: unknown key "keep"; known here: purge_after
        """),
    BadCampaign(
      "columns",
      .replace(
        "company: Firma, contact: E-Mail, mailbox: Postfach, access: Zugang",
        with: "firma: Firma, contact: E-Mail, mailbox: E-Mail"),
      expected: """
        campaign.yaml:16:3: missing key "access" in "customers.columns"; add it, as in access: Zugang
        campaign.yaml:16:31: unknown key "firma"; known here: id, company, salutation, title, first_name, last_name, language, contact, phone, mailbox, access, program
        campaign.yaml:16:71: column "E-Mail" is named for "contact" and for "mailbox"; each field needs a column of its own
        """),
    BadCampaign(
      "dkim-bad-values",
      .append(
        """
        dkim:
          domain: localhost
          selector: letters_2026
          rsa_key_file:
          ed25519_key_fiel: ed.pem
          password: hunter2
        """),
      expected: """
        campaign.yaml:32:11: "dkim.domain" is not a domain: "localhost" has a domain name without a dot
        campaign.yaml:33:13: "dkim.selector" is not a selector: "letters_2026"; write what stands before "._domainkey" in DNS: letters, digits and hyphens, with dots between
        campaign.yaml:34:16: "dkim.rsa_key_file" is empty; write a value
        campaign.yaml:35:3: unknown key "ed25519_key_fiel", did you mean "ed25519_key_file"?
        campaign.yaml:36:3: key "password": passwords do not belong in this file; write it to a file of its own (chmod 600) and name that file with "password_file"
        """),
    BadCampaign(
      "dkim-half",
      .append("dkim: {domain: kanzlei-it.example, rsa_key_file: dkim.pem, ed25519_selector: letters}"),
      expected: """
        campaign.yaml:31:1: missing key "selector" in "dkim"; add it, as in selector: letters
        campaign.yaml:31:1: missing key "ed25519_key_file" in "dkim"; add it, as in ed25519_key_file: dkim-ed25519.pem
        """),
    BadCampaign(
      "dkim-list",
      .append("dkim: [relay]"),
      expected: """
        campaign.yaml:31:7: "dkim" must be a group of keys, as in {domain: provider.example, selector: letters, rsa_key_file: dkim-rsa.pem}
        """),
    BadCampaign(
      "dkim-no-key",
      .append("dkim: {domain: kanzlei-it.example}"),
      expected: """
        campaign.yaml:31:1: "dkim" names no key; add "selector" and "rsa_key_file", as in {domain: provider.example, selector: letters, rsa_key_file: dkim-rsa.pem}
        """),
    BadCampaign(
      "dkim-not-aligned",
      .append("dkim: {domain: mail.kanzlei-it.example, selector: letters, rsa_key_file: dkim.pem}"),
      expected: """
        campaign.yaml:31:16: "dkim.domain" is "mail.kanzlei-it.example", which is not the sender's domain "kanzlei-it.example" nor one above it; DMARC would not count the signature
        """),
    BadCampaign(
      "dkim-one-selector",
      .append(
        """
        dkim:
          domain: kanzlei-it.example
          selector: letters
          rsa_key_file: rsa.pem
          ed25519_selector: Letters
          ed25519_key_file: ed.pem
        """),
      expected: """
        campaign.yaml:35:21: both keys have the selector "letters"; DNS has one key under a name, give each its own
        """),
    BadCampaign(
      "dkim-word",
      .append("dkim: none"),
      expected: """
        campaign.yaml:31:7: "dkim" cannot be "none"; write "relay" where the relay signs, or a group of keys, as in {domain: provider.example, selector: letters, rsa_key_file: dkim-rsa.pem}
        """),
    BadCampaign(
      "letters",
      .replace(
        "  central-inbox: {phone: Anpassung des zentralen Posteingangs}",
        with: """
          letters:
            breach-notice: everybody
            ../notice: all
            password-change: [e2e]
            reminder: [e2e, e2ee, e2e]
            survey: []
          """),
      expected: """
        campaign.yaml:21:18: "letters.breach-notice" must be "all" or a list of segments, as in {breach-notice: all} or {breach-notice: [imap, e2e]}, not "everybody"
        campaign.yaml:22:3: "letters" must name a folder of "templates" in letters, digits, - and _, not "../notice"
        campaign.yaml:23:3: the letter "password-change" is what a segment asks for with "letter"; here belong letters without servers, for whole segments
        campaign.yaml:24:19: "e2ee" is not one of the segments, did you mean "e2e"?
        campaign.yaml:24:25: the segment "e2e" is there twice; keep one of them
        campaign.yaml:25:11: "letters.survey" is empty; it needs at least one entry, as in {breach-notice: all} or {breach-notice: [imap, e2e]}
        """),
    BadCampaign(
      "letters-list",
      .replace("  central-inbox: {phone: Anpassung des zentralen Posteingangs}", with: "letters: [breach-notice]"),
      expected: """
        campaign.yaml:20:10: "letters" must be a group of keys, as in {breach-notice: all} or {breach-notice: [imap, e2e]}
        """),
    BadCampaign(
      "mail-servers",
      .replace(
        "  imap: {letter: password-change, incoming: imap.kanzlei-it.example:993, outgoing: smtp.kanzlei-it.example:465}",
        with: """
            imap: {letter: password-change, incoming: imap.kanzlei-it.example:465, outgoing: smtp.kanzlei-it.example:25}
            a: {letter: l, incoming: imap.kanzlei-it.example:10993, outgoing: smtp.kanzlei-it.example}
            b: {letter: l, incoming: {host: imap.kanzlei-it.example, port: 10993, service: smtp, encryption: ssl}, outgoing: imap.kanzlei-it.example:993}
          """),
      expected: """
        campaign.yaml:18:45: "segments.imap.incoming": port 465 is for outgoing mail; use 993 or 143 (IMAP), 995 or 110 (POP3)
        campaign.yaml:18:84: "segments.imap.outgoing": port 25 is not for mail programs (RFC 8314); use 465, or 587
        campaign.yaml:19:28: "segments.a.incoming": the encryption of port 10993 is not known; write it as {host: imap.kanzlei-it.example, port: 10993, service: imap, encryption: tls}
        campaign.yaml:19:69: "segments.a.outgoing" is not a server with its port: "smtp.kanzlei-it.example"; write it as in smtp.provider.example:465
        campaign.yaml:20:82: "segments.b.incoming.service" must be imap or pop3 here
        campaign.yaml:20:100: "segments.b.incoming.encryption" cannot be "ssl", did you mean "tls"?
        campaign.yaml:20:116: "segments.b.outgoing": port 993 is for incoming mail; use 465, or 587
        """),
    BadCampaign(
      "no-segments",
      .replace(
        """
        segments:
          imap: {letter: password-change, incoming: imap.kanzlei-it.example:993, outgoing: smtp.kanzlei-it.example:465}
          e2e: {none: Ende-zu-Ende-verschlüsselt}
          central-inbox: {phone: Anpassung des zentralen Posteingangs}
        """, with: "segments: {}"),
      expected: """
        campaign.yaml:17:11: "segments" is empty; every value of the access column needs its entry
        """),
    BadCampaign(
      "password-file-alone",
      .remove(line: "username: eilbrief"),
      expected: """
        campaign.yaml:24:5: "relays.password_file" has no use without "username"; add it
        """),
    BadCampaign(
      "password-in-clear",
      .replace("smtps://relay.kanzlei-it.example:465", with: "smtp://relay.kanzlei-it.example"),
      .replace("connections: 8", with: "tls: none"),
      expected: """
        campaign.yaml:24:15: without TLS the password would cross the network in clear; use TLS, or "auth: cram-md5"
        """),
    BadCampaign(
      "password-in-file",
      .replace("password_file: relay-password", with: "password: hunter2"),
      expected: """
        campaign.yaml:25:5: key "password": passwords do not belong in this file; write it to a file of its own (chmod 600) and name that file with "password_file"
        """),
    BadCampaign(
      "password-in-url",
      .replace("smtps://relay.kanzlei-it.example:465", with: "smtps://eilbrief:hunter2@relay.kanzlei-it.example:465"),
      expected: """
        campaign.yaml:23:10: "relays.url" must not hold a user name or a password; write them as "username" and "password_file"
        """),
    BadCampaign(
      "segments",
      .replace(
        "  e2e: {none: Ende-zu-Ende-verschlüsselt}",
        with: """
            e2e: {none: Ende-zu-Ende-verschlüsselt, phone: auch}
            mx: {}
            web: {none: Eigener Server, incoming: imap.kanzlei-it.example:993}
            pop3: {letter: ../pop3, incoming: pop3.kanzlei-it.example:995}
          """),
      expected: """
        campaign.yaml:19:3: "segments.e2e" needs exactly one of letter, phone or none, but has phone and none
        campaign.yaml:20:3: "segments.mx" needs exactly one of letter, phone or none, but has none of them
        campaign.yaml:21:31: "segments.web.incoming" belongs to a letter only; remove it
        campaign.yaml:22:3: missing key "outgoing" in "segments.pop3"; add it, as in outgoing: smtp.provider.example:465
        campaign.yaml:22:18: "segments.pop3.letter" must name a folder of "templates" in letters, digits, - and _, not "../pop3"
        """),
    BadCampaign(
      "tls-contradiction",
      .insert("    tls: none", after: "connections: 8"),
      expected: """
        campaign.yaml:27:10: "relays.tls" cannot be "none" with smtps, which is TLS from the start; remove it, or write smtp:// in "relays.url"
        """),
    BadCampaign(
      "two-relays-one-name",
      .insert("  - {name: main, url: \"smtp://relay2.kanzlei-it.example:587\"}", after: "limits: [300/h, 5000/d]"),
      expected: """
        campaign.yaml:28:12: two relays have the name "main"; a name is what receipts and limits go by, give each its own
        """),
    BadCampaign(
      "username-alone",
      .remove(line: "password_file: relay-password"),
      expected: """
        campaign.yaml:22:5: missing key "password_file" in "relays"; add it, as in password_file: relay-password
        """),
  ]
}
