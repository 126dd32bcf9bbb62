public import ArgumentParser
import Campaigns
import Foundation
import Queue
public import Reports

struct ReportCommand: AsyncParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case csv, json }
  enum Part: String, ExpressibleByArgument, CaseIterable { case customers, calls }

  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Reports who was told what, when; or, with `calls`, who is to be called.",
    discussion: """
      The report has one row a customer. “accepted” means accepted by the relay, not delivered or read. The telephone
      list has every customer who is to be called from the start, whose letter was refused, expired, excluded or is
      uncertain, or who was not reached by the deadline. Both hold personal data: keep them accordingly.
      """)

  @OptionGroup var options: CampaignOptions
  @Argument(help: "What to report: customers or calls.") var part = Part.customers
  @Option(help: "csv or json.") var format = Format.csv
  @Option(help: "CSV only: semicolon (opens in a German Excel), comma or tab.") var delimiter = SafeCSV.Delimiter
    .semicolon
  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write to this file (0600) instead of standard output.", valueName: "file"))
  var output: String?

  func run() async throws {
    let (store, record) = try await ReadCampaign(options).launchedWithCustomers()
    let writer = try ReportOutput(path: output)
    let now = Date()
    switch format {
    case .csv:
      let csv = SafeCSV(delimiter: delimiter)
      try writer.write(csv.header(part == .calls ? CustomerReport.callHeader : CustomerReport.header))
      try await forEachRow(store, record, now) { row in
        try writer.write(csv.line(part == .calls ? row.callFields : row.fields))
      }
    case .json:
      let list = ListWriter(writer)
      try await forEachRow(store, record, now) { try list.add(ReportEncoding.json($0)) }
      try list.finish()
    }
    try writer.close()
    if record.plan.rejectedRows > 0 {
      Console.error(
        """
        \(Counted.words(record.plan.rejectedRows, "row")) rejected before the launch and not in this report: \
        see `\(options.words("check"))`.
        """
      )
    }
  }

  private func forEachRow(
    _ store: any MessageStore, _ record: CampaignRecord, _ now: Date,
    _ body: @escaping @Sendable (CustomerReport) throws -> Void
  ) async throws {
    let part = part
    try await store.forEachCustomer(in: record.id) { customer in
      let row = try CustomerReport(customer, deadline: record.plan.deadline, at: now)
      if part == .customers || !row.call.isEmpty { try body(row) }
    }
  }
}

extension SafeCSV.Delimiter: ExpressibleByArgument {}
