public import Foundation
import GRDB
import Receipts

extension SQLiteStore {
  public func beginPurge(of campaign: Int64, files: Int, at now: Date) async throws {
    let now = Milliseconds(now).value
    // The VACUUM removes what earlier changes left in gaps and free pages.
    try await wipeDeleted(true)
    try await write { transaction in
      let database = transaction.database
      let record = try Self.record(of: campaign, database)
      guard record.purge == nil else { return }
      try record.requirePurgeable(Self.messageTally(of: campaign, database))
      // First of all: the triggers that keep the tallies look at it.
      try database.execute(
        sql: "UPDATE campaigns SET purge_begun_at = ?, purge_files = ?, hash_key = x'' WHERE id = ?",
        arguments: [now, files, campaign])
      let tables = [
        "mailboxes", "mailbox_exports", "calls", "bounces", "codes", "messages", "customers", "readable_domains",
        "pace", "control", "relay_conditions", "mail_places", "canary_letters",
      ]
      for table in tables {
        try database.execute(sql: "DELETE FROM \(table) WHERE campaign = ?", arguments: [campaign])
      }
    }
  }

  public func finishPurge(of campaign: Int64, at now: Date) async throws {
    let now = Milliseconds(now)
    let record = try await read { try Self.record(of: campaign, $0) }
    guard let purge = record.purge else {
      throw StoreError.cannotPurge(campaign: record.plan.name, reason: "no purge has begun")
    }
    guard purge.finishedAt == nil else { return }
    try await forgetDeleted()
    try await write { transaction in
      try transaction.database.execute(
        sql: "UPDATE campaigns SET purged_at = ? WHERE id = ?", arguments: [now.value, campaign])
      let customers = try Self.sum("customer_tally", of: campaign, transaction.database)
      let letters = try Self.sum("message_tally", of: campaign, transaction.database)
      try transaction.chain(of: campaign).append(.purged, at: now) { line in
        line.field("figures", figures: [("customers", customers), ("letters", letters), ("files", purge.files)])
      }
    }
  }

  /// Whether what is deleted from now on is overwritten at once. Without a setting SQLite does as it was built:
  /// Debian's overwrites.
  func wipeDeleted(_ wipes: Bool) async throws {
    try await outsideTransaction { try $0.execute(sql: "PRAGMA secure_delete = \(wipes ? "ON" : "OFF")") }
  }

  /// Rewrites the database without anything deleted, and empties the WAL.
  private func forgetDeleted() async throws {
    try await outsideTransaction { [path = spool.database.path] database in
      // In memory a large spool would not fit; `SQLITE_TMPDIR` says where the unnamed file goes.
      try database.execute(
        sql: "PRAGMA temp_store = FILE; PRAGMA secure_delete = ON; VACUUM; PRAGMA temp_store = MEMORY")
      let isBusy = try Int.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
      guard isBusy == 0 else { throw StoreError.busy(path: path) }
    }
  }

  private static func sum(_ tally: String, of campaign: Int64, _ database: Database) throws -> Int {
    try Int.fetchOne(database, sql: "SELECT sum(count) FROM \(tally) WHERE campaign = ?", arguments: [campaign]) ?? 0
  }

  /// The record of a campaign that may still be changed.
  static func unpurged(_ campaign: Int64, _ database: Database) throws -> CampaignRecord {
    let record = try record(of: campaign, database)
    try record.requireUnpurged()
    return record
  }
}
