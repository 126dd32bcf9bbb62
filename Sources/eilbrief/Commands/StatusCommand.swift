import ArgumentParser
import Delivery
import Foundation
import Operations
import Reports

struct StatusCommand: AsyncParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Shows the state and the figures of a campaign, at any time, whether it runs or not.")

  @OptionGroup var options: CampaignOptions
  @Flag(help: "Print the figures as JSON (schema 1).") var json = false
  @Flag(help: "Print again every two seconds until the campaign has ended or you press Ctrl-C.") var watch = false

  func run() async throws {
    let dependencies = try Machine.dependencies()
    while true {
      let query = try await StatusQuery.run(options.location(), dependencies, isStopped: Machine.isStopped)
      guard try show(query, now: dependencies.time.now), watch, !query.isOver else { return }
      try await Task.sleep(for: .seconds(2))
    }
  }

  /// Returns false when nobody reads the output any more.
  private func show(_ query: StatusQuery, now: Date) throws -> Bool {
    guard !json else { return Console.print(try ReportEncoding.json(query.status)) }
    let status = StatusText(status: query.status, nextCommand: options.nextCommand, now: now)
    let parts =
      [status.text] + status.nextSteps.map { "  \($0)" } + [status.uncertain(query.uncertain)].compactMap { $0 }
    return Console.print(parts.joined(separator: "\n"))
  }
}
