public import ArgumentParser
import Campaigns
import Foundation
import Queue
public import Reports

struct ReportCommand: AsyncParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case csv, json, html, text }
  enum Part: String, ExpressibleByArgument, CaseIterable { case customers, calls }

  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Reports who was told what, when; or, with `calls`, who is to be called.",
    discussion: """
      The report has one row a letter, and one for each customer without. “accepted” means accepted by the relay, not delivered or read. The telephone
      list has every customer who is to be called from the start, whose letter was refused, expired, excluded or is
      uncertain, or who was not reached by the deadline. With --format html or text it is what a caller says to each of
      them, a page a customer, in the customer's language, to print. All of it is personal data: keep it accordingly.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @Argument(help: "What to report: customers or calls.") var part = Part.customers
  @Option(help: "csv or json; for calls also html or text, the scripts for the callers.") var format = Format.csv
  @Option(help: "CSV only: semicolon (opens in a German Excel), comma or tab.") var delimiter = SafeCSV.Delimiter
    .semicolon
  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write to this file (0600) instead of standard output.", valueName: "file"))
  var output: String?

  func validate() throws {
    guard part == .calls || format == .csv || format == .json else {
      throw ValidationError("--format \(format.rawValue) is for calls: the script for each customer to be called.")
    }
  }

  func run() async throws {
    let (store, record) = try await ReadCampaign(options).launchedWithCustomers()
    let now = Date()
    let scripts: CallScriptWriter? =
      switch format {
      case .csv, .json: nil
      case .html: try CallScriptWriter(folder: options.folder, form: .html, date: now)
      case .text: try CallScriptWriter(folder: options.folder, form: .text, date: now)
      }
    let writer = try ReportOutput(path: output)
    switch part {
    case .calls where scripts != nil:
      try await scripts?.write(store, record, at: now, to: writer)
    case .customers:
      let rows = ReportWriter(writer, isJSON: format == .json, delimiter, header: CustomerReport.header)
      try rows.begin()
      try await store.forEachCustomer(in: record.id) { customer in
        for row in try CustomerReport.rows(of: customer, deadline: record.plan.deadline, at: now) {
          try rows.add(row, fields: row.fields)
        }
      }
      try rows.finish()
    case .calls:
      let rows = ReportWriter(writer, isJSON: format == .json, delimiter, header: CallReport.header)
      try rows.begin()
      try await store.forEachCustomer(in: record.id) { customer in
        guard let row = try CallReport(customer, deadline: record.plan.deadline, at: now) else { return }
        try rows.add(row, fields: row.fields)
      }
      try rows.finish()
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
}

/// Writes the rows of a report as CSV or as a JSON array.
private struct ReportWriter: Sendable {
  private let output: ReportOutput
  private let list: ListWriter
  private let isJSON: Bool
  private let csv: SafeCSV
  private let header: [String]

  init(_ output: ReportOutput, isJSON: Bool, _ delimiter: SafeCSV.Delimiter, header: [String]) {
    self.output = output
    list = ListWriter(output)
    self.isJSON = isJSON
    csv = SafeCSV(delimiter: delimiter)
    self.header = header
  }

  func begin() throws {
    if !isJSON { try output.write(csv.header(header)) }
  }

  func add(_ row: some Encodable, fields: [String]) throws {
    if isJSON {
      try list.add(ReportEncoding.json(row))
    } else {
      try output.write(csv.line(fields))
    }
  }

  func finish() throws {
    if isJSON { try list.finish() }
  }
}

extension SafeCSV.Delimiter: ExpressibleByArgument {}
