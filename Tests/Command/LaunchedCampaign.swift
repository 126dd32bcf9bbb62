import Foundation
import TestSupport

/// A small campaign with templates of its own, launched through ``SinkRelay`` to its end.
struct LaunchedCampaign {
  let campaign: TestCampaign
  var queue: URL { campaign.queue }
  var name: String { campaign.name }
  var template: URL { campaign.folder.appendingPathComponent("templates/password-change/de.txt.mustache") }

  static func with<Value>(
    relay options: [String] = [], _ body: (LaunchedCampaign) async throws -> Value
  ) async throws -> Value {
    try await SinkRelay.with(options: options) { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try TestCampaign(
          in: queue, customers: GeneratedCustomer.customers(14, seed: 11, everyoneGetsALetter: false),
          relay: ["name: main", "url: \"smtp://127.0.0.1:\(relay.port)\"", "tls: none"])
        try await require(EilbriefProcess.run("init", "vorlage", queue: queue))
        try FileManager.default.moveItem(
          at: queue.appendingPathComponent("vorlage/templates"),
          to: campaign.folder.appendingPathComponent("templates"))
        try await require(EilbriefProcess.run("launch", campaign.name, "--yes", queue: queue))
        return try await body(LaunchedCampaign(campaign: campaign))
      }
    }
  }

  private static func require(_ outcome: ChildProcess.Outcome) throws {
    guard outcome.status == 0 else { throw HarnessError("\(outcome.ending): \(outcome.output)\(outcome.errors)") }
  }

  func customers(_ outcome: GeneratedCustomer.Outcome) -> [GeneratedCustomer] {
    campaign.customers.filter { $0.outcome == outcome }
  }

  /// `eilbrief receipts VERB CAMPAIGN …`
  func receipts(_ verb: String, _ more: String...) async throws -> ChildProcess.Outcome {
    try await ChildProcess.run(
      try EilbriefProcess.executable().path, ["receipts", verb, name] + more + ["--queue", queue.path])
  }
}
