import Foundation
import TestSupport
import Testing

/// `bounces explain` as an operator runs it, and as a program does.
@Suite struct BouncesTests {
  private func explain(_ arguments: String...) async throws -> ChildProcess.Outcome {
    try await ChildProcess.run(try EilbriefProcess.executable().path, ["bounces", "explain"] + arguments)
  }

  @Test func words() async throws {
    try await TemporaryFolder.with { folder in
      try ReturnedMails.write(to: folder)
      let golden = GoldenOutput("bounces-explain", replacing: [folder.path: "FOLDER"])
      let outcome = try await explain(folder.path)
      #expect(outcome.status == 0 && outcome.errors == "")
      let difference = try golden.difference(from: outcome.output)
      #expect(difference == nil)
    }
  }

  @Test func oneObjectPerRecipient() async throws {
    try await TemporaryFolder.with { folder in
      let file = folder.appendingPathComponent("bounce.eml")
      try Data(ReturnedMails.bounce().utf8).write(to: file)
      let outcome = try await explain("--json", file.path)
      #expect(outcome.status == 0 && outcome.errors == "")
      #expect(
        outcome.output.replacing(file.path, with: "FILE") == """
          {"class":"address-dead","file":"FILE","kind":"bounce","permanent":true,"recipient":"info@weber-recht.example","reply":"550 5.1.1 No such user","status":"5.1.1"}
          {"class":"mailbox-full","file":"FILE","kind":"delay","permanent":false,"recipient":"post@weber-recht.example","reply":"452 4.2.2 Mailbox full","status":"4.2.2"}

          """)
    }
  }

  @Test func aMailThatIsNoReportHasAnObjectToo() async throws {
    try await TemporaryFolder.with { folder in
      let file = folder.appendingPathComponent("question.eml")
      try Data(ReturnedMails.question.utf8).write(to: file)
      let outcome = try await explain("--json", file.path)
      #expect(
        outcome.output.replacing(file.path, with: "FILE") == """
          {"class":null,"file":"FILE","kind":"other","permanent":null,"recipient":null,"reply":null,"status":null}

          """)
    }
  }

  /// One mail, an mbox, a Maildir, a folder of mails: all the mails, whatever their line ends.
  @Test func filesOfEveryKind() async throws {
    try await TemporaryFolder.with { folder in
      let separator = "From MAILER-DAEMON Thu Nov 26 08:00:00 2026\n"
      let mbox = separator + ReturnedMails.bounce() + "\n" + separator + ReturnedMails.question
      let box = folder.appendingPathComponent("box")
      try Data(mbox.utf8).write(to: box)
      #expect(try await explain("--json", box.path).output.split(separator: "\n").count == 3)
      try Data(mbox.replacing("\n", with: "\r\n").utf8).write(to: box)
      #expect(try await explain("--json", box.path).output.split(separator: "\n").count == 3)
      try ReturnedMails.write(to: folder.appendingPathComponent("maildir"))
      #expect(try await explain("--json", folder.path + "/maildir").output.split(separator: "\n").count == 7)
      #expect(try await explain("--json", folder.path + "/maildir/cur").output.split(separator: "\n").count == 7)
      #expect(try await explain("--json", box.path, folder.path + "/maildir").output.split(separator: "\n").count == 10)
    }
  }

  @Test func aFileThatCannotBeReadIsSaidAndTheOthersAreJudged() async throws {
    try await TemporaryFolder.with { folder in
      let file = folder.appendingPathComponent("bounce.eml")
      try Data(ReturnedMails.bounce().utf8).write(to: file)
      let outcome = try await explain("--json", folder.path + "/gone", file.path)
      #expect(outcome.status == 73)
      #expect(outcome.output.split(separator: "\n").count == 2)
      #expect(outcome.errors.hasPrefix("eilbrief: \(folder.path)/gone: "), "\(outcome.errors)")
      #expect(try await explain().status == 64)
    }
  }
}
