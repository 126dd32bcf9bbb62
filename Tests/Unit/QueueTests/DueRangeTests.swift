import Foundation
import TestSupport
import Testing

@testable import Queue

/// Every part of the list of due messages is read from an index in its order, from behind the cursor on.
@Suite struct DueRangeTests {
  private static let now = Sample.time(0)
  private static let cursors: [DueCursor?] = [
    nil, DueCursor(turn: .untried(priority: 3, rank: 5), message: 7), DueCursor(turn: .again, message: 7),
    DueCursor(turn: .deferred(until: Sample.time(-60)), message: 7),
  ]

  @Test func nothingIsSortedAndNothingBeforeTheCursorIsLookedAt() async throws {
    let folder = try TemporaryFolder()
    _ = try SQLiteStore.open(spool: folder.url, access: .owner)
    for range in Self.cursors.flatMap({ DueRange.ranges(after: $0, until: Self.now) }) + DueRange.all {
      let script = """
        import sqlite3, sys
        for row in sqlite3.connect("queue.sqlite").execute("EXPLAIN QUERY PLAN " + sys.argv[1], [1, 2, 3, 4][:int(sys.argv[2])]):
            print(row[3])
        """
      let sql = range.sql("m.id", limit: 5)
      let plan = try await ChildProcess.tool(
        "python3", ["-c", script, sql, String(range.values.count + 1)], folder: folder.url)
      let index =
        switch range.list {
        case .untried: "messages_untried"
        case .again: "messages_again"
        case .deferred: "messages_deferred"
        }
      let first = plan.split(separator: "\n").first ?? ""
      #expect(first.hasPrefix("SEARCH m USING ") && first.contains("INDEX \(index) (campaign=?"), "\(sql)\n\(plan)")
      // Every condition beyond the campaign is found by the index.
      #expect(first.filter { $0 == "?" }.count == range.values.count + 1, "\(sql)\n\(plan)")
      #expect(!plan.contains("TEMP B-TREE"), "\(sql)\n\(plan)")
    }
  }

  /// Asked again and again during a delivery, in time that does not grow with the campaign.
  @Test(arguments: [
    (SQLiteStore.selectExpired, "messages_expiry (campaign=? AND <expr><?)"),
    (SQLiteStore.selectLastAcceptance, "messages_accepted (campaign=? AND relay=?)"),
  ])
  func whatHasExpiredAndTheLastAcceptanceAreFoundByAnIndex(_ sql: String, _ index: String) async throws {
    let folder = try TemporaryFolder()
    _ = try SQLiteStore.open(spool: folder.url, access: .owner)
    let script = """
      import sqlite3, sys
      for row in sqlite3.connect("queue.sqlite").execute("EXPLAIN QUERY PLAN " + sys.argv[1], [1, 2]): print(row[3])
      """
    let plan = try await ChildProcess.tool("python3", ["-c", script, sql], folder: folder.url)
    #expect(plan.hasPrefix("SEARCH ") && plan.contains(index), "\(plan)")
  }

  /// Asked at each look of a monitoring system.
  @Test func lettersOfRelaysAreCountedFromIndexes() async throws {
    let folder = try TemporaryFolder()
    _ = try SQLiteStore.open(spool: folder.url, access: .owner)
    let script = """
      import sqlite3, sys
      for row in sqlite3.connect("queue.sqlite").execute("EXPLAIN QUERY PLAN " + sys.argv[1], [1]): print(row[3])
      """
    // Deferred ones are in two.
    let indexes = ["messages_accepted", "messages_", "messages_untold"]
    #expect(SQLiteStore.selectRelayTallies.count == indexes.count)
    for (sql, index) in zip(SQLiteStore.selectRelayTallies, indexes) {
      let plan = try await ChildProcess.tool("python3", ["-c", script, sql], folder: folder.url)
      #expect(plan.hasPrefix("SEARCH messages USING INDEX \(index)") && plan.contains("(campaign=?)"), "\(plan)")
    }
  }
}
