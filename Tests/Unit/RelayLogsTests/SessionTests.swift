import Foundation
import Mail
import TestSupport
import Testing

@testable import RelayLogs

/// A log without Message-IDs settles a letter only in a session that is ours.
@Suite struct SessionTests {
  private static let log = "opensmtpd-sessions.log"

  private static func reply(_ number: String) -> String { "2.0.0 \(number) Message accepted for delivery" }

  /// The letters that were answered.
  private static func witnesses() throws -> [AcceptedLetter] {
    try [
      ("normal", 0.1, "a94a18b8"), ("second", 1.1, "aed836c8"), ("third", 3.1, "9f94868f"), ("fourth", 7.1, "6a84eda8"),
      ("fifth", 7.2, "b44c9ea6"), ("sixth", 8.1, "db3448b3"), ("last", 9.1, "31083997"),
    ].map { try SampleLog.accepted($0.0, in: log, after: $0.1, reply: reply($0.2)) }
  }

  private func verdict(
    _ name: String, at second: TimeInterval, lasting: TimeInterval = 0.5, attempts: Int = 1, in text: String? = nil,
    accepted: [AcceptedLetter]? = nil, others: [AttemptedLetter] = [], zone: TimeZone = SampleLog.utc
  ) async throws -> String? {
    try await SampleLog.judge(
      [
        try SampleLog.attempt(name, in: Self.log, attempts: attempts, after: second, lasting: lasting)
      ], by: [("mail.log", try text ?? SampleLog.whole(Self.log))], accepted: try accepted ?? Self.witnesses(),
      others: others, zone: zone)[1]?.summary
  }

  private func other(_ name: String, from: TimeInterval, to: TimeInterval, reply: String? = nil) throws
    -> AttemptedLetter
  {
    let start = try SampleLog.start(Self.log)
    return AttemptedLetter(
      messageID: try SampleLog.messageID("another"), recipient: try EmailAddress("\(name)@kanzlei-1.example"),
      from: start.addingTimeInterval(from), to: start.addingTimeInterval(to), reply: reply)
  }

  /// The sample with more lines; they need not be in the order of time.
  private func whole(and lines: String) throws -> String { try SampleLog.whole(Self.log) + lines }

  private func lines(
    _ session: String, _ time: String, to recipient: String, from sender: String = "support",
    number: String = "11111111"
  ) -> String {
    """
    Nov 24 \(time) relay smtpd[4711]: \(session) smtp connected address=127.0.0.1 host=localhost
    Nov 24 \(time) relay smtpd[4711]: \(session) smtp envelope evpid=\(number)45887ecd from=<\(sender)@kanzlei-it.example> \
    to=<\(recipient)@kanzlei-1.example>
    Nov 24 \(time) relay smtpd[4711]: \(session) smtp disconnected reason=quit

    """
  }

  // MARK: Ours

  @Test func aLetterInASessionOfOursIsTaken() async throws {
    #expect(try await verdict("dotclose", at: 1.9) == "taken in session")
    #expect(try await verdict("dotreset", at: 7.5, lasting: 0.8) == "taken in session")
  }

  @Test func theEvidenceNamesTheSession() async throws {
    let verdicts = try await SampleLog.judge(
      [try SampleLog.attempt("dotclose", in: Self.log, after: 1.9, lasting: 0.5)],
      by: [("mail.log", try SampleLog.whole(Self.log))], accepted: try Self.witnesses())
    guard case .taken(let evidence) = verdicts[1] else {
      Issue.record("\(verdicts)")
      return
    }
    #expect(evidence.finding == .inSession(id: "fb95dd798e4bba00", client: "127.0.0.1", witnesses: 2))
    #expect(
      evidence.description == """
        the relay's log has no Message-IDs; it shows <eb.dotclose@kanzlei-it.example> by its envelope in our session \
        fb95dd798e4bba00 from 127.0.0.1, with 2 letters of this campaign
        mail.log:3: Nov 24 19:59:43 relay smtpd[4711]: fb95dd798e4bba00 smtp connected address=127.0.0.1 host=localhost
        mail.log:9: Nov 24 19:59:45 relay smtpd[4711]: fb95dd798e4bba00 smtp envelope evpid=004c30644801b3e0 \
        from=<support@kanzlei-it.example> to=<dotclose@kanzlei-1.example>
        """)
  }

  @Test(arguments: ["Europe/Berlin", "Asia/Kolkata"]) func aClockInAnotherZoneIsUnderstood(_ zone: String) async throws
  {
    let zone = try #require(TimeZone(identifier: zone))
    #expect(try await verdict("dotclose", at: 1.9, zone: zone) == "taken in session")
    #expect(try await verdict("headers", at: 4, zone: zone) == "not taken, 0")
  }

  /// A process that was killed: nobody knows when the attempt ended.
  @Test func theEndOfAnAttemptNeedNotBeKnown() async throws {
    #expect(try await verdict("dotclose", at: 1.9, lasting: 1800) == "taken in session")
  }

  // MARK: Somebody else's

  /// The letter was cut off; a stranger's letter to the same customer, with our sender, came two seconds later.
  @Test func aStrangersSessionSettlesNothing() async throws {
    #expect(try await verdict("half", at: 3.9) == "strange session")
  }

  /// Support answers the customer, from the machine the campaign is sent from.
  @Test(arguments: ["20:00:05", "20:06:20", "20:09:40"])
  func supportsOwnAnswerSettlesNothing(_ time: String) async throws {
    let log = try whole(and: lines("0123456789abcdef", time, to: "never"))
    #expect(try await verdict("never", at: 3.9, in: log) == "strange session")
    // Long before or after the attempt it is no reason to doubt that the log shows everything.
    let early = try whole(and: lines("0123456789abcdef", "18:10:00", to: "never"))
    #expect(try await verdict("never", at: 3.9, in: early) == "not taken, 0")
  }

  /// One session of the stranger's with several of our customers, each long after our letters to them.
  @Test func customersInAStrangersSessionMakeItNoneOfOurs() async throws {
    let text = ["normal", "second", "never"].enumerated().map { number, name in
      "Nov 24 20:06:0\(number) relay smtpd[4711]: 0123456789abcdef smtp envelope evpid=1111111\(number)45887ecd "
        + "from=<support@kanzlei-it.example> to=<\(name)@kanzlei-1.example>\n"
    }.joined()
    let connected =
      "Nov 24 20:06:00 relay smtpd[4711]: 0123456789abcdef smtp connected address=127.0.0.1 host=localhost\n"
    let log = try whole(and: connected + text)
    #expect(try await verdict("never", at: 3.9, in: log) == "strange session")
    // Nor where replies do not name the relay's numbers, so that letters are found by their envelope.
    let unnamed = try Self.witnesses().map { letter in
      var letter = letter
      letter.reply = "2.0.0 Ok"
      return letter
    }
    #expect(try await verdict("never", at: 3.9, in: log, accepted: unnamed) == "strange session")
    #expect(try await verdict("dotclose", at: 1.9, in: log, accepted: unnamed) == "taken in session")
  }

  @Test func anotherCampaignsLettersAreNoWitnesses() async throws {
    // The letters found are of one session; that of dotclose has letters which the receipts of this campaign do not know.
    let accepted = try Self.witnesses().filter { letter in
      !["normal", "second"].contains { "\(letter.messageID)".contains("eb.\($0)@") }
    }
    #expect(try await verdict("dotclose", at: 1.9, accepted: accepted) == "strange session")
  }

  @Test func anotherSenderInOurSessionIsNotOurLetter() async throws {
    let log = try SampleLog.whole(Self.log).replacing(
      "from=<support@kanzlei-it.example> to=<dotclose", with: "from=<x@kanzlei-2.example> to=<dotclose")
    #expect(try await verdict("dotclose", at: 1.9, in: log) == "strange session")
  }

  @Test func anotherTimeInOurSessionIsNotOurLetter() async throws {
    // Accepted two seconds after the connection was opened; the attempt was a minute later, and cut off.
    let late = [try SampleLog.accepted("late", in: Self.log, after: 120, reply: Self.reply("22222222"))]
    let log = try whole(and: lines("0123456789abcdea", "20:01:43", to: "late", number: "22222222"))
    #expect(
      try await verdict("dotclose", at: 60, lasting: 1, in: log, accepted: Self.witnesses() + late) == "not taken, 0")
    // Within reach of a relay that takes its time, it stays open.
    #expect(
      try await verdict("dotclose", at: -60, lasting: 1, in: log, accepted: Self.witnesses() + late) == "other time")
  }

  /// After a restart a number may come again, for a stranger.
  @Test func aSessionNumberUsedAgainIsAnotherSession() async throws {
    let log = try whole(and: lines("fb95dd798e4bba00", "20:00:05", to: "never"))
    #expect(try await verdict("never", at: 3.9, in: log) == "strange session")
    // The first session was not closed: the relay was killed.
    let killed = log.replacing(
      "fb95dd798e4bba00 smtp disconnected reason=disconnect", with: "fb95dd798e4bba00 smtp tls ciphers=x")
    #expect(try await verdict("never", at: 3.9, in: killed) == "strange session")
    #expect(try await verdict("dotclose", at: 1.9, in: killed) == "taken in session")
  }

  @Test func aLogThatBeginsWithinTheSessionSettlesNothing() async throws {
    let all = try SampleLog.text(Self.log).split(separator: "\n")
    let log = all.dropFirst(3).joined(separator: "\n")
    #expect(try await verdict("dotclose", at: 1.9, in: log) == "cut session")
    // Cut in the middle: without the line that closes the session and what follows, but for the stranger's letter.
    let middle = all.filter { !$0.contains("fb95dd7f491bb2cc smtp connected") }.joined(separator: "\n")
    #expect(try await verdict("half", at: 3.9, in: middle) == "cut session")
  }

  // MARK: Several letters to one address

  /// fourth@kanzlei-1.example got two letters in one session: the first was answered, the second is uncertain.
  @Test func twoLettersToOneAddressAreToldApartByTheReply() async throws {
    let first = try other("fourth", from: 7, to: 7.1, reply: Self.reply("6a84eda8"))
    // Its own letter is not a witness here: it goes by another Message-ID.
    let accepted = try Self.witnesses().filter { !"\($0.messageID)".contains("fourth") }
    #expect(
      try await verdict("fourth", at: 7.9, lasting: 1, accepted: accepted, others: [first]) == "taken in session")
    let log = try SampleLog.whole(Self.log).split(separator: "\n").filter { !$0.contains("88916036") }.joined(
      separator: "\n")
    #expect(
      try await verdict("fourth", at: 7.9, lasting: 1, in: log, accepted: accepted, others: [first]) == "not taken, 0")
    // Where the reply does not tell, the one line may be the first letter's.
    let unnamed = try other("fourth", from: 7, to: 7.1)
    #expect(
      try await verdict("fourth", at: 7.3, lasting: 1, in: log, accepted: accepted, others: [unnamed])
        == "shared recipient")
  }

  /// Two uncertain letters to one address, and one line.
  @Test func oneLineForTwoUncertainLettersSettlesNeither() async throws {
    let rival = try other("dotclose", from: 1.5, to: 2.2)
    #expect(try await verdict("dotclose", at: 1.9, others: [rival]) == "shared recipient")
    // Another campaign's, an hour before.
    let earlier = try other("dotclose", from: -3600, to: -3599)
    #expect(try await verdict("dotclose", at: 1.9, others: [earlier]) == "taken in session")
  }

  @Test func severalLinesForOneLetterSettleNothing() async throws {
    let twice =
      "Nov 24 19:59:45 relay smtpd[4711]: fb95dd798e4bba00 smtp envelope evpid=3333333344444444 "
      + "from=<support@kanzlei-it.example> to=<dotclose@kanzlei-1.example>\n"
    let text = try SampleLog.whole(Self.log)
    let place = try #require(text.range(of: "Nov 24 19:59:45 relay smtpd[4711]: fb95dd798e4bba00 smtp disconnected"))
    let log = text[..<place.lowerBound] + twice + text[place.lowerBound...]
    #expect(try await verdict("dotclose", at: 1.9, in: String(log)) == "several lines")
    // It was sent twice, and taken twice.
    #expect(try await verdict("dotclose", at: 1.9, attempts: 2, in: String(log)) == "taken in session")
  }

  // MARK: Letters found without their numbers

  @Test func oneLetterFoundByEnvelopeNeedsClocksThatAgree() async throws {
    func accepted(_ offset: TimeInterval) throws -> [AcceptedLetter] {
      [try SampleLog.accepted("normal", in: Self.log, after: offset, reply: "2.0.0 Ok")]
    }
    #expect(try await verdict("dotclose", at: 1.9, accepted: try accepted(0.5)) == "taken in session")
    #expect(try await verdict("dotclose", at: 31.9, accepted: try accepted(30)) == "strange session")
  }

  @Test func anEnvelopeThatIsThereTwiceFindsNoLetter() async throws {
    let accepted = [try SampleLog.accepted("normal", in: Self.log, after: 0.5, reply: "2.0.0 Ok")]
    let log = try whole(and: lines("0123456789abcdef", "20:00:20", to: "normal"))
    #expect(try await verdict("dotclose", at: 1.9, in: log, accepted: accepted) == "strange session")
  }
}
