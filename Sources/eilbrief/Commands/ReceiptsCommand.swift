import ArgumentParser
import Foundation
import Mail
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

struct VerifyReceiptsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks the receipts: chain, sequence, states, plan, signed checkpoint. Names the first broken line.")

  @OptionGroup var options: CampaignOptions
  @Option(help: ArgumentHelp("A public key kept elsewhere, to check the signature against (PEM).", valueName: "file"))
  var key: String?
  @Flag(help: "Print what was found as JSON (schema 1).") var json = false

  func run() async throws {
    let receipts = CampaignReceipts(options)
    let folder = receipts.folder
    guard FileManager.default.fileExists(atPath: folder.path) else {
      throw Failure(
        .usage, "\(options.campaign) has no receipts: it was never launched from \(options.spool.folder.path).")
    }
    try receipts.insist()
    let verdict = try ReceiptVerifier(folder: folder, publicKey: try publicKey()).verify()
    // As the receipts have it: they may be another campaign's.
    let campaign = verdict.campaign ?? options.campaign
    if json { Console.print(try ReportEncoding.json(ReceiptsStatus(verdict, of: campaign))) }
    if let fault = verdict.fault {
      if let words = try otherKey(fault, in: folder) { throw Failure(.data, words) }
      let before = fault.line == nil ? "" : "\nThe \(verdict.lines) lines before it are sound."
      throw Failure(.data, "\(folder.path): \(fault)\(before)")
    }
    try receipts.insistOnName(verdict)
    if !json { Console.print(text(verdict, of: campaign)) }
  }

  private func text(_ verdict: ReceiptVerifier.Verdict, of campaign: String) -> String {
    var lines = ["Receipts of \(campaign): \(verdict.reach); chain unbroken, states in order."]
    if let plan = verdict.plan { lines.append("  plan  \(plan)") }
    if !verdict.approvals.isEmpty { lines.append("  released by \(CampaignRelease.names(verdict.approvals))") }
    if let head = verdict.head { lines.append("  head  \(head)") }
    if let signed = verdict.signedLines, let at = verdict.checkpointAt {
      lines.append("  signed up to line \(signed) at \(LocalTime.full(at))")
      if signed < verdict.lines {
        lines.append("  \(verdict.lines - signed) later lines are chained but not signed yet")
      }
    } else {
      lines.append(
        """
          without the signed checkpoint, written at every pause and at the end, nothing shows whether lines were cut off
          at the end or all of them were written anew
        """)
    }
    if let purged = verdict.purgedAt {
      lines.append("  purged at \(LocalTime.full(purged)): the key that linked the receipts to customers is destroyed")
    }
    return lines.joined(separator: "\n")
  }

  /// What to say when nothing is wrong but that the checkpoint was signed with another key than the one asked for.
  private func otherKey(_ fault: ReceiptVerifier.Fault, in folder: URL) throws -> String? {
    guard let key, fault.line == nil else { return nil }
    let own = try ReceiptVerifier(folder: folder).verify()
    guard own.isSound, own.signedLines != nil else { return nil }
    return """
      \(folder.path): not signed with the key in \(key).
      The chain itself is unbroken (\(own.reach)), signed with the key in receipts-public.pem there: whoever has \
      its private half may have written all of them.
      """
  }

  private func publicKey() throws -> Ed25519PublicKey? {
    guard let key else { return nil }
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(fileURLWithPath: key))
    } catch {
      let isThere = FileManager.default.fileExists(atPath: key)
      throw Failure(.usage, "\(key): \(isThere ? "cannot be read" : "there is no such file").")
    }
    guard let parsed = try? Ed25519PublicKey(pem: String(decoding: bytes, as: UTF8.self)) else {
      throw Failure(.usage, "\(key): not an Ed25519 public key in PEM form.")
    }
    return parsed
  }
}

struct ShowReceiptsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows the receipts of one customer.",
    discussion: "Receipts hold no id and no address: the customer is found by the keyed hash of its id.")

  @OptionGroup var options: CampaignOptions
  @Option(help: "The customer's id.") var customer: String
  @Flag(help: "Print the lines as they are in the file.") var json = false

  func run() async throws {
    let (store, record) = try await ReadCampaign(options).launchedWithCustomers()
    let receipts = CampaignReceipts(options)
    _ = try receipts.sound(of: record)
    let found = try await LetterCustomer.find(customer, in: store, record)
    let hash = KeyedHash(key: record.plan.hashKey).digest(of: customer)
    var count = 0
    try ReceiptReader(file: receipts.file).forEachLine { line, isWhole in
      guard isWhole else { return }
      let receipt = try Receipt(line: line)
      guard receipt.customer == hash else { return }
      count += 1
      Console.print(json ? String(decoding: line, as: UTF8.self) : ReceiptText.text(receipt))
    }
    guard count > 0 else {
      let state = found.messages.map(\.state.rawValue).joined(separator: " and ")
      throw Failure(
        .data,
        "customer “\(customer)” has no receipts in \(options.campaign): no letter was attempted yet, it is \(state).")
    }
  }
}

struct ExportReceiptsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes receipts, checkpoint, public key, plan, templates and how to verify them into one folder.",
    discussion: """
      The folder holds no address and no customer's name. Who has it needs a shell, sha256sum and openssl to check it:
      verify.sh does it, README.txt explains it.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @OptionGroup var madeFrom: MadeFrom
  @Argument(help: "A folder that does not exist yet.") var destination: String

  func run() async throws {
    try await ReceiptExport(
      options: options, madeFrom: madeFrom,
      destination: URL(fileURLWithPath: destination, isDirectory: true).standardizedFileURL
    ).run()
  }
}
