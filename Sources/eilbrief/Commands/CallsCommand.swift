public import ArgumentParser
import Foundation
public import Operations
public import Receipts
import Reports

struct CallsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calls", abstract: "Works off the telephone list: who is to be called, and what came of it.",
    discussion: "Works while letters are delivered, while the campaign is paused, and when it is over.",
    subcommands: [ListCallsCommand.self, CallDoneCommand.self, ImportCallsCommand.self])
}

struct ListCallsCommand: AsyncParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists who is to be called, the most urgent first.",
    discussion: """
      First come customers who were told nothing, last those who may know already and those who want a letter. With
      --output the list is a form (CSV) for a call centre: who called, outcome, note and time are filled in, and `calls
      import` reads it back.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @Flag(help: "Only who is not told yet (default), or who was reached as well.") var choice = Choice.open
  @Flag(help: "One entry in a few lines, without the script.") var brief = false
  @Flag(help: "Print the list as JSON.") var json = false
  @Option(help: ArgumentHelp("Write the form for a call centre into this file (0600).", valueName: "file"))
  var output: String?
  @Option(help: "The form's language; default: the campaign's.") var language: CallForm?
  @Option(help: "The form's delimiter.") var delimiter = SafeCSV.Delimiter.semicolon
  @Flag(help: "With --output: replace another file as well, but none of the queue's or a campaign's own.")
  var force = false

  enum Choice: String, EnumerableFlag { case open, all }

  func validate() throws {
    guard !json || output == nil else { throw ValidationError("--output writes the form; --json prints the list.") }
    guard output != nil || !force && language == nil else {
      throw ValidationError("--force and --language go with --output.")
    }
  }

  func run() async throws {
    let (location, dependencies) = (try options.location(), try Machine.dependencies())
    let form: CallList.Form = output != nil ? .form(language, delimiter) : json ? .json : .text(withScripts: !brief)
    var file: ReportFile?
    let list = try await CallList.write(choice == .all ? .all : .open, as: form, of: location, dependencies) {
      file = try output.map { try ReportFile($0, force: force, of: location, dependencies) }
      let writer = ReportOutput(file: file)
      return { piece in
        guard case .text = form else { return try writer.write(options.nextCommand.text(piece)) }
        guard Console.print(options.nextCommand.text(piece)) else { throw OutputEnded() }
      }
    }
    try file?.finish()
    if let output { Console.print("Wrote \(output): \(pluralized(list.count, "customer")).") }
    if !json { Console.print(CallTexts.figures(list.figures) ?? "Nobody is to be called.") }
  }
}

/// What may be recorded beside calls to customers on the list.
struct CallAllowance: ParsableArguments {
  @Flag(help: "Also for customers who were reached already.") var again = false
  @Flag(help: "Also for customers who are not on the list, such as one who has rung in.") var anyway = false

  var value: CallRecording.Allowance { .init(again: again, anyway: anyway) }
}

struct CallDoneCommand: AsyncParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "done", abstract: "Records a call to a customer, with its receipt.",
    discussion: """
      A customer who was reached is told: off the list, whatever becomes of the letter. `wrong-number` after that takes it
      back. The receipt holds no name and no note, but keyed hashes of both.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @Argument(help: "The customer's id.") var customer: String
  @Option(help: ArgumentHelp("Who called.", valueName: "name")) var by: String
  @Option(help: "What came of it.") var outcome: CallOutcome
  @Option(help: ArgumentHelp("A note, for the queue alone.", valueName: "text")) var note = ""
  @Option(
    help: ArgumentHelp(
      "When, on the clock of the campaign's time zone: 14:05, “2026-11-30 14:05”. Default: now.", valueName: "time"))
  var at: String?
  @OptionGroup var allowance: CallAllowance

  func run() async throws {
    let result = try await CallRecording(options.location(), allowance.value, Machine.dependencies())
      .done(customer: customer, by: by, outcome: outcome, note: note, at: at)
    Console.print(options.nextCommand.text(CallTexts.recorded(result)))
  }
}

struct ImportCallsCommand: AsyncParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Records the calls of a form that was filled in.",
    discussion: """
      The file is what `calls list --output` wrote, as any spreadsheet program has saved it: CSV, .xlsx or .ods. All rows
      are recorded or none. Rows in which nothing is filled in are skipped; a call that is recorded already (the same
      customer, time, outcome and caller) is not recorded again.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @Argument(help: "The form.") var file: String
  @Option(help: ArgumentHelp("The day of rows that give a time of day alone.", valueName: "date")) var day: String?
  @Flag(help: "Record the other rows when some cannot be recorded.") var withoutRejected = false
  @OptionGroup var allowance: CallAllowance

  func run() async throws {
    let result = try await CallImport(options.location(), allowance.value, day: day, Machine.dependencies())
      .run(URL(fileURLWithPath: file), withoutRejected: withoutRejected)
    for row in result.rejected { Console.error(options.nextCommand.text(row)) }
    Console.print(options.nextCommand.text(CallTexts.imported(result)))
    if !result.rejected.isEmpty { throw SilentFailure(status: .data) }
  }
}

extension CallOutcome: ExpressibleByArgument {}
extension CallForm: ExpressibleByArgument {}
