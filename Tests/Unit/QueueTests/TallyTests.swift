import Foundation
import Queue
import Receipts
import TestSupport
import Testing

/// Long walks from a seed: after each step the tallies are what counting gives, and the receipts tell the same story.
@Suite struct TallyTests {
  @Test(arguments: [1, 2, 3, 4] as [UInt64], StoreKind.allCases)
  func talliesAreWhatCountingGives(_ seed: UInt64, _ kind: StoreKind) async throws {
    var random = SeededGenerator(seed: seed)
    let folder = try TemporaryFolder()
    let store = try await kind.owner(in: folder.url)
    let spool = Spool(folder: folder.url)
    let campaign = try await store.freezeSample(letters: 40)
    try await store.setState(.running, of: campaign, at: Sample.time(0))
    var claims: [Claim] = []
    for step in 0..<120 {
      let now = Double(step * 10)
      switch Int.random(in: 0..<12, using: &random) {
      case 0..<5:
        claims += try await store.claimAll(in: campaign, at: now, limit: 4)
      case 5..<9:
        let steps = claims.prefix(3).map { claim -> StoreChange in
          let results = [
            Sample.accepted(at: now), Sample.refused(at: now), Sample.uncertain(at: now),
            Sample.deferred(until: now + 20, at: now),
          ]
          return .record(claim, results[Int.random(in: 0..<4, using: &random)])
        }
        claims.removeFirst(min(3, claims.count))
        _ = try await store.commit(steps)
      case 9:
        _ = try await store.expire(in: campaign, firstAttemptUntil: Sample.time(now - 300), at: Sample.time(now))
      case 10:
        let resolution = Resolution.allCases.randomElement(using: &random) ?? .accepted
        _ = try await store.resolve(
          in: campaign, customer: nil, as: resolution, evidence: "seen", at: Sample.time(now))
      default:
        if step > 60 { _ = try await store.recover(campaign: campaign, at: Sample.time(now)) }
      }
      let snapshot = try await store.snapshot(of: campaign)
      var counted = Dictionary(uniqueKeysWithValues: MessageState.allCases.map { ($0, 0) })
      for state in try await store.customerRecords(of: campaign).flatMap(\.messages).map(\.state) {
        counted[state, default: 0] += 1
      }
      #expect(snapshot.messages == counted)
    }
    _ = try await store.recover(campaign: campaign, at: Sample.time(2000))
    _ = try await store.cancel(campaign: campaign, at: Sample.time(2001))
    let record = try #require(try await store.campaigns().first)
    _ = try await ReceiptFile.complete(in: spool, campaign: record, from: store)
    let verdict = try ReceiptVerifier(folder: spool.receipts(of: "passwords")).verify()
    #expect(verdict.fault == nil)
    #expect(verdict.lines > 100)
    let final = try await store.snapshot(of: campaign)
    #expect(verdict.messages.filter { $0.value > 0 } == final.messages.filter { $0.value > 0 })
  }
}
