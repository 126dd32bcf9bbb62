import Foundation
import TestSupport
import Testing

/// `report --format html|pdf|json`: a whole campaign, what an authority gets of it, and one customer's proof.
@Suite(.serialized) struct ReportDocumentTests {
  private struct Verdict: Decodable {
    let wrong: [String]
    var text: String?
    var language: String?
    var seen: Int?
  }

  private static func judge(_ name: String, _ arguments: [String]) async throws -> Verdict {
    let judge = try #require(Bundle.module.url(forResource: name, withExtension: "py", subdirectory: "Judges"))
    // Debian's Python: it has the packages.
    let output = try await ChildProcess.tool("/usr/bin/python3", [judge.path] + arguments)
    return try JSONDecoder().decode(Verdict.self, from: Data(output.utf8))
  }

  private func report(_ launched: LaunchedCampaign, _ words: String...) async throws -> ChildProcess.Outcome {
    try await ChildProcess.run(
      try EilbriefProcess.executable().path, ["report", launched.name] + words + ["--queue", launched.queue.path])
  }

  private func page(_ launched: LaunchedCampaign, _ name: String, _ words: String...) async throws -> URL {
    let file = launched.queue.appendingPathComponent("\(name).html")
    let made = try await ChildProcess.run(
      try EilbriefProcess.executable().path,
      ["report", launched.name, "--format", "html", "--output", file.path, "--queue", launched.queue.path] + words)
    try #require(made.status == 0 && made.errors == "", "\(made.ending): \(made.errors)")
    return file
  }

  @Test func everyPageIsValidAndReadableForEverybody() async throws {
    try await LaunchedCampaign.with { launched in
      let customer = try #require(launched.customers(.letter).first)
      let phone = launched.customers(.phone)
      try await LaunchedCampaign.call(
        launched, [(phone[0].id, "no-answer"), (phone[0].id, "reached"), (customer.id, "letter-wanted")])
      let pages = [
        try await page(launched, "de"), try await page(launched, "en", "--language", "en"),
        try await page(launched, "authority", "--for", "authority"),
        try await page(launched, "customer", "--customer", customer.id),
      ]
      for (file, language) in zip(pages, ["de", "en", "de", "de"]) {
        let verdict = try await Self.judge("read_report", [file.path])
        #expect(verdict.wrong == [], "\(file.lastPathComponent)")
        #expect(verdict.language == language)
        #expect(try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int == 0o600)
        // The promise is about what is true.
        for word in ["delivered to", "zugestellt an"] { #expect(verdict.text?.contains(word) == false) }
      }
      let axe = PackageRoot.file(".build/axe/axe.min.js")
      try #require(FileManager.default.fileExists(atPath: axe.path), "axe-core is missing: run `make setup-test`")
      let seen = try await Self.judge("check_accessibility", [axe.path] + pages.map(\.path))
      #expect(seen.wrong == [] && seen.seen == 16)
    }
  }

  /// Everything of the customer file but what the campaign file has as well.
  private static func cells(_ customers: [GeneratedCustomer]) -> Set<String> {
    Set(
      customers.flatMap { customer in
        [customer.company, customer.firstName, customer.lastName, customer.contact, customer.phone]
          + customer.mailboxes.map(\.address)
      }
    ).filter { $0.count > 2 }
  }

  private static func isIn(_ cell: String, _ text: String) -> Bool {
    let escaped = cell.replacing("&", with: "&amp;").replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    return text.contains(cell) || text.contains(escaped)
  }

  @Test func anAuthorityLearnsNoName() async throws {
    try await LaunchedCampaign.withRefusals { launched in
      let page = try await page(launched, "authority", "--for", "authority")
      let json = try await report(launched, "--for", "authority", "--format", "json")
      try #require(json.status == 0, "\(json.errors)")
      for text in [try String(contentsOf: page, encoding: .utf8), json.output] {
        #expect(Self.cells(launched.campaign.customers).filter { Self.isIn($0, text) } == [])
        // An id may stand in a digest by chance, not as a word.
        let words = Set(text.split { !$0.isLetter && !$0.isNumber }.map(String.init))
        #expect(launched.campaign.customers.map(\.id).filter(words.contains) == [])
      }
      // The same search finds them where they are.
      let whole = try String(contentsOf: try await self.page(launched, "operator"), encoding: .utf8)
      let called = launched.customers(.phone)
      #expect(!called.isEmpty && called.allSatisfy { Self.isIn($0.phone, whole) })
    }
  }

  /// Whom, by whom and with what note is for the operator; that calls were made and what came of them is for everybody.
  @Test func theCallsAreInTheReport() async throws {
    try await LaunchedCampaign.withRefusals { launched in
      let phone = (launched.customers(.phone) + launched.customers(.letter)).map(\.id)
      try await LaunchedCampaign.call(
        launched, [(phone[0], "no-answer"), (phone[0], "reached"), (phone[1], "wrong-number")])
      let page = try String(contentsOf: try await page(launched, "authority", "--for", "authority"), encoding: .utf8)
      let made = try await report(launched, "--for", "authority", "--format", "json")
      for text in [page, made.output] {
        for word in ["Gundula", "Notiz am Telefon"] { #expect(!text.contains(word)) }
      }
      #expect(page.contains("Geführte Anrufe: 3. Angerufene Kunden: 2."))
      for act in ["Anruf: erreicht und unterrichtet", "Anruf: nicht erreicht", "Anruf: falsche Nummer"] {
        #expect(page.contains(act), "\(act)")
      }
      // The figures of `status`.
      struct Report: Decodable {
        struct Calls: Decodable { let figures: [String: Int] }
        let calls: Calls
      }
      struct Status: Decodable { let calls: [String: Int] }
      let status = try await ChildProcess.run(
        try EilbriefProcess.executable().path, ["status", launched.name, "--json", "--queue", launched.queue.path])
      #expect(
        try JSONDecoder().decode(Report.self, from: Data(made.output.utf8)).calls.figures
          == JSONDecoder().decode(Status.self, from: Data(status.output.utf8)).calls)
      let own = try String(
        contentsOf: try await self.page(launched, "customer", "--customer", phone[0]), encoding: .utf8)
      #expect(own.contains("Gundula Test") && own.contains("Notiz am Telefon"))
      #expect(own.contains("Telefonisch unterrichtet am") && !own.contains("Anzurufen, weil"))
      // After a purge the receipts still say what was done.
      let purged = try await EilbriefProcess.run(
        "purge", launched.name, "--now", "--confirm", launched.name, queue: launched.queue)
      try #require(purged.status == 0, "\(purged.errors)")
      let after = try await report(launched, "--for", "authority", "--format", "html")
      #expect(after.output.contains("Geführte Anrufe: 3. Angerufene Kunden: 2."), "\(after.errors)")
      #expect(after.output.contains("Wer noch anzurufen war, ist nicht mehr bekannt"))
    }
  }

  @Test func aCustomersProofHasTheLinesOfTheReceipts() async throws {
    try await LaunchedCampaign.with { launched in
      let customer = try #require(launched.customers(.letter).first)
      let proof = try await report(launched, "--customer", customer.id, "--format", "json")
      try #require(proof.status == 0, "\(proof.errors)")
      let document = try #require(try JSONSerialization.jsonObject(with: Data(proof.output.utf8)) as? [String: Any])
      let letters = try #require(document["letters"] as? [[String: Any]])
      let receipts = try #require(letters.first?["receipts"] as? [[String: Any]])
      #expect(receipts.map { $0["event"] as? String } == ["attempt", "accepted"])
      // As its own text says: the digest of a line is the next one's “prev”.
      let file = launched.queue.appendingPathComponent("\(launched.name)/receipts/receipts.jsonl")
      let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
      for receipt in receipts {
        let (seq, digest) = try #require((receipt["seq"] as? Int, receipt["line"] as? String) as? (Int, String))
        #expect(seq == lines.count || lines[seq].hasSuffix("\"prev\":\"\(digest)\"}"))
      }
      let nobody = try await report(launched, "--customer", "nobody", "--format", "html")
      #expect(nobody.status == 65 && nobody.output == "" && nobody.errors.contains("no customer “nobody” in the plan"))
      let called = try #require(launched.customers(.phone).first)
      #expect(try await report(launched, "--customer", called.id, "--format", "html").status == 0)
    }
  }

  @Test func aPDFIsMadeWhereChromiumIsAndReplaced() async throws {
    try await LaunchedCampaign.with { launched in
      let file = launched.queue.appendingPathComponent("report.pdf")
      for _ in 1...2 {
        let made = try await report(launched, "--format", "pdf", "--output", file.path)
        #expect(made.status == 0 && made.errors == "", "\(made.errors)")
      }
      let bytes = try Data(contentsOf: file)
      #expect(bytes.starts(with: Array("%PDF-".utf8)) && bytes.count > 20_000)
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(text.contains("/Creator (eilbrief report ") && !text.contains("HeadlessChrome"))
      let without = try await EilbriefProcess.run(
        "report", launched.name, "--format", "pdf", "--output", file.path + "2", queue: launched.queue,
        environment: ["PATH": launched.queue.path])
      #expect(without.status == 73 && without.errors.contains("--format html and print the page from a browser"))
      #expect(!FileManager.default.fileExists(atPath: file.path + "2"))
    }
  }

  /// Receipts that were changed: the report says so on its face, and is made all the same.
  @Test func changedReceiptsAreSaidSo() async throws {
    try await LaunchedCampaign.with { launched in
      let file = launched.queue.appendingPathComponent("\(launched.name)/receipts/receipts.jsonl")
      let text = try String(contentsOf: file, encoding: .utf8)
      try Data(text.replacing("\"code\":250", with: "\"code\":251", maxReplacements: 1).utf8).write(to: file)
      let made = try await report(launched, "--format", "html", "--language", "en")
      #expect(made.status == 0 && made.output.contains("The receipts are not sound, and prove nothing:"))
      #expect(!made.output.contains("chain unbroken, states in order"))
    }
  }

  @Test func optionsThatDoNotFitAreRefused() async throws {
    try await TemporaryFolder.with { queue in
      for (words, why) in [
        (["--format", "text"], "--format text is not for customers"),
        (["reasons", "--format", "html"], "is not for reasons"),
        (["calls", "--format", "pdf"], "is not for calls"), (["summary"], "--format csv is not for summary"),
        (["--for", "authority"], "add --format html, pdf or json"),
        (["--customer", "1"], "add --format html, pdf or json"),
        (["calls", "--for", "authority"], "add --format"),
        (["--format", "html", "--customer", "1", "--for", "authority"], "leave --for and “summary” out"),
      ] {
        let made = try await ChildProcess.run(
          try EilbriefProcess.executable().path, ["report", "sommer"] + words + ["--queue", queue.path])
        #expect(made.status == 64 && made.errors.contains(why), "\(words): \(made.errors)")
      }
    }
  }
}
