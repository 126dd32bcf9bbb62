import FaultPoints
public import Foundation
import Mail
public import Queue
public import Receipts

extension PostgresStore {
  public func record(
    _ change: MailboxChange, _ times: [MailboxTime], of affected: [AffectedMailbox], in campaign: Int64, at now: Date
  ) async throws -> [MailboxRecord] {
    let now = Milliseconds(now)
    let added = try await writeBeside { transaction in
      let connection = transaction.connection
      let record = try transaction.unpurged(campaign)
      let hash = KeyedHash(key: record.plan.hashKey)
      // Locks the campaign's chain: two processes that read exports come one after the other.
      let chain = try transaction.chain(of: campaign)
      if try connection.exports(of: campaign).isEmpty { try connection.add(affected, to: campaign) }
      try connection.run(
        """
        INSERT INTO mailbox_exports (campaign, change, read_at) VALUES ($1, $2, $3)
        ON CONFLICT (campaign, change) DO UPDATE SET read_at = excluded.read_at
        """, [.integer(campaign), .text(change.rawValue), .time(now)])
      let known = Dictionary(grouping: try connection.mailboxes(of: campaign)) { $0.record.mailbox }
      var added: [MailboxRecord] = []
      for time in times {
        for (number, record) in known[time.mailbox] ?? [] {
          var record = record
          guard record.take(change, at: time.at) else { continue }
          try connection.run(
            "UPDATE mailboxes SET changed_at = $1, locked = $2, locked_at = $3 WHERE number = $4",
            [.time(record.changedAt), .integer(record.isLocked ? 1 : 0), .time(record.lockedAt), .integer(number)])
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
        let needless = try connection.needless(in: campaign).filter { customers.contains($0.key) }
        try transaction.excludeFromReminders(of: campaign, needless, at: now)
      }
      FaultPoint.changesUncommitted.reached()
      return added
    }
    FaultPoint.changesCommitted.reached()
    return added
  }

  public func mailboxes(in campaign: Int64) async throws -> MailboxBook? {
    try await read { connection in
      let exports = try connection.exports(of: campaign)
      guard !exports.isEmpty else { return nil }
      return MailboxBook(readAt: exports, mailboxes: try connection.mailboxes(of: campaign).map(\.record))
    }
  }
}

extension PostgresConnection {
  fileprivate func add(_ affected: [AffectedMailbox], to campaign: Int64) throws {
    for entry in affected {
      try run(
        """
        INSERT INTO mailboxes (campaign, customer, mailbox)
        SELECT campaign, id, $3 FROM customers WHERE campaign = $1 AND ref = $2 ON CONFLICT DO NOTHING
        """, [.integer(campaign), .text(entry.customer), .text(entry.mailbox)])
    }
  }

  fileprivate func exports(of campaign: Int64) throws -> [MailboxChange: Date] {
    let rows = try run("SELECT change, read_at FROM mailbox_exports WHERE campaign = $1", [.integer(campaign)]).rows
    var exports: [MailboxChange: Date] = [:]
    for row in rows {
      guard let change = row.text(0).flatMap(MailboxChange.init) else {
        throw StoreError.invariant("an export of mailboxes is of nothing known")
      }
      exports[change] = Milliseconds(row.integer(1)).date
    }
    return exports
  }

  func mailboxes(of campaign: Int64) throws -> [(number: Int64, record: MailboxRecord)] {
    try run(
      """
      SELECT number, ref, mailbox, changed_at, locked, locked_at
      FROM mailboxes JOIN customers ON customers.id = mailboxes.customer
      WHERE mailboxes.campaign = $1 ORDER BY number
      """, [.integer(campaign)]
    ).rows.map { row in
      let record = MailboxRecord(
        customer: row.text(1) ?? "", mailbox: row.text(2) ?? "", changedAt: row.milliseconds(3)?.date,
        isLocked: row.integer(4) == 1, lockedAt: row.milliseconds(5)?.date)
      return (row.integer(0), record)
    }
  }
}
