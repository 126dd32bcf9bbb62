import Delivery
import Testing

/// The judgement of every kind of answer, as a table: what the customer's message becomes, and what the relay does.
@Suite struct AttemptVerdictTests {
  struct Row: CustomTestStringConvertible {
    let phase: Phase
    let code: Int
    let text: String
    let outcome: AttemptVerdict.Outcome
    let signal: AttemptVerdict.Signal
    var testDescription: String { "\(phase.rawValue) \(code) \(text)" }

    init(
      _ phase: Phase, _ code: Int, _ text: String, _ outcome: AttemptVerdict.Outcome,
      _ signal: AttemptVerdict.Signal = .none
    ) {
      self.phase = phase
      self.code = code
      self.text = text
      self.outcome = outcome
      self.signal = signal
    }
    var reply: Reply { Reply(code: code, enhanced: EnhancedStatus(prefixOf: text), text: text) }
  }

  static let rows: [Row] = [
    // After the dot, a 2xx is acceptance, whatever it is exactly.
    Row(.final, 250, "2.0.0 Ok: queued as 4XyZ", .accepted),
    Row(.final, 252, "", .accepted),
    Row(.final, 299, "thanks", .accepted),
    // Before it, a 2xx is no answer at all.
    Row(.rcpt, 250, "2.1.5 Ok", .again, .away),
    Row(.data, 354, "go ahead", .again, .away),
    // With 421 the relay closes the connection: it is gone, or asks for less.
    Row(.mail, 421, "4.3.2 shutting down", .again, .away),
    Row(.rcpt, 421, "4.7.0 too many messages", .again, .throttled(wait: nil, isQuota: false)),
    Row(.final, 421, "", .again, .away),
    // Greylisting and trouble of one recipient only defer; a rate slows whom it concerns; what never heals is ours.
    Row(.rcpt, 451, "4.7.1 Greylisted", .deferred),
    Row(.rcpt, 450, "4.7.25 PTR", .deferred, .suspicion),
    Row(.final, 451, "4.7.0 later", .deferred),
    Row(.rcpt, 451, "4.7.1 rate limited", .deferred, .domainSlow(wait: nil)),
    Row(.data, 454, "Throttling failure: Maximum sending rate exceeded", .again, .throttled(wait: nil, isQuota: false)),
    Row(.mail, 451, "Mails per session limit", .again, .sessionFull),
    Row(.rcpt, 550, "5.2.121 the sender has exceeded the limit per hour for this recipient", .deferred),
    Row(.rcpt, 450, "4.2.1 try later", .deferred),
    Row(.rcpt, 452, "4.2.2 mailbox full", .deferred),
    Row(.mail, 452, "4.3.1 no space", .again, .throttled(wait: nil, isQuota: false)),
    Row(.data, 451, "4.3.0 trouble", .again, .throttled(wait: nil, isQuota: false)),
    Row(.final, 450, "", .deferred),
    // MAIL refused for good is about the sender: pause.
    Row(.mail, 550, "5.1.0 sender unknown", .again, .pause),
    Row(.mail, 553, "5.7.1 sender rejected", .again, .pause),
    Row(.mail, 552, "5.3.4 too large", .deferred, .suspicion),
    Row(.mail, 501, "", .again, .pause),
    // A login that is asked for at RCPT may be about one recipient.
    Row(.rcpt, 530, "5.7.0 Authentication required", .deferred, .suspicion),
    Row(.rcpt, 535, "", .deferred, .suspicion),
    Row(.final, 538, "", .deferred, .suspicion),
    // Dead addresses, mailboxes, routes: the customer's.
    Row(.rcpt, 550, "5.1.1 no such user", .refused),
    Row(.rcpt, 550, "5.1.10 null MX", .refused),
    Row(.rcpt, 553, "5.1.3 bad syntax", .refused),
    Row(.rcpt, 552, "5.2.2 mailbox full", .refused),
    Row(.final, 550, "5.2.1 mailbox disabled", .refused),
    Row(.rcpt, 550, "5.4.4 nonexistent domain", .refused),
    Row(.rcpt, 550, "5.5.0 Requested action not taken: mailbox unavailable", .refused),
    Row(.rcpt, 550, "5.0.0 unknown user", .refused),
    Row(.rcpt, 551, "User not local", .refused),
    Row(.rcpt, 501, "5.1.3 bad recipient address syntax", .refused),
    // In doubt it is not the customer: no words, words that say nothing of the recipient, a status that they contradict.
    Row(.rcpt, 550, "", .deferred, .suspicion),
    Row(.final, 554, "transaction failed", .deferred, .suspicion),
    Row(.rcpt, 554, "5.1.1 blocked by policy", .deferred, .suspicion),
    Row(.rcpt, 550, "5.4.4 unable to route", .deferred),
    Row(.final, 550, "5.4.5 Daily user sending limit exceeded", .again, .throttled(wait: nil, isQuota: true)),
    // Ours: sender, system, dialogue, content, policy.
    Row(.rcpt, 550, "5.1.8 bad sender's address", .deferred, .suspicion),
    Row(.rcpt, 550, "5.1.7 bad sender syntax", .deferred, .suspicion),
    Row(.rcpt, 550, "5.3.2 system not accepting", .deferred, .suspicion),
    Row(.rcpt, 503, "5.5.1 bad sequence", .deferred, .suspicion),
    Row(.final, 554, "5.6.0 content", .deferred, .suspicion),
    Row(.rcpt, 554, "5.7.1 relay access denied", .deferred, .suspicion),
    Row(.final, 550, "5.7.515 not authenticated", .deferred, .suspicion),
    Row(.final, 554, "5.7.1 spam", .deferred, .suspicion),
    Row(.data, 554, "no valid recipients", .deferred, .suspicion),
    Row(.rcpt, 500, "", .deferred, .suspicion),
    Row(.rcpt, 504, "", .deferred, .suspicion),
    Row(.rcpt, 554, "Sorry, your IP is on a blacklist", .deferred, .suspicion),
    Row(.rcpt, 554, "IP=192.0.2.1 - A problem occurred. (NOWL)", .deferred, .suspicion),
    Row(.rcpt, 550, "Sender rejected", .deferred, .suspicion),
    Row(.final, 550, "rejected by DMARC policy", .deferred, .suspicion),
    // Nonsense decides nothing.
    Row(.rcpt, 199, "", .again, .away),
    Row(.final, 354, "", .again, .away),
  ]

  @Test(arguments: rows) func verdict(_ row: Row) {
    #expect(AttemptVerdict(.answered(row.phase, row.reply)).is(row.outcome, row.signal))
  }

  @Test func lostBeforeTheDotIsTriedAgain() {
    for phase in Phase.allCases {
      #expect(
        AttemptVerdict(.lost(phase, reason: "timed out", dotSent: false))
          == AttemptVerdict(.again, .away))
    }
  }

  @Test func lostAfterTheDotIsUncertain() {
    #expect(AttemptVerdict(.lost(.final, reason: "timed out", dotSent: true)) == AttemptVerdict(.uncertain))
  }

  @Test func notStartedIsNoAttempt() {
    #expect(AttemptVerdict(.notStarted(reason: "end of file")) == AttemptVerdict(.again))
  }

  /// Whatever code and status come: only a 2xx after the dot is accepted, nothing answered is uncertain, and a refusal
  /// that brands the customer never comes before RCPT, from 5.7 or from a code below 500.
  @Test func exhaustively() {
    let statuses: [EnhancedStatus?] =
      [nil]
      + [2, 4, 5].flatMap { statusClass in
        (0...8).flatMap { subject in (0...12).map { EnhancedStatus(statusClass, subject, $0) } }
      }
    for phase in Phase.allCases {
      for code in 200..<600 {
        for status in statuses where status.map({ $0.class == code / 100 }) ?? true {
          let verdict = AttemptVerdict(.answered(phase, Reply(code: code, enhanced: status, text: "")))
          #expect((verdict.outcome == .accepted) == (phase == .final && code < 300))
          #expect(verdict.outcome != .uncertain)
          if verdict.outcome == .refused {
            #expect(code == 556 || status.map { [1, 2].contains($0.subject) } == true)
            #expect([.rcpt, .data, .final].contains(phase) && code >= 500)
          }
        }
      }
    }
  }
}

extension AttemptVerdict {
  fileprivate func `is`(_ outcome: Outcome, _ signal: Signal) -> Bool {
    self.outcome == outcome && self.signal == signal
  }
}
