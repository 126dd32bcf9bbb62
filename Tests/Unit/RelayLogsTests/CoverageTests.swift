import Foundation
import Mail
import TestSupport
import Testing

@testable import RelayLogs

/// What a log does not mention did not happen only where the log demonstrably covers it.
@Suite struct CoverageTests {
  private func verdict(
    _ attempt: UncertainAttempt? = nil, _ text: String? = nil, accepted: [AcceptedLetter]? = nil,
    zone: TimeZone = SampleLog.utc
  ) async throws -> String? {
    let attempt = try attempt ?? SampleLog.attempt("never")
    return try await SampleLog.judge(
      [attempt], by: [("mail.log", try text ?? SampleLog.whole("postfix.log"))],
      accepted: try accepted ?? SampleLog.witnesses(), zone: zone)[1]?.summary
  }

  @Test func aLogThatBeginsBeforeAndEndsAfterCovers() async throws {
    #expect(try await verdict() == "not taken, 0")
  }

  @Test func aLogThatBeginsOrEndsTooNearDoesNot() async throws {
    let gap = "open: the log does not cover the time of the attempt"
    let whole = try SampleLog.whole("postfix.log")
    let lateStart = whole.replacing("Nov 24 18:00:00", with: "Nov 24 18:17:40")
    let enough = whole.replacing("Nov 24 18:00:00", with: "Nov 24 18:17:10")
    #expect(try await verdict(nil, lateStart) == gap)
    #expect(try await verdict(nil, enough) == "not taken, 0")
    // The attempt ends half a second after 18:18:18.
    #expect(try await verdict(nil, whole.replacing("Nov 24 19:30:00", with: "Nov 24 18:28:15")) == gap)
    #expect(try await verdict(nil, whole.replacing("Nov 24 19:30:00", with: "Nov 24 18:28:20")) == "not taken, 0")
  }

  /// What the relay took after the client had gone is still found; a beginning asks for more time behind it.
  @Test func aBeginningMovesTheEnd() async throws {
    let whole = try SampleLog.whole("postfix.log").replacing("Nov 24 19:30:00", with: "Nov 24 18:28:12")
    #expect(
      try await verdict(try SampleLog.attempt("half", lasting: 0), whole)
        == "open: the log does not cover the time of the attempt")
    let later = whole.replacing("Nov 24 18:28:12", with: "Nov 24 18:28:20")
    #expect(try await verdict(try SampleLog.attempt("half", lasting: 0), later) == "not taken, 1")
  }

  @Test func withoutLettersItAcceptedNobodyKnowsWhoseLogItIs() async throws {
    #expect(
      try await verdict(accepted: [])
        == "open: the relay accepted no other letter, so nothing shows that this is its log")
    let others = [try SampleLog.accepted("elsewhere", after: 1), try SampleLog.accepted("faraway", after: 2)]
    #expect(
      try await verdict(accepted: others)
        == "open: none of 2 letters that the relay accepted is in the log: it is another relay's, or of another time")
  }

  @Test func aLogThatLacksALetterIsNotWhole() async throws {
    let missing = try SampleLog.witnesses() + [try SampleLog.accepted("lost", after: 3)]
    #expect(
      try await verdict(accepted: missing)
        == "open: the log is not whole: 1 of 3 letters that the relay accepted at that time are not in it")
    // What was only begun is no proof either.
    let begun = try SampleLog.witnesses() + [try SampleLog.accepted("half", after: 1)]
    #expect(try await verdict(accepted: begun)?.hasPrefix("open: the log is not whole: 1 of 3") == true)
    // Beyond the log's ends nothing is asked of it.
    let earlier = try SampleLog.witnesses() + [try SampleLog.accepted("yesterday", after: -86_400)]
    #expect(try await verdict(accepted: earlier) == "not taken, 0")
  }

  /// A log that ends and begins again, or of which the middle was cut out, has letters on one side alone.
  @Test func lettersBeforeAndAfterMustBeInIt() async throws {
    let both = try SampleLog.witnesses()
    #expect(
      try await verdict(accepted: [both[1]])
        == "open: no letter that the relay accepted before the attempt is in the log, so nothing shows that it has begun by then"
    )
    #expect(
      try await verdict(accepted: [both[0]])
        == "open: no letter that the relay accepted after the attempt is in the log, so nothing shows that it goes on")
    // Without the seconds in which the other letters were sent.
    let cut = try SampleLog.whole("postfix.log").split(separator: "\n").filter { line in
      !(13...19).contains { line.contains(" 18:18:\($0) ") }
    }.joined(separator: "\n")
    #expect(
      try await verdict(try SampleLog.attempt("dotclose"), cut)
        == "open: the log is not whole: 1 of 2 letters that the relay accepted at that time are not in it")
  }

  /// Mail of others may have the Message-ID of a letter they received: that shows nothing of the log.
  @Test func aCopyOfALetterIsNoLetterOfOurs() async throws {
    let whole = try SampleLog.whole("postfix.log")
    let stranger =
      "Nov 24 18:25:00 relay postfix/cleanup[7]: 48FD2FC603B: message-id=<eb.later@kanzlei-it.example>\n"
      + "Nov 24 18:25:00 relay postfix/qmgr[8]: 48FD2FC603B: from=<support@kanzlei-it.example>, size=1, nrcpt=1 (queue active)\n"
    let later = try SampleLog.accepted("later", after: 400, reply: "2.0.0 Ok: queued as 4DD53FC6099")
    #expect(
      try await verdict(nil, whole + stranger, accepted: try SampleLog.witnesses() + [later])
        == "open: the log is not whole: 1 of 3 letters that the relay accepted at that time are not in it")
  }

  /// A zone that is not the log's, or a clock that is wrong, shows in the letters that were accepted.
  @Test func theClockIsComparedByTheLettersAccepted() async throws {
    for zone in ["Europe/Berlin", "America/New_York", "Asia/Kolkata"] {
      #expect(try await verdict(zone: try #require(TimeZone(identifier: zone))) == "not taken, 0", "\(zone)")
    }
    let jumping = [try SampleLog.accepted("normal", after: 0.5), try SampleLog.accepted("last", after: 307)]
    #expect(
      try await verdict(accepted: jumping)
        == "open: the log's clock cannot be relied on: against ours it moves by 300 s")
  }

  @Test func aLogThatLostLinesDoesNotCoverThem() async throws {
    let whole = try SampleLog.whole("postfix.log")
    let journal = "Nov 24 18:18:20 relay systemd-journald[1]: Suppressed 40 messages from postfix.service\n"
    let syslog =
      "Nov 24 18:18:20 relay rsyslogd: imuxsock[pid 7]: begin to drop messages due to rate-limiting\n"
    for line in [journal, syslog] {
      #expect(try await verdict(nil, whole + line) == "open: the log itself says that lines of that time were lost")
      #expect(
        try await verdict(nil, whole + line.replacing("Nov 24", with: "Nov 23")) == "not taken, 0")
    }
  }

  @Test func whatARulePutAsideBeforeItHadAQueueIDIsNotSentAgain() async throws {
    let line =
      "Nov 24 18:18:13 relay postfix/smtpd[7]: NOQUEUE: hold: RCPT from unknown[127.0.0.1]: <x>: Recipient address "
      + "triggers HOLD action; from=<support@kanzlei-it.example> to=<half@kanzlei-1.example> proto=ESMTP\n"
    #expect(
      try await verdict(try SampleLog.attempt("half"), try SampleLog.whole("postfix.log") + line) == "set aside")
  }

  @Test func filesThatFollowEachOtherAreOneLog() async throws {
    let lines = try SampleLog.whole("postfix.log").split(separator: "\n", omittingEmptySubsequences: false)
    func parts(_ cuts: [Int]) -> [(name: String, text: String)] {
      zip([0] + cuts, cuts + [lines.count]).enumerated().map { number, range in
        ("mail.log.\(number)", lines[range.0..<range.1].joined(separator: "\n"))
      }
    }
    let attempt = [try SampleLog.attempt("never")]
    let near = try await SampleLog.judge(attempt, by: parts([20, 40]), accepted: try SampleLog.witnesses())
    #expect(near[1]?.summary == "not taken, 0")
    // Between the first line, at 18:00, and the others a file may be missing.
    let far = try await SampleLog.judge(attempt, by: parts([1]), accepted: try SampleLog.witnesses())
    #expect(far[1]?.summary == "open: the log does not cover the time of the attempt")
  }

  /// Whatever the order of the files, verdicts and evidence are the same; and wherever a log is cut, what is taken is
  /// found.
  @Test func theOrderOfTheFilesMakesNoDifference() async throws {
    let names = ["half", "dotclose", "dotreset", "slowclose", "hold", "milter", "size", "never"]
    let attempts = try names.enumerated().map { try SampleLog.attempt($1, Int64($0)) }
    let lines = try SampleLog.whole("postfix.log").split(separator: "\n").map(String.init)
    for seed in 0..<40 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      let cuts = (0..<Int.random(in: 0...4, using: &random)).map { _ in Int.random(in: 1..<lines.count, using: &random)
      }
      let bounds = [0] + cuts.sorted() + [lines.count]
      var files = zip(bounds, bounds.dropFirst()).enumerated().map { number, range in
        (name: "mail.log.\(number)", text: lines[range.0..<range.1].map { $0 + "\n" }.joined())
      }
      // A copy, as when a log is given both packed and not.
      files.append((name: "copy", text: files[0].text))
      try await TemporaryFolder.with { folder in
        for file in files { try Data(file.text.utf8).write(to: folder.appendingPathComponent(file.name)) }
        func verdicts() throws -> [Int64: LogVerdict] {
          try RelayLogSearch(paths: files.map { folder.appendingPathComponent($0.name).path }, zone: SampleLog.utc)
            .judge(attempts, accepted: try SampleLog.witnesses(), others: []).verdicts
        }
        let first = try verdicts()
        files.shuffle(using: &random)
        let again = try verdicts()
        #expect(again == first, "seed \(seed)")
        for number in [1, 2, 3] as [Int64] { #expect(first[number]?.summary == "taken", "seed \(seed), \(number)") }
        #expect(first[7]?.summary != "taken", "seed \(seed)")
      }
    }
  }
}
