import FaultPoints
public import Foundation
import GRDB
import Mail
public import Receipts

extension SQLiteStore {
  public func record(
    _ change: MailboxChange, _ times: [MailboxTime], of affected: [AffectedMailbox], in campaign: Int64, at now: Date
  ) async throws -> [MailboxRecord] {
    let now = Milliseconds(now)
    let added = try await writeReceipts { transaction in
      let database = transaction.database
      let record = try Self.unpurged(campaign, database)
      if try Self.exports(of: campaign, database).isEmpty { try Self.add(affected, to: campaign, database) }
      try database.execute(
        sql: """
          INSERT INTO mailbox_exports (campaign, change, read_at) VALUES (?, ?, ?)
          ON CONFLICT (campaign, change) DO UPDATE SET read_at = excluded.read_at
          """, arguments: [campaign, change.rawValue, now.value])
      let hash = KeyedHash(key: record.plan.hashKey)
      let chain = try transaction.chain(of: campaign)
      let known = Dictionary(grouping: try Self.mailboxes(of: campaign, database)) { $0.record.mailbox }
      var added: [MailboxRecord] = []
      for time in times {
        for (number, record) in known[time.mailbox] ?? [] {
          var record = record
          guard record.take(change, at: time.at) else { continue }
          try database.execute(
            sql: "UPDATE mailboxes SET changed_at = ?, locked = ?, locked_at = ? WHERE number = ?",
            arguments: [
              record.changedAt.map { Milliseconds($0).value }, record.isLocked,
              record.lockedAt.map { Milliseconds($0).value }, number,
            ])
          let receipt = MailboxReceipt(mailbox: hash.digest(of: record.mailbox), at: time.at)
          try chain.append(change.event, at: now) { line in
            line.field("customer", hex: hash.digest(of: record.customer).bytes)
            line.fields(receipt, of: change)
          }
          added.append(record)
        }
      }
      if !added.isEmpty {
        let customers = Set(added.map(\.customer))
        let needless = try Self.needless(in: campaign, database).filter { customers.contains($0.key) }
        try Self.excludeFromReminders(of: campaign, needless, at: now, transaction)
      }
      FaultPoint.changesUncommitted.reached()
      return added
    }
    FaultPoint.changesCommitted.reached()
    return added
  }

  public func mailboxes(in campaign: Int64) async throws -> MailboxBook? {
    try await read { database in
      let exports = try Self.exports(of: campaign, database)
      guard !exports.isEmpty else { return nil }
      return MailboxBook(readAt: exports, mailboxes: try Self.mailboxes(of: campaign, database).map(\.record))
    }
  }

  private static func add(_ affected: [AffectedMailbox], to campaign: Int64, _ database: Database) throws {
    let insert = try database.cachedStatement(
      sql: """
        INSERT OR IGNORE INTO mailboxes (campaign, customer, mailbox)
        SELECT campaign, id, ? FROM customers WHERE campaign = ? AND ref = ?
        """)
    for entry in affected { try insert.execute(arguments: [entry.mailbox, campaign, entry.customer]) }
  }

  private static func exports(of campaign: Int64, _ database: Database) throws -> [MailboxChange: Date] {
    let rows = try Row.fetchAll(
      database, sql: "SELECT change, read_at FROM mailbox_exports WHERE campaign = ?", arguments: [campaign])
    var exports: [MailboxChange: Date] = [:]
    for row in rows {
      guard let change = MailboxChange(rawValue: row["change"]) else {
        throw StoreError.invariant("an export of mailboxes is of nothing known")
      }
      exports[change] = Milliseconds(row["read_at"] as Int64).date
    }
    return exports
  }

  static func mailboxes(
    of campaign: Int64, _ database: Database
  ) throws -> [(number: Int64, record: MailboxRecord)] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT number, ref, mailbox, changed_at, locked, locked_at
        FROM mailboxes JOIN customers ON customers.id = mailboxes.customer
        WHERE mailboxes.campaign = ? ORDER BY number
        """, arguments: [campaign]
    ).map { row in
      let record = MailboxRecord(
        customer: row["ref"], mailbox: row["mailbox"],
        changedAt: (row["changed_at"] as Int64?).map { Milliseconds($0).date }, isLocked: row["locked"],
        lockedAt: (row["locked_at"] as Int64?).map { Milliseconds($0).date })
      return (row["number"], record)
    }
  }
}
