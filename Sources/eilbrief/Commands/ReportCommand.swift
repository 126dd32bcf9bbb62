public import ArgumentParser
import Operations
public import Reports

struct ReportCommand: AsyncParsableCommand, CampaignCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case csv, json, html, text }
  enum Part: String, ExpressibleByArgument, CaseIterable { case customers, calls, reasons }

  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Reports who was told what and when; with `calls`, who is to be called; with `reasons`, why not.",
    discussion: """
      The report has one row per letter, and one for each customer without a letter. “accepted” means accepted by the
      relay, not delivered or read. The call list has every customer who is to be called from the start, whose letter
      was refused, expired, excluded or is uncertain, or who was not reached by the deadline. With --format html or text
      it is the script for the callers, one page per customer, in the customer's language, to print. The reasons are
      the relays' words, grouped and counted, each with one customer as example. All of it is personal data: keep it
      accordingly.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @Argument(help: "What to report: customers, calls or reasons.") var part = Part.customers
  @Option(help: "csv or json; calls: also html or text, the scripts for the callers; reasons: also text.")
  var format = Format.csv
  @Option(help: "CSV only: semicolon (opens in a German Excel), comma or tab.") var delimiter = SafeCSV.Delimiter
    .semicolon
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write to this file (0600) instead of standard output; an earlier report there is replaced.", valueName: "file"))
  var output: String?
  @Flag(help: "With --output: replace another file as well, but none of the queue's or a campaign's own.")
  var force = false

  func validate() throws {
    guard part == .calls || format == .csv || format == .json || (part, format) == (.reasons, .text) else {
      throw ValidationError("--format \(format.rawValue) is for calls: the script for each customer to be called.")
    }
    guard !force || output != nil else { throw ValidationError("--force goes with --output.") }
  }

  func run() async throws {
    let (location, dependencies) = (try options.location(), try Machine.dependencies())
    var file: ReportFile?
    let notes = try await CustomerReports.write(content, of: location, dependencies) {
      file = try output.map { try ReportFile($0, force: force, of: location, dependencies) }
      let writer = ReportOutput(file: file, structure: delimiter == .tab ? ["\t"] : [])
      return { try writer.write($0) }
    }
    try file?.finish()
    if let objection = try await ReceiptsObjection.find(location, dependencies) {
      Console.error(options.nextCommand.text(objection))
    }
    for note in notes { Console.error(options.nextCommand.text(note)) }
  }

  private var content: CustomerReports.Content {
    let table: CustomerReports.Format = format == .json ? .json : .csv(delimiter)
    switch (part, format) {
    case (.calls, .html): return .scripts(.html)
    case (.calls, .text): return .scripts(.text)
    case (.calls, _): return .calls(table)
    case (.reasons, .text): return .reasonLines
    case (.reasons, _): return .reasons(table)
    case (.customers, _): return .customers(table)
    }
  }
}

extension SafeCSV.Delimiter: ExpressibleByArgument {}
