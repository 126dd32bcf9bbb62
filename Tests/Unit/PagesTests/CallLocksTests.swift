import Foundation
import Operations
import Testing

@testable import Pages

/// Callers do not get into each other's way.
@Suite struct CallLocksTests {
  private let now = Date(timeIntervalSince1970: 1_795_420_800)

  @Test func aCustomerIsOneCallersForTenMinutes() async throws {
    let campaign = try CampaignLocation(name: "sommer", queue: URL(filePath: "/queue"))
    let other = try CampaignLocation(name: "winter", queue: URL(filePath: "/queue"))
    let locks = CallLocks()
    #expect(await locks.take("K1", of: campaign, by: "A", at: now) == nil)
    #expect(await locks.take("K1", of: campaign, by: "B", at: now.addingTimeInterval(599))?.caller == "A")
    #expect(await locks.take("K2", of: campaign, by: "B", at: now) == nil)
    #expect(await locks.take("K1", of: other, by: "B", at: now) == nil)
    // It is the caller's own to take again, which lasts from then on.
    #expect(await locks.take("K1", of: campaign, by: "A", at: now.addingTimeInterval(300)) == nil)
    #expect(await locks.lock(on: "K1", of: campaign, at: now.addingTimeInterval(899))?.caller == "A")
    #expect(await locks.lock(on: "K1", of: campaign, at: now.addingTimeInterval(900)) == nil)
    #expect(await locks.take("K1", of: campaign, by: "B", at: now.addingTimeInterval(900)) == nil)
    await locks.release("K1", of: campaign)
    #expect(await locks.take("K1", of: campaign, by: "A", at: now.addingTimeInterval(901)) == nil)
  }

  /// Each act has its own report, however long another one takes.
  @Test func anActThatTakesLongIsReportedLater() async throws {
    let campaign = try CampaignLocation(name: "sommer", queue: URL(filePath: "/queue"))
    let other = try CampaignLocation(name: "winter", queue: URL(filePath: "/queue"))
    let acts = CampaignActs()
    let (gate, open) = AsyncStream<Void>.makeStream()
    let first = await acts.perform(.pause, on: campaign, at: now) { note in
      note("asked")
      for await _ in gate { break }
      return "paused"
    }
    #expect(await acts.report(first, of: campaign)?.end == .underWay)
    #expect(await acts.report(first, of: campaign)?.notes == ["asked"])
    let second = await acts.perform(.call, on: campaign, at: now) { _ in throw OperatorError(.usage, "no") }
    #expect(await acts.report(second, of: campaign)?.end == .failed("no"))
    #expect(await acts.report(first, of: other) == nil)
    #expect(await acts.report("7", of: campaign) == nil)
    open.yield()
    for _ in 0..<200 where await acts.report(first, of: campaign)?.end == .underWay {
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect(await acts.report(first, of: campaign)?.end == .done("paused"))
    // After an hour they are forgotten.
    _ = await acts.perform(.call, on: campaign, at: now.addingTimeInterval(3601)) { _ in "done" }
    #expect(await acts.report(first, of: campaign) == nil)
  }

  @Test(arguments: [
    ("09999 555-1004", "099995551004"), ("+49 (0)30 1234567", "+49301234567"), ("0049 (0)30 123456", "004930123456"),
    ("030 123456 oder 0171 999", nil), ("030 123456 / 0171 9999999", nil), ("½ 123", nil),
    ("(0)30 123456", "030123456"),
    ("Zentrale", nil), ("", nil),
  ])
  func onlyOneNumberIsDialled(_ cell: String, _ number: String?) {
    #expect(PageLayout.dialled(cell) == number)
  }
}
