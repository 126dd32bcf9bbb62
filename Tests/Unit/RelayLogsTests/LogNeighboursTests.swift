import Foundation
import Mail
import Testing

@testable import RelayLogs

/// Which letters a relay's log is judged by.
@Suite struct LogNeighboursTests {
  private static let start = Date(timeIntervalSince1970: 1_795_420_800)

  private func attempt(_ begin: TimeInterval, _ end: TimeInterval, relay: String = "main") -> (
    relay: String, begin: Date, end: Date
  ) {
    (relay, Self.start.addingTimeInterval(begin), Self.start.addingTimeInterval(end))
  }

  private func note(_ neighbours: LogNeighbours, _ seconds: Int, relay: String = "main") throws {
    neighbours.note(
      accepted: AcceptedLetter(
        messageID: try MessageID(left: "m\(seconds)", domain: Domain("sender.example")),
        recipient: try EmailAddress("k\(seconds)@kanzlei.example"), relay: relay,
        at: Self.start.addingTimeInterval(TimeInterval(seconds)), reply: "Ok"))
  }

  private func seconds(_ neighbours: LogNeighbours) -> [Int] {
    neighbours.accepted.map { Int($0.at.timeIntervalSince(Self.start)) }
  }

  @Test func nearestLettersAreKeptInAnyOrder() throws {
    let times = Array(-100...200)
    for order in [times, times.reversed(), times.shuffled()] {
      let neighbours = LogNeighbours(of: [attempt(0, 100)], recipients: [])
      for time in order { try note(neighbours, time) }
      // Twenty before; of those during it the first and the last twenty; twenty after. What is accepted at the very
      // moment counts as before it.
      #expect(seconds(neighbours) == Array(-19...20) + Array(81...120))
    }
  }

  /// However fast letters leave and however many are uncertain, each has its own neighbours.
  @Test func everyAttemptHasItsOwnNeighbours() throws {
    let neighbours = LogNeighbours(of: [attempt(0, 1), attempt(500, 501), attempt(1000, 1001)], recipients: [])
    for time in -50...1100 { try note(neighbours, time) }
    let kept = Set(seconds(neighbours))
    for begin in [0, 500, 1000] {
      #expect(kept.isSuperset(of: Array(begin - 19...begin + 21)), "\(begin)")
    }
  }

  @Test func onlyTheSameRelayCounts() throws {
    let neighbours = LogNeighbours(of: [attempt(0, 10)], recipients: [])
    try note(neighbours, 1, relay: "spare")
    try note(neighbours, 2)
    #expect(seconds(neighbours) == [2])
  }

  @Test func lettersWithARecipientOfTheAttemptsAreKept() throws {
    let asked = try EmailAddress("Kontakt@kanzlei.example")
    let neighbours = LogNeighbours(of: [attempt(0, 1)], recipients: [asked])
    for address in ["Kontakt@kanzlei.example", "Kontakt@KANZLEI.example", "other@kanzlei.example"] {
      neighbours.note(
        attempted: AttemptedLetter(
          messageID: try MessageID(left: "m", domain: Domain("sender.example")), recipient: try EmailAddress(address),
          from: Self.start, to: Self.start, reply: nil))
    }
    #expect(neighbours.others.map(\.recipient.key) == [asked.key, asked.key])
  }
}
