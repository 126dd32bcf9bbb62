import Foundation
import Mail
import TestSupport
import Testing

@testable import RelayLogs

/// Each form of a line by itself.
@Suite struct LineReaderTests {
  private static let reference = "2026-11-24T18:00:00Z"

  private func time(_ line: String, zone: String = "Europe/Berlin", reference: String = reference) throws -> String? {
    let zone = try #require(TimeZone(identifier: zone))
    let moment = try #require(RFC3339.parse(reference)?.date)
    var reader = LineReader(zone: zone, reference: moment)
    return reader.entry(Array(line.utf8)[...]).map { RFC3339.string($0.time) }
  }

  private static let tail = " relay postfix/qmgr[8]: 48FD2FC603A: removed"

  @Test(arguments: [
    ("Nov 24 18:00:00" + tail, "2026-11-24T17:00:00.000Z"), ("Nov  4 18:00:00" + tail, "2026-11-04T17:00:00.000Z"),
    ("<22>Nov 24 18:00:00" + tail, "2026-11-24T17:00:00.000Z"),
    ("Jan  2 00:00:01" + tail, "2027-01-01T23:00:01.000Z"), ("Jul  1 12:00:00" + tail, "2026-07-01T10:00:00.000Z"),
    ("2026-11-24T18:00:00.123456+01:00" + tail, "2026-11-24T17:00:00.123Z"),
    ("2026-11-24T18:00:00+0100" + tail, "2026-11-24T17:00:00.000Z"),
    ("2026-11-24T18:00:00Z" + tail, "2026-11-24T18:00:00.000Z"),
    ("2026-11-24T18:00:00" + tail, "2026-11-24T17:00:00.000Z"),
    ("2026-11-24 18:00:00 End queue run: pid=1", "2026-11-24T17:00:00.000Z"),
    ("2026-11-24 18:00:00.250 +0000 End queue run: pid=1", "2026-11-24T18:00:00.250Z"),
    ("2026-10-25 02:30:00 End queue run: pid=1", "2026-10-25T00:30:00.000Z"),
    ("Nov 24 18:00:60" + tail, "2026-11-24T17:00:59.000Z"),
  ]) func timesAreRead(_ line: String, _ expected: String) throws {
    #expect(try time(line) == expected)
  }

  @Test(arguments: [
    "", " ", "#", "\0\0\0Nov 24 18:00:00 relay postfix/qmgr[8]: 48FD2FC603A: removed", "Nov 24 18:00:00",
    "Nov 31 18:00:00" + tail, "Nov 24 24:00:00" + tail, "Nov 24 18:00:00 relay sshd[8]: hello",
    "2026-13-24T18:00:00Z" + tail, "2026-11-24T18:00:00Z,a,b", "Nov 24 18:00:00 relay", "Foo 24 18:00:00" + tail,
    "Feb 29 18:00:00" + tail, String(repeating: "9", count: 300), "Nov 24 18:00:00 relay postfix/qmgr[8]",
  ]) func whatIsNoLineOfARelayIsNone(_ line: String) throws {
    #expect(try time(line) == nil)
  }

  @Test func aYearIsTheNearestOne() throws {
    #expect(
      try time("Dec 31 23:00:00" + Self.tail, zone: "UTC", reference: "2027-01-01T01:00:00Z")
        == "2026-12-31T23:00:00.000Z")
    #expect(
      try time("Feb 29 12:00:00" + Self.tail, zone: "UTC", reference: "2027-12-01T01:00:00Z")
        == "2028-02-29T12:00:00.000Z")
  }

  private func event(_ lines: String...) throws -> String {
    var reader = LineReader(zone: SampleLog.utc, reference: try #require(RFC3339.parse(Self.reference)?.date))
    var entry: LogEntry?
    for line in lines { entry = reader.entry(Array(line.utf8)[...]) }
    func text(_ bytes: ArraySlice<UInt8>?) -> String { bytes.map { String(decoding: $0, as: UTF8.self) } ?? "-" }
    return switch entry?.event {
    case .begun(let queue): "begun \(text(queue))"
    case .mention(let queue, let id): "mention \(text(queue)) \(text(id))"
    case .queued(let queue, let sender): "queued \(text(queue)) \(text(sender))"
    case .handled(let queue, let recipients): "handled \(text(queue)) \(recipients.map { text($0) })"
    case .removed(let queue): "removed \(text(queue))"
    case .refused(let queue, let envelope):
      "refused \(text(queue)) \(text(envelope?.sender)) \(text(envelope?.recipient))"
    case .setAside(let queue, let recipients): "aside \(text(queue)) \(recipients.map { text($0) })"
    case .taken(let queue, let id, let sender, let recipients):
      "taken \(text(queue)) \(text(id)) \(text(sender)) \(recipients.map { text($0) })"
    case .connected(let session, let address): "connected \(text(session)) \(text(address))"
    case .accepted(let session, let message, let envelope):
      "accepted \(text(session)) \(text(message)) \(text(envelope.sender)) \(text(envelope.recipient))"
    case .disconnected(let session): "disconnected \(text(session))"
    case .other: "other"
    case .linesLost: "lost"
    case nil: "none"
    }
  }

  @Test(arguments: [
    ("cleanup", "48FD2FC603A: message-id=<a@b.example>", "mention 48FD2FC603A a@b.example"),
    ("cleanup", "4Xz1kQ2Jw9zJrT: message-id=<a@b.example>", "mention 4Xz1kQ2Jw9zJrT a@b.example"),
    ("cleanup", "48FD2FC603A: resent-message-id=<a@b.example>", "other"),
    ("cleanup", "48FD2FC603A: message-id=<>", "mention 48FD2FC603A "),
    ("cleanup", "48FD2FC603A: replace: header message-id=<a@b.example>", "other"),
    ("cleanup", "48FD2FC603A: warning: header Subject: message-id=<a@b.example> from c[192.0.2.1]; from=<>", "other"),
    ("smtpd", "48FD2FC603A: client=c[192.0.2.1], sasl_method=PLAIN", "begun 48FD2FC603A"),
    ("pickup", "48FD2FC603A: uid=0 from=<root>", "begun 48FD2FC603A"),
    ("qmgr", "48FD2FC603A: from=<a@b.example>, size=1, nrcpt=1 (queue active)", "queued 48FD2FC603A a@b.example"),
    (
      "qmgr", "48FD2FC603A: from=<\"a>, size=9, b\"@b.example>, size=1, nrcpt=1 (queue active)",
      "queued 48FD2FC603A \"a>, size=9, b\"@b.example"
    ),
    ("qmgr", "48FD2FC603A: from=<a@b.example>, status=expired, returned to sender", "other"),
    ("qmgr", "48FD2FC603A: from=<\"(queue active)\"@b.example>, status=expired, returned to sender", "other"),
    ("qmgr", "48FD2FC603A: removed", "removed 48FD2FC603A"), ("postsuper", "48FD2FC603A: removed", "other"),
    (
      "smtp", "48FD2FC603A: to=<a@b.example>, relay=c, dsn=2.0.0, status=sent (ok status=deliverable to=<x@y.example>)",
      "handled 48FD2FC603A [\"a@b.example\"]"
    ),
    (
      "local", "48FD2FC603A: to=<a@b.example>, orig_to=<c@d.example>, relay=local, dsn=5.1.1, status=bounced (unknown)",
      "handled 48FD2FC603A [\"a@b.example\", \"c@d.example\"]"
    ),
    ("smtp", "48FD2FC603A: to=<a@b.example>, relay=c, dsn=2.0.0, status=deliverable (ok)", "other"),
    ("smtpd", "48FD2FC603A: reject: RCPT from c[192.0.2.1]: 550", "other"),
    ("submission/smtpd", "48FD2FC603A: reject: END-OF-MESSAGE from c[192.0.2.1]: 550", "refused 48FD2FC603A - -"),
    (
      "cleanup",
      "48FD2FC603A: milter-reject: END-OF-MESSAGE from c[1]: 5.7.1 no; from=<a@b.example> to=<c@d.example> proto=X",
      "refused 48FD2FC603A a@b.example c@d.example"
    ),
    (
      "cleanup",
      "48FD2FC603A: reject: header Subject: ; from=<x@y.example> to=<z@y.example> from c[1]; from=<a@b.example> to=<c@d.example>",
      "refused 48FD2FC603A - -"
    ),
    ("smtpd", "NOQUEUE: reject: RCPT from c[192.0.2.1]: 550", "other"),
    (
      "smtpd", "NOQUEUE: hold: RCPT from c[192.0.2.1]: x to=<x>; from=<a@b.example> to=<c@d.example>",
      "aside - [\"x\", \"c@d.example\"]"
    ),
    ("smtpd", "lost connection after DATA (113 bytes) from c[192.0.2.1]", "other"),
  ]) func postfixLines(_ program: String, _ text: String, _ expected: String) throws {
    #expect(try event("Nov 24 18:00:00 relay postfix/\(program)[31877]: \(text)") == expected)
  }

  @Test(arguments: [
    (
      "1xVvKN-00001Q-2h <= a@b.example H=c [192.0.2.1] P=esmtps S=1 id=x@y.example",
      "taken 1xVvKN-00001Q-2h x@y.example a@b.example []"
    ),
    (
      "[77] 1xVvKN-000000001Q2-2hAB <= a@b.example H=c P=esmtps S=1 id=x@y.example T=\"id=z@y.example\" for q",
      "taken 1xVvKN-000000001Q2-2hAB x@y.example a@b.example []"
    ),
    (
      "1xVvKN-00001Q-2h <= <> R=1xVvKN-00001P-2h U=exim P=local S=1 id=x@y.example",
      "taken 1xVvKN-00001Q-2h x@y.example  []"
    ),
    ("1xVvKN-00001Q-2h <= a@b.example H=(c id=x@y.example) [192.0.2.1] P=esmtps S=1 id=z@y.example", "other"),
    ("1xVvKN-00001Q-2h <= a@b.example H=c P=esmtps S=1 T=\" id=z@y.example\"", "other"),
    ("1xVvKN-00001Q-2h => a@b.example R=r T=t id=x@y.example", "handled 1xVvKN-00001Q-2h [\"a@b.example\"]"),
    (
      "1xVvKN-00001Q-2h => other <a@b.example> R=r T=t H=x <z@y.example>", "handled 1xVvKN-00001Q-2h [\"a@b.example\"]"
    ),
    ("1xVvKN-00001Q-2h => blackhole (DATA ACL discarded recipients)", "aside 1xVvKN-00001Q-2h []"),
    ("1xVvKN-00001Q-2h ** a@b.example: Unrouteable address", "handled 1xVvKN-00001Q-2h [\"a@b.example\"]"),
    ("1xVvKN-00001Q-2h SMTP connection lost after final dot H=(c) [192.0.2.1] P=esmtp", "other"),
    ("SMTP connection from c <= lost id=x@y.example", "other"),
  ]) func eximLines(_ text: String, _ expected: String) throws {
    #expect(try event("2026-11-24 18:00:00 \(text)") == expected)
    #expect(try event("Nov 24 18:00:00 relay exim[7]: 2026-11-24 18:00:00 \(text)") == expected)
    #expect(try event("Nov 24 18:00:00 relay exim[7]: \(text)") == expected)
  }

  private static let session = "fb95dd7f491bb2cc"

  @Test(arguments: [
    ("smtp connected address=192.0.2.1 host=x address=192.0.2.9", "connected \(session) 192.0.2.1"),
    ("smtp event=connected address=192.0.2.1 host=x", "connected \(session) 192.0.2.1"),
    ("smtp disconnected reason=quit", "disconnected \(session)"),
    ("smtp event=closed address=192.0.2.1 host=x reason=quit", "disconnected \(session)"),
    (
      "smtp envelope evpid=6702a5c2f751caf9 from=<a@b.example> to=<c@d.example>",
      "accepted \(session) 6702a5c2 a@b.example c@d.example"
    ),
    ("smtp envelope evpid=6702a5c2f751caf9 from=<> to=<c@d.example>", "accepted \(session) 6702a5c2  c@d.example"),
    (
      "smtp event=message address=192.0.2.1 host=x msgid=6702a5c2 from=<a@b.example> to=<c@d.example> size=1 ndest=1 proto=X",
      "accepted \(session) 6702a5c2 a@b.example c@d.example"
    ),
    // What a client says is quoted.
    (
      "smtp failed-command command=\"X smtp envelope evpid=6702a5c2f751caf9 from=<a@b.example> to=<c@d.example>\" result=\"500\"",
      "other"
    ),
    ("smtp envelope evpid=6702a5c2f751caf9 from=<a> to=<x@y.example@b.example> to=<c@d.example>", "other"),
    ("smtp envelope from=<a@b.example> to=<c@d.example>", "accepted \(session)  a@b.example c@d.example"),
    ("smtp envelope evpid=6702a5c2f751caf9 from=<a@b.example> to=<c@d.example> x=<y>", "other"),
    ("mta delivery evpid=6702a5c2f751caf9 from=<a@b.example> to=<c@d.example> rcpt=<-> result=\"Ok\"", "other"),
  ]) func openSMTPDLines(_ text: String, _ expected: String) throws {
    #expect(try event("Nov 24 18:00:00 relay smtpd[7]: \(Self.session) \(text)") == expected)
    #expect(try event("Nov 24 18:00:00 relay smtpd[7]: x\(Self.session) \(text)") == "other")
  }

  @Test func exchangeLinesStateTheEnvelope() throws {
    let header = "#Fields: date-time,event-id,message-id,recipient-address,sender-address,return-path"
    func line(_ rest: String) -> String { "2026-11-24T18:00:00.000Z,RECEIVE,<a@b.example>,\(rest)" }
    #expect(
      try event(header, line("c@d.example;e@f.example,x@y.example,s@y.example"))
        == "taken <a@b.example> a@b.example s@y.example [\"c@d.example\", \"e@f.example\"]")
    #expect(
      try event(header, line("\"c@d.example\",x@y.example,<>")) == "taken <a@b.example> a@b.example  [\"c@d.example\"]")
  }

  @Test func exchangeLinesGoByTheirHeader() throws {
    let header = "#Fields: date-time,event-id,\"x\",message-id,rest"
    func line(_ event: String, _ id: String) -> String { "2026-11-24T18:00:00.000Z,\(event),\"a, \"\"b\"\"\",\(id),x" }
    #expect(try event(header, line("RECEIVE", "<a@b.example>")) == "taken <a@b.example> a@b.example - []")
    #expect(try event(header, line("HARECEIVE", "<a@b.example>")) == "other")
    #expect(try event(header, line("FAIL", "<a@b.example>")) == "other")
    #expect(try event(header, line("RECEIVE", "")) == "other")
    #expect(try event(line("RECEIVE", "<a@b.example>")) == "none")
    #expect(try event(header, "2026-11-24T18:00:00.000Z,RECEIVE,\"a, <a@b.example>") == "other")
    #expect(try event("#Fields: date-time,RECEIVE", line("RECEIVE", "<a@b.example>")) == "none")
  }

  /// Nothing makes it fall over.
  @Test func anyBytesAreALine() throws {
    let lines = try ["postfix.log", "exim.log", "opensmtpd-sessions.log", "exchange.log"].flatMap {
      try SampleLog.text($0).split(separator: "\n").map { Array($0.utf8) }
    }
    var random = SeededGenerator(seed: 11)
    var reader = LineReader(zone: SampleLog.utc, reference: try SampleLog.start("postfix.log"))
    for _ in 0..<20_000 {
      var line = lines[Int.random(in: lines.indices, using: &random)]
      for _ in 0..<Int.random(in: 1...6, using: &random) where !line.isEmpty {
        let index = Int.random(in: line.indices, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: line[index] = UInt8.random(in: 0...255, using: &random)
        case 1: line.remove(at: index)
        case 2: line.removeLast(line.count - index)
        default: line.insert(contentsOf: line[index...].prefix(30), at: index)
        }
      }
      _ = reader.entry(line[...])
    }
  }
}
