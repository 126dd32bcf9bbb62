import Campaigns
import Foundation
import Receipts
import TestSupport
import Testing

@testable import Queue

/// Queues that earlier versions left behind are converted by their next owner, and nothing in them is lost.
@Suite struct EarlierFormatTests {
  /// Until format 7 what was never tried could not expire.
  @Test func inASpoolOfFormat3WhatWasNeverTriedExpiresAtTheDeadline() async throws {
    let folder = try TemporaryFolder()
    let queue = folder.url.appendingPathComponent("queue")
    try EarlierSpool.copy(of: "format-3", to: queue)
    let store = try SQLiteStore.open(spool: queue, access: .owner)
    let campaign = try #require(try await store.campaign(named: "summer")).id
    // Letters have left already.
    #expect(try await store.chooseCanary(in: campaign, letters: 2) == nil)
    #expect(try await store.expireAtDeadline(in: campaign, at: Sample.time(1e8)) == 13)
    #expect(try await store.snapshot(of: campaign).messages[.expired] == 13)
    try await store.requireSoundReceipts(of: campaign)
    let again = try SQLiteStore.open(spool: queue, access: .reader)
    #expect(try await again.snapshot(of: campaign).messages[.queued] == 0)
  }

  /// Format 3 had reasons as texts, the reason of an excluded letter among them, and one column for priority, sending
  /// again and time. The spool was written by that program, and paused half way.
  @Test func aSpoolOfFormat3IsConverted() async throws {
    let folder = try TemporaryFolder()
    let queue = folder.url.appendingPathComponent("queue")
    try EarlierSpool.copy(of: "format-3", to: queue)
    let path = Spool(folder: queue).database.path
    #expect(throws: StoreError.olderVersion(path: path, found: 3, known: SpoolSchema.version)) {
      try SQLiteStore.open(spool: queue, access: .reader)
    }
    let store = try SQLiteStore.open(spool: queue, access: .owner)
    let campaign = try #require(try await store.campaign(named: "summer"))
    let snapshot = try await store.snapshot(of: campaign.id)
    #expect(campaign.state == .paused)
    #expect(
      snapshot.messages.filter { $0.value > 0 } == [
        .accepted: 1, .excluded: 2, .refused: 1, .deferred: 1, .uncertain: 1, .queued: 12,
      ])
    #expect(snapshot.customers == [.letter: 10, .phone: 1, .none: 0])

    let customers = try await store.customerRecords(of: campaign.id)
    let central = OutcomeReason.segment("Anpassung des zentralen Posteingangs")
    // Two segments' reasons were one text, and may have had a semicolon of their own.
    let both = OutcomeReason.segment("Anpassung des zentralen Posteingangs; Alarmanlage; zweite Leitung")
    #expect(
      Dictionary(uniqueKeysWithValues: customers.filter { !$0.calls.isEmpty }.map { ($0.id, $0.calls) }) == [
        "1002": [both], "1009": [central],
      ])
    #expect(
      Dictionary(uniqueKeysWithValues: customers.filter { !$0.reasons.isEmpty }.map { ($0.id, $0.reasons) }) == [
        "1008": [.noAddress, central], "1010": [.segment("Ende-zu-Ende-verschlüsselt")],
      ])
    for customer in customers {
      for message in customer.messages {
        #expect((message.state == .excluded) == (message.exclusion == .noSMTPUTF8))
        #expect((message.state == .deferred) == (message.dueAt != nil))
      }
    }
    #expect(customers.filter { $0.messages.contains { $0.exclusion != nil } }.map(\.id) == ["1002", "1011"])

    // Far in the future, when the deferred one is due too.
    let due = try await store.due(in: campaign.id, at: Sample.time(1e8), after: nil, limit: 99)
    #expect(
      due.map { "\($0.customer) \($0.letter)" } == ["1007 password-change"]
        + ["1001", "1002", "1003", "1004", "1005", "1011", "1006", "1007", "1009", "1010"].map { "\($0) breach-notice" }
        + ["1006 password-change", "1004 password-change"])
    let deferred = Milliseconds(1_795_957_597_645).date
    #expect(due.map(\.turn).suffix(2) == [.again, .deferred(until: deferred)])
    #expect(due.first?.turn == .untried(priority: 0) && due.dropFirst().first?.turn == .untried(priority: 1))
    #expect(try await store.nextDue(in: campaign.id, after: nil) == deferred)
    #expect(try await store.uncertain(in: campaign.id).map(\.customer) == ["1005"])

    _ = try await ReceiptFile.complete(in: store.spool, campaign: campaign, from: store)
    let verdict = try ReceiptVerifier(folder: store.spool.receipts(of: "summer")).verify()
    #expect(verdict.isSound && verdict.letters == 18, "\(verdict.fault?.reason ?? "")")
    #expect(try await store.lastAcceptance(through: "main", in: campaign.id) != nil)
    let reopened = try await store.resolve(
      in: campaign.id, customer: nil, as: .reopen, evidence: nil, at: Sample.time(1e8))
    #expect(reopened.count == 1)
    // It goes on.
    try await store.setState(.running, of: campaign.id, at: Sample.time(1e8))
    #expect(try await store.claimAll(in: campaign.id, at: 1e8).count == 14)
    // Its receipts show every domain, as those that were written before; it has no index of codes.
    let domains = try await store.receiptValues(of: campaign.id).compactMap(\.domain)
    #expect(domains.count > 13 && domains.allSatisfy { !$0.contains(":") })
    #expect(try await store.customers(in: campaign.id, withCodeIndex: 0) == nil)
  }

  /// What cannot stand in a spool that a program wrote, but could: reasons that look like the program's own words.
  @Test func wordsThatAreNotTheProgramsStayAsTheyAre() async throws {
    let folder = try TemporaryFolder()
    let queue = folder.url.appendingPathComponent("queue")
    try EarlierSpool.copy(of: "format-3", to: queue)
    let own = "no relay in use takes international addresses (SMTPUTF8)"
    try await ChildProcess.tool(
      "python3",
      [
        "-c",
        """
        import sqlite3, sys
        db = sqlite3.connect(sys.argv[1])
        own = sys.argv[2]
        for ref, reason, call in (
            ("1001", "", "x; " + own), ("1002", "", own + "; x; " + own), ("1003", "", "No E-Mail Address; 'x' \\\\ \\"y\\""),
            ("1008", "no e-mail addresses; x", ""), ("1010", "no e-mail address", ""),
        ):
            db.execute("UPDATE customers SET reason = ?, call_reason = ? WHERE ref = ?", (reason, call, ref))
        db.commit()
        """,
        Spool(folder: queue).database.path, own,
      ])
    let store = try SQLiteStore.open(spool: queue, access: .owner)
    let campaign = try #require(try await store.campaign(named: "summer"))
    let customers = Dictionary(
      uniqueKeysWithValues: try await store.customerRecords(of: campaign.id).map { ($0.id, $0) })
    // Nothing of 1001 was excluded.
    #expect(customers["1001"]?.calls == [.segment("x; " + own)])
    #expect(customers["1002"]?.calls == [.segment(own + "; x")])
    #expect(customers["1003"]?.calls == [.segment("No E-Mail Address; 'x' \\ \"y\"")])
    #expect(customers["1008"]?.reasons == [.segment("no e-mail addresses; x")])
    // A letter customer's reasons are segments'.
    #expect(customers["1010"]?.reasons == [.segment("no e-mail address")])
    #expect(customers["1011"]?.calls == [])
  }

  /// Format 1 had no purge, and a message had its customer's number: what was made then can be purged, and numbers are
  /// never given twice.
  @Test func aSpoolOfFormat1IsConverted() async throws {
    let folder = try TemporaryFolder()
    let path = Spool(folder: folder.url).database.path
    do {
      let store = try SQLiteStore.open(spool: folder.url, access: .owner)
      _ = try await store.completedSample()
      let open = try await store.freezeSample("open", letters: 4)
      // Every second one is to be sent again.
      let due = try await store.due(in: open, at: Sample.time(1), after: nil, limit: 9)
      let claims = try await store.commit([Sample.claim(due[1]), Sample.claim(due[3])]).compactMap(\.claim)
      _ = try await store.commit(claims.map { .record($0, Sample.uncertain()) })
      _ = try await store.resolve(in: open, customer: nil, as: .resend, evidence: nil, at: Sample.time(3))
    }
    try await ChildProcess.tool(
      "python3",
      [
        "-c",
        """
        import os, sqlite3, sys
        now = sqlite3.connect("queue.sqlite")
        db = sqlite3.connect("format-1.sqlite", isolation_level=None)
        db.executescript(sys.argv[1])
        triggers = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers: db.execute("DROP TRIGGER " + name)
        assert now.execute("SELECT count(*) FROM messages WHERE id <> customer").fetchone() == (0,)
        now.executescript('''
          CREATE TEMP VIEW old_customers AS SELECT *, '' AS reason, '' AS call_reason FROM customers;
          CREATE TEMP VIEW old_messages AS SELECT *,
            CASE WHEN state = 'queued' THEN resend WHEN state = 'deferred' THEN due_at END AS old_due_at FROM messages;
          CREATE TEMP VIEW usage AS SELECT 'main' AS relay, 1795420805000 AS at, 2 AS count;
        ''')
        for table, in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            source = "old_" + table if table in ("customers", "messages") else table
            taken = ["old_due_at" if table == "messages" and name == "due_at" else name for name in columns]
            for row in now.execute(f"SELECT {', '.join(taken)} FROM {source}"):
                db.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(row))})", row)
        for _, sql in triggers: db.execute(sql)
        db.execute("PRAGMA application_id = 0x45494C42")
        db.execute("PRAGMA user_version = 1")
        now.close()
        db.close()
        for name in ("-wal", "-shm"):
            if os.path.exists("queue.sqlite" + name): os.remove("queue.sqlite" + name)
        os.replace("format-1.sqlite", "queue.sqlite")
        """,
        SpoolSchema.migrations[0],
      ], folder: folder.url)
    #expect(throws: StoreError.olderVersion(path: path, found: 1, known: SpoolSchema.version)) {
      try SQLiteStore.open(spool: folder.url, access: .reader)
    }
    let store = try SQLiteStore.open(spool: folder.url, access: .owner)
    let record = try #require(try await store.campaigns().first)
    #expect(record.purge == nil && record.plan.hashKey == Sample.hashKey)
    // What was counted by the relay's name still counts.
    let clock = ClockBase(boot: "boot", even: Sample.time(7), wall: Sample.time(7))
    let use = try await store.use(of: .formerRelay(named: "main"), since: .distantPast, on: clock)
    #expect(use == [Sample.time(5), Sample.time(5)])
    // What is sent again still goes after what was never tried.
    let open = try #require(try await store.campaign(named: "open")).id
    let due = try await store.due(in: open, at: Sample.time(4), after: nil, limit: 9)
    #expect(due.map(\.customer) == ["K1", "K3", "K2", "K4"] && Set(due.map(\.letter)) == ["password-change"])
    #expect(due.map(\.turn) == [.untried(priority: 0), .untried(priority: 0), .again, .again])
    let next = try await store.freezeSample("later", letters: 1)
    let later = try #require(try await store.due(in: next, at: Sample.time(4), after: nil, limit: 9).first)
    #expect(due.allSatisfy { $0.message < later.message }, "a number was given twice")
    try await store.beginPurge(of: record.id, files: 0, at: Sample.time(50))
    try await store.finishPurge(of: record.id, at: Sample.time(51))
    #expect(try await store.snapshot(of: record.id).customers[.letter] == 2)
  }
}
