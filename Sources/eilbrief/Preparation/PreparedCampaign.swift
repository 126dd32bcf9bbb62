import Campaigns
import Foundation
import Letters
import Mail
import Queue

/// A campaign read from its files, whole: campaign file, templates, customers. Nothing of it is frozen yet.
struct PreparedCampaign: Sendable {
  let campaign: Campaign
  let templates: TemplateSet
  let book: CustomerBook
  let signing: CampaignSigning

  /// - Parameter now: When what signs the letters has to be valid.
  static func read(_ folder: URL, at now: Date) throws -> PreparedCampaign {
    let campaign = try CampaignFile.read(folder: folder)
    let templates = try TemplateSet.load(folder: folder.appendingPathComponent("templates", isDirectory: true))
    return PreparedCampaign(
      campaign: campaign, templates: templates, book: try CustomerBook(campaign),
      signing: CampaignSigning(campaign, at: now, frozenAt: now))
  }

  /// The same, to be frozen at another moment than it was read.
  func frozen(at moment: Date) -> PreparedCampaign {
    PreparedCampaign(campaign: campaign, templates: templates, book: book, signing: signing.frozen(at: moment))
  }

  /// The template files that letters are made of.
  static func templateFiles(_ campaign: Campaign, _ templates: TemplateSet) -> [(path: String, digest: SHA256Digest)] {
    templates.files
      .filter { file in campaign.letterNames.contains { file.path.hasPrefix($0 + "/") } }
      .map { ($0.path, $0.digest) }
  }

  var templateFiles: [(path: String, digest: SHA256Digest)] { Self.templateFiles(campaign, templates) }

  func plan(forEach body: (Customer, Outcome) throws -> Void = { _, _ in }) throws -> Plan {
    try Plan(book, campaign: campaign, templates: templateFiles, signer: signing.signer, forEach: body)
  }

  /// For letters that are looked at: before the launch no code is known that `verify` would find.
  func renderer(date: LocalDateTime) throws -> LetterRenderer {
    try LetterRenderer(campaign: campaign, templates: templates, date: date, codes: .samples)
  }
}
