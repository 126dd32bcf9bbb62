import Delivery
import Foundation
import TestSupport
import Testing

@testable import Bounces

/// The mails of `Mails`, each as a kind of server writes it, and what is to be found in them: `expected.tsv`.
@Suite struct CorpusTests {
  private struct Outcome: Hashable, CustomStringConvertible {
    var kind: String
    var recipient: String
    var status: String
    var `class`: String
    var permanent: String

    var description: String { [kind, recipient, status, `class`, permanent].joined(separator: " ") }

    init(_ fields: [String]) {
      (kind, recipient, status, `class`, permanent) = (fields[0], fields[1], fields[2], fields[3], fields[4])
    }

    init(_ report: RecipientReport) {
      self.init([
        report.kind.rawValue, report.recipient ?? "-", report.status?.description ?? "-", report.class?.rawValue ?? "-",
        report.permanent.map { "\($0)" } ?? "-",
      ])
    }
  }

  private static var folder: URL { Bundle.module.resourceURL!.appendingPathComponent("Mails") }

  /// By file, in the order of the recipients.
  private static func expected() throws -> [String: [Outcome]] {
    let table = try String(contentsOf: folder.appendingPathComponent("expected.tsv"), encoding: .utf8)
    return table.split(separator: "\n").filter { !$0.hasPrefix("#") }.reduce(into: [:]) { all, line in
      let fields = line.split(separator: "\t").map(String.init)
      all[fields[0], default: []].append(Outcome(Array(fields[1...])))
    }
  }

  @Test func everyMailIsJudgedRight() throws {
    for (file, outcomes) in try Self.expected().sorted(by: { $0.key < $1.key }) {
      let mail = [UInt8](try Data(contentsOf: Self.folder.appendingPathComponent(file)))
      #expect(BounceJudge.reports(on: mail).map { Outcome($0) } == outcomes, "\(file)")
    }
  }

  @Test func everyMailHasAnExpectation() throws {
    let expected = try Self.expected()
    let servers = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { $0 != "expected.tsv" }
    let mails = try servers.flatMap { server in
      try FileManager.default.contentsOfDirectory(atPath: Self.folder.appendingPathComponent(server).path)
        .map { "\(server)/\($0)" }
    }
    #expect(Set(mails) == Set(expected.keys))
    #expect(mails.count >= 120 && servers.count >= 30)
  }

  /// Line ends, and a line of an mbox before the first header, say nothing of the delivery.
  @Test func lineEndsDoNotMatter() throws {
    for (file, outcomes) in try Self.expected() {
      let mail = [UInt8](try Data(contentsOf: Self.folder.appendingPathComponent(file))).filter { $0 != 13 }
      guard mail.contains(10), !file.hasSuffix("no-mail-at-all.eml") else { continue }
      let crlf = mail.flatMap { $0 == 10 ? [13, 10] : [$0] }
      #expect(BounceJudge.reports(on: crlf).map { Outcome($0) } == outcomes, "\(file) with CRLF")
      let boxed = Array("From MAILER-DAEMON Thu Nov 26 08:00:00 2026\n".utf8) + mail
      #expect(BounceJudge.reports(on: boxed).map { Outcome($0) } == outcomes, "\(file) in an mbox")
    }
  }

  /// Whatever part of it is lost: a person's mail, an answer and a complaint never become a bounce.
  @Test func whatIsNoBounceStaysNone() throws {
    let kinds: Set<String> = ["auto-reply", "complaint", "other"]
    for (file, outcomes) in try Self.expected() where outcomes.allSatisfy({ kinds.contains($0.kind) }) {
      let mail = [UInt8](try Data(contentsOf: Self.folder.appendingPathComponent(file)))
      for end in stride(from: 0, to: mail.count, by: 97) {
        let kinds = BounceJudge.reports(on: Array(mail[..<end])).map(\.kind)
        #expect(!kinds.contains(.bounce), "\(file) up to \(end)")
      }
    }
  }
}
