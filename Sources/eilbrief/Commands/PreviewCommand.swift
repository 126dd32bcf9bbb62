import ArgumentParser
import Campaigns
import Foundation
import Letters
import Mail
import Operations
import Preview

struct PreviewCommand: AsyncParsableCommand, CampaignCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, html, eml }

  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Shows letters before they are sent: those of one customer, the hardest ones, or all.",
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
      addresses, the most mailboxes, unusual characters. Without --open, --png or --all they are listed.
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
    let preview = try await PreviewRun(options.location(), Machine.dependencies())
    for trouble in preview.unsigned { Console.error("Not signed here: \(trouble)") }
    if sample {
      try showSample(preview)
    } else if let all {
      show(try preview.writeAll(to: all), "letter")
    } else if let customer {
      try show(customer, preview)
    }
    guard !sample || open || png != nil || all != nil else { return }
    Console.error(
      "The code \(VerificationCode.sample) is a sample: each letter gets its own at the launch, and `eilbrief verify` knows those."
    )
  }

  private func showSample(_ preview: PreviewRun) throws {
    let choices = try preview.sample()
    guard open || png != nil || all != nil else {
      Console.print(Self.text(choices, options.nextCommand))
      return
    }
    let letters = try preview.letters(of: choices)
    if let all { show(try preview.write(letters, to: all), "letter") }
    try look(at: letters, preview, customer: nil)
  }

  private static func text(_ choices: [CustomerSample.Choice], _ nextCommand: NextCommand) -> String {
    let lines = choices.map { choice in
      "  \(choice.customer.id): \(choice.reasons.joined(separator: ", "))\n"
        + "    \(nextCommand.line(.preview(customer: choice.customer.id)))"
    }
    return """
      \(pluralized(choices.count, "customer")) to look at, and what each is chosen for:
      \(lines.joined(separator: "\n"))
      All of them in a browser: \(nextCommand.line(.previewSample))
      """
  }

  /// Makes what --png and --open ask for.
  private func look(at letters: [PreviewedLetter], _ preview: PreviewRun, customer: String?) throws {
    if let png { show(try preview.writePictures(of: letters, to: png), "picture") }
    guard open else { return }
    let page = try preview.writePage(of: letters, customer: customer, letter: letter)
    Console.print("Wrote \(page.path)\n\(BrowserOpener.open(page))")
  }

  private func show(_ written: PreviewRun.Written, _ noun: String) {
    Console.print("Wrote \(pluralized(written.count, noun)) to \(written.folder.path)")
  }

  private func show(_ id: String, _ preview: PreviewRun) throws {
    let isText = format ?? .text == .text
    switch try preview.customer(id, letter: letter, needsOne: !isText) {
    case .noLetter(let outcome):
      let what = outcome.kind == .phone ? "is called" : "needs nothing"
      Console.print("Customer \(id) gets no letter and \(what): \(outcome.reasons.text)")
    case .letters(let letters, let customer):
      guard !open, png == nil else { return try look(at: letters, preview, customer: id) }
      for (index, letter) in letters.enumerated() {
        if index > 0 { Console.print("\n\(String(repeating: "=", count: 72))\n") }
        try show(letter, to: customer)
      }
    }
  }

  private func show(_ letter: PreviewedLetter, to customer: Customer) throws {
    switch format ?? .text {
    case .text:
      Console.print(
        "To: \(customer.contact?.displayText ?? "")\nSubject: \(letter.letter.subject)\n\n\(letter.letter.text)")
    case .html:
      try ReportOutput(file: nil).write(letter.letter.html + "\n")
    case .eml:
      try ReportOutput(file: nil).write(letter.bytes)
    }
  }
}
