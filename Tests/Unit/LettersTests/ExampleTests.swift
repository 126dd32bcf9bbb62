import Campaigns
import Foundation
import TestSupport
import Testing

@testable import Letters

/// The campaigns that ship with the program are read and rendered as an operator's would be.
@Suite struct ExampleTests {
  private var tree: URL {
    PackageRoot.folder
  }

  /// Renders and lints the letter of every letter customer; the counts by outcome.
  private func outcomes(of campaign: Campaign) throws -> [Outcome.Kind: Int] {
    let book = try CustomerBook(campaign)
    #expect(book.rejected.isEmpty)
    let renderer = try LetterRenderer(
      campaign: campaign, templates: .load(folder: campaign.folder.appendingPathComponent("templates")),
      date: Fixtures.date, codes: Fixtures.codes)
    let lint = LetterLint(campaign: campaign, date: Fixtures.date)
    var counts: [Outcome.Kind: Int] = [:]
    var customers = book.customers()
    while let customer = try customers.next() {
      let outcome = try Planner.outcome(for: customer, in: campaign)
      counts[outcome.kind, default: 0] += 1
      guard outcome.kind == .letter else { continue }
      for name in outcome.letters {
        let letter = try renderer.letter(name, for: customer)
        #expect(letter.template == name)
        #expect(lint.findings(in: letter, for: customer) == [])
      }
    }
    return counts
  }

  @Test func exampleCampaignIsClean() throws {
    let campaign = try CampaignFile.read(folder: tree.appendingPathComponent("Queue/example"))
    #expect(Set(campaign.segments.keys) == ["imap", "pop3", "e2e", "mx", "website", "central-inbox"])
    let book = try CustomerBook(campaign)
    #expect(book.customerCount == 60 && book.rows == 81)
    #expect(Set(book.rowsBySegment.filter { $0.value > 0 }.keys) == Set(campaign.segments.keys))
    let counts = try outcomes(of: campaign)
    #expect(counts.values.reduce(0, +) == 60)
    #expect(counts == [.letter: 59, .phone: 1])
    #expect(campaign.letterNames == ["breach-notice", "password-change"])
  }

  @Test func newCampaignIsClean() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("init-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let deadline = try #require(LocalDateTime("2030-01-04T12:00:00+01:00"))
    let text = BundledTemplates.campaignFile(
      happened: try #require(CalendarDate("2030-01-02")), discovered: try #require(CalendarDate("2030-01-03")),
      deadline: deadline)
    try Data(text.utf8).write(to: folder.appendingPathComponent("campaign.yaml"))
    try Data(BundledTemplates.customerFile).write(to: folder.appendingPathComponent("customers.csv"))
    let campaign = try CampaignFile.read(folder: folder)
    #expect(campaign.deadline == deadline)
    #expect(try outcomes(of: campaign) == [.letter: 3, .none: 1, .phone: 1])
  }
}
