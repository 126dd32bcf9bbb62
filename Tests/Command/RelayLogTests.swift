import Foundation
import TestSupport
import Testing

/// `resolve --relay-log` against a real Postfix: each uncertain letter is settled as what Postfix did with it, and after a
/// resume everyone has exactly one.
@Suite(.serialized) struct RelayLogTests {
  private static let open = PostfixRelay.Options(certificateNames: nil, login: nil)

  @Test func lostAnswersAreSettledByPostfixsOwnLog() async throws {
    try await PostfixRelay.with(Self.open) { relay in
      try await LossyProxy.with(relay: relay.port, faulty: 60) { proxy in
        try await TemporaryFolder.with { queue in
          let customers = GeneratedCustomer.customers(80, seed: 21)
          let campaign = try TestCampaign(
            in: queue, customers: customers,
            relay: ["name: main", "url: \"smtp://127.0.0.1:\(proxy.port)\"", "connections: 2"])
          let launch = try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: queue)
          #expect(launch.status == 1, "\(launch.errors)")
          try await relay.untilNobodyIsConnected()
          let uncertain = try await uncertainCustomers(of: campaign)
          #expect(uncertain.count == 15)
          #expect(launch.output.contains("  uncertain: \(uncertain.joined(separator: ", "))\n"))
          #expect(launch.output.contains("eilbrief resolve sommer --relay-log FILE"))
          let had = Set(try await ReadLetter.all(in: relay.maildir).flatMap(\.deliveredTo))
          let contacts = Dictionary(uniqueKeysWithValues: customers.map { ($0.id, $0.contact) })
          let taken = uncertain.filter { had.contains(contacts[$0]?.lowercased() ?? "") }
          let missing = uncertain.filter { !taken.contains($0) }
          #expect(taken.count == 7 && missing.count == 8)

          // The log as it is: it shows what was taken, but does not go on long enough to show what was not.
          let log = queue.appendingPathComponent("mail.log")
          try Data(relay.log.utf8).write(to: log)
          let early = try await EilbriefProcess.run("resolve", campaign.name, "--relay-log", log.path, queue: queue)
          #expect(early.status == 1, "\(early.errors)")
          for id in taken { #expect(early.output.contains("\(id): accepted by the relay\n")) }
          for id in missing {
            #expect(early.output.contains("\(id): stays uncertain\n    the log does not cover the time of the attempt"))
          }
          #expect(early.output.contains("7 accepted, 0 queued again, 8 still uncertain.\n"))
          #expect(early.output.contains("It cannot yet: try again after "))
          #expect(try await uncertainCustomers(of: campaign) == missing)

          let logs = try await rotated(relay.log, in: queue)
          let settled = try await EilbriefProcess.run(
            "resolve", campaign.name, "--relay-log", logs[0], "--relay-log", logs[1], queue: queue)
          #expect(settled.status == 0, "\(settled.output)\(settled.errors)")
          for id in missing { #expect(settled.output.contains("\(id): not taken, queued again\n")) }
          #expect(settled.output.contains("`eilbrief resume sommer` sends those queued again."))
          try await expectEvidence(of: campaign, taken: 7, missing: 8, customers)

          let resume = try await EilbriefProcess.run("resume", campaign.name, queue: queue)
          #expect(resume.status == 0, "\(resume.output)\(resume.errors)")
          try await relay.untilQueueIsEmpty()
          let letters = try await ReadLetter.all(in: relay.maildir)
          let comparison = LetterComparison(customers: customers, letters: letters)
          #expect(comparison.repeated.isEmpty && comparison.missing.isEmpty && letters.count == 80)
          let verified = try await EilbriefProcess.run("receipts", "verify", campaign.name, queue: queue)
          #expect(verified.status == 0, "\(verified.errors)")
        }
      }
    }
  }

  @Test func aKilledCampaignIsSettledAndGoesOn() async throws {
    try await PostfixRelay.with(Self.open) { relay in
      try await TemporaryFolder.with { queue in
        let customers = GeneratedCustomer.customers(600, seed: 22)
        let campaign = try TestCampaign(
          in: queue, customers: customers, relay: relay, connections: 4, more: ["limits: [200/s]"])
        try await EilbriefProcess.running("launch", campaign.name, "--yes", queue: queue) { process in
          try await kill(process, of: campaign, after: 120)
        }
        try await EilbriefProcess.running("resume", campaign.name, queue: queue) { process in
          try await kill(process, of: campaign, after: 240)
        }
        // The rest is sent; letters accepted after those that are uncertain show that the log goes on.
        let rest = try await EilbriefProcess.run("resume", campaign.name, queue: queue)
        #expect(rest.status == 1 || rest.status == 0, "\(rest.errors)")
        try await relay.untilNobodyIsConnected()
        let logs = try await rotated(relay.log, in: queue)
        let settled = try await EilbriefProcess.run(
          "resolve", campaign.name, "--relay-log", logs[1], "--relay-log", logs[0], queue: queue)
        #expect(settled.status == 0, "\(settled.output)\(settled.errors)")
        #expect(try await CommandStatus.read(campaign).messages["uncertain"] == 0)
        let resume = try await EilbriefProcess.run("resume", campaign.name, queue: queue)
        #expect(resume.status == 0, "\(resume.errors)")
        try await relay.untilQueueIsEmpty()
        let letters = try await ReadLetter.all(in: relay.maildir)
        let comparison = LetterComparison(customers: customers, letters: letters)
        #expect(comparison.repeated.isEmpty && comparison.missing.isEmpty && letters.count == 600)
      }
    }
  }

  @Test func whatIsWrongIsSaidAndSettlesNothing() async throws {
    try await TemporaryFolder.with { queue in
      let customers = GeneratedCustomer.customers(20, seed: 23)
      let campaign = try TestCampaign(
        in: queue, customers: customers, relay: ["name: main", "url: \"smtp://127.0.0.1:1\""])
      let scratch = queue.appendingPathComponent("scratch")
      _ = try await EilbriefProcess.run(
        "rehearse", campaign.name, "--keep", scratch.path, "--faults", "lost-reply \(customers[0].contact)",
        queue: queue)
      // A kept rehearsal has no campaign file.
      try FileManager.default.copyItem(
        at: campaign.campaignFile, to: scratch.appendingPathComponent("\(campaign.name)/campaign.yaml"))
      let log = queue.appendingPathComponent("mail.log")
      try Data("nothing of a relay\n".utf8).write(to: log)
      let both = try await EilbriefProcess.run(
        "resolve", campaign.name, "--relay-log", log.path, "--resend", queue: scratch)
      #expect(both.status == 64 && both.errors.contains("Say one of --relay-log, --resend and --assume-accepted."))
      let gone = try await EilbriefProcess.run("resolve", campaign.name, "--relay-log", "/no.log", queue: scratch)
      #expect(gone.status == 65 && gone.errors == "eilbrief: nothing was settled: /no.log: there is no such file\n")
      let unknown = try await EilbriefProcess.run(
        "resolve", campaign.name, "--customer", "nobody", "--relay-log", log.path, queue: scratch)
      #expect(unknown.status == 65)
      let foreign = try await EilbriefProcess.run("resolve", campaign.name, "--relay-log", log.path, queue: scratch)
      #expect(foreign.status == 1)
      #expect(foreign.errors == "\(log.path): this file has no line of a relay's log known here.\n")
      #expect(
        foreign.output == """
          \(customers[0].id): stays uncertain
              none of 19 letters that the relay accepted is in the log: it is another relay's, or of another time
          0 accepted, 0 queued again, 1 still uncertain.
          Still uncertain: \(customers[0].id)
            eilbrief resolve sommer --relay-log FILE …                 with more of the relay's log
            eilbrief resolve sommer --customer ID --assume-accepted    it was taken
            eilbrief resolve sommer --customer ID --resend             send it again

          """)
    }
  }

  /// A reader of the receipts and of the report sees that a customer may have the letter twice.
  @Test func aResendByPolicyIsMarkedInReceiptAndReport() async throws {
    try await TemporaryFolder.with { queue in
      let customers = GeneratedCustomer.customers(20, seed: 24)
      let campaign = try TestCampaign(
        in: queue, customers: customers, relay: ["name: main", "url: \"smtp://127.0.0.1:1\""])
      try campaign.write(yaml: try campaign.yaml().replacing("uncertain: hold", with: "uncertain: resend"))
      let scratch = queue.appendingPathComponent("scratch")
      _ = try await EilbriefProcess.run(
        "rehearse", campaign.name, "--keep", scratch.path, "--faults", "lost-reply \(customers[3].contact)",
        queue: queue)
      let csv = try await EilbriefProcess.run(
        "report", campaign.name, "--delimiter", "tab", queue: scratch
      ).output.split(separator: "\r\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
      let column = try #require(csv[0].firstIndex(of: "resent"))
      #expect(csv.filter { $0[column] == "yes" }.map { String($0[0]) } == [customers[3].id])
      let json = try await EilbriefProcess.run("report", campaign.name, "--format", "json", queue: scratch)
      let list = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]] ?? []
      #expect(
        list.filter { $0["resent"] as? Bool == true }.compactMap { $0["customer"] as? String } == [customers[3].id])
      let shown = try await EilbriefProcess.run(
        "receipts", "show", campaign.name, "--customer", customers[3].id, queue: scratch)
      #expect(shown.output.contains("as resend  by policy uncertain: resend"))
    }
  }

  // MARK: -

  private func kill(_ process: EilbriefProcess, of campaign: TestCampaign, after count: Int) async throws {
    try await eventually("\(count) letters are accepted") {
      (try await CommandStatus.read(campaign).messages["accepted"] ?? 0) >= count
    }
    process.send(SIGKILL)
    _ = await process.outcome()
  }

  private func uncertainCustomers(of campaign: TestCampaign) async throws -> [String] {
    let report = try await EilbriefProcess.run("report", campaign.name, "--format", "json", queue: campaign.queue)
    let list = try JSONSerialization.jsonObject(with: Data(report.output.utf8)) as? [[String: Any]] ?? []
    return list.filter { $0["state"] as? String == "uncertain" }.compactMap { $0["customer"] as? String }
  }

  /// Postfix's log as it would be had it run an hour before and after: no test can wait for that. In two files, the
  /// older one packed.
  private func rotated(_ log: String, in folder: URL) async throws -> [String] {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.dateFormat = "MMM d HH:mm:ss"
    func line(_ seconds: TimeInterval) -> String {
      let words = format.string(from: Date(timeIntervalSinceNow: seconds)).split(separator: " ").map(String.init)
      let day = words[1].count == 1 ? " \(words[1])" : words[1]
      return "\(words[0]) \(day) \(words[2]) relay postfix/anvil[17]: statistics: max cache size 1"
    }
    let lines = [line(-3600)] + log.split(separator: "\n").map(String.init) + [line(3600)]
    let older = folder.appendingPathComponent("mail.log.1")
    try Data((lines[..<(lines.count / 2)].joined(separator: "\n") + "\n").utf8).write(to: older)
    _ = try await ChildProcess.tool("gzip", ["-f", older.path])
    let newer = folder.appendingPathComponent("mail.log")
    try Data((lines[(lines.count / 2)...].joined(separator: "\n") + "\n").utf8).write(to: newer)
    return [newer.path, older.path + ".gz"]
  }

  private func expectEvidence(
    of campaign: TestCampaign, taken: Int, missing: Int, _ customers: [GeneratedCustomer]
  ) async throws {
    let file = campaign.folder.appendingPathComponent("receipts/receipts.jsonl")
    let text = try String(contentsOf: file, encoding: .utf8)
    for customer in customers { #expect(!text.lowercased().contains(customer.contact.lowercased())) }
    let resolved = try text.split(separator: "\n").compactMap { line -> [String: Any]? in
      let fields = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return fields?["event"] as? String == "resolved" ? fields : nil
    }
    #expect(resolved.filter { $0["resolution"] as? String == "accepted" }.count == taken)
    #expect(resolved.filter { $0["resolution"] as? String == "resend" }.count == missing)
    for receipt in resolved {
      let evidence = receipt["evidence"] as? String ?? ""
      #expect(evidence.contains(receipt["message_id"] as? String ?? "none"), "\(evidence)")
      guard receipt["resolution"] as? String == "accepted" else { continue }
      #expect(evidence.contains("\nmail.log:") && evidence.hasSuffix("(queue active)"), "\(evidence)")
    }
  }
}
