import Foundation
import TestSupport
import Testing

/// Who has changed the password, by the built program: read beside a launch, killed in the middle, shown, exported and
/// purged.
@Suite struct MailboxCommandTests {
  private static func run(_ campaign: TestCampaign, _ words: String..., fault: String? = nil) async throws
    -> ChildProcess.Outcome
  {
    var environment = ChildProcess.plainEnvironment
    environment["EILBRIEF_FAULT"] = fault
    return try await ChildProcess.run(
      try EilbriefProcess.executable().path, words + ["--queue", campaign.queue.path], environment: environment)
  }

  /// All mailboxes of the campaign with one time, as a database prints them.
  private static func export(_ customers: some Sequence<GeneratedCustomer>, at time: String, in queue: URL) throws
    -> String
  {
    let file = queue.appendingPathComponent("export-\(UInt32.random(in: 0 ... .max)).tsv")
    let rows = customers.flatMap(\.mailboxes).map { "\($0.address)\t{CRYPT}Kennwortgeheimnis\t\(time)\n" }
    try Data(("username\tpassword\tpassword_changed\n" + rows.joined()).utf8).write(to: file)
    return file.path
  }

  private static func sound(_ campaign: TestCampaign) async throws -> String {
    let verified = try await EilbriefProcess.run("receipts", "verify", campaign.name, queue: campaign.queue)
    #expect(verified.status == 0, "\(verified.errors)")
    return verified.output
  }

  /// The launch is under way, and its process brings the receipts to the disk.
  @Test func besideALaunch() async throws {
    try await SinkRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try TestCampaign(
          in: queue, customers: GeneratedCustomer.customers(30, seed: 7), encoding: .utf8,
          relay: ["name: main", "url: \"smtp://127.0.0.1:\(relay.port)\"", "limits: [4/s]"])
        let file = try Self.export(campaign.customers.prefix(3), at: "2026-11-23 10:00:00", in: queue)
        async let launch = EilbriefProcess.run("launch", campaign.name, "--yes", queue: queue)
        try await eventually("letters leave") { try relay.recipients().count > 0 }
        let changed = try await Self.run(campaign, "changed", campaign.name, file)
        #expect(changed.status == 0 && changed.output.contains("changed."), "\(changed.output)\(changed.errors)")
        #expect(!changed.output.contains("in the queue with its receipt"), "\(changed.output)")
        // It was recorded while letters were left, and no letter was held back by it.
        #expect(try relay.recipients().count < 30)
        #expect(try await launch.status == 0)
        #expect(try relay.recipients().count == 30)
        #expect(try await Self.sound(campaign).contains("mailboxes  "))
      }
    }
  }

  /// Killed before the commit nothing is there; killed after it everything is.
  @Test(arguments: [("changesUncommitted", false), ("changesCommitted", true)])
  func killed(point: String, isKept: Bool) async throws {
    try await LaunchedCampaign.with { launched in
      let file = try Self.export(launched.campaign.customers, at: "2026-11-23 10:00:00", in: launched.queue)
      let killed = try await Self.run(launched.campaign, "changed", launched.name, file, fault: point)
      #expect(killed.status != 0)
      let status = try await Self.run(launched.campaign, "status", launched.name)
      #expect(status.output.contains("mailboxes ") == isKept, "\(status.output)")
      let again = try await Self.run(launched.campaign, "changed", launched.name, file)
      #expect(again.status == 0, "\(again.errors)")
      #expect(again.output.contains("Recorded: 0 mailboxes") == isKept, "\(again.output)")
      _ = try await Self.sound(launched.campaign)
    }
  }

  @Test func showsExportsAndForgets() async throws {
    try await LaunchedCampaign.with { launched in
      let campaign = launched.campaign
      #expect(try await !Self.run(campaign, "status", launched.name).output.contains("mailboxes"))
      let early = try Self.export(campaign.customers, at: "2026-11-20 10:00:00", in: launched.queue)
      let none = try await Self.run(campaign, "changed", launched.name, early)
      #expect(none.status == 0 && none.output.contains("not counted"), "\(none.output)\(none.errors)")
      let file = try Self.export(campaign.customers, at: "2026-11-23 10:00:00", in: launched.queue)
      let changed = try await Self.run(campaign, "changed", launched.name, file)
      #expect(
        changed.status == 0 && changed.output.contains("over: every mailbox"), "\(changed.output)\(changed.errors)")
      #expect(changed.output.contains("Times without a zone are read as of"))
      let status = try await Self.run(campaign, "status", launched.name)
      #expect(status.output.contains("still to be changed 0") && status.output.contains("over: every mailbox"))
      let json = try await Self.run(campaign, "status", launched.name, "--json")
      #expect(json.output.contains("\"over\" : true") && json.output.contains("\"locked\" : null"))
      let report = try await Self.run(campaign, "report", launched.name, "--format", "html")
      #expect(report.output.contains("Geänderte Passwörter im Lauf der Zeit"))
      #expect(try await Self.sound(campaign).contains("mailboxes  "))
      let list = try await Self.run(campaign, "calls", "list", launched.name, "--brief")
      #expect(list.output.contains("all mailboxes are changed or locked already"), "\(list.output)")
      let told = try #require(launched.customers(.letter).first)
      let shown = try await launched.receipts("show", "--customer", told.id)
      #expect(shown.status == 0 && shown.output.contains("changed  a mailbox of this customer at"), "\(shown.output)")
      let proved = try await launched.receipts("prove", "--customer", told.id)
      #expect(proved.status == 0, "\(proved.errors)")
      let export = launched.queue.appendingPathComponent("export").path
      #expect(try await launched.receipts("export", export).status == 0)
      #expect(try await ChildProcess.run("sh", [export + "/verify.sh"]).status == 0)
      #expect(
        try String(contentsOfFile: export + "/README.txt", encoding: .utf8).contains("The mailboxes\n-------------"))
      for path in [early, file, export] { try FileManager.default.removeItem(atPath: path) }
      let purged = try await EilbriefProcess.run(
        "purge", launched.name, "--now", "--confirm", launched.name, queue: launched.queue)
      #expect(purged.status == 0, "\(purged.output)\(purged.errors)")
      _ = try await Self.sound(campaign)
      let address = try #require(told.mailboxes.first?.address)
      for file in FileManager.default.enumerator(at: launched.queue, includingPropertiesForKeys: nil) ?? .init() {
        guard let file = file as? URL, let bytes = try? Data(contentsOf: file) else { continue }
        for word in [address, "Kennwortgeheimnis"] {
          #expect(bytes.range(of: Data(word.utf8)) == nil, "\(file.path) has \(word)")
        }
      }
    }
  }

  @Test func exitCodes() async throws {
    try await LaunchedCampaign.with { launched in
      let file = launched.queue.appendingPathComponent("export.csv")
      try Data("user;changed\nhunter2;hunter2\n".utf8).write(to: file)
      let bad = try await Self.run(launched.campaign, "changed", launched.name, file.path, "--domain", "firm.example")
      #expect(bad.status == 65 && bad.errors.contains("export.csv:2: "), "\(bad.errors)")
      #expect(!bad.errors.contains("hunter2") && !bad.output.contains("hunter2"))
      let left = try await Self.run(
        launched.campaign, "changed", launched.name, file.path, "--domain", "firm.example", "--without-rejected")
      #expect(left.status == 65 && left.output.contains("1 row left out"), "\(left.output)\(left.errors)")
      // Another server's export says nothing of this campaign: no zero looks like a fact.
      try Data("user;changed\nnobody@other.example;2026-01-01T10:00:00Z\n".utf8).write(to: file)
      let other = try await Self.run(launched.campaign, "changed", launched.name, file.path, "--without-rejected")
      #expect(other.output.contains("no mailbox of the campaign"), "\(other.output)\(other.errors)")
      let status = try await EilbriefProcess.run("status", launched.name, "--json", queue: launched.queue)
      #expect(!status.output.contains("mailboxes"), "\(status.output)")
      try Data("user;changed\nhunter2;hunter2\n".utf8).write(to: file)
      for words in [["--columns", "x"], ["--time-zone", "CET"], ["--domain", "@"]] {
        let wrong = try await ChildProcess.run(
          try EilbriefProcess.executable().path,
          ["changed", launched.name, file.path, "--queue", launched.queue.path] + words)
        #expect(wrong.status == 64, "\(words): \(wrong.errors)")
      }
      let missing = try await Self.run(launched.campaign, "locked", launched.name, "/nowhere.csv")
      #expect(missing.status == 65, "\(missing.errors)")
      let never = try await Self.run(launched.campaign, "changed", "vorlage", file.path)
      #expect(never.status == 64, "\(never.errors)")
    }
  }
}
