extension ReplyRules {
  /// Codes and phrases that one receiver or server software is known by, where they mean something else than they say.
  static let receivers: [ReplyRule] = [
    // Limits of one recipient, said with 5xx.
    ReplyRule(
      "m365-recipient-hourly-limit", from: "learn.microsoft.com: NDR error codes 5.2.121, 5.2.122",
      status: ["2.121-122"], Meaning(.rateLimited, .recipient, .retry)),
    ReplyRule(
      "recipient-receives-too-fast", from: "support.google.com/a/answer/3726730",
      any: [
        "receiving ... too quickly|fast", "receiving mail at a rate", "receiving ... rate that prevents",
        "received too much email|mail", "received too many", "too many recent", "recipient thread limit",
        "recipient has|have exceeded", "limit ... number of messages they can receive", "receive limit",
        "receiving messages is limited", "topic_receivingrate", "topic_receivingrateperm",
        "messages to addr ... deferred ... volume", "recipient message rate", "recipient ratelimit*",
        "recipients domain ... quota", "recipient quota exceeded", "exceeding receiving limits", "receiving limit",
        "mailbox is busy", "mailbox busy",
      ], unless: ["throttling failure"], Meaning(.rateLimited, .recipient, .retry)),
    // Quotas of ours in Microsoft 365, at the submission.
    ReplyRule(
      "m365-sender-throttled", from: "learn.microsoft.com: continuous error throttling for SMTP AUTH",
      status: ["2.250-259"], Meaning(.rateLimited, .sender, .slowDown, .pause)),
    ReplyRule(
      "m365-submission-quota", from: "learn.microsoft.com: Exchange Online limits",
      any: [
        "submissionquota*", "submission quota", "storedrv submission|clientsubmit ... quota*",
        "reached your daily limit", "daily limit for message recipients",
      ], Meaning(.rateLimited, .relay, .slowDown, .pause)),
    ReplyRule(
      "m365-daily-recipients", from: "learn.microsoft.com: NDR error code 5.1.90", status: ["1.90"],
      Meaning(.rateLimited, .relay, .slowDown, .pause)),
    ReplyRule(
      "m365-send-as-denied", from: "learn.microsoft.com: NDR error codes, 5.7.60",
      any: [
        "sendasdenied*", "send as denied", "permissions to send as", "permission to send as", "not allowed to send as",
      ],
      Meaning(.senderRejected, .sender, .suspectUs)),
    ReplyRule(
      "m365-tenant-blocked", from: "learn.microsoft.com: 5.7.700 through 5.7.750", status: ["7.700-750"],
      unless: ["agent busy"],
      Meaning(.reputationOrBlocklist, .sender, .slowDown, .suspectUs)),
    ReplyRule(
      "m365-bad-outbound-sender", from: "learn.microsoft.com: NDR error code 5.1.8", any: ["bad outbound sender"],
      Meaning(.senderRejected, .sender, .suspectUs)),
    // Restrictions that a recipient has set.
    ReplyRule(
      "m365-recipient-restricted", from: "learn.microsoft.com: NDR error codes 5.7.121 to 5.7.136", .permanent,
      status: ["7.120-136"], Meaning(.policy, .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "exchange-recipient-restricted", from: "learn.microsoft.com: NDRs in Exchange Server", .permanent,
      any: [
        "resolver rst authrequired", "resolver rst notauthorized", "resolver rst sendernotauthenticated*",
        "senders ... allowed senders list", "only accepting mail from specific", "recipient list of senders",
        "sender ... not on the recipient", "members only", "not ... authorized|permitted|allowed ... to post",
        "not allowed to post", "only accepts ... from", "nur ... bekannten absendern",
      ], Meaning(.policy, .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "blocked-by-recipient", from: "community.mimecast.com: SMTP error codes; Rackspace (GE)", .permanent,
      any: [
        "blocked by this|the recipient|user|addressee", "envelope blocked user", "rejected by recipient|recipients",
        "refused by recipient|user", "user reject*", "user refuses", "recipient refuses", "recipient preferences",
        "user rules", "blacklisted by recipient", "recipient ... has blocked you|your", "refuse to receive",
        "destinataire refuse", "vom empfanger blockiert|gesperrt|abgelehnt",
      ], unless: ["ip", "client host", "organization", "dnsbl", "spam*", "server"],
      Meaning(.senderRejected, .recipient, .retry, .refuseRecipient)),
    // Directory lookups that say "access denied" for an unknown address.
    ReplyRule(
      "m365-no-such-recipient", from: "learn.microsoft.com: NDR error code 5.4.1 (directory based edge blocking)",
      .permanent,
      status: ["4.1", "7.504", "1.4"],
      any: ["recipient address|addresses rejected ... access denied", "recipient address|addresses rejected"],
      unless: ["relay*", "spam*", "dnsbl"], Meaning(.addressDead, .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "m365-recipient-not-found", from: "learn.microsoft.com: NDR error code 5.1.10", .permanent,
      status: [
        "1.10", "1.351",
      ],
      Meaning(.addressDead, .recipient, .retry, .refuseRecipient)),
    // Codes of one receiver.
    ReplyRule(
      "outlook-com-rate", from: "postmaster.live.com: troubleshooting, RP-001 to RP-003", any: ["rp num"],
      Meaning(.rateLimited, .domain, .slowDown, .suspectUs)),
    ReplyRule(
      "m365-server-busy", from: "learn.microsoft.com: error 451 4.7.500-699 (ASxxx)", .transient,
      status: ["7.500-699"], unless: ["connections"],
      Meaning(.rateLimited, .domain, .slowDown)),
    ReplyRule(
      "m365-banned", from: "learn.microsoft.com: 5.7.501 to 5.7.513, 5.7.606 to 5.7.649", .permanent,
      status: ["7.501-503", "7.506-508", "7.510-511", "7.513", "7.606-649"],
      Meaning(.reputationOrBlocklist, .domain, .slowDown, .suspectUs)),
    ReplyRule(
      "m365-authentication-level", from: "learn.microsoft.com: NDR error codes 5.7.509, 5.7.515",
      status: [
        "7.509", "7.515",
      ],
      Meaning(.senderAuthentication, .sender, .suspectUs)),
    ReplyRule(
      "t-online-unknown-address-space", from: "postmaster.t-online.de",
      any: ["a problem occurred", "ask your postmaster for help", "nowl", "dns reputation", "none bad reputation"],
      Meaning(.reputationOrBlocklist, .domain, .slowDown, .suspectUs)),
    ReplyRule(
      "yahoo-deferred", from: "senders.yahooinc.com: SMTP error codes",
      any: ["tss04|tss09|ts01|ts02|ts03|ts04|iptss04", "user complaints", "permanently deferred"],
      Meaning(.rateLimited, .domain, .slowDown, .suspectUs)),
    ReplyRule(
      "google-topic-dead", from: "support.google.com/a/answer/3726730", .permanent, any: ["topic_nosuchuser"],
      Meaning(.addressDead, .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "google-topic-disabled", from: "support.google.com/a/answer/3726730", .permanent, any: ["topic_disableduser"],
      Meaning(.mailboxDisabled, .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "google-to-or-from-policy", from: "support.google.com/a/answer/172179",
      any: ["sending to ... from ... has a policy", "has a policy that prohibited"],
      Meaning(
        .policy, .domain, .retry,
        .suspectUs)),
    ReplyRule(
      "sendgrid-credits", from: "sendgrid.com/docs: SMTP errors",
      any: [
        "maximum credits", "credits exceeded|exhausted|used", "insufficient|no|enough credits", "out of credits",
      ],
      Meaning(.rateLimited, .relay, .pause)),
    ReplyRule(
      "no-healthy-replica", from: "Outlook.com: 451 4.4.0", any: ["message failed to be replicated", "agent busy"],
      Meaning(.systemTrouble, .domain, .retry)),
    // Lists of a relay that remembers earlier bounces.
    ReplyRule(
      "suppressed-by-relay", from: "Postmark, Mailgun, SendGrid: suppression lists", .permanent,
      any: [
        "suppression list", "previously bounced", "bounced address", "inactive recipient", "recipient ... suppressed",
        "marked as inactive", "address ... suppressed",
      ], unless: ["sender"], Meaning(.mailboxDisabled, .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "proofpoint-essentials-trend", from: "success.trendmicro.com: BLOCK-SEND-ER, ERS-Customized-Block",
      any: ["block send er", "ers customized block", "ers rbl", "ers qil", "ers dul", "ers bl"],
      Meaning(.reputationOrBlocklist, .domain, .slowDown, .suspectUs)),
    ReplyRule(
      "trend-recipient", from: "success.trendmicro.com: BLOCK-RCPT, Invalid-Recipient", .permanent, any: ["block rcpt"],
      Meaning(.mailboxDisabled, .recipient, .retry, .refuseRecipient)),
    ReplyRule(
      "trend-no-domain", from: "success.trendmicro.com: NO-DOMAIN", .permanent, any: ["rejected no domain"],
      Meaning(.domainNotFound, .domain, .retry, .refuseRecipient)),
    ReplyRule(
      "recipient-blocked-at-yandex", from: "Yandex: 550 5.7.1", .permanent, any: ["rejection on the target address"],
      Meaning(.mailboxDisabled, .recipient, .retry, .refuseRecipient)),
  ]
}
