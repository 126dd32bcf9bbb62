import Foundation
import PostgresQueue
import PostgresSupport
import Queue
import Receipts
import TestSupport
import Testing

/// One process delivers at a time, on whatever machine: the database decides which.
@Suite struct PostgresStoreTests {
  private static func open(_ address: PostgresAddress, as access: StoreAccess = .owner, host: String = "here") throws
    -> PostgresStore
  {
    try PostgresStore.open(address, access: access, host: host, process: 7)
  }

  @Test func aSecondOneIsRefusedAndToldOfTheFirst() async throws {
    let address = try await ScratchServer.shared().newQueue()
    let first = try Self.open(address, host: "north")
    #expect(throws: StoreError.held(path: address.place, host: "north", process: 7)) { try Self.open(address) }
    _ = try await first.freezeSample(letters: 1)
    for access in [StoreAccess.reader, .control, .guest] { _ = try Self.open(address, as: access) }
  }

  @Test func oneThatHasEndedIsFollowedAtOnce() async throws {
    let address = try await ScratchServer.shared().newQueue()
    var first: PostgresStore? = try Self.open(address)
    let campaign = try #require(try await first?.freezeSample(letters: 2))
    _ = try await first?.claimAll(in: campaign)
    first = nil
    let second = try Self.open(address)
    #expect(try await second.recover(campaign: campaign, at: Sample.time(9)) == 2)
    try await second.requireSoundReceipts(of: campaign)
  }

  /// It lives, and may write, but another one has taken over: nothing of it counts any more.
  @Test func whatAnOvertakenOneHasToSayIsNotRecorded() async throws {
    let server = try await ScratchServer.shared()
    let address = try server.newQueue()
    let store = try Self.open(address)
    let campaign = try await store.freezeSample(letters: 2)
    let claims = try await store.claimAll(in: campaign)
    let lines = try await store.lines(of: campaign)
    try await server.psql("UPDATE \(address.schema).deliverer SET epoch = epoch + 1, host = 'south', process = 12")
    for _ in 0..<2 {
      await #expect {
        try await store.commit([.record(claims[0], Sample.accepted())])
      } throws: { error in
        guard case StoreError.overtaken(path: address.place, let reason) = error else { return false }
        return reason.hasPrefix("process 12 on south")
      }
    }
    await #expect(throws: StoreError.self) { try await store.setState(.running, of: campaign, at: Sample.time(3)) }
    #expect(try await store.snapshot(of: campaign).messages[.sending] == 2)
    #expect(try await store.lines(of: campaign) == lines)
  }

  /// It was stopped, or cut off, for longer than its lease; its connection is still there.
  @Test func oneWithoutASignOfLifeIsOvertaken() async throws {
    let server = try await ScratchServer.shared()
    let address = try server.newQueue()
    let first = try Self.open(address)
    let campaign = try await first.freezeSample(letters: 2)
    let claims = try await first.claimAll(in: campaign)
    // Its next sign of life may come in between.
    var other: PostgresStore?
    for _ in 0..<50 where other == nil {
      try await server.psql("UPDATE \(address.schema).deliverer SET lease_until = '-infinity'")
      other = try? Self.open(address, host: "south")
    }
    let second = try #require(other)
    #expect(try await second.recover(campaign: campaign, at: Sample.time(9)) == 2)
    await #expect(throws: StoreError.self) { try await first.commit([.record(claims[0], Sample.accepted())]) }
    let states = try await second.snapshot(of: campaign).messages
    #expect(states[.uncertain] == 2 && states[.accepted] == 0)
    try await second.requireSoundReceipts(of: campaign)
  }

  @Test func aLostConnectionEndsTheWritingAndNotTheReading() async throws {
    let server = try await ScratchServer()
    let address = try server.newQueue()
    let store = try Self.open(address)
    let campaign = try await store.freezeSample(letters: 2)
    let due = try await store.due(in: campaign, at: Sample.time(1), after: nil, limit: 9)
    try await server.psql("SELECT pg_terminate_backend(backend::int) FROM \(address.schema).deliverer")
    for _ in 0..<2 {
      await #expect {
        try await store.commit([Sample.claim(due[0])])
      } throws: { error in
        if case StoreError.databaseFailed(path: address.place, cause: _) = error { true } else { false }
      }
    }
    #expect(try await store.snapshot(of: campaign).messages[.queued] == 2)
    // Its reading connection goes with the next one, and comes back.
    try await server.psql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'eilbrief' AND pid <> pg_backend_pid()")
    _ = try? await store.snapshot(of: campaign)
    #expect(try await store.snapshot(of: campaign).messages[.queued] == 2)
  }

  /// Calls and requests come from other processes, and the chain stays one.
  @Test func othersWriteBesideADelivery() async throws {
    let address = try await ScratchServer.shared().newQueue()
    let owner = try Self.open(address)
    let campaign = try await owner.freezeSample(letters: 20)
    try await owner.setState(.running, of: campaign, at: Sample.time(0))
    let (control, guest) = (try Self.open(address, as: .control), try Self.open(address, as: .guest))
    let claims = try await owner.claimAll(in: campaign)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for claim in claims { _ = try await owner.commit([.record(claim, Sample.accepted())]) }
      }
      group.addTask {
        for number in 1...20 {
          let call = CallRecord(
            customer: "K\(number)", at: Sample.time(Double(number)), outcome: .reached, caller: "Anna")
          _ = try await control.record([call], in: campaign, at: Sample.time(30)) { _, _ in }
        }
      }
      group.addTask { for number in 1...5 { _ = try await guest.freezeSample("other \(number)", letters: 5) } }
      try await group.waitForAll()
    }
    try await control.request(.pause, of: campaign, at: Sample.time(31))
    #expect(try await owner.pendingRequest(of: campaign) == .pause)
    await #expect(throws: StoreError.self) { try await control.setState(.paused, of: campaign, at: Sample.time(31)) }
    let receipts = try await owner.receiptValues(of: campaign)
    #expect(receipts.count { $0.event == .called } == 20 && receipts.count { $0.event == .accepted } == 20)
    try await owner.requireSoundReceipts(of: campaign)
  }

  /// Two processes that read the same list: each letter is claimed once.
  @Test func aLetterThatTwoClaimGoesToOne() async throws {
    let address = try await ScratchServer.shared().newQueue()
    let stores = [try Self.open(address), try Self.open(address, as: .guest)]
    let campaign = try await stores[0].freezeSample(letters: 100)
    let due = try await stores[0].due(in: campaign, at: Sample.time(1), after: nil, limit: 100)
    let claims = try await withThrowingTaskGroup(of: [Claim].self) { group in
      for (number, store) in stores.enumerated() {
        group.addTask {
          var claims: [Claim] = []
          for message in due {
            claims += try await store.commit([Sample.claim(message, worker: "w\(number)")]).compactMap(\.claim)
          }
          return claims
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(claims.count == 100 && Set(claims.map(\.message)).count == 100)
    #expect(try await stores[0].receiptValues(of: campaign).count { $0.event == .attempt } == 100)
  }

  /// What is moved between them has one history.
  @Test func receiptsAreTheSameByteForByteAsWithSQLite() async throws {
    let folder = try TemporaryFolder()
    let stores: [any PurgeableStore] = [
      try SQLiteStore.open(spool: folder.url, access: .owner), try await PostgresStore.fresh(),
    ]
    var chains: [[String]] = []
    for store in stores {
      let campaign = try await store.everyOutcomeSample()
      _ = try await store.resolve(
        in: campaign, customer: nil, as: .resend, evidence: "kunde4@kanzlei1.example said K4", at: Sample.time(80))
      _ = try await store.recover(campaign: campaign, at: Sample.time(81))
      let call = CallRecord(customer: "P1", at: Sample.time(5), outcome: .noAnswer, caller: "Anna", note: "später")
      _ = try await store.record([call], in: campaign, at: Sample.time(82)) { _, _ in }
      _ = try await store.cancel(campaign: campaign, at: Sample.time(83))
      _ = try await store.resolve(
        in: campaign, customer: nil, as: .accepted, evidence: nil, at: Sample.time(84))
      try await store.beginPurge(of: campaign, files: 3, at: Sample.time(90))
      try await store.finishPurge(of: campaign, at: Sample.time(91))
      chains.append(try await store.lines(of: campaign))
    }
    #expect(chains[0] == chains[1] && chains[0].count > 15)
  }

  @Test func aReplyWithAZeroByteIsKept() async throws {
    let store = try await PostgresStore.fresh()
    let campaign = try await store.freezeSample(letters: 1)
    let claims = try await store.claimAll(in: campaign)
    var record = Sample.refused()
    record.reply = "5.1.1 no\u{0} such user"
    #expect(try await store.commit([.record(claims[0], record)]) == [.done])
    #expect(
      try await store.customer("K1", in: campaign)?.messages.first?.reply == "5.1.1 no\u{FFFD} such user")
  }

  /// Words of the database about a row would tell what is in it.
  @Test func aRefusedChangeTellsNoValues() async throws {
    let store = try await PostgresStore.fresh()
    let campaign = try await store.freezeSample(letters: 1)
    let claims = try await store.claimAll(in: campaign)
    var lie = Sample.accepted()
    (lie.code, lie.reply) = (nil, "geheim@kanzlei1.example")
    let change = StoreChange.record(claims[0], lie)
    await #expect {
      try await store.commit([change])
    } throws: { error in
      guard case StoreError.invariant(let rule) = error else { return false }
      return rule.hasPrefix("the constraint messages_check") && !rule.contains("geheim") && !rule.contains("Kunde")
    }
  }
}
