import ArgumentParser
import Campaigns
import Delivery
import Foundation
import Letters
import Logging
import Mail
import Queue
import Receipts
import Reports
import SMTP

struct LaunchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "launch",
    abstract: "Freezes the plan, fills the queue and delivers; run again it resumes.",
    discussion: """
      Asks before it sends. Ctrl-C (or SIGTERM) finishes what is on the wire, then stops; after that, or after a crash,
      `launch` or `resume` goes on where it stopped. A campaign whose customer file, templates or texts were changed since
      the first launch is not resumed; relays, limits, passwords and retry times may change. Where campaign.yaml says
      “release: two”, it begins only after two people have approved what is launched.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @Flag(help: "Do not ask.") var yes = false
  @Flag(help: "Launch although rows are rejected; their customers are not told.") var withoutRejected = false

  func run() async throws {
    try await Launch(options: options, asks: !yes, withoutRejected: withoutRejected, mustExist: false).run()
  }
}

struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Goes on with a campaign that was paused, stopped or killed.")

  @OptionGroup var options: CampaignOptions

  func run() async throws {
    try await Launch(options: options, asks: false, withoutRejected: false, mustExist: true).run()
  }
}

/// What `launch` and `resume` do.
struct Launch {
  let options: CampaignOptions
  let asks: Bool
  let withoutRejected: Bool
  let mustExist: Bool

  func run() async throws {
    let time = SystemTimekeeper()
    try await PurgedCampaign.refuse(options)
    let campaign = try CampaignFile.read(folder: options.folder)
    let templates = try TemplateSet.load(folder: options.folder.appendingPathComponent("templates", isDirectory: true))
    let passwords = try RelayCredentials.read(campaign)
    let signing = CampaignSigning(campaign, at: time.now, frozenAt: time.now)
    _ = try signing.required()
    let transport = CurlTransport(
      passwords: passwords, clientName: RelayCredentials.clientName, clock: ContinuousClock())
    let held = try HeldSpool(options)
    // A launch that is refused makes no store.
    let opened = held.hasStore ? try OwnedSpool(held) : nil
    let owned: OwnedSpool
    let record: CampaignRecord
    if let opened, let frozen = try await opened.store.campaign(named: options.campaign) {
      owned = opened
      // What was asked of the process before; what is asked from now on, while this one begins, is heard by its engine.
      try await owned.store.request(nil, of: frozen.id, at: time.now)
      // Nobody comes after this command who could complete what a process that died while cancelling has left.
      if frozen.state == .cancelled { try await owned.writeReceipts(of: frozen, at: time.now) }
      let signer = try signing.frozen(at: frozen.createdAt).required()
      try await resumable(frozen, owned, campaign, templates, signer)
      if campaign.uncertain == .resend { _ = try await owned.store.resendUncertain(in: frozen.id, at: time.now) }
      let status = CampaignStatus(try await owned.store.snapshot(of: frozen.id), at: time.now)
      if status.remaining == 0 {
        Console.print("Nothing to send: no letter of \(options.campaign) is waiting.")
        try await finish(frozen, status, owned, time)
      }
      let relays = campaign.relays.map(\.name).joined(separator: ", ")
      Console.print(
        "Resuming \(options.campaign): \(status.remaining) of \(status.total) letters left, through \(relays).")
      record = frozen
    } else {
      guard !mustExist else {
        throw Failure(
          .usage, "\(options.campaign) was never launched: `\(options.words("launch"))` begins it.")
      }
      if let objection = try CampaignReceipts(options).objection(isLaunched: false) {
        throw Failure(.data, "\(objection); nothing was frozen.")
      }
      let (prepared, plan, release) = try await prepare(campaign, templates, signing, transport, time)
      owned = try opened ?? OwnedSpool(held)
      record = try await freeze(prepared, plan, release, into: owned, at: time.now)
    }
    let end = try await DeliveryRun(
      owned: owned, campaign: campaign, templates: templates,
      signer: signing.frozen(at: record.createdAt).required(), record: record, transport: transport,
      time: time, log: try CommandLog.logger()
    ).run()
    let snapshot = try await owned.store.snapshot(of: record.id)
    let exit = try await DeliveryReport.print(
      end, CampaignStatus(snapshot, at: time.now), store: owned.store, record: snapshot.campaign, options: options,
      now: time.now)
    throw SilentFailure(status: exit)
  }

  /// Fails when the campaign is over for good, or its input is no longer what was frozen.
  private func resumable(
    _ frozen: CampaignRecord, _ owned: OwnedSpool, _ campaign: Campaign, _ templates: TemplateSet,
    _ signer: LetterSigner?
  ) async throws {
    try PurgedCampaign.refuse(frozen, options.words)
    guard frozen.state != .cancelled else {
      throw CancelledCampaign.failure(try await owned.store.snapshot(of: frozen.id), options.words)
    }
    let files = PreparedCampaign.templateFiles(campaign, templates)
    let digests = try InputDigests.read(campaign, templates: files, signer: signer)
    let changes = digests.changes(since: try JSONDecoder().decode(InputDigests.self, from: frozen.plan.inputs))
    guard changes.isEmpty else {
      throw Failure(
        .data,
        """
        \(options.campaign) was frozen at \(LocalTime.full(frozen.createdAt)), and what it is made of has changed since:
          \(changes.joined(separator: "\n  "))
        Undo the change to resume. For other letters or other customers make a new campaign.
        """)
    }
  }

  private func finish(
    _ record: CampaignRecord, _ status: CampaignStatus, _ owned: OwnedSpool, _ time: SystemTimekeeper
  ) async throws -> Never {
    if record.state != .completed {
      try await owned.store.setState(.running, of: record.id, at: time.now)
      try await owned.store.setState(.completed, of: record.id, at: time.now)
    }
    try await owned.writeReceipts(of: record, at: time.now)
    let snapshot = try await owned.store.snapshot(of: record.id)
    let exit = try await DeliveryReport.print(
      .finished, CampaignStatus(snapshot, at: time.now), store: owned.store, record: snapshot.campaign,
      options: options, now: time.now)
    throw SilentFailure(status: exit)
  }

  /// Makes the plan, insists on its release and tries the relays; the operator agrees to it.
  private func prepare(
    _ campaign: Campaign, _ templates: TemplateSet, _ signing: CampaignSigning, _ transport: any Transport,
    _ time: SystemTimekeeper
  ) async throws -> (PreparedCampaign, Plan, CampaignRelease?) {
    let prepared = PreparedCampaign(
      campaign: campaign, templates: templates, book: try CustomerBook(campaign), signing: signing)
    let (plan, check) = try LetterCheck.run(prepared, date: campaign.localTime(time.now))
    try check.insist()
    try RejectedRows.insistOnNone(prepared, plan, unless: withoutRejected, verb: "launch")
    guard plan.counts.letter > 0 else { throw Failure(.data, "no customer gets a letter; there is nothing to launch.") }
    let release = try CampaignRelease.read(prepared, plan, options)
    try release?.insist()
    try await RelayProbe.run(campaign, transport)
    let objection = DeadlineOutlook(prepared, letters: plan.counts.messages, at: time.now).objection
    if asks {
      let letters = Counted.words(plan.counts.messages, "letter")
      try Question.confirm(
        "\(objection.map { "\($0)\n" } ?? "")Send \(letters) through \(Self.relays(campaign))?")
    } else if let objection {
      Console.error(objection)
    }
    return (prepared, plan, release)
  }

  private func freeze(
    _ prepared: PreparedCampaign, _ plan: Plan, _ release: CampaignRelease?, into owned: OwnedSpool, at now: Date
  ) async throws -> CampaignRecord {
    let frozen = prepared.frozen(at: now)
    guard frozen.signing.signer?.recipients?.digests == prepared.signing.signer?.recipients?.digests else {
      throw Failure(
        .data,
        "a customer's certificate began or ended meanwhile, and the plan was made before; nothing was frozen. "
          + "Launch again.")
    }
    let approvals = release?.state.counting.map(\.frozen) ?? []
    let record = try await CampaignFreezing(
      prepared: frozen, plan: plan, hashKey: SecureRandom.bytes(32), approvals: approvals
    ).freeze(into: owned.store, at: now)
    if !approvals.isEmpty { Console.print("Released by \(CampaignRelease.names(approvals)).") }
    let digits = plan.hash.hex.prefix(12)
    Console.print(
      """
      Launched \(prepared.campaign.name): \(Counted.words(plan.counts.messages, "letter")) through \(Self.relays(prepared.campaign)), \
      plan sha256:\(digits)…
      """)
    return record
  }

  private static func relays(_ campaign: Campaign) -> String {
    campaign.relays.map { "\($0.name) (\($0.host):\($0.port))" }.joined(separator: " and ")
  }
}
