import Campaigns
import Files
import Foundation
import Letters
import Mail

/// A campaign read completely from its files: campaign file, templates, customers, keys. It is not frozen yet.
///
/// Fails with the errors of ``CampaignFile``, ``TemplateSet`` and ``CustomerBook``. A key that cannot be used is not an
/// error here: ``CampaignKeys/troubles`` names it.
struct LoadedCampaign: Sendable {
  let campaign: Campaign
  let templates: TemplateSet
  let book: CustomerBook
  let keys: CampaignKeys

  init(campaign: Campaign, templates: TemplateSet, book: CustomerBook, keys: CampaignKeys) {
    self.campaign = campaign
    self.templates = templates
    self.book = book
    self.keys = keys
  }

  /// - Parameter now: The time at which the keys and certificates that sign the letters have to be valid.
  init(_ location: CampaignLocation, credentials: URL?, at now: Date) throws {
    let campaign = try CampaignFile.read(folder: location.folder)
    let templates = try TemplateSet.load(folder: location.templates)
    self.init(
      campaign: campaign, templates: templates, book: try CustomerBook(campaign),
      keys: CampaignKeys(campaign, credentials: credentials, at: now, frozenAt: now))
  }

  /// The same campaign, to be frozen at another time than it was read.
  func frozen(at moment: Date) -> LoadedCampaign {
    LoadedCampaign(campaign: campaign, templates: templates, book: book, keys: keys.frozen(at: moment))
  }

  var templateFiles: [(path: String, digest: SHA256Digest)] { templates.files(of: campaign) }

  /// Digests of all it is made of, for a plan that is frozen. Reads the customer file once.
  func frozenDigests() throws -> InputDigests {
    InputDigests(
      campaign, customerFile: book.file.digest,
      customerValues: try book.file.valuesDigest(
        segments: campaign.segments, hasNoRejectedRows: book.rejected.isEmpty),
      templates: templateFiles,
      signer: keys.signer)
  }

  /// Digests of all it is made of, but of what the customer file says.
  var digests: InputDigests {
    InputDigests(campaign, customerFile: book.file.digest, templates: templateFiles, signer: keys.signer)
  }

  func plan(forEach body: (Customer, Outcome) throws -> Void = { _, _ in }) throws -> Plan {
    let step = StepProgress.begin(.makingLetters, of: book.customerCount)
    defer { step.end() }
    return try Plan(book, campaign: campaign, templates: templateFiles, signer: keys.signer) {
      try body($0, $1)
      step.advance()
    }
  }

  /// The letters of one customer; empty for a customer who is called or needs nothing. Fails with the kind `data` when
  /// there is no such customer, or the customer does not get the letter.
  ///
  /// - Parameters:
  ///   - letter: The only letter that is wanted.
  ///   - needsOne: Several letters are an error of the kind `usage`.
  func customerLetters(
    _ id: String, letter: String?, needsOne: Bool
  ) throws -> (customer: Customer, outcome: Outcome, letters: [String]) {
    guard let customer = try book.customer(id: id) else {
      if let row = try book.rejected.row(of: id) {
        throw OperatorError(.data, "customer “\(id)” is rejected: \(book.file.name):\(row.line): \(row.reason)")
      }
      throw OperatorError(.data, "there is no customer “\(id)” in \(book.file.name).")
    }
    let outcome = try Planner.outcome(for: customer, in: campaign)
    guard outcome.kind == .letter else { return (customer, outcome, []) }
    let letters = outcome.letters.joined(separator: " and ")
    var names = outcome.letters
    if let letter {
      guard names.contains(letter) else {
        throw OperatorError(.data, "customer “\(id)” gets no letter “\(letter)”, but \(letters).")
      }
      names = [letter]
    }
    guard names.count == 1 || !needsOne else {
      throw OperatorError(.usage, "customer “\(id)” gets \(letters): name one with --letter.")
    }
    return (customer, outcome, names)
  }

  /// A renderer for letters that are only looked at: before the launch there is no code that `verify` would find.
  func renderer(date: LocalDateTime) throws -> LetterRenderer {
    try LetterRenderer(campaign: campaign, templates: templates, date: date, codes: .samples)
  }
}

extension TemplateSet {
  /// The template files that a campaign's letters are made of.
  func files(of campaign: Campaign) -> [(path: String, digest: SHA256Digest)] {
    files
      .filter { file in campaign.letterNames.contains { file.path.hasPrefix($0 + "/") } }
      .map { ($0.path, $0.digest) }
  }
}
