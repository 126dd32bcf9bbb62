import ArgumentParser
import Campaigns
import Foundation
import Letters
import Mail

struct PreviewCommand: AsyncParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, html, eml }

  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Shows one customer's letter, or writes every one.")

  @OptionGroup var options: CampaignOptions
  @Option(help: ArgumentHelp("The customer whose letter is shown.", valueName: "id")) var customer: String?
  @Option(help: ArgumentHelp("Which letter, where the customer gets several.", valueName: "name")) var letter: String?
  @Option(help: "text (the default), html or eml (the whole message as it would be sent).") var format: Format?
  @Option(
    help: ArgumentHelp(
      "Write every letter as .eml, named by customer, into this folder (0700); it must not exist.", valueName: "dir"))
  var all: String?

  func validate() throws {
    guard (customer == nil) != (all == nil) else { throw ValidationError("Say either --customer ID or --all DIR.") }
    guard all == nil || format == nil || format == .eml else {
      throw ValidationError("--all writes .eml files; --format is for one letter (--customer ID).")
    }
  }

  func run() async throws {
    try await PurgedCampaign.refuse(options)
    let prepared = try PreparedCampaign.read(options.folder)
    let now = Date()
    // A preview is worth having without the keys.
    if let trouble = prepared.signing.trouble { Console.error("Not signed here: \(trouble)") }
    let maker = PreviewMaker(
      renderer: try prepared.renderer(date: prepared.campaign.localTime(now)),
      // The key of the launched campaign is not ours to use here: a preview's Message-ID is another one.
      composer: LetterComposer(
        campaign: prepared.campaign, key: Array("preview".utf8), signer: prepared.signing.signer),
      date: now)
    if let all {
      try writeAll(prepared, maker, to: URL(fileURLWithPath: all, isDirectory: true))
    } else if let customer {
      try show(customer, prepared, maker)
    }
    Console.error(
      "The code \(VerificationCode.sample) is a sample: each letter gets its own at the launch, and `eilbrief verify` knows those."
    )
  }

  private func show(_ id: String, _ prepared: PreparedCampaign, _ maker: PreviewMaker) throws {
    guard let customer = try prepared.book.customer(id: id) else {
      if let row = prepared.book.rejected.first(where: { $0.customerID == id }) {
        throw Failure(.data, "customer “\(id)” is rejected: \(prepared.book.file.name):\(row.line): \(row.reason)")
      }
      throw Failure(.data, "there is no customer “\(id)” in \(prepared.book.file.name).")
    }
    let outcome = try Planner.outcome(for: customer, in: prepared.campaign)
    guard outcome.kind == .letter else {
      let what = outcome.kind == .phone ? "is called" : "needs nothing"
      Console.print("Customer \(id) gets no letter and \(what): \(outcome.reason)")
      return
    }
    let names = try chosen(outcome.letters, of: id)
    for (index, name) in names.enumerated() {
      if index > 0 { Console.print("\n\(String(repeating: "=", count: 72))\n") }
      try show(maker.renderer.letter(name, for: customer), to: customer, maker)
    }
  }

  /// The letters to show: all as text, one in the other formats.
  private func chosen(_ letters: [String], of id: String) throws -> [String] {
    if let letter {
      guard letters.contains(letter) else {
        throw Failure(.data, "customer “\(id)” gets no letter “\(letter)”, but \(letters.joined(separator: " and ")).")
      }
      return [letter]
    }
    guard letters.count == 1 || format ?? .text == .text else {
      throw Failure(.usage, "customer “\(id)” gets \(letters.joined(separator: " and ")): name one with --letter.")
    }
    return letters
  }

  private func show(_ letter: Letter, to customer: Customer, _ maker: PreviewMaker) throws {
    switch format ?? .text {
    case .text:
      let message = try maker.composer.message(for: letter, to: customer, date: maker.date)
      Console.print("To: \(message.to.address.displayText)\nSubject: \(letter.subject)\n\n\(letter.text)")
    case .html:
      Console.print(letter.html)
    case .eml:
      Console.print(String(decoding: try maker.bytes(letter, customer), as: UTF8.self), terminator: "")
    }
  }

  private func writeAll(_ prepared: PreparedCampaign, _ maker: PreviewMaker, to folder: URL) throws {
    // Letters of another preview would be taken for this one's.
    guard !FileManager.default.fileExists(atPath: folder.path) else {
      throw Failure(.cannotWrite, "\(folder.path) exists already; name a new folder with --all.")
    }
    var count = 0
    do {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      _ = try prepared.plan { customer, outcome in
        guard outcome.kind == .letter else { return }
        for name in outcome.letters {
          let bytes = try maker.bytes(maker.renderer.letter(name, for: customer), customer)
          let suffix = prepared.campaign.letterNames.count > 1 ? ".\(name)" : ""
          let file = folder.appendingPathComponent("\(Self.fileName(customer.id))\(suffix).eml")
          try Data(bytes).write(to: file)
          try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
          count += 1
        }
      }
    } catch let error as CocoaError {
      throw Failure(.cannotWrite, "\(folder.path): cannot be written: \(error.localizedDescription)")
    }
    Console.print("Wrote \(Counted.words(count, "letter")) to \(folder.path)")
  }

  /// An id may hold anything a spreadsheet holds; a file name may not. Every other byte becomes `%` and its two digits.
  static func fileName(_ id: String) -> String {
    id.utf8.map { byte -> String in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        return String(UnicodeScalar(byte))
      default:
        return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }.joined()
  }
}

/// Makes the messages of a preview.
struct PreviewMaker {
  let renderer: LetterRenderer
  let composer: LetterComposer
  let date: Date

  func bytes(_ letter: Letter, _ customer: Customer) throws -> [UInt8] {
    try composer.bytes(for: letter, to: customer, date: date, encoding: .quotedPrintable)
  }
}
