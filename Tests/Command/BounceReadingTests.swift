import Foundation
import TestSupport
import Testing

/// `bounces CAMPAIGN FILE…` as an operator runs it: what came back of a campaign's letters.
@Suite struct BounceReadingTests {
  private func read(
    _ launched: LaunchedCampaign, _ files: String..., fault: String? = nil
  ) async throws -> ChildProcess.Outcome {
    try await ChildProcess.run(
      try EilbriefProcess.executable().path, ["bounces", launched.name] + files + ["--queue", launched.queue.path],
      environment: fault.map { ChildProcess.plainEnvironment.merging(["EILBRIEF_FAULT": $0]) { $1 } }
        ?? ChildProcess.plainEnvironment)
  }

  /// A report on the letter of a customer, as a server writes it.
  private func report(
    on launched: LaunchedCampaign, _ number: Int, action: String = "failed", status: String = "5.1.1",
    words: String = "550 5.1.1 No such user", into folder: URL
  ) async throws -> GeneratedCustomer {
    let customer = launched.customers(.letter)[number]
    let mail = ReturnedMails.about(
      try await launched.messageID(of: customer), action: action, status: status, saying: words)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(mail.utf8).write(to: folder.appendingPathComponent("\(number)-\(action).eml"))
    return customer
  }

  @Test func whoseLetterCameBackIsCalled() async throws {
    try await LaunchedCampaign.with { launched in
      let maildir = launched.queue.appendingPathComponent("Maildir")
      try ReturnedMails.write(to: maildir)
      let mails = launched.queue.appendingPathComponent("mails")
      let gone = try await report(on: launched, 0, into: mails)
      let full = try await report(
        on: launched, 1, status: "5.2.2", words: "552 5.2.2 Mailbox of Gundula full", into: mails)
      _ = try await report(on: launched, 2, action: "delayed", status: "4.4.1", words: "451 4.4.1 later", into: mails)
      let golden = GoldenOutput("bounces-read", replacing: [launched.queue.path: "QUEUE"])
      let outcome = try await read(launched, maildir.path, mails.path)
      #expect(outcome.status == 0 && outcome.errors == "")
      let difference = try golden.difference(from: outcome.output)
      #expect(difference == nil)

      // The same file twice is one report more of each letter.
      let again = try await read(launched, maildir.path, mails.path, mails.path)
      #expect(again.output.contains("0 letters came back, 4 known before"), "\(again.output)")

      let status = try await EilbriefProcess.run("status", launched.name, queue: launched.queue)
      #expect(status.output.contains(/bounced +2 +of these/), "\(status.output)")
      let list = try await ChildProcess.run(
        try EilbriefProcess.executable().path,
        ["calls", "list", launched.name, "--brief", "--queue", launched.queue.path])
      for customer in [gone, full] { #expect(list.output.contains(customer.id), "\(list.output)") }
      #expect(list.output.contains("letter bounced: 550 5.1.1 No such user"))
      let report = try await EilbriefProcess.run("report", launched.name, queue: launched.queue)
      #expect(
        report.output.split(whereSeparator: \.isNewline).count { $0.contains(";bounced;") } == 2, "\(report.output)")
      let proof = try await ChildProcess.run(
        try EilbriefProcess.executable().path,
        ["report", launched.name, "--customer", gone.id, "--format", "html", "--queue", launched.queue.path])
      #expect(proof.output.contains("did not reach the mailbox") || proof.output.contains("Postfach nicht erreicht"))

      let verified = try await launched.receipts("verify")
      #expect(verified.status == 0 && verified.output.contains("bounced  2"), "\(verified.output)\(verified.errors)")
      let receipts = try String(
        contentsOf: launched.campaign.folder.appendingPathComponent("receipts/receipts.jsonl"), encoding: .utf8)
      #expect(receipts.components(separatedBy: "\"event\":\"bounced\"").count == 3)
      let export = launched.queue.appendingPathComponent("export").path
      #expect(try await launched.receipts("export", export).status == 0)
      #expect(try await ChildProcess.run("sh", [export + "/verify.sh"]).status == 0)
    }
  }

  /// Reports that a real server writes, among the letters it has delivered.
  @Test func reportsOfPostfix() async throws {
    let customers = GeneratedCustomer.customers(8, seed: 3)
    let options = PostfixRelay.Options(
      returned: [customers[0].contact: "5.1.1 unknown user", customers[1].contact: "5.2.2 mailbox full"])
    try await PostfixRelay.with(options) { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try TestCampaign(in: queue, customers: customers, relay: relay)
        // As everywhere: the relay had taken all of them.
        #expect(try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: queue).status == 0)
        try await relay.untilQueueIsEmpty()
        let outcome = try await ChildProcess.run(
          try EilbriefProcess.executable().path,
          ["bounces", campaign.name, relay.maildir.path, "--json", "--queue", queue.path])
        #expect(outcome.status == 0, "\(outcome.errors)")
        struct Document: Decodable {
          struct Letter: Decodable, Equatable {
            let customer, status, `class`: String
            let permanent: Bool
          }
          let bounced: [Letter]
          let mails: Int
        }
        let document = try JSONDecoder().decode(Document.self, from: Data(outcome.output.utf8))
        #expect(
          document.bounced == [
            .init(customer: customers[0].id, status: "5.1.1", class: "address-dead", permanent: true),
            .init(customer: customers[1].id, status: "5.2.2", class: "mailbox-full", permanent: false),
          ])
        #expect(document.mails == 8)
        let verified = try await EilbriefProcess.run("receipts", "verify", campaign.name, queue: queue)
        #expect(verified.status == 0 && verified.output.contains("bounced  2"), "\(verified.errors)")
      }
    }
  }

  /// Whoever writes a report without having seen the letter marks nobody; nor does one about two letters.
  @Test func whatIsForgedMarksNobody() async throws {
    try await LaunchedCampaign.with { launched in
      let mails = launched.queue.appendingPathComponent("mails")
      let customer = try await report(on: launched, 0, into: mails)
      let file = mails.appendingPathComponent("0-failed.eml")
      let real = try String(contentsOf: file, encoding: .utf8)
      let forged = real.replacing(/Message-ID: <[0-9a-f]+@/, with: "Message-ID: <\(String(repeating: "0", count: 32))@")
        .replacing("info@weber-recht.example", with: customer.contact)
      try Data(forged.utf8).write(to: file)
      _ = try await report(on: launched, 1, into: mails.appendingPathComponent("other"))
      let other = try String(contentsOf: mails.appendingPathComponent("other/1-failed.eml"), encoding: .utf8)
      let second = try #require(other.firstMatch(of: /Message-ID: <.*>/)).output
      try Data(real.replacing("--b--", with: "\(second)\n--b--").utf8)
        .write(to: mails.appendingPathComponent("two.eml"))
      let outcome = try await read(launched, mails.path)
      #expect(outcome.status == 0 && outcome.output.contains("2 mails read: 0 letters came back."), "\(outcome.output)")
      #expect(outcome.output.contains("About no letter of the campaign, and left alone: 2 bounces."))
      #expect(!FileManager.default.fileExists(atPath: launched.campaign.folder.appendingPathComponent("bounces").path))
    }
  }

  /// Killed before the commit nothing is recorded, killed after it all is; the next run completes it.
  @Test(arguments: [("bouncesUncommitted", 0), ("bouncesCommitted", 1)])
  func killed(point: String, known: Int) async throws {
    try await LaunchedCampaign.with { launched in
      let mails = launched.queue.appendingPathComponent("mails")
      _ = try await report(on: launched, 0, into: mails)
      let killed = try await read(launched, mails.path, fault: point)
      #expect(killed.status != 0)
      let again = try await read(launched, mails.path)
      #expect(again.status == 0)
      #expect(
        again.output.contains(known == 1 ? "0 letters came back, 1 known before" : "1 letter came back."),
        "\(again.output)")
      #expect(try await launched.receipts("verify").status == 0)
      let kept = try FileManager.default.contentsOfDirectory(
        atPath: launched.campaign.folder.appendingPathComponent("bounces").path)
      #expect(kept.count == 1)
    }
  }

  @Test func keptUntilThePurge() async throws {
    try await LaunchedCampaign.with { launched in
      let mails = try TemporaryFolder()
      _ = try await report(on: launched, 0, words: "550 5.1.1 Gundula gibt es nicht", into: mails.url)
      #expect(try await read(launched, mails.url.path).status == 0)
      let folder = launched.campaign.folder.appendingPathComponent("bounces")
      let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path).first)
      let file = folder.appendingPathComponent(name)
      #expect(
        try Data(contentsOf: file) == Data(contentsOf: mails.url.appendingPathComponent("0-failed.eml")))
      let manager = FileManager.default
      #expect(try manager.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int == 0o600)
      #expect(try manager.attributesOfItem(atPath: folder.path)[.posixPermissions] as? Int == 0o700)
      let purged = try await EilbriefProcess.run(
        "purge", launched.name, "--now", "--confirm", launched.name, queue: launched.queue)
      #expect(purged.status == 0 && !manager.fileExists(atPath: file.path), "\(purged.output)\(purged.errors)")
      #expect(try await launched.receipts("verify").status == 0)
      #expect(try await read(launched, mails.url.path).status == 64)
    }
  }

  @Test func aFileThatCannotBeReadIsSaid() async throws {
    try await LaunchedCampaign.with { launched in
      let mails = launched.queue.appendingPathComponent("mails")
      _ = try await report(on: launched, 0, into: mails)
      let outcome = try await read(launched, mails.path + "/none", mails.path)
      #expect(outcome.status == 73 && outcome.errors.contains("none: cannot be read"), "\(outcome.errors)")
      #expect(outcome.output.contains("1 mail read: 1 letter came back."))
    }
  }
}
