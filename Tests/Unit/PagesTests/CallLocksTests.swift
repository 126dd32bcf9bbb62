import Foundation
import Operations
import Testing

@testable import Pages

/// Callers do not get into each other's way, and heavy reads come one after the other.
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

  @Test func heavyReadsComeOneAfterTheOther() async throws {
    let turnstile = Turnstile()
    let inside = Inside()
    await withTaskGroup { group in
      for number in 0..<20 {
        group.addTask {
          try? await turnstile.pass {
            await inside.enter()
            try await Task.sleep(for: .milliseconds(2))
            await inside.leave()
            // One that fails lets the next one in.
            if number.isMultiple(of: 3) { throw CancellationError() }
          }
        }
      }
    }
    #expect(await inside.most == 1)
    #expect(await inside.all == 20)
  }

  private actor Inside {
    private var now = 0
    private(set) var most = 0
    private(set) var all = 0

    func enter() {
      now += 1
      all += 1
      most = max(most, now)
    }

    func leave() { now -= 1 }
  }

  @Test func anActThatTakesLongIsReportedLater() async throws {
    let campaign = try CampaignLocation(name: "sommer", queue: URL(filePath: "/queue"))
    let acts = CampaignActs()
    let (gate, open) = AsyncStream<Void>.makeStream()
    await acts.perform(.pause, on: campaign, at: now) {
      for await _ in gate { break }
      return "paused"
    }
    #expect(await acts.report(of: campaign)?.end == .underWay)
    // Another one does not begin meanwhile, and nobody forgets this one.
    await acts.perform(.cancel, on: campaign, at: now) { "cancelled" }
    await acts.dismiss(campaign)
    #expect(await acts.report(of: campaign)?.act == .pause)
    open.yield()
    for _ in 0..<200 where await acts.report(of: campaign)?.end == .underWay {
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect(await acts.report(of: campaign)?.end == .done("paused"))
    await acts.perform(.cancel, on: campaign, at: now) { throw OperatorError(.usage, "no") }
    #expect(await acts.report(of: campaign)?.end == .failed("no"))
    await acts.dismiss(campaign)
    #expect(await acts.report(of: campaign) == nil)
  }
}
