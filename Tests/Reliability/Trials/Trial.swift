public import Foundation
import Queue
public import Receipts
public import Rehearsal
public import TestSupport

/// One campaign under fault: its folder, a relay in this process whose book survives every crash, and the command.
///
/// The relay is the judge: it runs here and not in the process that dies. What is thrown is that the bench does not work,
/// or that a command ended as none may; what the trial found is a value.
public struct Trial: Sendable {
  public struct Settings: Sendable {
    /// Every customer gets a letter.
    public var customers: Int
    public var seed: UInt64
    public var connections: Int
    public var faults: FaultPlan
    /// As in the campaign file: `40/s`.
    public var limits: [String]
    /// `hold` or `resend`.
    public var uncertain: String
    /// As in the campaign file; short, so that a trial ends.
    public var retry: String

    public init(
      customers: Int, seed: UInt64 = 1, connections: Int = 3, faults: FaultPlan = .none, limits: [String] = [],
      uncertain: String = "hold", retry: String = "{schedule: 1s, give_up_after: 1h}"
    ) {
      self.customers = customers
      self.seed = seed
      self.connections = connections
      self.faults = faults
      self.limits = limits
      self.uncertain = uncertain
      self.retry = retry
    }
  }

  public let settings: Settings
  public let campaign: TestCampaign
  public let relay: RehearsalRelay

  /// Makes the campaign in `queue` (a temporary folder when there is none given), starts the relay, and stops it at the
  /// end of `body`, whatever that is. `onTaken` is called for each letter the relay takes, before it answers.
  public static func with<Value: Sendable>(
    _ settings: Settings, queue: URL? = nil, onTaken: (@Sendable (TakenMessage) -> Void)? = nil,
    _ body: (Trial) async throws -> Value
  ) async throws -> Value {
    let folder = queue == nil ? try TemporaryFolder() : nil
    defer { withExtendedLifetime(folder) {} }
    let relay = try RehearsalRelay(RelayOptions(faults: settings.faults, keeping: .envelopes), onTaken: onTaken)
    let port = try await relay.start()
    do {
      // One of the two is there.
      let trial = try Trial(settings, in: queue ?? folder!.url, relay: relay, port: port)
      let value = try await body(trial)
      await relay.stop()
      return value
    } catch {
      await relay.stop()
      throw error
    }
  }

  private init(_ settings: Settings, in queue: URL, relay: RehearsalRelay, port: Int) throws {
    self.settings = settings
    self.relay = relay
    var lines = ["name: main", "url: \"smtp://127.0.0.1:\(port)\"", "connections: \(settings.connections)"]
    if !settings.limits.isEmpty { lines.append("limits: [\(settings.limits.joined(separator: ", "))]") }
    campaign = try TestCampaign(
      in: queue, customers: GeneratedCustomer.customers(settings.customers, seed: settings.seed), relay: lines)
    let yaml = try campaign.yaml()
      .replacing("retry: {schedule: 30m 1h*3 4h*6, give_up_after: 4d}", with: "retry: \(settings.retry)")
      .replacing("uncertain: hold", with: "uncertain: \(settings.uncertain)")
    try campaign.write(yaml: yaml)
  }

  public var queue: URL { campaign.queue }
  public var receipts: URL { campaign.folder.appendingPathComponent("receipts", isDirectory: true) }

  // MARK: The command

  /// Starts `eilbrief VERB CAMPAIGN OPTIONS`; a verb may be two words, as `receipts export`. `wrapper` are words that stand
  /// before it, as a tool that runs it. The caller waits for its end.
  public func start(
    _ verb: String, _ options: [String] = [], fault: PlannedFault? = nil, environment: [String: String] = [:],
    wrapper: [String] = []
  ) throws -> ChildProcess {
    var variables = ChildProcess.plainEnvironment
    variables["EILBRIEF_QUEUE"] = queue.path
    variables.merge(environment) { $1 }
    if let fault { variables.merge(fault.environment) { $1 } }
    let words =
      wrapper + [try EilbriefProcess.executable().path] + verb.split(separator: " ").map(String.init) + [campaign.name]
      + options
    return try ChildProcess(words[0], Array(words.dropFirst()), environment: variables)
  }

  /// The same, to its end.
  public func run(
    _ verb: String, _ options: [String] = [], fault: PlannedFault? = nil, environment: [String: String] = [:],
    wrapper: [String] = []
  ) async throws -> ChildProcess.Outcome {
    let child = try start(verb, options, fault: fault, environment: environment, wrapper: wrapper)
    return try await child.running { await child.outcome() }
  }

  /// Begins or goes on with the campaign until it is over, as an operator would: `resume`, and `launch` where there is
  /// nothing to resume. Fails when a command ends in another way than these may, or after ten of them.
  public func finish(environment: [String: String] = [:], wrapper: [String] = []) async throws {
    for _ in 0..<10 {
      var outcome = try await run("resume", environment: environment, wrapper: wrapper)
      if outcome.status == 64 || outcome.status == 73, try await state() == nil {
        outcome = try await run("launch", ["--yes"], environment: environment, wrapper: wrapper)
      }
      if [0, 1].contains(outcome.status) { return }
      guard [69, 75].contains(outcome.status) else {
        throw HarnessError("the campaign does not go on: \(outcome.ending)\n\(outcome.output)\(outcome.errors)")
      }
    }
    throw HarnessError("the campaign does not come to an end")
  }

  /// Nil before the plan is frozen.
  public func state() async throws -> CampaignState? {
    do {
      let store = try SQLiteStore.open(spool: queue, access: .reader)
      return try await store.campaign(named: campaign.name)?.state
    } catch StoreError.noSpool {
      return nil
    }
  }

  /// `eilbrief receipts verify`.
  public func verify() async throws -> ChildProcess.Outcome {
    try await EilbriefProcess.run("receipts", "verify", campaign.name, queue: queue)
  }

  // MARK: The books

  /// What is wrong with the receipts a crash has left: nothing may be but a last line that was cut short, or a file that
  /// holds no line yet. Nil when nothing is.
  public func brokenReceipts() throws -> String? {
    let file = receipts.appendingPathComponent("receipts.jsonl")
    guard let size = try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int, size > 0 else {
      return nil
    }
    guard let fault = try ReceiptVerifier(folder: receipts).verify().fault else { return nil }
    return fault.reason.contains("cut short") ? nil : fault.description
  }

  /// The books of a campaign that is over. What a killed process had sent is waited for first.
  public func books() async throws -> ThreeBooks {
    try await eventually("the relay has read what was sent") { relay.counts.connectionsOpen == 0 }
    return ThreeBooks(
      relay: RelayBook(relay), queue: try await QueueBook(spool: queue, campaign: campaign.name),
      receipts: try ReceiptsBook(folder: receipts), recipients: campaign.customers.map(\.contact),
      connections: settings.connections)
  }
}
