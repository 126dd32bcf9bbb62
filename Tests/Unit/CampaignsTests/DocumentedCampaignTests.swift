import Campaigns
import Foundation
import TestSupport
import Testing

/// The complete example of `docs/configuration/campaign-file.md` is a campaign file as the program reads it, and has every
/// key.
@Suite struct DocumentedCampaignTests {
  private static let document = PackageRoot.file("docs/configuration/campaign-file.md")

  /// The one block that is marked as complete.
  private static var example: String {
    get throws {
      let text = try String(contentsOf: document, encoding: .utf8)
      let blocks = text.split(separator: "\n```yaml complete\n", omittingEmptySubsequences: false)
      try #require(blocks.count == 2, "one block is marked as complete")
      let end = try #require(blocks[1].range(of: "\n```\n"))
      return String(blocks[1][..<end.lowerBound]) + "\n"
    }
  }

  private static func read(_ text: String) throws -> Campaign {
    let folder = try TemporaryFolder()
    try folder.write(text.utf8, to: CampaignFile.name)
    return try CampaignFile.read(folder: folder.url)
  }

  @Test func isReadWithoutAnError() throws {
    let campaign = try Self.read(try Self.example)
    #expect(campaign.incident.authority != nil)
    #expect(campaign.sender.replyTo != nil)
    #expect(Set(campaign.customers.columns.keys) == Set(CustomerSource.Field.allCases))
    #expect(campaign.segments.count == 4)
    #expect(campaign.destinations.count == 3 && campaign.hours != nil && campaign.canary != nil)
    #expect(campaign.order.affectedContacts == .first && campaign.stopAt.uncertain == 0.05)
    let main = try #require(campaign.relays.first)
    #expect(main.username != nil && main.passwordFile != nil && main.caFile != nil && main.limits.count == 2)
  }

  /// The defaults it names are those of the program.
  @Test func itsOptionalKeysSayWhatHoldsWithoutThem() throws {
    let text = try Self.example
    let whole = try Self.read(text)
    let without = try Self.read(
      text.split(separator: "\n").filter { line in
        !["retry:", "uncertain:", "    auth:", "    tls:", "    count:", "    spread:", "after_deadline:"].contains {
          line.hasPrefix($0)
        }
      }.joined(separator: "\n"))
    #expect(whole.retry == without.retry)
    #expect(whole.uncertain == without.uncertain)
    #expect(whole.relays.map(\.authentication) == without.relays.map(\.authentication))
    #expect(whole.relays.map(\.count) == without.relays.map(\.count))
    #expect(whole.relays.map(\.spread) == without.relays.map(\.spread))
    #expect(whole.afterDeadline == without.afterDeadline)
    #expect(whole.relays.map(\.tls) == without.relays.map(\.tls))
  }

  @Test func everyKeyOfTheExampleIsExplained() throws {
    let text = try String(contentsOf: Self.document, encoding: .utf8)
    let example = try Self.example
    // The keys of segments and letters are the operator's own.
    let campaign = try Self.read(example)
    let free = Set(campaign.segments.keys).union(campaign.letterNames)
    // Keys stand at the beginning of a line, in a list's entry, or behind a brace or a comma.
    let matches = example.matches(of: /(?:^ *|[{,] *|- )([a-z0-9_-]+):(?: |$)/.anchorsMatchLineEndings())
    let keys = Set(matches.map { String($0.1) }).subtracting(free)
    #expect(keys.count > 50)
    for key in keys { #expect(text.contains("`\(key)`") || text.contains("## \(key)"), "\(key) is not explained") }
  }
}
