import Foundation
import Rehearsal
import RelaySupport
import TestSupport
import Testing

/// Launches over relays that limit, throttle, go away or refuse: the real program, real connections, the words of relays.
@Suite struct RelayFaultsTests {
  private func launch(
    _ count: Int, _ relays: [(name: String, port: Int)], connections: Int = 2,
    _ verify: (ChildProcess.Outcome, _ status: [String: Any]) async throws -> Void
  ) async throws {
    try await TemporaryFolder.with { queue in
      func entry(_ relay: (name: String, port: Int)) -> [String] {
        ["name: \(relay.name)", "url: \"smtp://127.0.0.1:\(relay.port)\"", "connections: \(connections)"]
      }
      let campaign = try TestCampaign(
        in: queue, customers: GeneratedCustomer.customers(count, seed: 5), relay: entry(relays[0]))
      for relay in relays.dropFirst() {
        let (yaml, next) = (try campaign.yaml(), "retry: {")
        #expect(yaml.contains(next))
        try campaign.write(
          yaml: yaml.replacingOccurrences(
            of: next, with: "  - {\(entry(relay).joined(separator: ", "))}\n" + next))
      }
      let outcome = try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: queue)
      let status = try await EilbriefProcess.run("status", campaign.name, "--json", queue: queue)
      let object = try JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [String: Any]
      try await verify(outcome, object ?? [:])
    }
  }

  private func messages(_ status: [String: Any]) -> [String: Int] {
    (status["messages"] as? [String: Any] ?? [:]).compactMapValues { $0 as? Int }.filter {
      $0.key != "total" && $0.value > 0
    }
  }

  /// Each is over in seconds, and nobody is refused, doubled or put off for half an hour.
  @Test(arguments: [
    "session-limit 10", "session-limit 10 with 451", "session-limit 1", "connections 1", "connections 1 with 432",
    "throttle 20/s", "away 2s after 10",
    "session-limit 7, connections 1, throttle 40/s",
  ])
  func everyLetterIsTakenOnce(_ faults: String) async throws {
    try await withRelay(faults: faults) { relay, port in
      // Beside another connection, one that breaks after the dot leaves a letter uncertain.
      let connections = faults.hasPrefix("away") ? 1 : 2
      try await launch(60, [("main", port)], connections: connections) { outcome, status in
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        #expect(messages(status)["accepted"] == relay.journal.count, "\(status)")
        #expect(Set(relay.journal.flatMap(\.recipients)).count == relay.journal.count)
        #expect(messages(status).keys.sorted() == ["accepted"], "\(status)")
      }
    }
  }

  /// One relay is full after five, in several ways: the other takes the rest.
  @Test(arguments: [
    "quota 5/d with 550", "quota 5/d with 452", "quota 5/d with 450 4.7.1 \"Mail send limit exceeded\"",
    "quota 5/d at mail with 451 4.3.0 \"Not now\"", "away 1h after 5",
  ])
  func theOtherRelayTakesTheRest(_ faults: String) async throws {
    try await withRelay(faults: faults) { full, fullPort in
      try await withRelay { other, otherPort in
        try await launch(30, [("one", fullPort), ("two", otherPort)], connections: 1) { outcome, status in
          #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
          let accepted = messages(status)["accepted"] ?? 0
          #expect(messages(status).keys.sorted() == ["accepted"], "\(status)")
          #expect(full.journal.count <= 5 && other.journal.count == accepted - full.journal.count)
        }
      }
    }
  }
}
