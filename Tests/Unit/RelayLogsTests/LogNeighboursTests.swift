import Foundation
import Mail
import RelayLogs
import Testing

/// Which letters a relay's log is checked by.
@Suite struct LogNeighboursTests {
  private static let start = Date(timeIntervalSince1970: 1_795_420_800)

  private func attempt(_ begin: TimeInterval, _ end: TimeInterval, relay: String = "main") -> (
    relay: String, begin: Date, end: Date
  ) {
    (relay, Self.start.addingTimeInterval(begin), Self.start.addingTimeInterval(end))
  }

  private func note(_ neighbours: LogNeighbours, _ seconds: Int, relay: String = "main") throws {
    let recipient = try EmailAddress("k\(seconds)@kanzlei.example")
    neighbours.note(
      recipient: recipient,
      accepted: AcceptedLetter(
        messageID: try MessageID(left: "m\(seconds)", domain: Domain("sender.example")), recipient: recipient,
        relay: relay, at: Self.start.addingTimeInterval(TimeInterval(seconds))))
  }

  private func seconds(_ neighbours: LogNeighbours) -> [Int] {
    neighbours.accepted.map { Int($0.at.timeIntervalSince(Self.start)) }
  }

  @Test func nearestLettersAreKeptInAnyOrder() throws {
    let times = Array(-100...100)
    for order in [times, times.reversed(), times.shuffled()] {
      let neighbours = LogNeighbours(of: [attempt(0, 10)], recipients: [])
      for time in order { try note(neighbours, time) }
      #expect(seconds(neighbours) == Array(-29...10) + Array(11...30))
    }
  }

  @Test func onlyTheSameRelayCounts() throws {
    let neighbours = LogNeighbours(of: [attempt(0, 10)], recipients: [])
    try note(neighbours, 1, relay: "spare")
    try note(neighbours, 2)
    #expect(seconds(neighbours) == [2])
  }

  @Test func lettersWithoutAReplyAreNoNeighbours() throws {
    let neighbours = LogNeighbours(of: [attempt(0, 10)], recipients: [])
    neighbours.note(recipient: try EmailAddress("a@b.example"), accepted: nil)
    #expect(neighbours.accepted.isEmpty)
  }

  @Test func attemptsOfOneTimeShareTheirNeighbours() throws {
    func kept(_ second: TimeInterval) throws -> Int {
      let neighbours = LogNeighbours(of: [attempt(second, second), attempt(0, 0)], recipients: [])
      for time in -200...3000 { try note(neighbours, time) }
      return neighbours.accepted.count
    }
    // One group: forty until its end and twenty after it. Two groups: each its own.
    #expect(try kept(600) == 60)
    #expect(try kept(601) == 120)
  }

  @Test func lettersToAnAddressAreCounted() throws {
    let asked = try EmailAddress("Kontakt@kanzlei.example")
    let neighbours = LogNeighbours(of: [attempt(0, 1)], recipients: [asked])
    #expect(neighbours.letters(to: asked) == 0)
    for address in ["Kontakt@kanzlei.example", "Kontakt@KANZLEI.example", "other@kanzlei.example"] {
      neighbours.note(recipient: try EmailAddress(address), accepted: nil)
    }
    #expect(neighbours.letters(to: asked) == 2)
    #expect(neighbours.letters(to: try EmailAddress("other@kanzlei.example")) == 0)
  }
}
