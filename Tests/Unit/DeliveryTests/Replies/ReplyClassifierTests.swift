import Delivery
import Foundation
import Testing

/// The classifier against replies that real servers gave, labelled by hand.
@Suite struct ReplyClassifierTests {
  /// The tables and their sizes. The rules were written with `field-guide` and `collected-a` in view; the others were
  /// labelled first and measured once before their mistakes were mended: see docs/replies.md.
  static let tables: [(name: String, rows: Int)] = [
    ("field-guide", 290), ("collected-a", 164), ("collected-b", 184), ("collected-c", 135), ("collected-d", 94),
  ]

  @Test(arguments: tables.map(\.name)) func noCustomerIsRefusedForOurFault(_ name: String) throws {
    for row in try LabelledReply.table(name) {
      let found = ReplyClassifier.classify(LoggedReply(row.reply), at: row.phase)
      #expect(
        found.treatment != .refuseRecipient || row.treatments.contains("refuse-recipient"), "\(row): \(found.rule)")
    }
  }

  @Test(arguments: tables) func treatments(_ table: (name: String, rows: Int)) throws {
    let rows = try LabelledReply.table(table.name)
    #expect(rows.count == table.rows)
    for row in rows {
      let found = ReplyClassifier.classify(LoggedReply(row.reply), at: row.phase)
      #expect(!found.treatment.labels.isDisjoint(with: row.treatments), "\(row): \(found)")
    }
  }

  @Test(arguments: tables) func classesAndScopes(_ table: (name: String, rows: Int)) throws {
    let rows = try LabelledReply.table(table.name)
    let found = rows.map { ReplyClassifier.classify(LoggedReply($0.reply), at: $0.phase) }
    let classes = zip(rows, found).filter { row, found in
      // The tables of the field guide know no session limit.
      row.classes.contains(found.class.rawValue) || found.class == .sessionLimit && row.classes.contains("rate-limited")
    }
    let scopes = zip(rows, found).filter { row, found in
      row.scopes.contains(found.scope.rawValue) || found.scope == .connection && row.scopes.contains("relay")
    }
    #expect(Double(classes.count) >= 0.9 * Double(rows.count))
    #expect(Double(scopes.count) >= 0.8 * Double(rows.count))
  }

  /// What a relay says of us, by what it would say of a recipient: whatever stands beside it, nobody is refused.
  @Test func wordsAboutUsWin() {
    let ours = [
      "Client host [192.0.2.1] blocked using zen.spamhaus.org", "Sender address rejected: not owned by user",
      "SPF check failed", "Relay access denied", "Authentication required", "Daily sending quota exceeded",
      "Must issue a STARTTLS command first", "too many messages", "your IP has a poor reputation",
      "rate limit exceeded", "Mail send limit exceeded", "Absenderadresse abgelehnt", "Emetteur invalide",
      "Service unavailable, try again later", "Message rejected as spam", "HELO command rejected",
      "your mailbox is full, you cannot send", "you have exceeded your quota for today", "Failure sending mail",
    ]
    let theirs = [
      "5.1.1 User unknown", "mailbox unavailable", "5.2.1", "5.1.1", "Recipient address rejected", "user not found",
      "550 5.1.1 no such user", "<k@kanzlei.example>: recipient rejected",
    ]
    for mine in ours {
      for other in theirs {
        for text in ["\(other): \(mine)", "\(mine): \(other)", "\(other)\n\(mine)"] {
          for phase: Phase? in [nil, .rcpt, .final] {
            let found = ReplyClassifier.classify(LoggedReply("550 " + text), at: phase)
            #expect(found.treatment != .refuseRecipient, "\(text): \(found.rule)")
          }
        }
      }
    }
  }

  /// Before RCPT the relay does not know the recipient.
  @Test func nobodyIsRefusedBeforeTheRecipientIsKnown() throws {
    let phases = [Phase.connect, .tls, .greeting, .ehlo, .auth, .mail]
    for (number, row) in try Self.tables.flatMap({ try LabelledReply.table($0.name) }).enumerated() {
      let phase = phases[number % phases.count]
      let found = ReplyClassifier.classify(LoggedReply(row.reply), at: phase)
      #expect(found.treatment != .refuseRecipient, "\(phase) \(row): \(found.rule)")
    }
  }

  /// A 4xx is never final, whatever it says.
  @Test func nobodyIsRefusedByATransientReply() throws {
    for table in Self.tables {
      for row in try LabelledReply.table(table.name) where row.reply.prefix(4).last?.isPunctuation != true {
        guard row.reply.hasPrefix("5") else { continue }
        let reply = "450" + row.reply.dropFirst(3)
        let found = ReplyClassifier.classify(LoggedReply(reply), at: .rcpt)
        #expect(found.treatment != .refuseRecipient, "\(reply): \(found.rule)")
      }
    }
  }

  @Test func caseAccentsAndPunctuationDoNotMatter() throws {
    for row in try LabelledReply.table("collected-b") {
      let plain = ReplyClassifier.classify(LoggedReply(row.reply), at: row.phase)
      let loud = ReplyClassifier.classify(LoggedReply(row.reply.uppercased()), at: row.phase)
      #expect(loud == plain, "\(row)")
    }
    #expect(
      ReplyClassifier.classify(LoggedReply("550 Empfänger unbekannt"), at: .rcpt)
        == ReplyClassifier.classify(LoggedReply("550 EMPFANGER UNBEKANNT"), at: .rcpt))
  }

  @Test func aRelayThatWrapsTheReceiversWords() {
    let wrapped = [
      "550 5.0.0 host mx.kanzlei.example[192.0.2.9] said: 550 5.1.1 <k@kanzlei.example>: user unknown": Treatment
        .refuseRecipient,
      "554 delivery failed: host mx.kanzlei.example said: 451 4.7.1 Greylisted, try again in 300 seconds": .retry,
      "550 host mx.kanzlei.example said: 554 5.7.1 Client host rejected: blocked using Spamhaus": .suspectUs,
      "450 4.1.1 unverified address: host mx.kanzlei.example said: 550 user unknown": .retry,
    ]
    for (reply, treatment) in wrapped {
      #expect(ReplyClassifier.classify(LoggedReply(reply), at: .rcpt).treatment == treatment, "\(reply)")
    }
  }

  @Test func whatIsNoReply() {
    #expect(ReplyClassifier.classify(LoggedReply("250 2.1.5 Ok"), at: .rcpt).treatment == .accept)
    #expect(ReplyClassifier.classify(LoggedReply("354 go ahead"), at: .data).treatment == .accept)
    #expect(ReplyClassifier.classify(LoggedReply("354 go ahead"), at: .final).treatment == .newConnection)
    #expect(ReplyClassifier.classify(LoggedReply("199 what"), at: .rcpt).treatment == .newConnection)
    #expect(ReplyClassifier.classify(LoggedReply(""), at: .rcpt).treatment == .retry)
    #expect(ReplyClassifier.classify(LoggedReply("550"), at: .rcpt).treatment == .suspectUs)
  }

  /// Eight times the text takes about eight times as long; a matcher that goes back would take sixty-four.
  @Test(arguments: [
    "user user user user ", "a.", ":", "1", "550-", "said: 550 ", "@", "mailbox not ", "ü", "'", "<>", "0:", "x@y.z:",
  ]) func longRepliesTakeLinearTime(_ piece: String) {
    func time(_ count: Int) -> Duration {
      let text = "550 " + String(repeating: piece, count: count / piece.utf8.count)
      return (0..<3).map { _ in
        ContinuousClock().measure { _ = ReplyClassifier.classify(LoggedReply(text), at: .rcpt) }
      }.min()!
    }
    #expect(time(80_000) < time(10_000) * 30 + .milliseconds(500))
  }
}
