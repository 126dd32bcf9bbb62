import Foundation
import Mail
import Receipts
import TestSupport
import Testing

@testable import Queue

/// Calls in the store: recorded with their receipts, by whichever process, once each.
@Suite struct CallStoreTests {
  private struct Refused: Error {}

  private static func call(
    _ customer: String, _ outcome: CallOutcome = .reached, at seconds: Double = 10, by caller: String = "Anna",
    note: String = ""
  ) -> CallRecord {
    CallRecord(customer: customer, at: Sample.time(seconds), outcome: outcome, caller: caller, note: note)
  }

  @Test(arguments: StoreKind.allCases) func aCallAndItsReceiptAreOne(_ kind: StoreKind) async throws {
    let folder = try TemporaryFolder()
    let store = try await kind.owner(in: folder.url)
    let campaign = try await store.freezeSample(letters: 2)
    let calls = [Self.call("P1", note: "rief zurück"), Self.call("K2", .noAnswer, at: 11)]
    #expect(try await store.record(calls, in: campaign, at: Sample.time(20)) { _, _ in } == calls)
    #expect(try await store.calls(in: campaign) == ["P1": CallHistory([calls[0]]), "K2": CallHistory([calls[1]])])
    let receipts = try await store.receiptValues(of: campaign).suffix(2)
    let hash = KeyedHash(key: Sample.hashKey)
    #expect(receipts.map(\.event) == [.called, .called] && receipts.map(\.at) == [Sample.time(20), Sample.time(20)])
    #expect(receipts.map(\.customer) == [hash.digest(of: "P1"), hash.digest(of: "K2")])
    #expect(
      receipts.map(\.call) == [
        CallReceipt(.reached, at: Sample.time(10), caller: "Anna", note: "rief zurück", by: hash),
        CallReceipt(.noAnswer, at: Sample.time(11), caller: "Anna", note: "", by: hash),
      ])
    let text = try await store.lines(of: campaign).joined()
    #expect(!text.contains("Anna") && !text.contains("zurück") && !text.contains("P1"))
    try await store.requireSoundReceipts(of: campaign)
  }

  @Test(arguments: StoreKind.allCases) func theSameCallIsOne(_ kind: StoreKind) async throws {
    let folder = try TemporaryFolder()
    let store = try await kind.owner(in: folder.url)
    let campaign = try await store.freezeSample(letters: 1)
    let call = Self.call("P1")
    let others = [
      Self.call("P1", .noAnswer), Self.call("P1", at: 10.001), Self.call("P1", by: "Bernd"), Self.call("K1"),
    ]
    for round in 0..<2 {
      let added = try await store.record([call, call] + others, in: campaign, at: Sample.time(20)) { _, _ in }
      #expect(added == (round == 0 ? [call] + others : []))
    }
    #expect(
      try await store.record([Self.call("P1", note: "another note")], in: campaign, at: Sample.time(21)) { _, _ in }
        == [])
    #expect(try await store.receiptValues(of: campaign).count { $0.event == .called } == 5)
  }

  @Test(arguments: StoreKind.allCases) func oneThatIsNotAdmittedTakesAllWithIt(_ kind: StoreKind) async throws {
    let folder = try TemporaryFolder()
    let store = try await kind.owner(in: folder.url)
    let campaign = try await store.freezeSample(letters: 1)
    let lines = try await store.lines(of: campaign)
    await #expect(throws: Refused.self) {
      try await store.record([Self.call("P1"), Self.call("nobody")], in: campaign, at: Sample.time(20)) { _, earlier in
        if earlier == nil { throw Refused() }
      }
    }
    #expect(try await store.calls(in: campaign).isEmpty)
    #expect(try await store.lines(of: campaign) == lines)
    // The second of two callers at once sees what the first has recorded.
    _ = try await store.record([Self.call("P1")], in: campaign, at: Sample.time(20)) { _, _ in }
    await #expect(throws: Refused.self) {
      try await store.record([Self.call("P1", at: 12)], in: campaign, at: Sample.time(20)) { call, earlier in
        if earlier?.told(by: call.at) != nil { throw Refused() }
      }
    }
  }

  /// Two processes write to one chain, and it stays one.
  @Test func besideADelivery() async throws {
    let folder = try TemporaryFolder()
    let owner = try SQLiteStore.open(spool: folder.url, access: .owner)
    let campaign = try await owner.freezeSample(letters: 20)
    try await owner.setState(.running, of: campaign, at: Sample.time(0))
    let control = try SQLiteStore.open(spool: folder.url, access: .control)
    let record = try #require(try await owner.campaign(named: "passwords"))
    let file = try await ReceiptFile.complete(in: owner.spool, campaign: record, from: owner)
    let claims = try await owner.claimAll(in: campaign)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for claim in claims { _ = try await owner.commit([.record(claim, Sample.accepted())]) }
      }
      group.addTask {
        for number in 1...20 {
          _ = try await control.record(
            [Self.call("K\(number)", at: Double(number))], in: campaign, at: Sample.time(30)
          ) { _, _ in }
        }
      }
      try await group.waitForAll()
    }
    try await file.flush()
    try await owner.requireSoundReceipts(of: campaign)
    let receipts = try await owner.receiptValues(of: campaign)
    #expect(receipts.count { $0.event == .called } == 20 && receipts.count { $0.event == .accepted } == 20)
    #expect(await file.count == receipts.count)
    await #expect(throws: StoreError.self) {
      try await SQLiteStore.open(spool: folder.url, access: .reader).record([], in: campaign, at: .now) { _, _ in }
    }
  }

  @Test func aPurgeTakesThem() async throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteStore.open(spool: folder.url, access: .owner)
    let campaign = try await store.freezeSample(letters: 1)
    _ = try await store.record(
      [Self.call("P1", by: "Gundula Geheim", note: "Notizgeheimnis")], in: campaign, at: Sample.time(20)
    ) { _, _ in }
    _ = try await store.cancel(campaign: campaign, at: Sample.time(30))
    try await store.beginPurge(of: campaign, files: 0, at: Sample.time(40))
    #expect(try await store.calls(in: campaign).isEmpty)
    await #expect(throws: StoreError.purged(campaign: "passwords")) {
      try await store.record([Self.call("P1", at: 15)], in: campaign, at: Sample.time(41)) { _, _ in }
    }
    try await store.finishPurge(of: campaign, at: Sample.time(50))
    try await store.requireSoundReceipts(of: campaign)
    for suffix in ["", "-wal"] {
      let bytes = (try? Data(contentsOf: URL(fileURLWithPath: store.spool.database.path + suffix))) ?? Data()
      for word in ["Gundula", "Notizgeheimnis"] { #expect(bytes.range(of: Data(word.utf8)) == nil) }
    }
  }

  @Test(arguments: [
    ([CallOutcome.noAnswer, .reached, .noAnswer], true, false), ([.reached, .wrongNumber], false, false),
    ([.wrongNumber, .reached], true, false), ([.letterWanted, .noAnswer], false, true),
    ([.letterWanted, .wrongNumber], false, false), ([.reached, .letterWanted], true, false), ([], false, false),
  ])
  func whoIsTold(_ outcomes: [CallOutcome], isTold: Bool, wantsLetter: Bool) {
    let calls = outcomes.enumerated().map { Self.call("K1", $0.element, at: Double($0.offset)) }
    // In whatever order they were recorded.
    for history in [CallHistory(calls), CallHistory(calls.reversed())] {
      #expect((history.told != nil) == isTold && history.wantsLetter == wantsLetter)
      #expect(history.calls.map(\.outcome) == outcomes)
    }
  }
}
