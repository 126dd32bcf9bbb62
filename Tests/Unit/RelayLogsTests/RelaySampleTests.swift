import Foundation
import Mail
import Testing

@testable import RelayLogs

/// What real relays logged of each way a dialogue can end, against what they did with the letter.
@Suite struct RelaySampleTests {
  private static let outcomes: [(log: String, outcomes: [(name: String, summary: String)])] = [
    (
      "postfix.log",
      [
        ("half", "not taken, 1"), ("headers", "not taken, 0"), ("dotclose", "taken"), ("dotreset", "taken"),
        ("slowclose", "taken"), ("headerreject", "not taken, 0"), ("hold", "set aside"), ("discard", "set aside"),
        ("eod", "not taken, 2"), ("size", "not taken, 2"), ("milter", "not taken, 2"),
        ("tempmilter", "not taken, 2"), ("milterdiscard", "set aside"), ("never", "not taken, 0"),
      ]
    ),
    (
      "exim.log",
      [
        ("half", "not taken, 0"), ("headers", "not taken, 0"), ("dotclose", "not taken, 0"),
        ("dotreset", "not taken, 0"), ("slowclose", "not taken, 0"), ("headerreject", "not taken, 0"),
        ("discard", "set aside"), ("hold", "taken"), ("never", "not taken, 0"),
      ]
    ),
    (
      "opensmtpd.log",
      [
        ("half", "not taken, 0"), ("headers", "not taken, 0"), ("dotclose", "strange session"),
        ("dotreset", "strange session"), ("slowclose", "strange session"), ("never", "not taken, 0"),
      ]
    ),
    (
      "exchange.log", [("dotclose", "taken"), ("half", "not taken, 0"), ("never", "not taken, 0")]
    ),
  ]

  @Test(arguments: outcomes.indices) func eachEndIsToldByTheLog(_ index: Int) async throws {
    let (log, outcomes) = Self.outcomes[index]
    let attempts = try outcomes.enumerated().map { try SampleLog.attempt($1.name, Int64($0), in: log) }
    let verdicts = try await SampleLog.judge(
      attempts, by: [("mail.log", try SampleLog.whole(log))], accepted: try SampleLog.witnesses(of: log))
    for (number, outcome) in outcomes.enumerated() {
      #expect(verdicts[Int64(number)]?.summary == outcome.summary, "\(log), \(outcome.name)")
    }
  }

  @Test func theEvidenceIsTheLinesThemselves() async throws {
    let verdicts = try await SampleLog.judge(
      [try SampleLog.attempt("dotclose", 1), try SampleLog.attempt("milter", 2)],
      by: [("mail.log", try SampleLog.whole("postfix.log"))], accepted: try SampleLog.witnesses())
    guard case .taken(let taken) = verdicts[1], case .notTaken(let refused) = verdicts[2] else {
      Issue.record("\(verdicts)")
      return
    }
    #expect(
      taken.description == """
        the relay's log names <eb.dotclose@kanzlei-it.example> and shows it taken
        mail.log:21: Nov 24 18:18:14 relay postfix/cleanup[31877]: ACD9AFC6044: message-id=<eb.dotclose@kanzlei-it.example>
        mail.log:22: Nov 24 18:18:14 relay postfix/qmgr[31831]: ACD9AFC6044: from=<support@kanzlei-it.example>, \
        size=347, nrcpt=1 (queue active)
        """)
    #expect(refused.lines.map(\.number) == [60, 61])
    #expect(refused.lines[1].text.contains("milter-reject: END-OF-MESSAGE"))
  }

  /// A refusal of one attempt says nothing of the next one; the log must cover that.
  @Test func aRefusalSettlesAnOnlyAttemptAlone() async throws {
    let log = [(name: "mail.log", text: try SampleLog.text("postfix.log"))]
    // The log does not go on, but its clock is known.
    let known = try SampleLog.witnesses()
    let once = try await SampleLog.judge([try SampleLog.attempt("milter")], by: log, accepted: known)
    #expect(once[1]?.summary == "not taken, 2")
    let twice = try await SampleLog.judge([try SampleLog.attempt("milter", attempts: 2)], by: log, accepted: known)
    #expect(twice[1]?.summary == "open: the log does not cover the time of the attempt")
    let nobody = try await SampleLog.judge([try SampleLog.attempt("milter")], by: log, accepted: [])
    #expect(nobody[1] == .open(.noOtherLetters))
  }

  @Test func aQueueIDUsedAgainProvesNothing() async throws {
    let log = """
      Nov 24 18:18:13 relay postfix/cleanup[7]: 48FD2FC603A: message-id=<eb.half@kanzlei-it.example>
      Nov 24 18:18:40 relay postfix/cleanup[7]: 48FD2FC603A: message-id=<another@kanzlei-2.example>
      Nov 24 18:18:40 relay postfix/qmgr[8]: 48FD2FC603A: from=<x@kanzlei-2.example>, size=347, nrcpt=1 (queue active)

      """
    let other = log.replacing("relay postfix/qmgr", with: "relay2 postfix/qmgr").replacing("18:18:40", with: "18:18:14")
    for text in [log, other] {
      let verdicts = try await SampleLog.judge([try SampleLog.attempt("half")], by: [("a", text)], accepted: [])
      #expect(verdicts[1] == .open(.noOtherLetters))
    }
  }
}
