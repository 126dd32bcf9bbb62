import Rehearsal
import RelaySupport
import Testing

@Suite struct ShareTests {
  private let recipients = (1...1000).map { "k\($0)@kanzlei-\($0 % 7).example" }

  /// What each recipient is told at RCPT under a plan, over one connection, pipelined.
  private func answers(_ plan: FaultPlan, _ recipients: [String]) async throws -> [String: String] {
    try await withRelay(RelayOptions(faults: plan)) { _, port in
      let client = try RawClient.greeted(port: port)
      var answers: [String: String] = [:]
      for recipient in recipients {
        try client.send("MAIL FROM:<a@b.example>\r\nRCPT TO:<\(recipient)>\r\nRSET\r\n")
        _ = try client.reply()
        answers[recipient] = String(try client.reply().prefix(3))
        _ = try client.reply()
      }
      return answers
    }
  }

  @Test func hitsTheSameRecipientsInEveryRunAndOrder() async throws {
    let plan = try FaultPlan(parsing: "unknown 20%, full 10%", seed: 1)
    let forward = try await answers(plan, recipients)
    #expect(try await answers(plan, recipients.reversed()) == forward)
    var otherSeed = plan
    otherSeed.seed = 2
    #expect(try await answers(otherSeed, recipients) != forward)
  }

  /// Written down, so that a change of the hash is noticed: operators compare rehearsals of different days. The list was
  /// worked out apart from this code, in Python.
  @Test func hitsTheSameRecipientsInEveryVersion() async throws {
    let hit = try await answers(FaultPlan(parsing: "unknown 1%"), recipients).filter { $0.value == "550" }.keys.sorted()
    #expect(
      hit == ["k328@kanzlei-6.example", "k403@kanzlei-4.example", "k428@kanzlei-1.example", "k479@kanzlei-3.example"])
  }

  @Test func givesEachShareItsPart() async throws {
    let plan = try FaultPlan(parsing: "unknown 20%, full 10%, temporary 70%")
    let counts = try await answers(plan, recipients).values.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    // Four standard deviations of a fair draw.
    #expect((149...251).contains(counts["550"] ?? 0))
    #expect((62...138).contains(counts["452"] ?? 0))
    // Shares don't overlap, and together they leave nobody out.
    #expect(counts.keys.sorted() == ["450", "452", "550"])
    #expect(counts.values.reduce(0, +) == 1000)
  }

  @Test func ignoresCase() async throws {
    let plan = try FaultPlan(parsing: "unknown 50%")
    let lower = try await answers(plan, recipients)
    let upper = try await answers(plan, recipients.map { $0.uppercased() })
    #expect(upper == Dictionary(uniqueKeysWithValues: lower.map { ($0.key.uppercased(), $0.value) }))
  }
}
