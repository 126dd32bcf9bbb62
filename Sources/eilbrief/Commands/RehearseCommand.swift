import ArgumentParser
import Campaigns
import Delivery
import Foundation
import Letters
import Mail
import Queue
import Rehearsal
import Reports
import SMTP

struct RehearseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rehearse",
    abstract: "Runs the whole campaign against a built-in relay with its faults, in a scratch spool. Nothing is sent.",
    discussion: """
      The real engine, store and SMTP code run against a relay on this machine that keeps the letters and makes trouble:
      greylisting, unknown and full mailboxes, slow and lost replies, 421. Waits for retries and limits end at once, and
      the clock shows what it would have shown. Faults are written as “greylist 10%, unknown 3%, lost-reply 1%”, “none”
      for none; without --faults: greylist 10%, unknown 3%, full 2%, slow 2% 200ms, lost-reply 1%, 421 1%.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @Option(help: ArgumentHelp("What the relay does wrong.", valueName: "plan")) var faults: String?
  @Option(
    help: ArgumentHelp("Keep the scratch spool and the letters in this folder; it must not exist.", valueName: "dir"))
  var keep: String?

  func run() async throws {
    try await PurgedCampaign.refuse(options)
    let plan: FaultPlan
    switch faults {
    case nil: plan = .standard
    case "none": plan = .none
    case let text?: plan = try FaultPlan(parsing: text)
    }
    try await Rehearsal(options: options, faults: plan, keep: keep).run()
  }
}

/// What `rehearse` does.
struct Rehearsal {
  let options: CampaignOptions
  let faults: FaultPlan
  let keep: String?

  func run() async throws {
    let scratch = try scratchFolder()
    let time = SkippingTimekeeper()
    let prepared = try PreparedCampaign.read(options.folder, at: time.now)
    _ = try prepared.signing.required()
    // Before anything is made: a campaign that cannot be launched leaves nothing behind.
    var staging = PlanStaging(in: FileManager.default.temporaryDirectory)
    let (plan, check) = try LetterCheck.run(prepared, date: prepared.campaign.localTime(time.now)) {
      try staging.append($0, $1)
    }
    let customers = staging.finish()
    try check.insist()
    let exit = try await StopSignal.cancelling {
      try await rehearse(prepared, plan, customers, in: scratch, time)
    } onSignal: {
      Console.error("Stopping: what is on the wire is finished first.")
    }
    throw SilentFailure(status: exit)
  }

  /// What it made is gone when it returns, however it ends, but for what is to be kept.
  private func rehearse(
    _ prepared: PreparedCampaign, _ plan: Plan, _ customers: StagedCustomers, in scratch: URL,
    _ time: SkippingTimekeeper
  ) async throws -> ExitStatus {
    do {
      try FileManager.default.createDirectory(
        at: scratch, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw Failure(.cannotWrite, "\(scratch.path): cannot be written: \(error.localizedDescription)")
    }
    defer { if keep == nil { try? FileManager.default.removeItem(at: scratch) } }
    let relay = try RehearsalRelay(
      RelayOptions(faults: faults, keeping: .folder(scratch.appendingPathComponent("letters", isDirectory: true))))
    let port = try await relay.start()
    do {
      let redirected = PreparedCampaign(
        campaign: Self.redirected(prepared.campaign, to: port), templates: prepared.templates, book: prepared.book,
        signing: prepared.signing)
      let exit = try await deliver(redirected, plan, customers, scratch, relay, time)
      await relay.stop()
      return exit
    } catch {
      await relay.stop()
      throw error
    }
  }

  /// Not made yet.
  private func scratchFolder() throws -> URL {
    let folder =
      keep.map { URL(fileURLWithPath: $0, isDirectory: true).standardizedFileURL }
      ?? FileManager.default.temporaryDirectory.appendingPathComponent(
        "eilbrief-\(UUID().uuidString)", isDirectory: true)
    guard !FileManager.default.fileExists(atPath: folder.path) else {
      throw Failure(.cannotWrite, "\(folder.path) exists already; name a new folder with --keep.")
    }
    return folder
  }

  /// Every relay of the campaign with its limits, but at the rehearsal's address and without TLS and login.
  private static func redirected(_ campaign: Campaign, to port: Int) -> Campaign {
    var campaign = campaign
    campaign.relays = campaign.relays.map {
      Relay(
        name: $0.name, host: "127.0.0.1", port: port, tls: .none, connections: $0.connections, limits: $0.limits)
    }
    return campaign
  }

  private func deliver(
    _ prepared: PreparedCampaign, _ plan: Plan, _ customers: StagedCustomers, _ scratch: URL,
    _ relay: RehearsalRelay, _ time: SkippingTimekeeper
  ) async throws -> ExitStatus {
    let start = time.now
    let prepared = prepared.frozen(at: start)
    let owned = try OwnedSpool(folder: scratch, campaign: options.campaign)
    let record = try await CampaignFreezing(
      prepared: prepared, plan: plan, customers: customers, hashKey: SecureRandom.bytes(32)
    ).freeze(into: owned.store, at: start)
    let letters = Counted.words(plan.counts.messages, "letter")
    Console.print("Rehearsing \(options.campaign): \(letters), nothing leaves this machine.")
    let transport = CurlTransport(passwords: [:], clientName: RelayCredentials.clientName, clock: ContinuousClock())
    let end = try await DeliveryRun(
      owned: owned, campaign: prepared.campaign, templates: prepared.templates, signer: prepared.signing.signer,
      record: record, transport: transport, time: time, log: try CommandLog.logger()
    ).run()
    let snapshot = try await owned.store.snapshot(of: record.id)
    let status = CampaignStatus(snapshot, at: time.now)
    let words = CommandWords(campaign: options.campaign, queue: scratch.path)
    Console.print("\nWhat would have happened, in \(LocalTime.span(time.now.timeIntervalSince(start))):")
    Console.print(RehearsalText.text(status, relay, words: words, now: time.now))
    if plan.counts.rejectedRows > 0 {
      Console.print(
        """
        `launch` would not begin without --without-rejected: \(Counted.words(plan.counts.rejectedRows, "row")) \
        rejected, and their customers would not be told (`eilbrief check \(options.campaign)` names them).
        """)
    }
    if case .relaysPaused(let troubles) = end {
      throw Failure(.relay, troubles.map(\.message).joined(separator: "\n"))
    }
    if keep != nil {
      Console.print(
        """
        The letters are in \(scratch.appendingPathComponent("letters").path), the spool is \(scratch.path): \
        `\(words("status"))` shows it.
        """
      )
    }
    switch end {
    case .finished: return status.notAccepted > 0 ? .someNotAccepted : .done
    default: return .stopped
    }
  }
}
