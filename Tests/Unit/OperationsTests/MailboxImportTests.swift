import Campaigns
import Foundation
import Mail
import Operations
import Queue
import Receipts
import Reports
import TestSupport
import Testing

/// Who has changed the password: what of an export counts, and what the figures say of it.
@Suite struct MailboxImportTests {
  /// K1, K2 and K4 get letters, K3 is called, K5 needs nothing. The incident was discovered on 2026-11-22, and it is
  /// 2026-11-23, 08:00 UTC.
  private static func scene() async throws -> Scene {
    let scene = try Scene(.accept, .accept, .call, .refuse, .nothing)
    try await scene.launch()
    return scene
  }

  private static func box(_ number: Int) -> String { "post@kanzlei-\(number).example" }

  @discardableResult
  private static func give(
    _ text: String, _ change: MailboxChange = .changed, columns: String? = nil, domain: String? = nil,
    zone: String? = nil, withoutRejected: Bool = false, in scene: Scene
  ) async throws -> MailboxImport.Result {
    let file = scene.folder.url.appendingPathComponent("export.csv")
    try Data(text.utf8).write(to: file)
    return try await MailboxImport(
      scene.location, change,
      .init(columns: columns, domain: domain, zone: zone, withoutRejected: withoutRejected), scene.dependencies
    ).run(file)
  }

  private static func status(_ scene: Scene) async throws -> CampaignStatus {
    try await StatusQuery.run(scene.location, scene.dependencies, isStopped: { _ in false }).status
  }

  private static func refusal(_ body: () async throws -> MailboxImport.Result) async throws -> OperatorError {
    try await #require(throws: OperatorError.self) { _ = try await body() }
  }

  @Test func untilAnExportIsReadNothingIsSaid() async throws {
    let scene = try await Self.scene()
    #expect(try await Self.status(scene).mailboxes == nil)
    let document = try await Self.report(scene)
    #expect(!document.contains("\"passwords\""))
    let status = try await Self.status(scene)
    #expect(try JSONEncoder().encode(status).range(of: Data("mailboxes".utf8)) == nil)
  }

  @Test func whatCounts() async throws {
    let scene = try await Self.scene()
    let result = try await Self.give(
      """
      user;changed
      POST@Kanzlei-1.EXAMPLE;2026-11-23 07:00:00Z
      \(Self.box(2));2026-11-21T22:59:59Z
      \(Self.box(4));
      \(Self.box(5));2026-11-23T07:00:00Z
      nobody@other.example;2026-11-23T07:00:00Z
      nobody@other.example;2026-11-23T07:30:00Z

      """, in: scene)
    #expect(result.added == 1 && result.known == 0 && result.early == 1 && result.untimed == 1)
    #expect(result.unaffected == 1 && result.unknownCount == 1 && result.rows == 6 && result.rejected.isEmpty)
    #expect(result.unknown.map(\.line) == [6] && result.unknown.map(\.mailbox) == ["nobody@other.example"])
    #expect(result.zone == nil && result.behind == nil)
    let figures = try #require(try await Self.status(scene).mailboxes)
    #expect(figures == result.figures)
    #expect(figures.total == 4 && figures.changed == 1 && figures.open == 3 && figures.locked == 0 && !figures.isOver)
    #expect(figures.count(.locked) == nil && figures.count(.changed) == 1)
    let receipts = try scene.soundReceipts()
    let hash = KeyedHash(key: Scene.key)
    #expect(receipts.last?.event == .changed && receipts.last?.customer == hash.digest(of: "K1"))
    #expect(receipts.last?.mailbox?.mailbox == hash.digest(of: Self.box(1)))
  }

  /// The day of the discovery begins on the campaign's clock, which is an hour before UTC: 23:00 of the day before.
  @Test(arguments: [
    ("2026-11-21T22:59:59Z", false), ("2026-11-21T23:00:00Z", true), ("2026-11-22", true), ("21.11.2026", false),
    ("2026-11-22 00:00:00", true), ("2026-11-21 23:59:59", false),
  ])
  func theMomentFromWhichChangesCount(time: String, counts: Bool) async throws {
    let scene = try await Self.scene()
    let result = try await Self.give("user;changed\n\(Self.box(1));\(time)\n", in: scene)
    #expect(result.added == (counts ? 1 : 0) && result.early == (counts ? 0 : 1))
  }

  @Test func theSameFileAddsNothingAndTheNewestTimeWins() async throws {
    let scene = try await Self.scene()
    let file = "user;changed\n\(Self.box(1));2026-11-23 07:00:00Z\n\(Self.box(1));2026-11-23 07:30:00Z\n"
    #expect(try await Self.give(file, in: scene).added == 1)
    let count = try scene.soundReceipts().count
    let again = try await Self.give(file, in: scene)
    #expect(again.added == 0 && again.known == 1)
    let older = try await Self.give("user;changed\n\(Self.box(1));2026-11-23 06:00:00Z\n", in: scene)
    #expect(older.added == 0 && older.known == 1)
    #expect(try scene.soundReceipts().count == count)
    let record = try await scene.record()
    let book = try #require(try await scene.store().mailboxes(in: record.id))
    #expect(book.mailboxes[0].changedAt == Date(timeIntervalSince1970: 1_795_419_000))
  }

  @Test func zonesAndDomains() async throws {
    let scene = try await Self.scene()
    let file = "user;changed\npost;2026-11-23 08:30:00\n"
    // By the campaign's clock that was half past seven in UTC; by that of UTC it is to come.
    let result = try await Self.give(file, domain: "KANZLEI-1.example", in: scene)
    #expect(result.added == 1 && result.zone?.isCampaigns == true && result.days == 0)
    let future = try await Self.refusal {
      try await Self.give(file, domain: "kanzlei-1.example", zone: "UTC", in: scene)
    }
    #expect(future.message.plain.contains("in the future") && future.message.plain.contains("--time-zone"))
    let bare = try await Self.refusal { try await Self.give(file, in: scene) }
    #expect(bare.kind == .data && bare.message.plain.contains("export.csv:2: the mailbox has no domain"))
    for (domain, zone) in [("@x", nil), ("a b", nil), (nil, "CET"), (nil, "Europe/Berln")] as [(String?, String?)] {
      let wrong = try await Self.refusal { try await Self.give(file, domain: domain, zone: zone, in: scene) }
      #expect(wrong.kind == .usage, "\(domain ?? zone ?? "")")
    }
    #expect(throws: OperatorError.self) {
      try MailboxImport.Options(columns: "mailbox", domain: nil, zone: nil, withoutRejected: false)
    }
  }

  @Test func allRowsOrNone() async throws {
    let scene = try await Self.scene()
    let file = """
      user;changed
      \(Self.box(1));2026-11-23 07:00:00Z
      \(Self.box(2));hunter2
      hunter2 @x;2026-11-23 07:00:00Z
      \(Self.box(4));2026-11-24 07:00:00Z
      ;2026-11-23 07:00:00Z

      """
    let refused = try await Self.refusal { try await Self.give(file, in: scene) }
    let text = refused.message.plain
    let lines = [
      "export.csv:3: this is no time", "export.csv:4: the mailbox is no", ":5: the time is in",
      ":6: the mailbox is missing",
    ]
    for line in lines {
      #expect(text.contains(line), "\(line): \(text)")
    }
    #expect(refused.kind == .data && !text.contains("hunter2"))
    #expect(try await Self.status(scene).mailboxes == nil)
    let result = try await Self.give(file, withoutRejected: true, in: scene)
    #expect(result.added == 1 && result.rejected.count == 4)
    let untimed = try await Self.refusal { try await Self.give("user\n\(Self.box(2))\n", in: scene) }
    #expect(untimed.message.plain.contains("no row has a time"))
  }

  @Test func itIsOver() async throws {
    let scene = try await Self.scene()
    try await Self.give("user;changed\n\(Self.box(1));2026-11-23 07:00:00Z\n", in: scene)
    let locked = try await Self.give("user\n\(Self.box(2))\n\(Self.box(1))\n", .locked, in: scene)
    #expect(locked.added == 2 && locked.figures?.locked == 1 && locked.figures?.changed == 1)
    for id in ["K3", "K4"] {
      #expect(try await Self.status(scene).mailboxes?.isOver == false)
      _ = try await CallRecording(scene.location, .init(), scene.dependencies)
        .done(customer: id, by: "Telefondienst", outcome: .reached, note: "", at: nil)
    }
    let figures = try #require(try await Self.status(scene).mailboxes)
    #expect(figures.isOver && figures.reached == 2 && figures.open == 0)
    #expect(
      MailboxTexts.figures(figures) == "changed 1, locked 1, customer reached by telephone 2, still to be changed 0")
    #expect(MailboxTexts.lines(figures).contains { "\($0)".contains("over: every mailbox") })
    // A wrong number takes it back.
    _ = try await CallRecording(scene.location, .init(again: true), scene.dependencies)
      .done(customer: "K4", by: "Telefondienst", outcome: .wrongNumber, note: "", at: nil)
    #expect(try await Self.status(scene).mailboxes?.open == 1)
  }

  @Test func locksAloneSayNothingOfChanges() async throws {
    let scene = try await Self.scene()
    let result = try await Self.give("user\n\(Self.box(2))\n", .locked, in: scene)
    let figures = try #require(result.figures)
    #expect(figures.count(.changed) == nil)
    #expect(MailboxTexts.figures(figures) == "locked 1, others 3")
    let json = String(decoding: try JSONEncoder().encode(figures), as: UTF8.self)
    #expect(json.contains("\"changed\":null") && json.contains("\"locked\":1"))
  }

  @Test func theCallListSaysIt() async throws {
    let scene = try await Self.scene()
    try await Self.give("user;changed\n\(Self.box(4));2026-11-23 07:00:00Z\n", in: scene)
    let page = try await CallPage.read(from: 0, most: 10, of: scene.location, scene.dependencies)
    #expect(page.entries.filter(\.isSafe).map(\.report.customer) == ["K4"] && page.entries.count == 2)
  }

  @Test func theReportHasThem() async throws {
    let scene = try await Self.scene()
    try await Self.give(
      "user;changed\n\(Self.box(1));2026-11-23 07:00:00Z\n\(Self.box(2));2026-11-23 07:10:00Z\n", in: scene)
    let json = try await Self.report(scene)
    #expect(json.contains("\"passwords\"") && json.contains("\"by_deadline\" : 2"))
    let html = try await Self.report(scene, .html)
    for words in ["Geänderte Passwörter", "Geänderte Passwörter im Lauf der Zeit", "id=\"changes-curve-wide-title\""] {
      #expect(html.contains(words), "\(words)")
    }
    #expect(!html.contains(Self.box(1)))
  }

  private static func report(_ scene: Scene, _ format: CampaignDocuments.Format = .json) async throws -> String {
    let documents = try await CampaignDocuments(
      scene.location, source: SourceFolder(scene.location.folder), language: .german, scene.dependencies,
      command: { _ in "" })
    return String(
      decoding: try await documents.bytes(format, for: .authority, isStopped: { _ in false }), as: UTF8.self)
  }
}

extension OperatorMessage {
  /// Its words, without times and steps.
  fileprivate var plain: String { pieces.map { if case .text(let text) = $0 { text } else { "" } }.joined() }
}
