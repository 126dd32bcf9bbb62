import Campaigns
import Foundation
import Testing

@testable import Operations

/// What `check` says it has understood of the pace.
@Suite struct PaceWordsTests {
  private let berlin = TimeZone(identifier: "Europe/Berlin") ?? .gmt

  @Test(arguments: [
    ("300/h", "300 an hour"), ("5000/d", "5,000 a day"), ("10/s", "10 a second"), ("120/min", "120 a minute"),
    ("250/10min", "250 in 10 minutes"), ("1000000/7d", "1,000,000 in 7 days"), ("200/24h", "200 a day"),
    ("7/90s", "7 in 90 seconds"),
    ("5000/day@00:00 Europe/Berlin", "5,000 a day (by the clock of Europe/Berlin, from 00:00)"),
    ("5000/day@06:30 Europe/Berlin", "5,000 a day (by the clock of Europe/Berlin, from 06:30)"),
    ("300/hour@:05", "300 an hour (by the clock of UTC, from minute 05)"),
  ])
  func limits(_ text: String, _ words: String) throws { #expect(try #require(RateLimit(text)).words == words) }

  @Test func order() {
    #expect(SendingOrder().words == "Letters leave spread over the receiving domains")
    #expect(
      SendingOrder(by: .file, affectedContacts: .last).words
        == "Letters leave in the order of the customer file; contacts that are affected mailboxes last")
    #expect(SendingOrder(by: .column("Rang")).words == "Letters leave by the column “Rang”, the lowest first")
  }

  @Test func relaysDestinationsAndHours() throws {
    let limit = RateLimit(count: 300, window: .seconds(3600))
    let relay = Relay(
      name: "main", host: "127.0.0.1", port: 25, tls: .none, limits: [limit, RateLimit(count: 9, window: .seconds(1))],
      count: .attempts, spread: true, perConnection: 2000)
    #expect(
      relay.paceWords == "at most 300 an hour, 9 a second, counting attempts, evenly spaced, 2,000 over one connection")
    #expect(Relay(name: "main", host: "127.0.0.1", port: 25, tls: .none).paceWords == "no limits")
    let scene = try Scene(.accept)
    var campaign = try LoadedCampaign(scene.location, credentials: nil, at: scene.dependencies.now).campaign
    #expect(campaign.paceLines.isEmpty)
    campaign.destinations = [
      DestinationRule(.domain("gmail.com"), limits: [limit]), DestinationRule(.mx("google.com"), connections: 1),
    ]
    campaign.hours = SendingHours(from: 22 * 60, until: 6 * 60, zone: berlin)
    #expect(
      campaign.paceLines == [
        "Destinations: gmail.com at most 300 an hour; mx:google.com over 1 connection",
        "Letters leave at 22:00-06:00 Europe/Berlin only, past midnight",
      ])
  }
}
