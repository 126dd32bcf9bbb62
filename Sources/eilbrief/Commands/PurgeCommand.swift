import ArgumentParser
import Campaigns
import Files
import Foundation
import Queue
import Receipts

struct PurgeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "purge",
    abstract: "Removes a finished campaign's personal data for good; its receipts remain and can still be verified.",
    discussion: """
      Without --now it works once the time that `retention` in campaign.yaml sets has passed since the campaign's end, and
      does not ask: let a timer run it. Customers, letters and the key of the receipts are removed from the queue; the
      customer file, previews, reports and kept rehearsals are removed from the campaign's folder. What lies elsewhere is
      not touched. After a crash, run it again.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @Flag(help: "At once, whatever `retention` says; you type the campaign's name.") var now = false
  @Option(help: ArgumentHelp("With --now, in place of typing the name.", valueName: "campaign")) var confirm: String?

  func validate() throws {
    guard confirm == nil || now else { throw ValidationError("--confirm belongs to --now.") }
    guard confirm == nil || confirm == options.campaign else {
      throw ValidationError("--confirm must name the campaign, “\(options.campaign)”; nothing was done.")
    }
  }

  func run() async throws {
    _ = try await ReadCampaign(options).launched()
    // Where SQLite writes the database anew: on the spool's own disk, not in a folder shared with others.
    setenv("SQLITE_TMPDIR", options.spool.folder.path, 1)
    let owned = try OwnedSpool(options)
    try await Purge(options: options, owned: owned, now: now, isConfirmed: confirm != nil).run()
  }
}

/// What `purge` does, with the spool's lock.
///
/// The intent is durable, and with it customers and key are gone from the queue, before the first file is removed; the
/// receipt is written when everything is gone. A crash in between leaves a purge that every command names and the next
/// `purge` finishes.
struct Purge {
  let options: CampaignOptions
  let owned: OwnedSpool
  let now: Bool
  let isConfirmed: Bool

  func run() async throws {
    guard let record = try await owned.store.campaign(named: options.campaign) else {
      throw Failure(.usage, "\(options.campaign) was never launched, so the queue has nothing of it to purge.")
    }
    if let purge = record.purge, purge.finishedAt != nil {
      try await owned.writeReceipts(of: record, at: Date())
      Console.print("\(options.campaign): \(PurgedCampaign.words(purge, options.words))")
      return
    }
    let campaign = try? CampaignFile.read(folder: options.folder)
    let files = PurgeFiles.find(options.folder, campaign: campaign, in: options.spool.folder)
    if record.purge == nil {
      try await insistOnEnd(record)
      if !now { try insistOnDate(record) }
      Console.print(PurgeText.plan(try await owned.store.snapshot(of: record.id), files))
      if now, !isConfirmed { try Question.confirm("Purge \(options.campaign) for good?", name: options.campaign) }
      try await owned.store.beginPurge(of: record.id, files: files.removed.count, at: Date())
    } else {
      Console.print("Going on with a purge that was interrupted.")
    }
    try DurableRemoval.remove(files.removed.map(\.url), below: files.root)
    try await owned.store.finishPurge(of: record.id, at: Date())
    try await owned.writeReceipts(of: record, at: Date())
    Console.print(
      "Purged \(options.campaign). Its receipts remain: `\(options.words("receipts verify"))` checks them.")
  }

  private func insistOnEnd(_ record: CampaignRecord) async throws {
    let name = options.campaign
    guard record.state == .completed || record.state == .cancelled else {
      throw Failure(
        .usage,
        """
        \(name) is \(record.state.rawValue), not over; nothing was removed. `\(options.words("resume"))` finishes it, \
        `\(options.words("cancel"))` ends it.
        """)
    }
    let status = try await owned.store.snapshot(of: record.id).messages
    let open = [MessageState.queued, .sending, .deferred].reduce(0) { $0 + (status[$1] ?? 0) }
    guard open == 0 else {
      throw Failure(
        .usage,
        """
        \(Counted.words(open, "letter")) of \(name) \(open == 1 ? "is" : "are") to be sent again; nothing was removed. \
        `\(options.words("resume"))` goes on.
        """)
    }
    let uncertain = status[.uncertain] ?? 0
    guard uncertain == 0 else {
      throw Failure(
        .usage,
        """
        \(Counted.words(uncertain, "letter")) of \(name) \(uncertain == 1 ? "is" : "are") uncertain; nothing was removed. \
        `\(options.words("status"))` names the customers, `\(options.words("resolve"))` settles the letters.
        """)
    }
  }

  private func insistOnDate(_ record: CampaignRecord) throws {
    // A campaign file that cannot be read must not look like one without the key.
    guard let retention = try CampaignFile.read(folder: options.folder).retention else {
      throw Failure(
        .usage,
        """
        campaign.yaml of \(options.campaign) does not say when its personal data is to be removed; nothing was removed. Add \
        “retention: {purge_after: 90d}”, or remove it at once with --now.
        """)
    }
    let end = retention.end(after: record.finishedAt ?? record.createdAt)
    guard Date() >= end else {
      throw Failure(
        .stopped,
        """
        \(options.campaign) is kept until \(LocalTime.full(end)) (\(retention.days) days after its end, campaign.yaml); \
        nothing was removed. --now does not wait.
        """)
    }
  }
}
