import ArgumentParser
import Files
import Foundation
import Operations
import Queue
import Receipts
import Reports

struct ReceiptsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "receipts",
    abstract: "Verifies, shows, proves or exports the receipts of a campaign.",
    subcommands: [
      VerifyReceiptsCommand.self, ShowReceiptsCommand.self, ProveReceiptsCommand.self, ExportReceiptsCommand.self,
    ])
}

struct VerifyReceiptsCommand: AsyncParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks the receipts: chain, sequence, states, plan, signed checkpoint. Names the first broken line.",
    discussion: """
      In a queue folder they are held against its database and its key too. Elsewhere compare the fingerprint of the key
      with one you were told another way.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @Option(help: ArgumentHelp("A public key kept elsewhere, to check the signature against (PEM).", valueName: "file"))
  var key: String?
  @Flag(help: "Print what was found as JSON (schema 1).") var json = false

  func run() async throws {
    let verification = try await ReceiptsVerification.run(options.location(), key: key, Machine.dependencies())
    if json {
      let status = ReceiptsStatus(
        verification.verdict, of: verification.campaign, queueKey: verification.queue?.key,
        queueLines: verification.queue?.lines)
      Console.print(try ReportEncoding.json(status))
    }
    if let error = verification.error { throw error }
    if !json { Console.print(ReceiptsText.text(verification, options.nextCommand)) }
  }
}

struct ShowReceiptsCommand: AsyncParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows the receipts of one customer.",
    discussion: "Receipts hold no id and no address: the customer is found by the keyed hash of its id.")

  @OptionGroup var options: CampaignOptions
  @Option(help: "The customer's id.") var customer: String
  @Flag(help: "Print the lines of the file; characters that a terminal acts on are escaped.") var json = false

  func run() async throws {
    let behind = try await ShownReceipts.forEach(of: customer, in: options.location(), Machine.dependencies()) {
      Console.print(json ? VisibleText.json(String(decoding: $1, as: UTF8.self)) : ReceiptsText.line($0))
    }
    if let behind { Console.error(options.nextCommand.text(behind)) }
  }
}

struct ProveReceiptsCommand: AsyncParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Reproduces one customer's letters and shows that they are those in the receipts.",
    discussion: """
      The letter is made from the customer as the queue keeps it, the campaign file and the templates; the customer file
      is not needed. Its SHA-256 must be the one in each of the customer's receipts. Otherwise the exit code is 65, and
      what was changed since the launch is named.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @OptionGroup var source: SourceFolderOption
  @Option(help: ArgumentHelp("The customer's id.", valueName: "id")) var customer: String
  @Option(help: ArgumentHelp("Only this letter. Default: all of the customer's letters.", valueName: "name"))
  var letter: String?
  @Option(
    help: ArgumentHelp(
      "Write the letter's bytes into this new file; `sha256sum` of it prints the receipt's digest.", valueName: "file"))
  var output: String?
  @Flag(help: "Print what was found as JSON (schema 1).") var json = false

  func run() async throws {
    let proof = try await LetterProof.make(
      options.location(), source: source.folder(options), customer: customer, letter: letter, needsOne: output != nil,
      Machine.dependencies())
    Console.print(json ? try ReportEncoding.json(ProofDocument(proof)) : ProofText.text(proof))
    if let behind = proof.behind { Console.error(options.nextCommand.text(behind)) }
    if let difference = proof.difference { throw OperatorError(.data, OperatorMessage(difference)) }
    if !json { Console.print("The same: what was made again is byte for byte what was sent.") }
    guard let output else { return }
    try proof.write(to: output, of: options.location())
    if !json { Console.print("Wrote \(output)") }
  }
}

struct ExportReceiptsCommand: AsyncParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes receipts, checkpoint, public key, plan, templates and a guide to verifying them into one folder.",
    discussion: """
      Customers stand in it as keyed hashes; README.txt says what else is hidden and what is not. Anyone who has the
      folder can check it with a shell, sha256sum and openssl: verify.sh does it, README.txt explains it.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @OptionGroup var source: SourceFolderOption
  @Argument(help: "A folder that does not exist yet.") var destination: String

  func run() async throws {
    let folder = URL(fileURLWithPath: destination, isDirectory: true).standardizedFileURL
    let export = try await ReceiptExport.write(
      options.location(), source: source.folder(options), to: folder, Machine.dependencies())
    if !export.missingTemplates.isEmpty {
      Console.error("Templates left out:\(export.missingTemplates.map { "\n  \($0)" }.joined())")
    }
    for name in export.missingApprovals {
      Console.error("Left out: the approval of \(name), which \(ApprovalFile.name) no longer has as it was given")
    }
    if let behind = export.behind { Console.error(options.nextCommand.text(behind)) }
    Console.print(ReceiptsText.text(export, in: folder.path))
  }
}

/// The folder a launched campaign was made from.
struct SourceFolderOption: ParsableArguments {
  @Option(
    name: .customLong("made-from"),
    help: ArgumentHelp(
      "The folder with campaign.yaml and templates, if not the campaign's own; for a queue that a rehearsal kept.",
      valueName: "dir"))
  var path: String?

  func folder(_ options: CampaignOptions) throws -> SourceFolder {
    SourceFolder(
      try path.map { URL(fileURLWithPath: $0, isDirectory: true).standardizedFileURL } ?? options.location().folder)
  }
}
