import Foundation
import TestSupport
import Testing

/// `receipts prove`: the letter made again is the one that went out, by Python's hashlib and sha256sum.
@Suite struct LetterProofTests {
  /// The digests of the customer's receipts as Python reads them, and of the file as hashlib and sha256sum see it.
  private func judged(_ file: URL, receipts: URL, lines: [Int]) async throws -> Bool {
    let script = """
      import hashlib, json, sys
      letter = open(sys.argv[1], "rb").read()
      receipts = [json.loads(line) for line in open(sys.argv[2], "rb")]
      wanted = [receipts[int(number) - 1]["sha256"] for number in sys.argv[3:]]
      assert wanted and all(digest == hashlib.sha256(letter).hexdigest() for digest in wanted), wanted
      """
    let python = try await ChildProcess.run(
      "python3", ["-c", script, file.path, receipts.path] + lines.map { "\($0)" })
    let sum = try await ChildProcess.tool("sha256sum", [file.path]).prefix(64)
    let isNamed = try String(contentsOf: receipts, encoding: .utf8).contains("\"sha256\":\"\(sum)\"")
    return python.status == 0 && isNamed
  }

  private func lines(of output: String) -> [Int] {
    output.split(separator: "\n").filter { $0.hasPrefix("  Attempt ") }.compactMap {
      Int($0.split(separator: " ").last ?? "")
    }
  }

  @Test(
    arguments: [(relay: [], encoding: "8bit"), (relay: ["-8"], encoding: "quoted-printable")]
      as [(relay: [String], encoding: String)])
  func everyLetterIsProvedInTheEncodingItTravelledIn(_ relay: [String], _ encoding: String) async throws {
    try await LaunchedCampaign.with(relay: relay) { launched in
      let receipts = launched.campaign.folder.appendingPathComponent("receipts/receipts.jsonl")
      // The spool has the customers.
      try FileManager.default.removeItem(at: launched.campaign.customerFile)
      #expect(launched.customers(.letter).count > 5)
      for customer in launched.customers(.letter) {
        let file = launched.queue.appendingPathComponent("\(customer.id).eml")
        let proof = try await launched.receipts("prove", "--customer", customer.id, "--output", file.path)
        #expect(proof.status == 0, "\(proof.output)\(proof.errors)")
        #expect(proof.output.contains(" (\(encoding)): the same\n"), "\(proof.output)")
        #expect(proof.output.contains("all of them signed"))
        let lines = lines(of: proof.output)
        #expect(lines.count == 1)
        #expect(try await judged(file, receipts: receipts, lines: lines))
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try String(contentsOf: file, encoding: .utf8).contains(customer.contact))
      }
    }
  }

  @Test func aChangeSinceTheLaunchIsNamedAndHarmlessOnesDoNotMatter() async throws {
    try await LaunchedCampaign.with { launched in
      let customer = try #require(launched.customers(.letter).first { $0.language == "de" })
      let yaml = try launched.campaign.yaml()
      let template = try Data(contentsOf: launched.template)
      func prove() async throws -> ChildProcess.Outcome {
        try await launched.receipts("prove", "--customer", customer.id)
      }
      // Not printed in this letter: relays are no part of the plan, and telephone reasons are in no letter.
      try launched.campaign.write(
        yaml: yaml.replacing("give_up_after: 4d", with: "give_up_after: 3d").replacing("Anpassung", with: "Umstellung"))
      let same = try await prove()
      #expect(same.status == 0, "\(same.errors)")
      try launched.campaign.write(yaml: yaml.replacing("Wir prüfen", with: "Wir wissen"))
      let settings = try await prove()
      #expect(settings.status == 65)
      #expect(settings.errors.contains("the letter made again is not the one that was sent"))
      #expect(settings.errors.contains("Changed since the launch:\n  campaign.yaml: incident.measures changed\n"))
      try launched.campaign.write(yaml: yaml)
      try (template + Data("Nachtrag\n".utf8)).write(to: launched.template)
      let templates = try await prove()
      #expect(templates.status == 65)
      #expect(templates.errors.contains("  template password-change/de.txt.mustache changed\n"), "\(templates.errors)")
      // A copy of the folder as it was, under another name.
      let copy = launched.queue.appendingPathComponent("archiv")
      try FileManager.default.copyItem(at: launched.campaign.folder, to: copy)
      try template.write(to: copy.appendingPathComponent("templates/password-change/de.txt.mustache"))
      let archived = try await launched.receipts("prove", "--customer", customer.id, "--made-from", copy.path)
      #expect(archived.status == 0, "\(archived.errors)")
    }
  }

  /// The letter bears the date of the first attempt, not that of the launch: at one letter a second they differ.
  @Test func aLetterThatWaitedIsProved() async throws {
    try await RefusedLaunch.with(more: ["limits: [1/s]"]) { bad in
      let (name, queue) = (bad.campaign.name, bad.campaign.queue)
      try await bad.expectLaunch()
      let file = bad.campaign.folder.appendingPathComponent("receipts/receipts.jsonl")
      let receipts = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
      func second(_ line: String) throws -> Substring {
        try #require(line.split(separator: "\"at\":\"").last?.prefix(19))
      }
      let attempts = receipts.filter { $0.contains("\"event\":\"attempt\"") }
      let frozen = try second(receipts[0])
      #expect(attempts.count == 2)
      #expect(try attempts.contains { try second($0) != frozen })
      for customer in bad.campaign.customers {
        let proof = try await EilbriefProcess.run(
          "receipts", "prove", name, "--customer", customer.id, queue: queue)
        #expect(proof.status == 0, "\(proof.output)\(proof.errors)")
      }
    }
  }

  /// The receipts name address and Message-ID; a spool that has others for the customer is not the one they came from.
  @Test(arguments: ["recipient = 'fremd@x.example'", "message_id = '<fremd@x.example>'"])
  func anotherAddressOrMessageIDThanTheReceiptsIsNamed(_ change: String) async throws {
    try await RefusedLaunch.with { bad in
      try await bad.expectLaunch()
      _ = try await PurgeScene.database(bad.campaign.queue, "UPDATE messages SET \(change) RETURNING id")
      let proof = try await EilbriefProcess.run(
        "receipts", "prove", bad.campaign.name, "--customer", "100", queue: bad.campaign.queue)
      #expect(proof.status == 65)
      #expect(
        proof.errors.contains("the receipt has another address or Message-ID than the queue for this customer."),
        "\(proof.errors)")
      #expect(proof.output == "")
    }
  }

  @Test func whatIsProvedIsPrintedAsJSON() async throws {
    struct Document: Decodable {
      struct Outcome: Decodable {
        let line: Int
        let event: String
        let code: Int?
        let reply: String?
      }
      struct Attempt: Decodable {
        let line: Int
        let attempt: Int
        let at: String
        let relay: String
        let sha256: String
        let outcomes: [Outcome]
        let proved: Bool
        let encoding: String?
      }
      struct Letter: Decodable {
        let letter: String
        let messageId: String
        let state: String
        let attempts: [Attempt]
        let proved: Bool
      }
      let schema: Int
      let campaign: String
      let plan: String
      let frozenAt: String
      let customer: String
      let lines: Int
      let signedLines: Int?
      let letters: [Letter]
      let proved: Bool
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    try await LaunchedCampaign.with { launched in
      let customer = try #require(launched.customers(.letter).first { $0.language == "de" })
      let file = launched.queue.appendingPathComponent("letter.eml")
      let proof = try await launched.receipts("prove", "--customer", customer.id, "--json", "--output", file.path)
      #expect(proof.status == 0 && proof.errors == "")
      let document = try decoder.decode(Document.self, from: Data(proof.output.utf8))
      let letter = try #require(document.letters.first)
      let attempt = try #require(letter.attempts.first)
      let outcome = try #require(attempt.outcomes.first)
      #expect(document.schema == 1 && document.campaign == launched.name && document.customer == customer.id)
      #expect(document.plan.hasPrefix("sha256:") && document.frozenAt.hasSuffix("Z"))
      #expect(letter.state == "accepted" && letter.proved && letter.letter == "password-change")
      #expect(document.proved && document.lines == document.signedLines)
      #expect(
        document.letters.count == 1 && letter.attempts.count == 1 && attempt.attempt == 1 && attempt.relay == "main"
          && attempt.proved)
      #expect(attempt.at.hasSuffix("Z") && attempt.encoding == "8bit")
      #expect(attempt.outcomes.count == 1 && outcome.event == "accepted" && outcome.code == 250)
      #expect(outcome.line > attempt.line && outcome.reply != nil)
      #expect(try await ChildProcess.tool("sha256sum", [file.path]).hasPrefix(attempt.sha256))
      #expect(try String(contentsOf: file, encoding: .utf8).contains(letter.messageId))

      try launched.campaign.write(yaml: try launched.campaign.yaml().replacing("Wir prüfen", with: "Wir wissen"))
      let other = try await launched.receipts("prove", "--customer", customer.id, "--json")
      #expect(other.status == 65 && other.errors.contains("campaign.yaml: incident.measures changed"))
      let difference = try decoder.decode(Document.self, from: Data(other.output.utf8))
      let attempts = difference.letters.flatMap(\.attempts)
      #expect(!difference.proved && attempts.map(\.proved) == [false] && attempts.map(\.encoding) == [nil])
    }
  }

  @Test func whatCannotBeProvedIsSaid() async throws {
    try await LaunchedCampaign.with { launched in
      let letter = try #require(launched.customers(.letter).first)
      let phone = try #require(launched.customers(.phone).first)
      let unknown = try await launched.receipts("prove", "--customer", "niemand")
      #expect(unknown.status == 65 && unknown.errors.contains("there is no customer “niemand” in the plan of sommer"))
      let called = try await launched.receipts("prove", "--customer", phone.id)
      #expect(called.status == 65 && called.errors.contains("gets no letter and is called: Anpassung"))
      let taken = launched.campaign.customerFile
      let exists = try await launched.receipts("prove", "--customer", letter.id, "--output", taken.path)
      #expect(exists.status == 73 && exists.errors.contains("exists already"))
      let file = launched.campaign.folder.appendingPathComponent("receipts/receipts.jsonl")
      var bytes = try Data(contentsOf: file)
      bytes[bytes.count / 2] ^= 1
      try bytes.write(to: file)
      let damaged = try await launched.receipts("prove", "--customer", letter.id)
      #expect(damaged.status == 65 && damaged.errors.contains("Receipts that are not sound prove nothing."))
    }
  }

  /// Several attempts, through a relay with greylisting; the relay's own copy of the letter is the third judge.
  @Test func everyAttemptOfARehearsalIsProved() async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try TestCampaign(
        in: queue, customers: GeneratedCustomer.customers(12, seed: 12),
        relay: ["name: main", "url: \"smtp://127.0.0.1:1\""])
      let scratch = queue.appendingPathComponent("scratch")
      let rehearsal = try await EilbriefProcess.run(
        "rehearse", campaign.name, "--keep", scratch.path, "--faults", "greylist 60%, lost-reply 20%", queue: queue)
      #expect([0, 1].contains(rehearsal.status), "\(rehearsal.errors)")
      let receipts = scratch.appendingPathComponent("\(campaign.name)/receipts/receipts.jsonl")
      let kept = try FileManager.default.contentsOfDirectory(
        at: scratch.appendingPathComponent("letters"), includingPropertiesForKeys: nil
      ).map { try Data(contentsOf: $0) }
      var most = 0
      for customer in campaign.customers {
        let file = queue.appendingPathComponent("\(customer.id).eml")
        let proof = try await EilbriefProcess.run(
          "receipts", "prove", campaign.name, "--customer", customer.id, "--made-from", campaign.folder.path,
          "--output",
          file.path, queue: scratch)
        #expect(proof.status == 0, "\(proof.output)\(proof.errors)")
        let lines = lines(of: proof.output)
        most = max(most, lines.count)
        #expect(try await judged(file, receipts: receipts, lines: lines))
        #expect(kept.contains(try Data(contentsOf: file)))
      }
      #expect(most >= 2)
    }
  }
}
