import Foundation
import GRDB
import Mail
import PostgresQueue
import PostgresSupport
import Synchronization
import TestSupport
import Testing

@testable import Queue
@testable import Receipts

/// Bounces in the store: recorded with their receipts, by whichever process, one a letter.
@Suite struct BounceStoreTests {
  private static func bounce(
    _ message: Int64, _ report: String = "report", permanent: Bool = true, reply: String? = "550 5.1.1 No such user"
  ) -> BounceRecord {
    BounceRecord(
      message: message, report: SHA256.digest(of: Array(report.utf8)), cause: "address-dead", isPermanent: permanent,
      status: "5.1.1", reply: reply, at: Sample.time(30))
  }

  /// Two letters, the first of which is accepted and the second refused; a third waits.
  private static func campaign(in store: any PurgeableStore) async throws -> (id: Int64, messages: [Int64]) {
    let campaign = try await store.freezeSample(letters: 3)
    try await store.setState(.running, of: campaign, at: Sample.time(0))
    let claims = try await store.claimAll(in: campaign, limit: 2)
    _ = try await store.commit([.record(claims[0], Sample.accepted()), .record(claims[1], Sample.refused())])
    return (campaign, (0..<3).map { claims[0].message + $0 })
  }

  @Test(arguments: StoreKind.allCases) func aBounceAndItsReceiptAreOne(_ kind: StoreKind) async throws {
    let folder = try TemporaryFolder()
    let store = try await kind.owner(in: folder.url)
    let (campaign, messages) = try await Self.campaign(in: store)
    let bounce = Self.bounce(messages[0], reply: "550 5.1.1 <kunde1@kanzlei1.example>: No such user")
    #expect(try await store.record([bounce], in: campaign) == [.recorded])
    #expect(try await store.bounces(in: campaign) == [messages[0]: bounce])
    let receipt = try #require(try await store.receiptValues(of: campaign).last)
    #expect(receipt.event == .bounced && receipt.message == messages[0] && receipt.at == Sample.time(30))
    #expect(
      receipt.bounce == BounceReceipt(report: bounce.report, cause: "address-dead", isPermanent: true)
        && receipt.enhanced == "5.1.1" && receipt.reply == "550 5.1.1 <address>: No such user")
    #expect(receipt.attempt == 1 && receipt.sha256 != nil && receipt.messageID != nil)
    try await store.requireSoundReceipts(of: campaign)
    // It is accepted as before, and its customer's record tells.
    let snapshot = try await store.snapshot(of: campaign)
    #expect(snapshot.bounced == 1 && snapshot.messages[.accepted] == 1)
    #expect(try await store.customer("K1", in: campaign)?.messages.first?.bounce == bounce)
    let called = Mutex<[String]>([])
    try await store.forEachCustomerToCall(in: campaign, late: false) { customer in
      called.withLock { $0.append(customer.id) }
    }
    #expect(called.withLock { $0.sorted() } == ["K1", "K2", "P1"])
  }

  @Test(arguments: StoreKind.allCases) func aLetterBouncesOnce(_ kind: StoreKind) async throws {
    let folder = try TemporaryFolder()
    let store = try await kind.owner(in: folder.url)
    let (campaign, messages) = try await Self.campaign(in: store)
    let first = Self.bounce(messages[0])
    let lines = try await store.lines(of: campaign).count
    #expect(
      try await store.record([first, Self.bounce(messages[0], "another", permanent: false)], in: campaign)
        == [.recorded, .known])
    #expect(try await store.record([first], in: campaign) == [.known])
    #expect(try await store.bounces(in: campaign) == [messages[0]: first])
    #expect(try await store.lines(of: campaign).count == lines + 1)
  }

  /// Nothing can come back that no relay has taken, and nothing of another campaign.
  @Test(arguments: StoreKind.allCases) func onlyWhatWasAccepted(_ kind: StoreKind) async throws {
    let folder = try TemporaryFolder()
    let store = try await kind.owner(in: folder.url)
    let (campaign, messages) = try await Self.campaign(in: store)
    let other = try await store.freezeSample("others", letters: 1)
    let lines = try await store.lines(of: campaign)
    let bounces = [messages[1], messages[2], messages[2] + 100].map { Self.bounce($0) }
    #expect(
      try await store.record(bounces, in: campaign) == [.notAccepted(.refused), .notAccepted(.queued), .noMessage])
    #expect(try await store.record([Self.bounce(messages[0])], in: other) == [.noMessage])
    #expect(try await store.bounces(in: campaign).isEmpty)
    #expect(try await store.lines(of: campaign) == lines)
  }

  /// The database itself refuses it too.
  @Test func theDatabaseGuardsIt() async throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteStore.open(spool: folder.url, access: .owner)
    let (campaign, messages) = try await Self.campaign(in: store)
    _ = try await store.record([Self.bounce(messages[0])], in: campaign)
    for statement in [
      "INSERT INTO bounces VALUES (\(messages[1]), \(campaign), 0, zeroblob(32), 'unknown', 0, NULL, NULL)",
      "UPDATE bounces SET permanent = 0",
    ] {
      await #expect(throws: (any Error).self) {
        try await store.writeReceipts { try $0.database.execute(sql: statement) }
      }
    }
  }

  @Test func theOtherDatabaseGuardsItToo() async throws {
    let server = try await ScratchServer.shared()
    let address = try server.newQueue()
    let store = try PostgresStore.open(address, access: .owner, host: "here", process: 7)
    let (campaign, messages) = try await Self.campaign(in: store)
    _ = try await store.record([Self.bounce(messages[0])], in: campaign)
    for (statement, words) in [
      (
        "INSERT INTO bounces VALUES (\(messages[1]), \(campaign), 0, sha256(''), 'unknown', 0)",
        "only an accepted message"
      ),
      ("UPDATE bounces SET permanent = 0", "never changed"),
    ] {
      await #expect {
        try await server.psql("SET search_path = \(address.schema); \(statement)")
      } throws: {
        "\($0)".contains(words)
      }
    }
  }

  /// Two processes write to one chain, and it stays one.
  @Test func besideADelivery() async throws {
    let folder = try TemporaryFolder()
    let owner = try SQLiteStore.open(spool: folder.url, access: .owner)
    let campaign = try await owner.freezeSample(letters: 40)
    try await owner.setState(.running, of: campaign, at: Sample.time(0))
    let control = try SQLiteStore.open(spool: folder.url, access: .control)
    let claims = try await owner.claimAll(in: campaign)
    for claim in claims.prefix(20) { _ = try await owner.commit([.record(claim, Sample.accepted())]) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for claim in claims.dropFirst(20) { _ = try await owner.commit([.record(claim, Sample.accepted())]) }
      }
      group.addTask {
        for claim in claims.prefix(20) {
          let results = try await control.record([Self.bounce(claim.message)], in: campaign)
          #expect(results == [.recorded])
        }
      }
      try await group.waitForAll()
    }
    try await owner.requireSoundReceipts(of: campaign)
    let receipts = try await owner.receiptValues(of: campaign)
    #expect(receipts.count { $0.event == .bounced } == 20 && receipts.count { $0.event == .accepted } == 40)
  }

  @Test func aPurgeTakesThem() async throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteStore.open(spool: folder.url, access: .owner)
    let (campaign, messages) = try await Self.campaign(in: store)
    _ = try await store.record(
      [Self.bounce(messages[0], reply: "550 5.1.1 kunde1@kanzlei1.example: nobody")], in: campaign)
    _ = try await store.cancel(campaign: campaign, at: Sample.time(40))
    try await store.beginPurge(of: campaign, files: 0, at: Sample.time(50))
    #expect(try await store.bounces(in: campaign).isEmpty)
    await #expect(throws: StoreError.purged(campaign: "passwords")) {
      try await store.record([Self.bounce(messages[0])], in: campaign)
    }
    try await store.finishPurge(of: campaign, at: Sample.time(60))
    try await store.requireSoundReceipts(of: campaign)
    for suffix in ["", "-wal"] {
      let bytes = (try? Data(contentsOf: URL(fileURLWithPath: store.spool.database.path + suffix))) ?? Data()
      #expect(bytes.range(of: Data("kunde1@kanzlei1.example".utf8)) == nil)
    }
  }

  /// What the lines say must be possible after those before them.
  @Test(arguments: ["twice", "early", "bare", "talkative"])
  func linesThatCannotBeTrue(_ how: String) async throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteStore.open(spool: folder.url, access: .owner)
    let (campaign, messages) = try await Self.campaign(in: store)
    _ = try await store.record([Self.bounce(messages[0])], in: campaign)
    try await store.requireSoundReceipts(of: campaign)
    var lines = try await store.lines(of: campaign)
    let bounced = try #require(lines.last)
    switch how {
    case "twice": lines.append(bounced.replacing("\"seq\":\(lines.count),", with: "\"seq\":\(lines.count + 1),"))
    case "early":
      let accepted = try #require(lines.firstIndex { $0.contains("\"event\":\"accepted\"") })
      lines.swapAt(accepted, lines.count - 1)
    case "bare": lines[lines.count - 1] = bounced.replacing(/"report":.*"permanent":1,/, with: "")
    default: lines[lines.count - 1] = bounced.replacing("\"report\":", with: "\"resolution\":\"accepted\",\"report\":")
    }
    var replay = ReceiptReplay()
    #expect(throws: ReceiptSyntaxError.self) {
      for line in lines { try replay.take(try Receipt(line: Array(line.utf8))) }
    }
  }
}
