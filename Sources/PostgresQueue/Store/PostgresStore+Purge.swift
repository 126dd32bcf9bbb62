public import Foundation
import Queue
import Receipts

extension PostgresStore {
  public func beginPurge(of campaign: Int64, files: Int, at now: Date) async throws {
    try await write { transaction in
      let connection = transaction.connection
      let record = try transaction.locked(campaign)
      guard record.purge == nil else { return }
      try record.requirePurgeable(connection.messageTally(of: campaign))
      // First of all: the triggers that keep the tallies look at it.
      try connection.run(
        "UPDATE campaigns SET purge_begun_at = $2, purge_files = $3, hash_key = '' WHERE id = $1",
        [.integer(campaign), .time(now), .integer(files)])
      for table in Self.personal {
        try connection.run("DELETE FROM \(table) WHERE campaign = $1", [.integer(campaign)])
      }
    }
  }

  /// The tables that hold what a purge removes, those that name others before them.
  private static let personal = [
    "mailboxes", "mailbox_exports", "calls", "bounces", "codes", "messages", "customers", "readable_domains", "pace",
    "control", "relay_conditions", "mail_places", "canary_letters",
  ]

  public func finishPurge(of campaign: Int64, at now: Date) async throws {
    let now = Milliseconds(now)
    let record = try await read { try $0.record(of: campaign) }
    guard let purge = record.purge else {
      throw StoreError.cannotPurge(campaign: record.plan.name, reason: "no purge has begun")
    }
    guard purge.finishedAt == nil else { return }
    try await forgetDeleted()
    try await write { transaction in
      let connection = transaction.connection
      let chain = try transaction.chain(of: campaign)
      try connection.run("UPDATE campaigns SET purged_at = $2 WHERE id = $1", [.integer(campaign), .time(now)])
      func sum(_ tally: String) throws -> Int {
        let total = try connection.run(
          "SELECT sum(count)::bigint FROM \(tally) WHERE campaign = $1", [.integer(campaign)])
        return Int(total.first?.integer(0) ?? 0)
      }
      let (customers, letters) = (try sum("customer_tally"), try sum("message_tally"))
      try chain.append(.purged, at: now) { line in
        line.field("figures", figures: [("customers", customers), ("letters", letters), ("files", purge.files)])
      }
    }
  }

  /// Writes the tables anew, without anything deleted. The server's log of changes, its archive, standbys and backups have
  /// what was deleted for as long as they are kept.
  private func forgetDeleted() async throws {
    try await outsideTransaction { connection in
      for table in Self.personal + ["campaigns"] { try connection.execute("VACUUM FULL \(table)") }
    }
  }
}
