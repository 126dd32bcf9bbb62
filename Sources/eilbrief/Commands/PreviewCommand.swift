import ArgumentParser
import Campaigns
import Foundation
import Letters
import Mail

struct PreviewCommand: AsyncParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, html, eml }

  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Shows letters before they are sent: one customer's, the hardest ones, or all.",
    discussion: """
      Nothing is sent. Letters are made as `launch` would make them, with sample codes and another Message-ID.

        preview summer --customer 1002         one customer's letter as text
        preview summer --customer 1002 --open  the same in a browser
        preview summer --sample                which letters to look at, and why
        preview summer --sample --open         those on one page
        preview summer --sample --png DIR      pictures: 360, 800 px, printed
        preview summer --all DIR               every letter as .eml

      Pages go into preview/ of the campaign's folder. They hold personal data; `eilbrief purge` removes them.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @Option(help: ArgumentHelp("The customer whose letter is shown.", valueName: "id")) var customer: String?
  @Option(help: ArgumentHelp("Which letter, where the customer gets several.", valueName: "name")) var letter: String?
  @Flag(
    help: """
      The customers whose letters are the hardest: one for every letter, language and segment, the longest names and \
      addresses, the most mailboxes, odd characters. Alone it lists them.
      """)
  var sample = false
  @Option(help: "text (the default), html or eml (the whole message as it would be sent).") var format: Format?
  @Flag(help: "Make one page of the letters, and open it in a browser where there is a display.") var open = false
  @Option(
    help: ArgumentHelp(
      "Write pictures of the letters into this folder (0700), made by Chromium; it must not exist.", valueName: "dir"))
  var png: String?
  @Option(
    help: ArgumentHelp(
      "Write every letter (with --sample: those) as .eml, named by customer, into this folder (0700); it must not exist.",
      valueName: "dir"))
  var all: String?

  func validate() throws {
    guard customer != nil || sample || all != nil else {
      throw ValidationError("Say which letters: --customer ID, --sample or --all DIR.")
    }
    guard customer == nil || !sample else { throw ValidationError("Say either --customer ID or --sample.") }
    guard customer == nil || all == nil else { throw ValidationError("Say either --customer ID or --all DIR.") }
    guard customer != nil || letter == nil else { throw ValidationError("--letter goes with --customer ID.") }
    guard all == nil || format == nil || format == .eml else {
      throw ValidationError("--all writes .eml files; --format is for one letter (--customer ID).")
    }
    guard format == nil || customer != nil || all != nil else {
      throw ValidationError("--format is for one letter (--customer ID).")
    }
    guard customer != nil || sample || !open && png == nil else {
      throw ValidationError("--open and --png show one customer (--customer ID) or the hardest (--sample), not all.")
    }
    guard format == nil || !open && png == nil else {
      throw ValidationError("--open and --png show a letter in every form; leave --format out.")
    }
  }

  func run() async throws {
    try await PurgedCampaign.refuse(options)
    let now = Date()
    let prepared = try PreparedCampaign.read(options.folder, at: now)
    // A preview is worth having without the keys.
    for trouble in prepared.signing.troubles { Console.error("Not signed here: \(trouble)") }
    let maker = PreviewMaker(
      renderer: try prepared.renderer(date: prepared.campaign.localTime(now)),
      // The key of the launched campaign is not ours to use here: a preview's Message-ID is another one.
      composer: LetterComposer(
        campaign: prepared.campaign, key: SecureRandom.bytes(32), signer: prepared.signing.signer),
      date: now)
    if sample {
      try showSample(prepared, maker)
    } else if let all {
      let folder = try PreviewFolder.makeNew(all, option: "--all")
      var count = 0
      _ = try prepared.plan { customer, outcome in
        for name in outcome.letters {
          try write(try maker.previewed(name, for: customer), prepared, to: folder)
          count += 1
        }
      }
      Console.print("Wrote \(Counted.words(count, "letter")) to \(folder.path)")
    } else if let customer {
      try show(customer, prepared, maker)
    }
    guard !sample || open || png != nil || all != nil else { return }
    Console.error(
      "The code \(VerificationCode.sample) is a sample: each letter gets its own at the launch, and `eilbrief verify` knows those."
    )
  }

  // MARK: The hardest

  private func showSample(_ prepared: PreparedCampaign, _ maker: PreviewMaker) throws {
    var sample = CustomerSample()
    _ = try prepared.plan { sample.add($0, $1) }
    let choices = sample.choices
    guard !choices.isEmpty else { throw Failure(.data, "no customer gets a letter; there is nothing to look at.") }
    guard open || png != nil || all != nil else {
      Console.print(SamplePreviewText.text(choices, words: options.words))
      return
    }
    let letters = try choices.flatMap { choice in
      try choice.outcome.letters.map { try maker.previewed($0, for: choice.customer, reasons: choice.reasons) }
    }
    if let all {
      let folder = try PreviewFolder.makeNew(all, option: "--all")
      for letter in letters { try write(letter, prepared, to: folder) }
      Console.print("Wrote \(Counted.words(letters.count, "letter")) to \(folder.path)")
    }
    try look(at: letters, prepared, page: "sample.html")
  }

  private func write(_ letter: PreviewedLetter, _ prepared: PreparedCampaign, to folder: URL) throws {
    let name = letter.fileName(severalLetters: prepared.campaign.letterNames.count > 1)
    try PreviewFolder.write(letter.bytes, to: "\(name).eml", in: folder)
  }

  /// What --png and --open ask for.
  private func look(at letters: [PreviewedLetter], _ prepared: PreparedCampaign, page name: String) throws {
    if let png {
      let folder = try PreviewFolder.makeNew(png, option: "--png")
      do {
        let count = try LetterPictures.write(
          letters, severalLetters: prepared.campaign.letterNames.count > 1, to: folder)
        Console.print("Wrote \(Counted.words(count, "picture")) to \(folder.path)")
      } catch {
        // An empty folder would be in the way of the next try.
        if try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty {
          try FileManager.default.removeItem(at: folder)
        }
        throw error
      }
    }
    guard open else { return }
    let folder = PreviewFolder.pages(of: options.folder)
    try PreviewFolder.make(folder)
    let page = PreviewPage(campaign: prepared.campaign.name, letters: letters)
    try PreviewFolder.write(page.html().utf8, to: name, in: folder)
    let file = folder.appendingPathComponent(name)
    Console.print("Wrote \(file.path)\n\(BrowserOpener.open(file))")
  }

  // MARK: One customer

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
      Console.print("Customer \(id) gets no letter and \(what): \(outcome.reasons.text)")
      return
    }
    let names = try chosen(outcome.letters, of: id)
    if open || png != nil {
      let letters = try names.map { try maker.previewed($0, for: customer) }
      let name = ([PreviewFolder.fileName(id)] + (letter.map { [$0] } ?? [])).joined(separator: ".")
      return try look(at: letters, prepared, page: "customer-\(name).html")
    }
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
}
