public import Campaigns
import Files
public import Foundation
import Letters
import Mail
public import Preview

/// Letters to look at before they are sent: one customer's, the hardest ones, or all. Nothing is sent.
///
/// Letters are made as a launch would make them, with sample codes and another Message-ID. A preview is useful without
/// the keys too: ``unsigned`` says why letters are not signed here.
public struct PreviewRun: Sendable {
  /// The content to show for one customer.
  public enum CustomerPreview: Sendable {
    case letters([PreviewedLetter], to: Customer)
    /// The customer is called or needs nothing.
    case noLetter(Outcome)
  }

  public struct Written: Sendable, Hashable {
    public let count: Int
    public let folder: URL
  }

  private let location: CampaignLocation
  private let loaded: LoadedCampaign
  private let maker: PreviewMaker

  public init(_ location: CampaignLocation, _ dependencies: Dependencies) async throws {
    try await location.requireUnpurged(dependencies)
    self.location = location
    let now = dependencies.now
    loaded = try LoadedCampaign(location, credentials: dependencies.credentials, at: now)
    maker = PreviewMaker(
      renderer: try loaded.renderer(date: loaded.campaign.localTime(now)),
      // The key of the launched campaign is not ours to use here: a preview's Message-ID is another one.
      composer: LetterComposer(
        campaign: loaded.campaign, key: dependencies.randomBytes(32), signer: loaded.keys.signer),
      date: now)
  }

  /// The reasons why letters are not signed here; empty when they are, or need not be.
  public var unsigned: [SecretFileError] { loaded.keys.troubles }

  private var severalLetters: Bool { loaded.campaign.letterNames.count > 1 }

  // MARK: Which letters

  /// The customers whose letters are the hardest, with the reasons; fails with the kind `data` when nobody gets a
  /// letter.
  public func sample() throws -> [CustomerSample.Choice] {
    var sample = CustomerSample()
    _ = try loaded.plan { sample.add($0, $1) }
    guard !sample.choices.isEmpty else {
      throw OperatorError(.data, "no customer gets a letter; there is nothing to look at.")
    }
    return sample.choices
  }

  public func letters(of choices: [CustomerSample.Choice]) throws -> [PreviewedLetter] {
    try choices.flatMap { choice in
      try choice.outcome.letters.map { try maker.previewed($0, for: choice.customer, reasons: choice.reasons) }
    }
  }

  /// Fails with the kind `data` when there is no such customer, or the customer does not get the letter.
  ///
  /// - Parameters:
  ///   - letter: The only letter to show.
  ///   - needsOne: Several letters are an error of the kind `usage`.
  public func customer(_ id: String, letter: String?, needsOne: Bool) throws -> CustomerPreview {
    let found = try loaded.customerLetters(id, letter: letter, needsOne: needsOne)
    guard !found.letters.isEmpty else { return .noLetter(found.outcome) }
    return .letters(try found.letters.map { try maker.previewed($0, for: found.customer) }, to: found.customer)
  }

  // MARK: Writing

  /// Writes every letter as an `.eml` file into a folder that does not exist yet.
  public func writeAll(to path: String) throws -> Written {
    try writing(to: path, option: "--all") { folder in
      var count = 0
      _ = try loaded.plan { customer, outcome in
        for name in outcome.letters {
          try write(try maker.previewed(name, for: customer), to: folder)
          count += 1
        }
      }
      return count
    }
  }

  /// Writes these letters as `.eml` files into a folder that does not exist yet.
  public func write(_ letters: [PreviewedLetter], to path: String) throws -> Written {
    try writing(to: path, option: "--all") { folder in
      for letter in letters { try write(letter, to: folder) }
      return letters.count
    }
  }

  private func write(_ letter: PreviewedLetter, to folder: URL) throws {
    try PreviewFolder.write(letter.bytes, to: "\(letter.fileName(severalLetters: severalLetters)).eml", in: folder)
  }

  /// Writes pictures of these letters into a folder that does not exist yet.
  public func writePictures(of letters: [PreviewedLetter], to path: String) throws -> Written {
    try writing(to: path, option: "--png") { folder in
      try LetterPictures.write(letters, severalLetters: severalLetters, to: folder)
    }
  }

  /// Writes a page with these letters into the campaign's folder, and returns its URL.
  ///
  /// - Parameters:
  ///   - customer: The customer whose letters they are; nil for those of the sample.
  ///   - letter: The name of the letter where it is only one of several.
  public func writePage(of letters: [PreviewedLetter], customer: String?, letter: String?) throws -> URL {
    let name =
      customer.map { id in
        "customer-" + ([PreviewFolder.fileName(id)] + (letter.map { [$0] } ?? [])).joined(separator: ".")
      } ?? "sample"
    let folder = PreviewFolder.pages(of: location.folder)
    try PreviewFolder.make(folder)
    let page = PreviewPage(campaign: loaded.campaign.name, letters: letters)
    let file = folder.appendingPathComponent("\(name).html")
    switch FilePlace(file.path).kind {
    case .nothing: break
    case .file where GeneratedFile.isPage(file): break
    default:
      throw OperatorError(
        .cannotWrite, "\(file.path) exists already and is no page of eilbrief's; move it away, then run this again.")
    }
    try PreviewFolder.write(page.html().utf8, to: file.lastPathComponent, in: folder)
    return file
  }

  /// Makes a new folder for what `body` writes; when that fails, the folder is removed again: half of it would be taken
  /// for all, and prevent the next try.
  private func writing(to path: String, option: String, _ body: (URL) throws -> Int) throws -> Written {
    let advice = "name a new folder with \(option)"
    try OutputPath(location, credentials: nil).requireNew(path, advice: advice)
    let folder: URL
    do throws(PreviewError) {
      folder = try PreviewFolder.makeNew(path)
    } catch {
      guard case .folderExists(let path) = error else { throw error }
      throw OperatorError(.cannotWrite, "\(path) exists already; \(advice).")
    }
    do {
      return Written(count: try body(folder), folder: folder)
    } catch {
      try? FileManager.default.removeItem(at: folder)
      throw error
    }
  }
}
