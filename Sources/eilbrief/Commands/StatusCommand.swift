import ArgumentParser
import Campaigns
import Foundation
import Queue
import Receipts
import Reports

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Says where a campaign stands, at any time, while it runs or not.")

  @OptionGroup var options: CampaignOptions
  @Flag(help: "Print the figures as JSON (schema 1).") var json = false
  @Flag(help: "Print again every two seconds until the campaign has ended or you press Ctrl-C.") var watch = false

  func run() async throws {
    while true {
      guard let status = try await show(), watch, !isOver(status) else { return }
      try await Task.sleep(for: .seconds(2))
    }
  }

  /// A completed campaign has open letters again after `resolve --resend`.
  private func isOver(_ status: CampaignStatus) -> Bool {
    [.cancelled, .draft].contains(status.state) || (status.state == .completed && status.remaining == 0)
  }

  /// Nil when nobody reads any more.
  private func show() async throws -> CampaignStatus? {
    let reading = try await ReadCampaign(options)
    let now = Date()
    var status = try await reading.status(at: now)
    // Without the campaign file nobody knows the limits.
    if let store = reading.store, let campaign = try? CampaignFile.read(folder: options.folder) {
      try await status.estimate(within: campaign.relays, from: store, at: now)
    }
    status.setProcess(status.state == .running ? process() : nil)
    if json {
      guard Console.print(try ReportEncoding.json(status)) else { return nil }
    } else {
      guard Console.print(StatusText.text(status, words: options.words, now: now)) else { return nil }
      for step in NextSteps.lines(status, options.words) { Console.print("  \(step)") }
      if let record = reading.record, let store = reading.store {
        try await UncertainList.print(store, record, options)
      }
    }
    return status
  }

  private func process() -> DeliveringProcess? {
    guard let holder = SpoolLock.holder(of: Spool(folder: options.spool.folder)), holder.campaign == options.campaign
    else { return nil }
    return DeliveringProcess(
      pid: holder.pid, host: holder.host, since: holder.since, isStopped: StoppedProcess.isStopped(holder.pid))
  }
}
