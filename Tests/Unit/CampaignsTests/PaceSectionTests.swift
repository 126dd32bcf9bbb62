import Foundation
import TestSupport
import Testing

@testable import Campaigns

/// How fast, when and in which order letters leave, as a campaign file says it.
@Suite struct PaceSectionTests {
  private func campaign(_ keys: String, relay: String = "", zone: String? = nil) throws -> Campaign {
    var text = String(decoding: try BadCampaign.good(), as: UTF8.self)
    if let zone { text = text.replacing("  notice_url", with: "  time_zone: \(zone)\n  notice_url") }
    if !relay.isEmpty { text = text.replacing("    limits: [300/h, 5000/d]", with: relay) }
    return try CampaignFile.parse(Array((text + "\n" + keys + "\n").utf8), folder: URL(filePath: "/campaigns/summer/"))
  }

  private let berlin = TimeZone(identifier: "Europe/Berlin") ?? .gmt

  @Test func withoutTheKeysNothingIsLimited() throws {
    let campaign = try campaign("", relay: "    pipelining: no")
    #expect(campaign.destinations.isEmpty && campaign.hours == nil && campaign.canary == nil)
    #expect(campaign.order == SendingOrder(by: .spread) && campaign.afterDeadline == .continue)
    #expect(campaign.stopAt == RefusalShare(refused: 0.5, of: 50, uncertain: nil))
    let relay = try #require(campaign.relays.first)
    #expect(relay.limits.isEmpty && relay.count == .accepted && !relay.spread && relay.perConnection == nil)
  }

  @Test func limitsOfARelay() throws {
    let text = """
          limits: [300/h, 5000/d, "5000/day@00:00 Europe/Berlin", 300/hour@:15, 60 per minute, 300/h]
          count: attempts
          spread: yes
          per_connection: 20
      """
    let relay = try #require(campaign("", relay: text).relays.first)
    #expect(
      relay.limits == [
        RateLimit(count: 300, window: .seconds(3600)), RateLimit(count: 5000, window: .seconds(86_400)),
        RateLimit(count: 5000, window: .seconds(86_400), start: WindowStart(minutes: 0, zone: berlin)),
        RateLimit(count: 300, window: .seconds(3600), start: WindowStart(minutes: 15, zone: ZoneName.utc)),
        RateLimit(count: 60, window: .seconds(60)),
      ])
    #expect(relay.count == .attempts && relay.spread && relay.perConnection == 20)
  }

  @Test func aTimeWithoutZoneIsInTheSenders() throws {
    let campaign = try campaign(
      "hours: 22:30 – 6:00", relay: "    limits: [5000/day@07:30, 300/hour@:15]", zone: "Europe/Berlin")
    #expect(campaign.relays[0].limits.map(\.start?.zone) == [berlin, berlin])
    #expect(campaign.hours == SendingHours(from: 22 * 60 + 30, until: 6 * 60, zone: berlin))
  }

  @Test(arguments: [
    ("07:00-20:00 Europe/Berlin", 420, 1200), ("\"07:00-24:00 Europe/Berlin\"", 420, 1440),
    ("00:00-24:00 Europe/Berlin", 0, 1440), ("20:00-00:00 Europe/Berlin", 1200, 1440),
    ("7:00 - 20:00 Europe/Berlin", 420, 1200),
  ])
  func hours(_ text: String, from: Int, until: Int) throws {
    #expect(try campaign("hours: \(text)").hours == SendingHours(from: from, until: until, zone: berlin))
  }

  /// As the issue writes them, without quotation marks where YAML needs none.
  @Test func destinationsInTheOrderOfTheFile() throws {
    let block = try campaign(
      """
      destinations:
        mx:google.com: {limits: [20/min, 300/h], connections: 5, count: attempts}
        "*.Firm.example": [1/s]
        "mx:*.mail.protection.outlook.com": {connections: 3}
        MÜLLER.example: {limits: [5/min]}
        gmail.com: [20/min]
      """)
    #expect(
      block.destinations == [
        DestinationRule(
          .mx("google.com"),
          limits: [RateLimit(count: 20, window: .seconds(60)), RateLimit(count: 300, window: .seconds(3600))],
          count: .attempts, connections: 5),
        DestinationRule(.below("firm.example"), limits: [RateLimit(count: 1, window: .seconds(1))]),
        DestinationRule(.mx("mail.protection.outlook.com"), connections: 3),
        DestinationRule(.domain("xn--mller-kva.example"), limits: [RateLimit(count: 5, window: .seconds(60))]),
        DestinationRule(.domain("gmail.com"), limits: [RateLimit(count: 20, window: .seconds(60))]),
      ])
    let flow = try campaign("destinations: {gmail.com: [20/min], mx:google.com: {connections: 5}, mx:yahoo.com: [1/s]}")
    #expect(flow.destinations.map { "\($0.destination)" } == ["gmail.com", "mx:google.com", "mx:yahoo.com"])
  }

  @Test(arguments: [
    ("spread", SendingOrder(by: .spread)), ("file", SendingOrder(by: .file)),
    ("{by: file, affected: last}", SendingOrder(by: .file, affectedContacts: .last)),
    ("{affected: first}", SendingOrder(by: .spread, affectedContacts: .first)),
    ("{column: Priorität}", SendingOrder(by: .column("Priorität"))),
    ("{column: Zugang, affected: first}", SendingOrder(by: .column("Zugang"), affectedContacts: .first)),
  ])
  func order(_ text: String, expected: SendingOrder) throws {
    #expect(try campaign("order: \(text)").order == expected)
  }

  @Test func canaryAndStops() throws {
    #expect(try campaign("canary: {letters: 20, wait: 15m}").canary == Canary(letters: 20, wait: .seconds(900)))
    #expect(try campaign("canary: {letters: 20}").canary == Canary(letters: 20, wait: nil))
    #expect(try campaign("canary: {letters: 20, wait: look}").canary == Canary(letters: 20, wait: nil))
    #expect(
      try campaign("stop_at: {uncertain: 5%}").stopAt == RefusalShare(refused: 0.5, of: 50, uncertain: 0.05))
    #expect(try campaign("after_deadline: stop").afterDeadline == .stop)
  }

  @Test(arguments: [
    ("[300/h, 400/min]", "400/min"), ("[400/min, 300/h]", "400/min"), ("[300/h, 300/min]", "300/min"),
    ("[300/h, 20/min]", nil), ("[10/s, 300/h]", nil), ("[300/h, 300/hour@:00]", "300/h@:00 UTC"),
    // The end of one hour and the beginning of the next.
    ("[300/hour@:00, 400/min]", nil), ("[300/hour@:00, 600/min]", "600/min"), ("[300/h, 5000/d]", nil),
  ])
  func aLimitThatIsNeverReachedIsWarnedOf(_ limits: String, _ useless: String?) throws {
    let warnings = try campaign("", relay: "    limits: \(limits)").paceWarnings
    let found = warnings.map { warning in
      guard case .limitWithoutUse(of: "main", let limit, below: _) = warning else { return "?" }
      return "\(limit)"
    }
    #expect(found == (useless.map { [$0] } ?? []))
  }

  @Test(arguments: [
    ("*.firm.example", "mail.firm.example", true), ("*.firm.example", "*.mail.firm.example", true),
    ("mx:google.com", "mx:aspmx.l.google.com", true), ("*.firm.example", "firm.example", false),
    ("mail.firm.example", "*.firm.example", false), ("mx:google.com", "google.com", false),
  ])
  func aRuleThatNeverCountsIsWarnedOf(_ first: String, _ second: String, isWarned: Bool) throws {
    let campaign = try campaign("destinations:\n  \"\(first)\": [1/s]\n  \"\(second)\": [2/s]")
    let rules = campaign.destinations.map(\.destination)
    #expect(campaign.paceWarnings == (isWarned ? [.ruleWithoutUse(rules[1], behind: rules[0])] : []))
  }

  /// What `init` shows as a comment is right when the comment sign is removed.
  @Test func theExamplesOfANewCampaignAreRead() throws {
    let text = try String(contentsOf: PackageRoot.file("Templates/init/campaign.yaml"), encoding: .utf8)
    let keys = ["destinations", "hours", "order", "canary", "after_deadline", "stop_at"]
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      keys.contains { line.hasPrefix("# \($0): ") } ? line.dropFirst(2) : line
    }
    let campaign = try CampaignFile.parse(
      Array(lines.joined(separator: "\n").utf8), folder: URL(filePath: "/campaigns/summer/"))
    #expect(campaign.destinations.count == 3 && campaign.hours != nil && campaign.order.by == .column("Priorität"))
    #expect(campaign.canary != nil && campaign.afterDeadline == .stop && campaign.stopAt.uncertain == 0.05)
  }
}
