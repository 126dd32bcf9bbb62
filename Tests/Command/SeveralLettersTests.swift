import Foundation
import TestSupport
import Testing

/// A notice to all customers and instructions to some, by separate mail, from the campaign file to the proof.
@Suite struct SeveralLettersTests {
  private static let notice = """
    {{sender.name}}, {{date}}

    {{greeting}},

    {{incident.what}}. Geschehen am {{incident.happened}}, entdeckt am {{incident.discovered}}.
    {{#incident.data}}
    - {{.}}
    {{/incident.data}}
    {{incident.consequences}}
    {{incident.measures}}
    {{#incident.authority}}
    {{incident.authority.name}}, {{incident.authority.filed}}, {{incident.authority.reference}}
    {{/incident.authority}}
    {{#gets_instructions}}
    Die Anleitung kommt mit separater E-Mail.
    {{/gets_instructions}}
    {{^gets_instructions}}
    Eine Anleitung bekommen Sie nicht.
    {{/gets_instructions}}
    {{#is_called}}
    Wir rufen Sie an.
    {{/is_called}}
    {{notice_url}}
    {{contact.name}}, {{contact.phone}}, {{contact.email}}
    {{code}}

    """

  private static func campaign(in queue: URL) async throws -> TestCampaign {
    let campaign = try TestCampaign(
      in: queue, customers: GeneratedCustomer.customers(40, seed: 21, everyoneGetsALetter: false),
      relay: ["name: main", "url: \"smtp://127.0.0.1:1\""])
    let made = try await EilbriefProcess.run("init", "vorlage", queue: queue)
    #expect(made.status == 0)
    let templates = campaign.folder.appendingPathComponent("templates")
    try FileManager.default.moveItem(at: queue.appendingPathComponent("vorlage/templates"), to: templates)
    let folder = templates.appendingPathComponent("notice")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for language in ["de", "en"] {
      for (part, text) in [
        ("subject", "Zu Ihren Postfächern"), ("txt", notice),
        ("html", "<p>\(notice.replacing("{{notice_url}}", with: "<a href=\"{{notice_url}}\">{{notice_url}}</a>"))</p>"),
      ] {
        try Data(text.utf8).write(to: folder.appendingPathComponent("\(language).\(part).mustache"))
      }
    }
    try campaign.write(yaml: try campaign.yaml().replacing("\nrelays:", with: "\nletters: {notice: all}\nrelays:"))
    return campaign
  }

  @Test func everyoneGetsTheNoticeAndSomeTheInstructions() async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try await Self.campaign(in: queue)
      let scratch = queue.appendingPathComponent("scratch")
      let rehearsal = try await EilbriefProcess.run(
        "rehearse", campaign.name, "--keep", scratch.path, "--faults", "none", queue: queue)
      #expect(rehearsal.status == 0, "\(rehearsal.output)\(rehearsal.errors)")
      let instructed = campaign.customers.filter { $0.outcome == .letter }
      let called = campaign.customers.filter { $0.outcome == .phone && !$0.contact.isEmpty }
      try #require(!instructed.isEmpty && !called.isEmpty && instructed.count < campaign.customers.count)

      let letters = try await ReadLetter.all(in: scratch.appendingPathComponent("letters"))
      let notices = letters.filter { $0.subject == "Zu Ihren Postfächern" }
      #expect(Set(letters.map(\.messageId)).count == letters.count)
      #expect(Set(notices.flatMap(\.to)) == Set(campaign.customers.map(\.contact).filter { !$0.isEmpty }))
      #expect(notices.count == Set(notices.flatMap(\.to)).count)
      let others = letters.filter { $0.subject != "Zu Ihren Postfächern" }
      #expect(Set(others.flatMap(\.to)) == Set(instructed.map(\.contact)) && others.count == instructed.count)
      for letter in notices {
        let isInstructed = instructed.contains { $0.contact == letter.to.first }
        #expect(letter.text?.contains("mit separater E-Mail") == isInstructed)
        if called.contains(where: { $0.contact == letter.to.first }) {
          #expect(letter.text?.contains("Wir rufen Sie an") == true)
        }
      }

      let status = try await EilbriefProcess.run("status", campaign.name, "--json", queue: scratch)
      let figures = try JSONDecoder().decode(CommandStatus.self, from: Data(status.output.utf8))
      #expect(figures.addsUp && figures.customers.letter == notices.count)
      #expect(figures.messages["total"] == letters.count && figures.messages["accepted"] == letters.count)
      let report = try await EilbriefProcess.run("report", campaign.name, "--format", "json", queue: scratch)
      let rows = try JSONSerialization.jsonObject(with: Data(report.output.utf8)) as? [[String: Any]] ?? []
      let told = rows.filter { $0["state"] as? String == "accepted" }.compactMap { $0["letter"] as? String }
      #expect(told.count { $0 == "notice" } == notices.count && told.count { $0 == "password-change" } == others.count)
      #expect(Set(rows.compactMap { $0["customer"] as? String }) == Set(campaign.customers.map(\.id)))
    }
  }

  @Test func instructionsLeaveFirstAndEachLetterIsProvedByItself() async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try await Self.campaign(in: queue)
      let scratch = queue.appendingPathComponent("scratch")
      let yaml = try campaign.yaml().replacing(
        "url: \"smtp://127.0.0.1:1\"", with: "url: \"smtp://127.0.0.1:1\", connections: 1")
      try campaign.write(yaml: yaml)
      _ = try await EilbriefProcess.run(
        "rehearse", campaign.name, "--keep", scratch.path, "--faults", "none", queue: queue)
      let receipts = try String(
        contentsOf: scratch.appendingPathComponent("\(campaign.name)/receipts/receipts.jsonl"), encoding: .utf8)
      let order = receipts.split(separator: "\n").filter { $0.contains("\"event\":\"attempt\"") }
        .map { $0.contains("\"template\":\"notice@") }
      #expect(order == order.sorted { !$0 && $1 } && order.contains(true) && order.contains(false))
      let verified = try await EilbriefProcess.run("receipts", "verify", campaign.name, queue: scratch)
      #expect(verified.status == 0, "\(verified.errors)")

      let customer = try #require(campaign.customers.first { $0.outcome == .letter })
      let more = ["--customer", customer.id, "--made-from", campaign.folder.path]
      func prove(_ rest: String...) async throws -> ChildProcess.Outcome {
        try await ChildProcess.run(
          EilbriefProcess.executable().path,
          ["receipts", "prove", campaign.name, "--queue", scratch.path] + more + rest)
      }
      let both = try await prove()
      #expect(both.status == 0, "\(both.errors)")
      #expect(
        both.output.contains("\nLetter password-change, message <")
          && both.output.contains("\nLetter notice, message <"))
      let file = queue.appendingPathComponent("letter.eml").path
      let unnamed = try await prove("--output", file)
      #expect(unnamed.status == 64 && unnamed.errors.contains("name the one to write with --letter"))
      let wrong = try await prove("--letter", "reminder")
      #expect(wrong.status == 65 && wrong.errors.contains("gets no letter “reminder”, but password-change and notice"))
      let one = try await prove("--letter", "notice", "--output", file)
      #expect(one.status == 0 && !one.output.contains("password-change"))
      let digest = try await ChildProcess.tool("sha256sum", [file]).prefix(64)
      #expect(one.output.contains("sha256 \(digest)"))
    }
  }
}
