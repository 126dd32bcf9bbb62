extension BadCampaign {
  /// What is wrong in limits, destinations, hours, order and canary.
  static let pace: [BadCampaign] =
    [
      BadCampaign(
        "limits-by-the-clock",
        .replace(
          "limits: [300/h, 5000/d]",
          with: """
            limits:
                  - 5000/day@00:00
                  - 5000/day@25:00 Europe/Berlin
                  - 5000/day@:15 Europe/Berlin
                  - 5000/day@00:00 Europe/Berlni
                  - 300/hour@15
                  - 100/min@00:00 UTC
                  - 5.000/d
                  - 400/0h
                  - 99999999999999999999/h
                  - 99.999.999.999.999.999.999/h
                  - 20.000.000/d
                  - 300/99999999999999999999h
            """),
        expected: """
          campaign.yaml:28:9: "relays.limits": "5000/day@00:00" lacks the time zone of the host's clock; write it behind the time, as in 5000/day@00:00 Europe/Berlin, or set "sender.time_zone"
          campaign.yaml:29:9: "relays.limits": "5000/day@25:00 Europe/Berlin": behind the @ stands the time at which the day begins, 00:00 to 23:59, as in 5000/day@00:00 Europe/Berlin
          campaign.yaml:30:9: "relays.limits": "5000/day@:15 Europe/Berlin": behind the @ stands the time at which the day begins, 00:00 to 23:59, as in 5000/day@00:00 Europe/Berlin
          campaign.yaml:31:9: "relays.limits": "5000/day@00:00 Europe/Berlni": "Europe/Berlni" is not a time zone, did you mean "Europe/Berlin"?
          campaign.yaml:32:9: "relays.limits": "300/hour@15": behind the @ stands the minute at which each hour begins, as in 300/hour@:15
          campaign.yaml:33:9: "relays.limits": "100/min@00:00 UTC": only windows of one hour or one day begin by the clock; write as in 5000/day@00:00 Europe/Berlin or 300/hour@:15, or leave out what is behind the @
          campaign.yaml:34:9: "relays.limits": "5.000/d" is not a limit; write the number without separators, as in 5000/h
          campaign.yaml:35:9: "relays.limits": "400/0h" is not a limit; its time is from 1s to 366d, as in 300/h or 250/10min
          campaign.yaml:36:9: "relays.limits": "99999999999999999999/h" is not a limit; write 1 to 10000000 messages, as in 300/h or 250/10min
          campaign.yaml:37:9: "relays.limits": "99.999.999.999.999.999.999/h" is not a limit; write 1 to 10000000 messages, as in 300/h or 250/10min
          campaign.yaml:38:9: "relays.limits": "20.000.000/d" is not a limit; write 1 to 10000000 messages, as in 300/h or 250/10min
          campaign.yaml:39:9: "relays.limits": "300/99999999999999999999h" is not a limit; its time is from 1s to 366d, as in 300/h or 250/10min
          """),
      BadCampaign(
        "limits-contradict",
        .replace("limits: [300/h, 5000/d]", with: "limits: [300/h, 300/60min, 200 per hour]"),
        expected: """
          campaign.yaml:27:32: "relays.limits": "200 per hour" contradicts 300/h, a limit for the same time; keep the one that the host names
          """),
      BadCampaign(
        "wrong-zone-is-said-once",
        .replace("contact: {", with: "time_zone: CET\n  contact: {"),
        .replace("limits: [300/h, 5000/d]", with: "limits: [5000/day@00:00]"),
        .append("hours: 07:00-20:00"),
        expected: """
          campaign.yaml:12:14: "sender.time_zone" is not a time zone: "CET"; write it as in Europe/Berlin
          """),
      BadCampaign(
        "count-and-spread",
        .replace("connections: 8", with: "count: refused"),
        .insert("    spread: maybe\n    per_connection: 0", after: "limits: [300/h, 5000/d]"),
        expected: """
          campaign.yaml:26:12: "relays.count" cannot be "refused"; it is one of: accepted, attempts
          campaign.yaml:28:13: "relays.spread" cannot be "maybe"; it is one of: yes, no
          campaign.yaml:29:21: "relays.per_connection" must be a whole number from 1 to 100000, not "0"
          """),
      BadCampaign(
        "count-without-limits",
        .replace("limits: [300/h, 5000/d]", with: "count: attempts\n    spread: yes"),
        expected: """
          campaign.yaml:27:12: "relays.count" has no use without "limits"; add them
          campaign.yaml:28:13: "relays.spread" has no use without "limits"; add them
          """),
      BadCampaign(
        "destinations",
        .append(
          """
          destinations:
            gmail.com: [20/min]
            GMail.com: [30/min]
            mx:google.com: {connections: 5}
            "MX:*.google.com": {connections: 4}
            müller.example: {connections: 1}
            xn--mller-kva.example: {connections: 1}
            anna@firm.example: [1/min]
            "*": [1/min]
            "mail.*.example": [1/min]
            mx:google: [1/min]
            firm.example: []
            other.example: {}
            third.example: 20/min
            fourth.example: {count: attempts, connections: 3}
            fifth.example: {limit: [1/min], connections: 0}
            sixth.example: [1/min, 1/hours@:70]
          """),
        expected: """
          campaign.yaml:33:3: "GMail.com" is "gmail.com", which has a rule already; keep one of them
          campaign.yaml:35:3: "MX:*.google.com" is "mx:google.com", which has a rule already; keep one of them
          campaign.yaml:37:3: "xn--mller-kva.example" is "xn--mller-kva.example", which has a rule already; keep one of them
          campaign.yaml:38:3: "anna@firm.example" is not a destination: it is an address, and a rule is for a whole domain; write a domain (gmail.com), the domains below one ("*.firm.example") or those of a mail exchanger (mx:google.com)
          campaign.yaml:39:3: "*" is not a destination: a limit for all domains is one of the relays; write a domain (gmail.com), the domains below one ("*.firm.example") or those of a mail exchanger (mx:google.com)
          campaign.yaml:40:3: "mail.*.example" is not a destination: a * stands at the beginning only, before a dot; write a domain (gmail.com), the domains below one ("*.firm.example") or those of a mail exchanger (mx:google.com)
          campaign.yaml:41:3: "mx:google" is not a destination: it has a domain name without a dot; write a domain (gmail.com), the domains below one ("*.firm.example") or those of a mail exchanger (mx:google.com)
          campaign.yaml:42:17: "destinations.firm.example" is empty; it needs at least one entry, as in [300/h, 5000/d]
          campaign.yaml:43:18: "destinations.other.example" has no rule; write limits, connections or both, as in {limits: [20/min], connections: 5}
          campaign.yaml:44:18: "destinations.third.example" must be a list, as in [300/h, 5000/d]
          campaign.yaml:45:27: "destinations.fourth.example.count" has no use without "limits"; add them
          campaign.yaml:46:19: unknown key "limit", did you mean "limits"?
          campaign.yaml:46:48: "destinations.fifth.example.connections" must be a whole number from 1 to 1000, not "0"
          campaign.yaml:47:26: "destinations.sixth.example": "1/hours@:70": behind the @ stands the minute at which each hour begins, as in 300/hour@:15
          """),
      BadCampaign(
        "destinations-empty",
        .append("destinations: {}"),
        expected: """
          campaign.yaml:31:15: "destinations" is empty; write a domain and its limits, as in gmail.com: [20/min], or remove it
          """),
      BadCampaign(
        "destinations-a-blank-too-much",
        .append("destinations:\n  mx: google.com"),
        expected: """
          campaign.yaml:32:3: "mx" is not a destination: it has a domain name without a dot; write a domain (gmail.com), the domains below one ("*.firm.example") or those of a mail exchanger (mx:google.com)
          """),
      BadCampaign(
        "order",
        .append("order: {by: random, column: Priorität, affected: never}"),
        expected: """
          campaign.yaml:31:13: "order.by" cannot be "random"; it is one of: spread, file
          campaign.yaml:31:29: "order.column" and "by" both give the order; keep one of them
          campaign.yaml:31:50: "order.affected" cannot be "never"; it is one of: first, last
          """),
      BadCampaign(
        "order-word", .append("order: column"),
        expected: """
          campaign.yaml:31:8: "order" cannot be "column"; it is one of: spread, file, or a group of keys, as in {column: Priorität, affected: first}
          """),
      BadCampaign(
        "order-empty", .append("order: {}"),
        expected: """
          campaign.yaml:31:8: "order" is empty; write spread, file, or a group of keys, as in {column: Priorität, affected: first}
          """),
      BadCampaign(
        "canary", .append("canary: {letters: 0, wait: lok}\nafter_deadline: stopp"),
        expected: """
          campaign.yaml:31:19: "canary.letters" must be a whole number from 1 to 10000, not "0"
          campaign.yaml:31:28: "canary.wait" is not a time to wait: "lok"; write a number with s, min, h or d, as in 15m, or look for a pause until "eilbrief resume"
          campaign.yaml:32:17: "after_deadline" cannot be "stopp", did you mean "stop"?
          """),
      BadCampaign(
        "canary-without-letters", .append("canary: {wait: 15m}"),
        expected: """
          campaign.yaml:31:1: missing key "letters" in "canary"; add it, as in letters: 20
          """),
    ] + hours

  private static let hours: [BadCampaign] =
    [
      ("7-20 Europe/Berlin", "is not a span of hours: \"7-20 Europe/Berlin\"; \(spans)"),
      ("24:00-06:00 UTC", "is not a span of hours: \"24:00-06:00 UTC\"; \(spans)"),
      ("07:00-24:01 UTC", "is not a span of hours: \"07:00-24:01 UTC\"; \(spans)"),
      (
        "00:00-00:00 UTC",
        "ends when it begins: \"00:00-00:00 UTC\"; write another end, or leave the key out to send at any time"
      ),
      (
        "07:00-20:00",
        "lacks its time zone: \"07:00-20:00\"; write it behind the hours, as in 07:00-20:00 Europe/Berlin, or set \"sender.time_zone\""
      ),
    ].map { value, message in
      BadCampaign("hours-\(value)", .append("hours: \(value)"), expected: "campaign.yaml:31:8: \"hours\" \(message)")
    } + [
      BadCampaign(
        "hours-zone", .append("hours: 07:00-20:00 Berlin"),
        expected: """
          campaign.yaml:31:8: "hours": "Berlin" is not a time zone; write it as in Europe/Berlin
          """)
    ]

  private static let spans =
    "write from and until, 00:00 to 24:00, with the time zone, as in 07:00-20:00 Europe/Berlin"
}
