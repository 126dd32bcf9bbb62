public import ArgumentParser
import Operations
public import Reports

struct ReportCommand: AsyncParsableCommand, CampaignCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case csv, json, html, pdf, text }
  enum Part: String, ExpressibleByArgument, CaseIterable { case customers, calls, reasons, summary }

  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Reports who was told what and when; with `calls`, who is to be called; with `reasons`, why not.",
    discussion: """
      --format html or pdf makes one document on the whole campaign: the incident, who was affected, who was told when,
      outcomes, what is open, calls, what was done by whom, and how to verify the receipts. --for authority leaves names
      and addresses out of it; --customer makes the proof for one customer. `summary --format json` has the same as JSON.
      The report as CSV or JSON has one row per letter, and one for each customer without a letter. “accepted” means accepted by the
      relay, not delivered or read. The call list has every customer who is to be called from the start, whose letter
      was refused, expired, excluded or is uncertain, or who was not reached by the deadline. With --format html or text
      it is the script for the callers, one page per customer, in the customer's language, to print. The reasons are
      the relays' words, grouped and counted, each with one customer as example. All of it is personal data: keep it
      accordingly.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @OptionGroup var source: SourceFolderOption
  @Argument(help: "What to report: customers (the default), calls, reasons, or a summary of the campaign.")
  var part: Part?
  @Option(
    help:
      "csv, html, pdf or json; calls: csv, json, html or text (html and text are the scripts for the callers); reasons: csv, json or text."
  )
  var format = Format.csv
  @Option(name: .customLong("for"), help: "HTML, PDF or summary: operator or authority, without names and addresses.")
  var audience: CampaignDocument.Audience?
  @Option(help: ArgumentHelp("HTML, PDF or JSON: the proof for this customer alone.", valueName: "id")) var customer:
    String?
  @Option(help: "HTML, PDF or summary: de or en. Default: the campaign's language.") var language: DocumentLanguage?
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
    let forms: [Format] =
      switch part {
      case nil, .customers: [.csv, .json, .html, .pdf]
      case .calls: [.csv, .json, .html, .text]
      case .reasons: [.csv, .json, .text]
      case .summary: [.html, .pdf, .json]
      }
    guard forms.contains(format) else {
      let names = forms.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--format \(format.rawValue) is not for \(part ?? .customers): name one of \(names).")
    }
    guard !force || output != nil else { throw ValidationError("--force goes with --output.") }
    guard customer == nil || audience == nil && part != .summary else {
      throw ValidationError("--customer is about one customer: leave --for and “summary” out.")
    }
    guard document != nil || customer == nil && audience == nil && language == nil else {
      throw ValidationError("--for, --customer and --language are for a document: add --format html, pdf or json.")
    }
  }

  /// The form of the document that is asked for; nil: rows, or scripts.
  private var document: CampaignDocuments.Format? {
    guard part != .calls, part != .reasons, let form = CampaignDocuments.Format(rawValue: format.rawValue) else {
      return nil
    }
    return form != .json || part == .summary || customer != nil || audience != nil ? form : nil
  }

  func run() async throws {
    let (location, dependencies) = (try options.location(), try Machine.dependencies())
    if let document { return try await write(document, location, dependencies) }
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

  private func write(
    _ format: CampaignDocuments.Format, _ location: CampaignLocation, _ dependencies: Dependencies
  ) async throws {
    if format == .pdf, output == nil, Console.outputIsTerminal {
      throw OperatorError(.usage, "a PDF is not for a terminal: name a file with --output.")
    }
    let documents = try await CampaignDocuments(
      location, source: source.folder(options), language: language, dependencies,
      command: { [next = options.nextCommand] in next.line($0) })
    let bytes =
      if let customer { try await documents.bytes(format, ofCustomer: customer) } else {
        try await documents.bytes(format, for: audience ?? .operator, isStopped: Machine.isStopped)
      }
    let file = try output.map { try ReportFile($0, force: force, of: location, dependencies) }
    try ReportOutput(file: file).write(bytes)
    try file?.finish()
    if let note = documents.note { Console.error(options.nextCommand.text(note)) }
    if let objection = try await ReceiptsObjection.find(location, dependencies) {
      Console.error(options.nextCommand.text(objection))
    }
  }

  private var content: CustomerReports.Content {
    let table: CustomerReports.Format = format == .json ? .json : .csv(delimiter)
    switch (part, format) {
    case (.calls, .html): return .scripts(.html)
    case (.calls, .text): return .scripts(.text)
    case (.calls, _): return .calls(table)
    case (.reasons, .text): return .reasonLines
    case (.reasons, _): return .reasons(table)
    case (nil, _), (.customers, _), (.summary, _): return .customers(table)
    }
  }
}

extension SafeCSV.Delimiter: ExpressibleByArgument {}
extension CampaignDocument.Audience: ExpressibleByArgument {}
extension DocumentLanguage: ExpressibleByArgument {}
