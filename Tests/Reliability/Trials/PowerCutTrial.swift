import Foundation
import Queue
import Receipts
import Rehearsal
import TestSupport

/// One campaign whose machine loses its power again and again; all of it is repeated by its seed, as far as the moments of
/// several processes can be.
///
/// The spool lies on ext4 (``PowerCutDisk``), the relay in this process. Each cut comes at a moment of four kinds: before
/// a certain call on the storage; when the relay takes a letter, before it answers; after a pause has been told to the
/// operator; after the end has been told. After each cut the disk is mounted again, and before anything else the receipts
/// are verified and held against what the command had told. At the end the three books are compared.
public struct PowerCutTrial: Sendable {
  public struct Settings: Sendable {
    public var customers = 24
    public var connections = 3
    /// At most; a campaign that has ended is cut no more.
    public var cuts = 4
    /// Files and folders (patterns relative to the spool) whose fsync does nothing: a build that lacks it.
    public var lie: [String] = []
    /// Every second seed puts receipts and keys on file systems of their own: ext4 keeps all names of one file system
    /// with any fsync on it, which hides the fsync of a folder.
    public var volumes = ["sommer/receipts", "keys"]
    /// Whether the calls of commands that told an end must keep ``DurabilityRules``.
    public var keepsRules = true
    /// Cuts come only after a command has told its operator how the campaign stands.
    public var cutsWhenTold = false

    public init() {}
  }

  /// A promise was broken.
  struct Broken: Error {
    var words: String
    init(_ words: String) { self.words = words }
  }

  enum Moment {
    case call(Int)
    case letter(Int)
    case pause(Int)
    case end
  }

  let settings: Settings
  let disk: PowerCutDisk
  let trial: Trial
  let faults: StorageFaults
  let watch: RelayWatch

  /// Fails when the bench does not work; broken promises are among the figures.
  public static func run(seed: UInt64, _ settings: Settings = Settings()) async throws -> PowerCutFigures {
    let mode: PowerCutDisk.Mode = seed & 1 == 0 ? .ordered : .writeback
    let volumes = seed & 2 == 0 ? [] : settings.volumes
    return try await PowerCutDisk.with(mode, volumes: volumes) { disk in
      let watch = RelayWatch()
      let onTaken: @Sendable (TakenMessage) -> Void = { _ in watch.take() }
      let customers = GeneratedCustomer.customers(settings.customers, seed: seed)
      let plan = FaultPlan(rules: [
        .init(.temporary, .address(customers[3].contact), tries: 1),
        .init(.lostReply, .address(customers[8].contact), tries: 1),
      ])
      let set = Trial.Settings(
        customers: settings.customers, seed: seed, connections: settings.connections, faults: plan)
      return try await Trial.with(set, queue: disk.folder, onTaken: onTaken) { trial in
        try await disk.settle()
        return try await PowerCutTrial(
          settings: settings, disk: disk, trial: trial, faults: try StorageFaults(below: disk.folder), watch: watch
        ).run(seed: seed)
      }
    }
  }

  private func run(seed: UInt64) async throws -> PowerCutFigures {
    var figures = PowerCutFigures()
    figures.campaigns = 1
    var generator = SeededGenerator(seed: seed)
    var shown: Data?
    do {
      var hasEnded = false
      while !hasEnded, figures.cuts < settings.cuts {
        hasEnded = try await cut(at: moment(using: &generator), &figures, shown: &shown)
      }
      figures.findings = try await SettledCampaign(trial).findings()
      try isStill(shown)
    } catch let broken as Broken {
      figures.broken.append("seed \(seed): \(broken.words)")
    }
    return figures
  }

  private func moment(using generator: inout SeededGenerator) -> Moment {
    let left = max(1, settings.customers - trial.relay.journal.count)
    let letter = Int.random(in: 1...min(6, left), using: &generator)
    switch Int.random(in: settings.cutsWhenTold ? 6..<8 : 0..<8, using: &generator) {
    case 0...2: return .call(Int.random(in: 1...(120 + 40 * left), using: &generator))
    case 3...5: return .letter(letter)
    case 6: return .pause(letter)
    default: return .end
    }
  }

  /// Goes on with the campaign, cuts the power, and looks at what is left. True when the campaign was told to be over.
  private func cut(at moment: Moment, _ figures: inout PowerCutFigures, shown: inout Data?) async throws -> Bool {
    try faults.forget()
    var fault = StorageFaults.Fault.lie(settings.lie)
    if case .call(let number) = moment { fault = .cut(number, lie: settings.lie) }
    let child = try trial.start("launch", ["--yes"], environment: faults.environment(fault, disks: disk.disks))
    let (disk, watch, faults) = (disk, watch, faults)
    switch moment {
    // A cut that fails is found below: the disk is cut again.
    case .letter(let number):
      watch.arm(after: number) {
        try? faults.powerGoes()
        try? disk.cut()
      }
    case .pause(let number): watch.arm(after: number) { child.send(SIGTERM) }
    case .call, .end: break
    }
    let outcome = try await child.running { await Self.end(of: child) }
    watch.disarm()
    // What the operator copies elsewhere; it can be read only while there is power.
    let isTold = [0, 1, 75].contains(outcome?.status)
    if isTold, shown == nil { shown = try? Data(contentsOf: publicKey) }
    try disk.cut()
    try await disk.mountAgain()
    figures.cuts += 1
    guard let status = outcome?.status else {
      figures.killed += 1
      try looksSound(told: false)
      return false
    }
    // The disk may be gone before the campaign file or the letters' templates are read: those are named then.
    guard isTold || status == 73 || outcome?.errors.contains("Input/output error") == true else {
      throw Broken("the command ended with \(status): \(outcome?.errors ?? "")")
    }
    guard isTold else {
      try looksSound(told: false)
      return false
    }
    figures.told += 1
    try await holds(status)
    try isStill(shown)
    return status < 2
  }

  private func isStill(_ shown: Data?) throws {
    guard let shown, try Data(contentsOf: publicKey) != shown else { return }
    throw Broken("the public key is another than the one that was shown")
  }

  private var publicKey: URL { trial.receipts.appendingPathComponent("receipts-public.pem") }

  /// Nil for a command that hangs; it is killed then.
  private static func end(of child: ChildProcess) async -> ChildProcess.Outcome? {
    let limit = ContinuousClock.now + .seconds(60)
    while child.isRunning, ContinuousClock.now < limit { try? await Task.sleep(for: .milliseconds(5)) }
    return child.isRunning ? nil : await child.outcome()
  }

  /// What was told is on disk: the state, and every receipt, signed.
  private func holds(_ status: Int32) async throws {
    if settings.keepsRules, let first = DurabilityRules.brokenPromises(of: try faults.log()).first {
      throw Broken("exit \(status), but \(first)")
    }
    try looksSound(told: true)
    let verdict = try ReceiptVerifier(folder: trial.receipts).verify()
    guard verdict.signedLines == verdict.lines else {
      throw Broken("exit \(status), but of \(verdict.lines) receipts \(verdict.signedLines ?? 0) are signed")
    }
    let book: QueueBook
    do {
      book = try await QueueBook(spool: trial.queue, campaign: trial.campaign.name)
    } catch {
      throw Broken("exit \(status), but the queue cannot be read: \(error)")
    }
    guard book.state == (status == 75 ? .paused : .completed), book.receipts == Int(verdict.lines) else {
      throw Broken("exit \(status), but the queue is \(book.state) with \(book.receipts) receipts")
    }
  }

  /// The receipts are whole, but for a last line that the cut made short, or zeros where it never arrived.
  private func looksSound(told: Bool) throws {
    guard let fault = try LeftReceipts(folder: trial.receipts).fault(told: told) else { return }
    throw Broken("after the cut: \(fault)")
  }
}
