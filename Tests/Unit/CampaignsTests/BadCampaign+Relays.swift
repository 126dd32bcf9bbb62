extension BadCampaign {
  /// What is wrong in how a relay is reached, greeted and logged in to.
  static let relays: [BadCampaign] =
    [
      ("helo-localhost", "localhost", "it has a domain name without a dot"),
      ("helo-short", "mail", "it has a domain name without a dot"),
      ("helo-local", "mail.local", "no relay can know a name below \"local\""),
      ("helo-underscore", "my_host.kanzlei-it.example", "a host name has no underscore"),
      ("helo-address", "192.0.2.1", "an IP address stands in brackets, as in [192.0.2.1]"),
      ("helo-address-6", "2001:DB8::1", "an IP address stands in brackets, as in [IPv6:2001:db8::1]"),
      (
        "helo-literal", "\"[2001:db8::1]\"",
        "it is no IP address in brackets, as in [192.0.2.1] or [IPv6:2001:db8::1]"
      ),
    ].map { name, value, reason in
      BadCampaign(
        name, .replace("connections: 8", with: "helo: \(value)"),
        expected: """
          campaign.yaml:26:11: "relays.helo" is not a name for EHLO: "\(value.replacing("\"", with: ""))": \(reason); write this machine's full name or its address, as in mail.provider.example or [192.0.2.1]
          """)
    } + logins + ports

  private static let logins: [BadCampaign] = [
    BadCampaign(
      "token-without-xoauth2",
      .replace("password_file: relay-password", with: "token_file: relay.token"),
      expected: """
        campaign.yaml:25:5: "relays.token_file" has a use with "auth: xoauth2" only; add that
        """),
    BadCampaign(
      "xoauth2-with-password",
      .replace("connections: 8", with: "auth: xoauth2"),
      expected: """
        campaign.yaml:25:5: "relays.password_file" has no use with "auth: xoauth2", which logs in with a token; name "token_file" or "token_command" instead
        """),
    BadCampaign(
      "xoauth2-without-token",
      .replace("password_file: relay-password", with: "auth: xoauth2"),
      expected: """
        campaign.yaml:22:5: missing key "token_file" in "relays"; add it, as in token_file: relay.token
        """),
    BadCampaign(
      "two-tokens",
      .replace("password_file: relay-password", with: "auth: xoauth2"),
      .replace("connections: 8", with: "token_file: relay.token"),
      .replace("limits: [300/h, 5000/d]", with: "token_command: [/usr/local/bin/relay-token]"),
      expected: """
        campaign.yaml:27:5: "relays.token_command" and "token_file" both give the token; keep one of them
        """),
    BadCampaign(
      "token-command-line",
      .replace("password_file: relay-password", with: "auth: xoauth2"),
      .replace("connections: 8", with: "token_command: relay-token --account support | head -1"),
      expected: """
        campaign.yaml:26:20: "relays.token_command" must be a list of the program and its arguments, as in [/usr/local/bin/relay-token, --account, support]: no shell reads it. For one line of shell write [/bin/sh, -c, "…"]
        """),
    BadCampaign(
      "token-command-empty",
      .replace("password_file: relay-password", with: "auth: xoauth2"),
      .replace("connections: 8", with: "token_command: []"),
      expected: """
        campaign.yaml:26:20: "relays.token_command" is empty; it needs at least one entry, as in [/usr/local/bin/relay-token, --account, support]
        """),
    BadCampaign(
      "token-alone",
      .remove(line: "username: eilbrief"),
      .replace("password_file: relay-password", with: "token_file: relay.token"),
      expected: """
        campaign.yaml:24:5: "relays.token_file" has no use without "username"; add it
        """),
    BadCampaign(
      "token-in-clear",
      .replace("smtps://relay.kanzlei-it.example:465", with: "smtp://relay.kanzlei-it.example"),
      .replace("password_file: relay-password", with: "token_file: relay.token"),
      .replace("connections: 8", with: "tls: none"),
      .replace("limits: [300/h, 5000/d]", with: "auth: xoauth2"),
      expected: """
        campaign.yaml:24:15: without TLS the token would cross the network in clear; use TLS
        """),
    BadCampaign(
      "token-in-file",
      .replace("password_file: relay-password", with: "token: ya29.vF9dft4q"),
      .replace("connections: 8", with: "auth: xoauth2"),
      expected: """
        campaign.yaml:25:5: key "token": tokens do not belong in this file; write it to a file of its own (chmod 600) and name that file with "token_file", or name a program that prints it with "token_command"
        """),
    BadCampaign(
      "username-control",
      .replace("username: eilbrief", with: "username: \"anna\\u0001auth=Bearer x\""),
      expected: """
        campaign.yaml:24:15: "relays.username" has \\u{1}, a control character; write it again without
        """),
  ]

  private static let ports: [BadCampaign] = [
    BadCampaign(
      "relay-port-smtp-relay-kanzlei-it-example-465",
      .replace("smtps://relay.kanzlei-it.example:465", with: "smtp://relay.kanzlei-it.example:465"),
      expected: """
        campaign.yaml:23:10: "relays.url": port 465 is for TLS from the start, which smtp:// does not begin with; write smtps://relay.kanzlei-it.example:465
        """),
    BadCampaign(
      "relay-port-smtp-relay-kanzlei-it-example-2465",
      .replace("smtps://relay.kanzlei-it.example:465", with: "smtp://relay.kanzlei-it.example:2465"),
      expected: """
        campaign.yaml:23:10: "relays.url": port 2465 is for TLS from the start, which smtp:// does not begin with; write smtps://relay.kanzlei-it.example:2465
        """),
    BadCampaign(
      "relay-port-smtps-relay-kanzlei-it-example-25",
      .replace("smtps://relay.kanzlei-it.example:465", with: "smtps://relay.kanzlei-it.example:25"),
      expected: """
        campaign.yaml:23:10: "relays.url": port 25 begins without TLS and goes on with STARTTLS; write smtp://relay.kanzlei-it.example:25
        """),
    BadCampaign(
      "relay-port-smtps-relay-kanzlei-it-example-587",
      .replace("smtps://relay.kanzlei-it.example:465", with: "smtps://relay.kanzlei-it.example:587"),
      expected: """
        campaign.yaml:23:10: "relays.url": port 587 begins without TLS and goes on with STARTTLS; write smtp://relay.kanzlei-it.example:587
        """),
    BadCampaign(
      "relay-port-smtps-relay-kanzlei-it-example-2525",
      .replace("smtps://relay.kanzlei-it.example:465", with: "smtps://relay.kanzlei-it.example:2525"),
      expected: """
        campaign.yaml:23:10: "relays.url": port 2525 begins without TLS and goes on with STARTTLS; write smtp://relay.kanzlei-it.example:2525
        """),
    BadCampaign(
      "relay-port-smtps-relay-kanzlei-it-example-2587",
      .replace("smtps://relay.kanzlei-it.example:465", with: "smtps://relay.kanzlei-it.example:2587"),
      expected: """
        campaign.yaml:23:10: "relays.url": port 2587 begins without TLS and goes on with STARTTLS; write smtp://relay.kanzlei-it.example:2587
        """),
    BadCampaign(
      "relay-port-smtp-relay-kanzlei-it-example-993",
      .replace("smtps://relay.kanzlei-it.example:465", with: "smtp://relay.kanzlei-it.example:993"),
      expected: """
        campaign.yaml:23:10: "relays.url": port 993 is for IMAP, where no letter is taken; write smtp://relay.kanzlei-it.example:587, or smtps://relay.kanzlei-it.example:465 if the relay has that
        """),
    BadCampaign(
      "relay-port-smtps-relay-kanzlei-it-example-993",
      .replace("smtps://relay.kanzlei-it.example:465", with: "smtps://relay.kanzlei-it.example:993"),
      expected: """
        campaign.yaml:23:10: "relays.url": port 993 is for IMAP, where no letter is taken; write smtps://relay.kanzlei-it.example:465, or smtp://relay.kanzlei-it.example:587 if the relay has that
        """),
    BadCampaign(
      "relay-port-smtps-relay-kanzlei-it-example-995",
      .replace("smtps://relay.kanzlei-it.example:465", with: "smtps://relay.kanzlei-it.example:995"),
      expected: """
        campaign.yaml:23:10: "relays.url": port 995 is for POP3, where no letter is taken; write smtps://relay.kanzlei-it.example:465, or smtp://relay.kanzlei-it.example:587 if the relay has that
        """),
    BadCampaign(
      "relay-port-smtp-relay-kanzlei-it-example-143",
      .replace("smtps://relay.kanzlei-it.example:465", with: "smtp://relay.kanzlei-it.example:143"),
      expected: """
        campaign.yaml:23:10: "relays.url": port 143 is for IMAP, where no letter is taken; write smtp://relay.kanzlei-it.example:587, or smtps://relay.kanzlei-it.example:465 if the relay has that
        """),
    BadCampaign(
      "relay-port-smtp-relay-kanzlei-it-example-110",
      .replace("smtps://relay.kanzlei-it.example:465", with: "smtp://relay.kanzlei-it.example:110"),
      expected: """
        campaign.yaml:23:10: "relays.url": port 110 is for POP3, where no letter is taken; write smtp://relay.kanzlei-it.example:587, or smtps://relay.kanzlei-it.example:465 if the relay has that
        """),
    BadCampaign(
      "relay-port-smtps-relay-kanzlei-it-example-24",
      .replace("smtps://relay.kanzlei-it.example:465", with: "smtps://relay.kanzlei-it.example:24"),
      expected: """
        campaign.yaml:23:10: "relays.url": port 24 is for LMTP, where no letter is taken; write smtps://relay.kanzlei-it.example:465, or smtp://relay.kanzlei-it.example:587 if the relay has that
        """),
    BadCampaign(
      "relay-port-smtp-2001-DB8--1-465",
      .replace("smtps://relay.kanzlei-it.example:465", with: "smtp://[2001:DB8::1]:465"),
      expected: """
        campaign.yaml:23:10: "relays.url": port 465 is for TLS from the start, which smtp:// does not begin with; write smtps://[2001:db8::1]:465
        """),
  ]
}
