import Foundation
import Rehearsal
import RelaySupport
import TestSupport

/// A small campaign with templates of its own, launched to its end: through ``SinkRelay`` unless said otherwise.
struct LaunchedCampaign {
  let campaign: TestCampaign
  var queue: URL { campaign.queue }
  var name: String { campaign.name }
  var template: URL { campaign.folder.appendingPathComponent("templates/password-change/de.txt.mustache") }

  static func with<Value>(
    relay options: [String] = [], _ body: (LaunchedCampaign) async throws -> Value
  ) async throws -> Value {
    try await SinkRelay.with(options: options) { relay in try await launched(port: relay.port, statuses: [0], body) }
  }

  /// Through the built-in relay, which refuses some of the recipients.
  static func withRefusals<Value: Sendable>(
    _ body: @Sendable (LaunchedCampaign) async throws -> Value
  ) async throws -> Value {
    try await withRelay(RelayOptions(faults: try FaultPlan(parsing: "unknown 40%"))) { _, port in
      try await launched(port: port, statuses: [1], body)
    }
  }

  private static func launched<Value>(
    port: Int, statuses: Set<Int32>, _ body: (LaunchedCampaign) async throws -> Value
  ) async throws -> Value {
    try await TemporaryFolder.with { queue in
      let campaign = try TestCampaign(
        in: queue, customers: GeneratedCustomer.customers(14, seed: 11, everyoneGetsALetter: false),
        relay: ["name: main", "url: \"smtp://127.0.0.1:\(port)\"", "tls: none"])
      try await require(EilbriefProcess.run("init", "vorlage", queue: queue))
      try FileManager.default.moveItem(
        at: queue.appendingPathComponent("vorlage/templates"),
        to: campaign.folder.appendingPathComponent("templates"))
      try await require(EilbriefProcess.run("launch", campaign.name, "--yes", queue: queue), statuses)
      return try await body(LaunchedCampaign(campaign: campaign))
    }
  }

  private static func require(_ outcome: ChildProcess.Outcome, _ statuses: Set<Int32> = [0]) throws {
    guard let status = outcome.status, statuses.contains(status) else {
      throw HarnessError("\(outcome.ending): \(outcome.output)\(outcome.errors)")
    }
  }

  func customers(_ outcome: GeneratedCustomer.Outcome) -> [GeneratedCustomer] {
    campaign.customers.filter { $0.outcome == outcome }
  }

  /// Records a call to each customer.
  static func call(_ launched: LaunchedCampaign, _ calls: [(customer: String, outcome: String)]) async throws {
    for (customer, outcome) in calls {
      try await require(
        ChildProcess.run(
          try EilbriefProcess.executable().path,
          [
            "calls", "done", launched.name, customer, "--by", "Gundula Test", "--outcome", outcome, "--note",
            "Notiz am Telefon", "--anyway", "--queue", launched.queue.path,
          ]))
    }
  }

  /// The Message-ID of the customer's letter.
  func messageID(of customer: GeneratedCustomer) async throws -> String {
    let shown = try await receipts("show", "--customer", customer.id, "--json")
    guard let found = shown.output.firstMatch(of: /"message_id":"(<[^"]+>)"/) else {
      throw HarnessError("no letter of \(customer.id): \(shown.output)\(shown.errors)")
    }
    return String(found.output.1)
  }

  /// `eilbrief receipts VERB CAMPAIGN …`
  func receipts(_ verb: String, _ more: String...) async throws -> ChildProcess.Outcome {
    try await ChildProcess.run(
      try EilbriefProcess.executable().path, ["receipts", verb, name] + more + ["--queue", queue.path])
  }
}
