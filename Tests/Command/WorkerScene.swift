import Foundation
import Rehearsal
import RelaySupport
import Synchronization
import TestSupport

/// A queue folder with a relay in this process, for tests of the worker.
struct WorkerScene: Sendable {
  let queue: URL
  let port: Int
  private let taken: Taken

  final class Taken: Sendable {
    let recipients = Mutex<[String]>([])
  }

  /// - Parameter faults: What the relay does; it takes everything otherwise.
  static func with(faults: String? = nil, _ body: @Sendable (WorkerScene) async throws -> Void) async throws {
    let taken = Taken()
    let plan = try faults.map { try FaultPlan(parsing: $0) }
    var options = RelayOptions()
    if let plan { options = RelayOptions(faults: plan) }
    let keep: @Sendable (TakenMessage) -> Void = { message in
      taken.recipients.withLock { $0.append(contentsOf: message.recipients) }
    }
    try await withRelay(options, onTaken: keep) { _, port in
      try await TemporaryFolder.with { queue in
        try await body(WorkerScene(queue: queue, port: port, taken: taken))
      }
    }
  }

  var relay: [String] { ["name: main", "url: \"smtp://127.0.0.1:\(port)\"", "connections: 2"] }
  /// The recipients of what the relay took, in its order.
  var recipients: [String] { taken.recipients.withLock { $0 } }

  /// A campaign in which everybody gets a letter.
  func campaign(_ name: String, customers: Int, seed: UInt64, more: String = "") throws -> TestCampaign {
    var generated = GeneratedCustomer.customers(customers, seed: seed)
    // No two campaigns of a test tell the same address.
    for index in generated.indices { generated[index].contact = "\(name)-\(generated[index].contact)" }
    let campaign = try TestCampaign(name, in: queue, customers: generated, relay: relay)
    try campaign.write(yaml: campaign.yaml() + more)
    return campaign
  }

  /// Runs a command to its end, and requires its status.
  @discardableResult
  func run(_ words: String..., status: Int32 = 0) async throws -> ChildProcess.Outcome {
    let outcome = try await ChildProcess.run(
      try EilbriefProcess.executable().path, words + ["--queue", queue.path])
    guard outcome.status == status else {
      throw HarnessError("\(words): \(outcome.ending)\n\(outcome.output)\(outcome.errors)")
    }
    return outcome
  }

  func state(_ campaign: TestCampaign) async throws -> String { try await CommandStatus.read(campaign).state }

  /// The customers of the campaigns, each once, and nobody else: in the relay's book.
  func isEachToldOnce(_ campaigns: TestCampaign...) -> Bool {
    recipients.sorted() == campaigns.flatMap { $0.customers.map(\.contact) }.sorted()
  }
}
