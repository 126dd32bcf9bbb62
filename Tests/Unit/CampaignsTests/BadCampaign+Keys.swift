extension BadCampaign {
  /// What is wrong with keys and values anywhere in the file, and with the incident and the sender.
  static let keys: [BadCampaign] = [
    BadCampaign(
      "authority-not-whole",
      .replace(", reference: LDA-1085.4-123", with: ""),
      expected: """
        campaign.yaml:8:3: missing key "reference" in "incident.authority"; add it, as in reference: LDA-1085.4-123
        """),
    BadCampaign(
      "bad-address",
      .replace(
        "from: Kanzlei-IT Beispiel <support@kanzlei-it.example>",
        with: "from: Kanzlei-IT Beispiel <support@@kanzlei-it.example>"),
      .replace("reply_to: support@kanzlei-it.example", with: "reply_to: sup port@kanzlei-it.example"),
      .replace("email: support@kanzlei-it.example", with: "email: support@kanzlei-it..example"),
      expected: """
        campaign.yaml:10:9: "sender.from" is not an e-mail address: "Kanzlei-IT Beispiel <support@@kanzlei-it.example>" has more than one @; write it as in Name <office@provider.example>
        campaign.yaml:11:13: "sender.reply_to" is not an e-mail address: "sup port@kanzlei-it.example" has a space at character 4; write it as in Name <office@provider.example>
        campaign.yaml:12:58: "sender.contact.email" is not an e-mail address: "support@kanzlei-it..example" has two dots in a row; write it as in office@provider.example
        """),
    BadCampaign(
      "bad-dates",
      .replace("happened: 2026-11-20", with: "happened: 2026-02-30"),
      .replace("discovered: 2026-11-22", with: "discovered: 22.11.2026"),
      .replace("2026-11-22T17:40:00+01:00", with: "2026-11-22"),
      .replace("2026-11-23T16:00:00+01:00", with: "2026-11-23T16:00:00"),
      expected: """
        campaign.yaml:3:13: "incident.happened" is not a date: "2026-02-30"; write year, month and day, as in 2026-11-20
        campaign.yaml:4:15: "incident.discovered" is not a date: "22.11.2026"; write year, month and day, as in 2026-11-20
        campaign.yaml:8:36: "incident.authority.filed" is not a date with time and offset: "2026-11-22"; write it as in 2026-11-23T16:00:00+01:00
        campaign.yaml:29:11: "deadline" lacks its offset from UTC: "2026-11-23T16:00:00"; write it behind the time, as in 2026-11-23T16:00:00+01:00
        """),
    BadCampaign(
      "direction",
      .replace("measures: Der Zugang wurde", with: "measures: Der Zugang \u{202A}wurde\u{202C}"),
      .replace("from: Kanzlei-IT", with: "from: Kanzlei-\u{202E}IT"),
      .replace("name: Support", with: "name: \"\u{2067}Support\u{2069}\""),
      expected: """
        campaign.yaml:7:13: "incident.measures" has \\u{202A}, an invisible character that turns the direction of the writing behind it; remove it
        campaign.yaml:10:9: "sender.from" has \\u{202E}, an invisible character that turns the direction of the writing behind it; remove it
        campaign.yaml:12:19: "sender.contact.name" has \\u{2067}, an invisible character that turns the direction of the writing behind it; remove it
        """),
    BadCampaign(
      "discovered-before-happened",
      .replace("discovered: 2026-11-22", with: "discovered: 2026-11-19"),
      expected: """
        campaign.yaml:4:15: "incident.discovered" (2026-11-19) is before "incident.happened" (2026-11-20); correct one of them
        """),
    BadCampaign(
      "empty-value",
      .replace("data: [Zugangsdaten zu POP3- und IMAP-Postfächern", with: "data: ["),
      .replace("consequences: Fremde können E-Mails gelesen haben", with: "consequences: \"\""),
      .replace("measures: Der Zugang wurde gesperrt", with: "measures:"),
      .replace("limits: [300/h, 5000/d]", with: "limits: ~"),
      expected: """
        campaign.yaml:5:9: "incident.data" is empty; it needs at least one entry, as in [mailbox passwords]
        campaign.yaml:6:17: "incident.consequences" is empty; write a value
        campaign.yaml:7:12: "incident.measures" is empty; write a value
        campaign.yaml:27:13: "relays.limits" must be a list, as in [300/h, 5000/d]
        """),
    BadCampaign(
      "missing-keys",
      .remove(line: "what: Unbefugter Zugriff auf Kundendaten beim Hosting-Lieferanten"),
      .remove(line: "reply_to: support@kanzlei-it.example"),
      .remove(line: "notice_url: https://www.kanzlei-it.example/sicherheit"),
      .remove(line: "url: smtps://relay.kanzlei-it.example:465"),
      .remove(line: "deadline: 2026-11-23T16:00:00+01:00"),
      expected: """
        campaign.yaml:1:1: missing key "what" in "incident"; add it, as in what: Unauthorised access to customer data
        campaign.yaml:1:1: missing key "deadline"; add it, as in deadline: 2026-11-23T16:00:00+01:00
        campaign.yaml:8:1: missing key "notice_url" in "sender"; add it, as in notice_url: https://www.provider.example/notice
        campaign.yaml:19:5: missing key "url" in "relays"; add it, as in url: smtps://relay.provider.example:465
        """),
    BadCampaign(
      "notice-not-https",
      .replace("https://www.kanzlei-it.example/sicherheit", with: "http://www.kanzlei-it.example/sicherheit"),
      expected: """
        campaign.yaml:13:15: "sender.notice_url" must be an https address: "http://www.kanzlei-it.example/sicherheit"; write it as in https://www.provider.example/notice
        """),
    BadCampaign(
      "notice-on-other-domain",
      .replace(
        "https://www.kanzlei-it.example/sicherheit", with: "https://www.kanzlei-it.example.evil.example/sicherheit"),
      expected: """
        campaign.yaml:13:15: "sender.notice_url" is on "www.kanzlei-it.example.evil.example", which is not the sender's domain "kanzlei-it.example" nor below it; a letter that links elsewhere looks like phishing
        """),
    BadCampaign(
      "notice-with-blank",
      .replace("https://www.kanzlei-it.example/sicherheit", with: "https://www.kanzlei-it.example/sicher heit"),
      expected: """
        campaign.yaml:13:15: "sender.notice_url" is not a web address: "https://www.kanzlei-it.example/sicher heit"; write it as in https://www.provider.example/notice, umlauts and blanks in the path percent-encoded
        """),
    BadCampaign(
      "notice-with-password",
      .replace("https://www.kanzlei-it.example/sicherheit", with: "https://admin:hunter2@kanzlei-it.example/"),
      expected: """
        campaign.yaml:13:15: "sender.notice_url" must not hold a user name or a password; remove everything up to the @
        """),
    BadCampaign(
      "placeholder",
      .replace("measures: Der Zugang wurde gesperrt", with: "measures: …"),
      .replace("reference: LDA-1085.4-123", with: "reference: \"...\""),
      .replace("username: eilbrief", with: "username: …"),
      expected: """
        campaign.yaml:7:13: "incident.measures" still holds the placeholder "…"; fill it in
        campaign.yaml:8:74: "incident.authority.reference" still holds the placeholder "..."; fill it in
        campaign.yaml:24:15: "relays.username" still holds the placeholder "…"; fill it in
        """),
    BadCampaign(
      "unknown-key",
      .replace("relays:", with: "relay:"),
      expected: """
        campaign.yaml:21:1: unknown key "relay", did you mean "relays"?
        """),
    BadCampaign(
      "unknown-key-nested",
      .replace("discovered:", with: "discoverd:"),
      .replace("uncertain: hold", with: "colour: blue"),
      expected: """
        campaign.yaml:4:3: unknown key "discoverd", did you mean "discovered"?
        campaign.yaml:30:1: unknown key "colour"; known here: incident, sender, dkim, smime, customers, language, segments, letters, relays, destinations, hours, order, canary, retry, deadline, after_deadline, uncertain, stop_at, retention, release, notify, follows
        """),
    BadCampaign(
      "wrong-type",
      .replace("what: Unbefugter Zugriff auf Kundendaten beim Hosting-Lieferanten", with: "what: [Zugriff]"),
      .replace("data: [Zugangsdaten zu POP3- und IMAP-Postfächern]", with: "data: Zugangsdaten"),
      .replace("{name: Support, phone: +49 89 12345-0, email: support@kanzlei-it.example}", with: "Support"),
      .replace("connections: 8", with: "connections: viele"),
      .replace("limits: [300/h, 5000/d]", with: "limits: 300/h"),
      expected: """
        campaign.yaml:2:9: "incident.what" must be a single value, not a list; put a text that begins with [ or - in quotes
        campaign.yaml:5:9: "incident.data" must be a list, as in [mailbox passwords]
        campaign.yaml:12:12: "sender.contact" must be a group of keys, as in {name: …, phone: …, email: …}
        campaign.yaml:26:18: "relays.connections" must be a whole number from 1 to 64, not "viele"
        campaign.yaml:27:13: "relays.limits" must be a list, as in [300/h, 5000/d]
        """),
  ]
}
