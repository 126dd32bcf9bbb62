import ArgumentParser
import Campaigns
import Foundation
import Queue
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
      guard let status = try await show() else { return }
      guard watch, ![.completed, .cancelled, .draft].contains(status.state) else { return }
      try await Task.sleep(for: .seconds(2))
    }
  }

  /// Nil when nobody reads any more.
  private func show() async throws -> CampaignStatus? {
    let reading = try await ReadCampaign(options)
    let status = try await reading.status(at: Date())
    if json {
      guard Console.print(try ReportEncoding.json(status)) else { return nil }
    } else {
      guard Console.print(StatusText.text(status, now: Date())) else { return nil }
      let holder = SpoolLock.holder(of: Spool(folder: options.spool.folder))
      if status.state == .running, holder?.campaign != options.campaign {
        Console.print(
          "  No process delivers it now: the last one was killed. `eilbrief resume \(options.campaign)` goes on.")
      }
      if let record = reading.record, let store = reading.store {
        try await UncertainList.print(store, record, options)
      }
    }
    return status
  }
}
