import ArgumentParser
import Delivery
import Files
import Foundation
import Operations
import Reports

struct StatusCommand: AsyncParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Shows the state and the figures of a campaign, at any time, whether it runs or not.",
    discussion: """
      --watch shows the view that a launch has, from any terminal, without a lock; without a terminal it prints a line now
      and then. The figures follow when the campaign has ended or you press Ctrl-C.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @Flag(help: "Print the figures as JSON (schema 1).") var json = false
  @Flag(help: "Watch until the campaign has ended or you press Ctrl-C; with --json again every two seconds.")
  var watch = false

  func run() async throws {
    let dependencies = try Machine.dependencies()
    if watch, !json {
      let isRead = try await StopSignal.cancelling({ try await follow(dependencies) }, onSignal: {})
      guard isRead else { return }
    }
    while true {
      let query = try await StatusQuery.run(options.location(), dependencies, isStopped: Machine.isStopped)
      guard try show(query, now: dependencies.time.now), watch, json, !query.status.isOver else { return }
      try await Task.sleep(for: .seconds(2))
    }
  }

  /// Shows the campaign until it is over or the task is cancelled. Returns false when nobody reads the output any more.
  private func follow(_ dependencies: Dependencies) async throws -> Bool {
    let watch = CampaignWatch(try options.location(), dependencies, isStopped: { Machine.isStopped($0) })
    let view = ShownProgress()
    defer { Console.region.erase() }
    do {
      while true {
        let status = try await watch.look()
        if status.isOver { return true }
        guard view.show(status, options.nextCommand, now: dependencies.time.now) else { return false }
        try await Task.sleep(for: CampaignWatch.interval)
      }
    } catch  where Task.isCancelled { return true }
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
