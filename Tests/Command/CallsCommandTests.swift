import Foundation
import TestSupport
import Testing

/// Calls by the built program: beside a launch, killed in the middle, and as the exit codes and documents show them.
@Suite struct CallsCommandTests {
  private static func calls(_ campaign: TestCampaign, _ words: String...) async throws -> ChildProcess.Outcome {
    try await ChildProcess.run(
      try EilbriefProcess.executable().path, ["calls"] + words + ["--queue", campaign.queue.path])
  }

  private static func sound(_ campaign: TestCampaign) async throws -> String {
    let verified = try await EilbriefProcess.run("receipts", "verify", campaign.name, queue: campaign.queue)
    #expect(verified.status == 0, "\(verified.errors)")
    return verified.output
  }

  /// The launch is under way, and its process brings the receipt to the disk.
  @Test func besideALaunch() async throws {
    try await SinkRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try TestCampaign(
          in: queue, customers: GeneratedCustomer.customers(30, seed: 7), encoding: .utf8,
          relay: ["name: main", "url: \"smtp://127.0.0.1:\(relay.port)\"", "limits: [4/s]"])
        let ids = campaign.customers.map(\.id)
        async let launch = EilbriefProcess.run("launch", campaign.name, "--yes", queue: queue)
        try await eventually("letters leave") { try relay.recipients().count > 0 }
        for id in ids.prefix(3) {
          let done = try await Self.calls(
            campaign, "done", campaign.name, id, "--by", "Karla Test", "--outcome", "reached", "--anyway")
          #expect(done.status == 0 && done.output.hasPrefix("Recorded: \(id), reached"), "\(done.errors)")
          #expect(!done.output.contains("in the queue with its receipt"), "\(done.output)")
        }
        // It was recorded while letters were left.
        #expect(try relay.recipients().count < 30)
        #expect(try await launch.status == 0)
        #expect(try relay.recipients().count == 30)
        #expect(try await Self.sound(campaign).contains("calls  3 reached"))
      }
    }
  }

  /// Killed before the commit nothing is there; killed after it the receipt is, and the next command brings it to the
  /// disk.
  @Test(arguments: [("callsUncommitted", 1), ("callsCommitted", 0)])
  func killed(point: String, open: Int) async throws {
    try await LaunchedCampaign.with { launched in
      let words = ["calls", "done", launched.name, "10012", "--by", "Karla Test", "--outcome", "reached"]
      let killed = try await ChildProcess.run(
        try EilbriefProcess.executable().path, words + ["--queue", launched.queue.path],
        environment: ChildProcess.plainEnvironment.merging(["EILBRIEF_FAULT": point]) { $1 })
      #expect(killed.status != 0)
      let again = try await Self.calls(
        launched.campaign, "done", launched.name, "10012", "--by", "Karla Test", "--outcome", "reached")
      #expect(again.status == (open == 1 ? 0 : 64), "\(again.output)\(again.errors)")
      let other = try await Self.calls(
        launched.campaign, "done", launched.name, "10004", "--by", "Karla Test", "--outcome", "no-answer")
      #expect(other.status == 0)
      #expect(try await Self.sound(launched.campaign).contains("calls  1 reached, 1 no answer"))
    }
  }

  @Test func exportsShowsAndForgets() async throws {
    try await LaunchedCampaign.with { launched in
      let campaign = launched.campaign
      for (id, outcome) in [("10012", "reached"), ("10004", "wrong-number")] {
        let done = try await Self.calls(
          campaign, "done", launched.name, id, "--by", "Gundula Test", "--outcome", outcome, "--note", "Notizgeheimnis")
        #expect(done.status == 0, "\(done.errors)")
      }
      for id in ["10012", "10004"] {
        let shown = try await launched.receipts("show", "--customer", id)
        #expect(shown.status == 0 && shown.output.contains("called"), "\(shown.errors)")
        let proved = try await launched.receipts("prove", "--customer", id)
        #expect(proved.status == 0 && proved.output.contains("by Gundula Test: as in the queue"), "\(proved.errors)")
      }
      let export = launched.queue.appendingPathComponent("export").path
      #expect(try await launched.receipts("export", export).status == 0)
      #expect(try await ChildProcess.run("sh", [export + "/verify.sh"]).status == 0)
      #expect(try String(contentsOfFile: export + "/README.txt", encoding: .utf8).contains("The calls\n---------"))
      let form = launched.queue.appendingPathComponent("\(launched.name)/form.csv").path
      #expect(try await Self.calls(campaign, "list", launched.name, "--output", form).status == 0)
      #expect(try FileManager.default.attributesOfItem(atPath: form)[.posixPermissions] as? Int == 0o600)
      // The same file again: it is a report of ours.
      #expect(try await Self.calls(campaign, "list", launched.name, "--output", form).status == 0)
      let purged = try await EilbriefProcess.run(
        "purge", launched.name, "--now", "--confirm", launched.name, queue: launched.queue)
      #expect(purged.status == 0 && !FileManager.default.fileExists(atPath: form), "\(purged.output)\(purged.errors)")
      _ = try await Self.sound(campaign)
      for file in FileManager.default.enumerator(at: launched.queue, includingPropertiesForKeys: nil) ?? .init() {
        guard let file = file as? URL, let bytes = try? Data(contentsOf: file) else { continue }
        for word in ["Gundula", "Notizgeheimnis"] {
          #expect(bytes.range(of: Data(word.utf8)) == nil, "\(file.path) has \(word)")
        }
      }
      #expect(try await Self.calls(campaign, "list", launched.name).status == 64)
    }
  }
}
