import Foundation
import Mail
import TestSupport
import Testing

@testable import Campaigns

/// The memory that the order of many letters takes.
@Suite(.serialized, .timeLimit(.minutes(20))) struct LetterRanksLongTests {
  private static let count = 1_000_000

  /// Kilobytes of this process that are, or at most were, in memory.
  private static func memory(_ name: String) throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
    return try #require(line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) })
  }

  /// Customers of three large providers, and as many at domains of their own, with cells that differ late.
  private static func stage(in folder: URL) throws -> StagedCustomers {
    var customer = try PlanTests.customer(["imap"])
    let outcome = Outcome(kind: .letter, letters: ["password-change"])
    var staging = PlanStaging(in: folder)
    for number in 0..<count {
      let domain = number % 2 == 0 ? "gross\(number % 3).example" : "k\(number).example"
      customer.contact = try EmailAddress("a@\(domain)")
      customer.need.cell = OrderCell("Aktenzeichen 2026/\(1_000_000 + number * 7919 % count)")
      try staging.append(customer, outcome)
    }
    return staging.finish()
  }

  @Test func lettersTakeTwentyFourBytesEach() throws {
    let folder = try TemporaryFolder()
    let customers = try Self.stage(in: folder.url)
    var campaign = try PlanTests.campaign()
    for by in [SendingOrder.By.file, .spread, .column("Rang")] {
      campaign.order = SendingOrder(by: by, affectedContacts: .last)
      // Forgets what was at most in memory so far.
      try Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
      let before = try Self.memory("VmRSS:")
      let ranks = try LetterRanks(of: customers, in: campaign)
      let most = (try Self.memory("VmHWM:") - before) * 1024
      print("\(by): \(most / Self.count) bytes for each letter")
      #expect(most <= Self.count * 24 + 4_000_000, "\(by): \(most)")
      withExtendedLifetime(ranks) {}
    }
  }
}
