import Foundation
import Mail
import TestSupport
import Testing

@testable import RelayLogs

/// A Message-ID is known to whoever received the letter: a line that has it is the letter's only when nothing contradicts.
@Suite struct MessageIDTests {
  private func verdict(
    _ name: String, _ lines: String, attempts: Int = 1, after: TimeInterval = 0.5, in log: String = "postfix.log"
  ) async throws -> String? {
    try await SampleLog.judge(
      [try SampleLog.attempt(name, in: log, attempts: attempts, after: after)],
      by: [("mail.log", try SampleLog.whole(log) + lines)], accepted: try SampleLog.witnesses(of: log))[1]?.summary
  }

  private func postfix(
    _ time: String, id: String = "48FD2FC6099", from: String? = "support@kanzlei-it.example",
    to: String? = "never@kanzlei-1.example", original: String? = nil, removed: Bool = true
  ) -> String {
    var text = "Nov 24 \(time) relay postfix/cleanup[7]: \(id): message-id=<eb.never@kanzlei-it.example>\n"
    if let from {
      text += "Nov 24 \(time) relay postfix/qmgr[8]: \(id): from=<\(from)>, size=9, nrcpt=1 (queue active)\n"
    }
    if let to {
      let first = original.map { " orig_to=<\($0)>," } ?? ""
      text +=
        "Nov 24 \(time) relay postfix/smtp[9]: \(id): to=<\(to)>,\(first) relay=c, dsn=2.0.0, status=sent (250 Ok)\n"
    }
    return removed ? text + "Nov 24 \(time) relay postfix/qmgr[8]: \(id): removed\n" : text
  }

  @Test func theWholeLetterIsTaken() async throws {
    #expect(try await verdict("never", postfix("18:18:14")) == "taken")
    // The recipient is an alias there.
    let alias = postfix("18:18:14", to: "box7@inside.example", original: "Never@kanzlei-1.example")
    #expect(try await verdict("never", alias) == "taken")
  }

  @Test func aCopyIsNotTheLetter() async throws {
    #expect(try await verdict("never", postfix("18:18:14", from: "never@kanzlei-1.example")) == "other sender")
    #expect(try await verdict("never", postfix("18:18:14", to: "support@kanzlei-it.example")) == "other recipient")
    #expect(try await verdict("never", postfix("18:18:14", from: nil, to: nil)) == "unconfirmed")
    // The log shows sender and recipient of the other letters; a copy's may not be there yet.
    #expect(try await verdict("never", postfix("18:18:14", to: nil)) == "unconfirmed")
    #expect(try await verdict("never", postfix("18:18:14", from: nil)) == "unconfirmed")
    // Before the attempt (somebody sent a preview of it), and long after it.
    #expect(try await verdict("never", postfix("18:17:30")) == "other time")
    #expect(try await verdict("never", postfix("18:40:00")) == "other time")
    // The letter itself is taken all the same.
    let both = postfix("18:18:14") + postfix("18:19:00", id: "48FD2FC6098", from: "never@kanzlei-1.example")
    #expect(try await verdict("never", both) == "taken")
  }

  /// A relay that rewrites senders rewrites those of the letters that were answered as well.
  @Test func aSenderThatTheRelayRewritesIsKnownByTheOthers() async throws {
    let log = (try SampleLog.whole("postfix.log") + postfix("18:18:14")).replacing(
      "from=<support@kanzlei-it.example>, size", with: "from=<SRS0=x=support@relay.example>, size")
    func judge(_ accepted: [AcceptedLetter]) async throws -> String? {
      try await SampleLog.judge(
        [try SampleLog.attempt("never")], by: [("mail.log", log)], accepted: accepted)[1]?.summary
    }
    #expect(try await judge(try SampleLog.witnesses()) == "taken")
    // Learned from letters with their own queue IDs alone: a stranger knows the Message-IDs of letters he received.
    let unnamed = try SampleLog.witnesses().map { letter in
      var letter = letter
      letter.reply = "2.0.0 Ok"
      return letter
    }
    #expect(try await judge(unnamed) == "other sender")
  }

  /// Two messages had one queue ID: what one was, the other is not.
  @Test func aQueueIDUsedAgainIsAnotherMessage() async throws {
    let (id, ours) = ("48FD2FC6099", "Nov 24 18:18:14 relay postfix/cleanup[7]: 48FD2FC6099: ")
    let begun = ours + "message-id=<eb.never@kanzlei-it.example>\n"
    // Before: an earlier letter of ours was done with a second earlier.
    let earlier = postfix("18:18:13", id: id).replacing("eb.never@", with: "eb.early@").replacing(
      "to=<never@", with: "to=<early@")
    #expect(try await verdict("never", earlier + begun) == "not taken, 1")
    // After: the next message has no Message-ID line yet, only its client.
    let next =
      "Nov 24 18:18:20 relay postfix/smtpd[7]: \(id): client=x[192.0.2.1]\n"
      + "Nov 24 18:18:20 relay postfix/qmgr[8]: \(id): from=<support@kanzlei-it.example>, size=9, nrcpt=1 (queue active)\n"
    #expect(try await verdict("never", begun + next) == "not taken, 1")
    // One host's queue ID is nothing to another host.
    #expect(
      try await verdict("never", begun + next.replacing("relay postfix/qmgr", with: "mx2 postfix/qmgr"))
        == "not taken, 1")
  }

  /// A client's words in a line are no statement of the relay.
  @Test(arguments: [
    "postfix/cleanup[7]: 48FD2FC6099: warning: header Subject: x: message-id=<eb.never@kanzlei-it.example> from c[1]",
    "postfix/smtpd[7]: warning: non-SMTP command from c[1]: 48FD2FC6099: message-id=<eb.never@kanzlei-it.example>",
    "postfix/cleanup[7]: 48FD2FC6099: message-id=<x@y.example> <eb.never@kanzlei-it.example>",
    "postfix/smtpd[7]: NOQUEUE: reject: RCPT from c[1]: 550; helo=<48FD2FC6099: message-id=<eb.never@kanzlei-it.example>>",
  ]) func aForgedLineIsNoLine(_ line: String) async throws {
    let queued =
      "Nov 24 18:18:14 relay postfix/qmgr[8]: 48FD2FC6099: from=<support@kanzlei-it.example>, size=9, nrcpt=1 "
      + "(queue active)\n"
    #expect(try await verdict("never", "Nov 24 18:18:14 relay \(line)\n" + queued) == "not taken, 0")
  }

  @Test func eximsLettersAreCompared() async throws {
    func line(_ text: String) -> String { "2026-11-24 18:33:17 1xVvKP-00002W-2i \(text)\n" }
    func taken(_ sender: String) -> String {
      line("<= \(sender) H=(c) [192.0.2.1] P=esmtp S=9 id=eb.never@kanzlei-it.example")
    }
    func result(_ lines: String) async throws -> String? { try await verdict("never", lines, in: "exim.log") }
    #expect(try await result(taken("x@kanzlei-2.example")) == "other sender")
    let other = taken("support@kanzlei-it.example") + line("=> x@kanzlei-2.example R=r T=t H=h [192.0.2.9]")
    #expect(try await result(other) == "other recipient")
    #expect(try await result(taken("support@kanzlei-it.example")) == "unconfirmed")
    let ours = taken("support@kanzlei-it.example") + line("=> box <never@kanzlei-1.example> R=r T=t")
    #expect(try await result(ours) == "taken")
    let forged = line(
      "<= x@kanzlei-2.example H=(c id=eb.never@kanzlei-it.example) [192.0.2.1] P=esmtp S=9 id=x@y.example")
    #expect(try await result(forged) == "not taken, 0")
  }

  @Test func exchangesLettersAreCompared() async throws {
    func result(_ recipient: String, _ sender: String, _ time: String = "18:18:15") async throws -> String? {
      try await verdict(
        "never",
        "2026-11-24T\(time).000Z,192.0.2.7,c,192.0.2.25,EX01,,EX01\\R,SMTP,RECEIVE,4711,<eb.never@kanzlei-it.example>,5f0c,"
          + "\(recipient),,1,1,,,\"<eb.half@kanzlei-it.example>\",\(sender),\(sender),,Incoming,,,,\n",
        in: "exchange.log")
    }
    #expect(try await result("x@y.example;never@kanzlei-1.example", "support@kanzlei-it.example") == "taken")
    #expect(try await result("x@y.example", "support@kanzlei-it.example") == "other recipient")
    #expect(try await result("never@kanzlei-1.example", "x@y.example") == "other sender")
    #expect(try await result("never@kanzlei-1.example", "support@kanzlei-it.example", "18:40:00") == "other time")
  }

  /// Without a letter that was answered nobody knows the log's clock; another day is another day.
  @Test func anUnknownClockMayBeInAnyZone() async throws {
    func judge(_ day: Int) async throws -> String? {
      let text = postfix("18:18:14").replacing("Nov 24", with: "Nov \(day)")
      return try await SampleLog.judge([try SampleLog.attempt("never")], by: [("a", text)], accepted: [])[1]?.summary
    }
    #expect(try await judge(24) == "taken")
    #expect(try await judge(25) == "taken")
    #expect(try await judge(27) == "other time")
    #expect(try await judge(21) == "other time")
  }

  /// A refused copy says nothing of the letter.
  @Test func aRefusalIsTheLettersOnlyWithItsEnvelope() async throws {
    func refused(_ from: String, _ to: String, _ time: String = "18:18:14") -> String {
      "Nov 24 \(time) relay postfix/cleanup[7]: 48FD2FC6099: message-id=<eb.never@kanzlei-it.example>\n"
        + "Nov 24 \(time) relay postfix/cleanup[7]: 48FD2FC6099: milter-reject: END-OF-MESSAGE from c[192.0.2.1]: 5.7.1 spam; "
        + "from=<\(from)> to=<\(to)> proto=ESMTP helo=<c>\n"
    }
    // The log goes on for a minute only, so that absence settles nothing.
    func result(_ lines: String) async throws -> String? {
      try await SampleLog.judge(
        [try SampleLog.attempt("never")], by: [("mail.log", try SampleLog.text("postfix.log") + lines)],
        accepted: try SampleLog.witnesses())[1]?.summary
    }
    let open = "open: the log does not cover the time of the attempt"
    #expect(try await result(refused("support@kanzlei-it.example", "never@kanzlei-1.example")) == "not taken, 2")
    #expect(try await result(refused("x@kanzlei-2.example", "never@kanzlei-1.example")) == open)
    #expect(try await result(refused("support@kanzlei-it.example", "x@kanzlei-2.example")) == open)
    #expect(try await result(refused("support@kanzlei-it.example", "never@kanzlei-1.example", "18:50:00")) == open)
  }
}
