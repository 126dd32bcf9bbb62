import Campaigns
import Delivery
public import Foundation
import Letters
import Queue
public import Rehearsal
import SMTP

/// Runs a whole campaign against the built-in relay with its faults, in a scratch queue folder. Nothing leaves the
/// machine.
///
/// The real engine, store and SMTP code run; waits end at once where the clock of the dependencies skips them. What it
/// made is gone when it returns, however it ends, except for what is to be kept.
public struct RehearsalRun: Sendable {
  /// The result: what would have happened.
  public struct Outcome: Sendable {
    public let delivery: DeliveryOutcome
    /// From the first letter to the end, by the clock of the rehearsal, in seconds.
    public let duration: TimeInterval
    /// What the built-in relay counted.
    public let relay: RelayCounts
    /// The number of rejected rows, because of which a launch would not begin.
    public let rejectedRows: Int
    /// The scratch queue folder, where it is kept.
    public let kept: CampaignLocation?
    public var letters: URL? { kept?.queue.appendingPathComponent("letters", isDirectory: true) }
  }

  private let location: CampaignLocation
  private let faults: FaultPlan
  private let keep: URL?
  private let observer: any DeliveryObserver
  private let dependencies: Dependencies

  /// - Parameter keep: A folder that does not exist yet, for the scratch queue folder and the letters; nil: they are removed.
  public init(
    _ location: CampaignLocation, faults: FaultPlan, keep: URL?, _ observer: any DeliveryObserver,
    _ dependencies: Dependencies
  ) {
    self.location = location
    self.faults = faults
    self.keep = keep
    self.observer = observer
    self.dependencies = dependencies.logging(of: location.name)
  }

  public func run() async throws -> Outcome {
    try await location.requireUnpurged(dependencies)
    let scratch = try scratchFolder()
    let loaded = try LoadedCampaign(location, credentials: dependencies.credentials, at: dependencies.now)
    _ = try loaded.keys.requiredSigner()
    try DescriptorBudget(loaded.campaign.relays, rehearsing: true).secure()
    // Checked before anything is made: a campaign that cannot be launched leaves nothing behind.
    var staging = PlanStaging(in: FileManager.default.temporaryDirectory)
    let (plan, check) = try LetterCheck.run(loaded, date: loaded.campaign.localTime(dependencies.now)) {
      try staging.append($0, $1)
    }
    let customers = staging.finish()
    try check.requireNoErrors()
    return try await observer.untilStopped { try await rehearse(loaded, plan, customers, in: scratch) }
  }

  private func rehearse(
    _ loaded: LoadedCampaign, _ plan: Plan, _ customers: StagedCustomers, in scratch: URL
  ) async throws -> Outcome {
    do {
      try FileManager.default.createDirectory(
        at: scratch, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw OperatorError(.cannotWrite, "\(scratch.path): cannot be written: \(error.localizedDescription)")
    }
    defer { if keep == nil { try? FileManager.default.removeItem(at: scratch) } }
    let time = dependencies.time
    let start = time.monotonicNow
    let relay = try RehearsalRelay(
      RelayOptions(
        faults: faults, keeping: .folder(scratch.appendingPathComponent("letters", isDirectory: true)),
        now: { .milliseconds(Int((time.monotonicNow.timeIntervalSince(start) * 1000).rounded())) }))
    let port = try await relay.start()
    do {
      let redirected = LoadedCampaign(
        campaign: Self.redirected(loaded.campaign, to: port), templates: loaded.templates, book: loaded.book,
        keys: loaded.keys)
      let outcome = try await deliver(redirected, plan, customers, scratch, relay)
      await relay.stop()
      return outcome
    } catch {
      await relay.stop()
      throw error
    }
  }

  /// The scratch queue folder, which is not made yet.
  private func scratchFolder() throws(OperatorError) -> URL {
    guard let keep else {
      let name = dependencies.randomBytes(8).map { String(Int($0) + 256, radix: 16).dropFirst() }.joined()
      return FileManager.default.temporaryDirectory.appendingPathComponent("eilbrief-\(name)", isDirectory: true)
    }
    try OutputPath(location, credentials: nil).requireNew(keep.path, advice: "name a new folder with --keep")
    return keep
  }

  /// Every relay of the campaign with its limits, but at the rehearsal's address and without TLS and login.
  private static func redirected(_ campaign: Campaign, to port: Int) -> Campaign {
    var campaign = campaign
    campaign.relays = campaign.relays.map {
      Relay(
        name: $0.name, host: "127.0.0.1", port: port, tls: .none, connections: $0.connections, limits: $0.limits,
        count: $0.count, spread: $0.spread, perConnection: $0.perConnection, pipelining: $0.pipelining)
    }
    return campaign
  }

  private func sharing(_ relay: RehearsalRelay) -> Dependencies {
    var dependencies = dependencies
    dependencies.time = SharedClock(clock: dependencies.time, relay: relay)
    return dependencies
  }

  private func deliver(
    _ loaded: LoadedCampaign, _ plan: Plan, _ customers: StagedCustomers, _ scratch: URL, _ relay: RehearsalRelay
  ) async throws -> Outcome {
    let dependencies = sharing(relay)
    let start = dependencies.now
    let loaded = loaded.frozen(at: start)
    let scratchLocation = location.inQueue(scratch)
    let spool = try WritableSpool(scratchLocation, dependencies)
    let record = try await PlanFreezer(
      loaded: loaded, plan: plan, customers: customers, hashKey: dependencies.randomBytes(32)
    ).freeze(into: spool.store, at: start)
    observer.note(.rehearsing(letters: plan.counts.messages))
    let end = try await DeliveryRun(
      spool: spool, campaign: loaded.campaign, templates: loaded.templates, signer: loaded.keys.signer, record: record,
      transport: dependencies.transport(RelaySecrets()), isRehearsal: true, observer: observer,
      dependencies: dependencies
    ).run()
    // A task of its own: one that was stopped is cancelled, and its outcome is read all the same.
    let delivery = try await Task {
      try await DeliveryOutcome(end, of: record, in: spool.store, at: dependencies.now)
    }.value
    return Outcome(
      delivery: delivery,
      duration: dependencies.now.timeIntervalSince(start), relay: relay.counts,
      rejectedRows: loaded.book.rejected.count, kept: keep == nil ? nil : scratchLocation)
  }
}

/// The clock of the delivery, which the relay goes by as well: a relay whose absence ends within a wait of the delivery is
/// back when the wait is over, also where that took no time.
private struct SharedClock: DeliveryClock {
  let clock: any DeliveryClock
  let relay: RehearsalRelay

  var now: Date { clock.now }
  var monotonicNow: Date { clock.monotonicNow }
  var base: ClockBase { clock.base }

  func sleep(until moment: Date) async throws {
    try await clock.sleep(until: moment)
    await relay.catchUp()
  }

  func pause(for duration: Duration) async throws { try await clock.pause(for: duration) }
}
