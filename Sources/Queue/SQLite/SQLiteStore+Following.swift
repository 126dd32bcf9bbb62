import Campaigns
import Foundation
import GRDB
import Mail
import Receipts

/// Campaigns that follow another one: what they are linked to, and letters of a reminder for which nothing is left to do.
extension SQLiteStore {
  /// The campaign that is followed, with the end of its chain of receipts.
  static func followed(
    _ follows: Following, _ transaction: Transaction
  ) throws -> (id: Int64, chain: FollowedChain) {
    guard
      let id = try Int64.fetchOne(
        transaction.database, sql: "SELECT id FROM campaigns WHERE name = ?", arguments: [follows.campaign])
    else { throw StoreError.invalidPlan("it follows \(follows.campaign), which was never launched") }
    let chain = try transaction.chain(of: id)
    guard let head = SHA256Digest(bytes: chain.head) else { throw StoreError.invariant("a chain has no head") }
    return (id, FollowedChain(campaign: follows.campaign, seq: chain.seq, head: head))
  }

  /// The customers of a followed campaign for whom nothing is left to do, by their ids.
  static func needless(in followed: Int64, _ database: Database) throws -> [String: ExclusionReason] {
    let reached = try String.fetchAll(
      database,
      sql: """
        SELECT DISTINCT ref FROM calls JOIN customers ON customers.id = calls.customer
        WHERE calls.campaign = ? AND outcome = 'reached'
        """, arguments: [followed])
    let safe = MailboxBook(readAt: [:], mailboxes: try mailboxes(of: followed, database).map(\.record)).safeCustomers
    return Dictionary(
      reached.map { ($0, .reached) } + safe.map { ($0, .safe) }, uniquingKeysWith: { first, _ in first })
  }

  /// Excludes a message that waits again, when it has become needless while it was on the wire.
  static func excludeIfNeedless(_ message: Int64, at now: Milliseconds, _ transaction: Transaction) throws {
    let select = transaction.statements.needless
    defer { select.reset() }
    select.bind(message, at: 1)
    guard try select.step() else { return }
    let reason: ExclusionReason = select.integer(1) == 1 ? .reached : .safe
    _ = try exclude(message, select.integer(0), reason, now, transaction)
  }

  /// Excludes what waits for these customers in the reminders that follow `campaign`.
  static func excludeFromReminders(
    of campaign: Int64, _ needless: [String: ExclusionReason], at now: Milliseconds, _ transaction: Transaction
  ) throws {
    guard !needless.isEmpty else { return }
    let reminders = try Int64.fetchAll(
      transaction.database,
      sql:
        "SELECT id FROM campaigns WHERE follows = ? AND follows_as = 'reminder' AND state <> 'cancelled' ORDER BY id",
      arguments: [campaign])
    for reminder in reminders { try exclude(needless, in: reminder, at: now, transaction) }
  }

  /// Excludes what waits for these customers: a letter on the wire goes on.
  static func exclude(
    _ needless: [String: ExclusionReason], in campaign: Int64, at now: Milliseconds, _ transaction: Transaction
  ) throws {
    let select = try transaction.database.cachedStatement(
      sql: """
        SELECT messages.id, messages.fence FROM customers JOIN messages ON messages.customer = customers.id
        WHERE customers.campaign = ? AND customers.ref = ? AND messages.state IN ('queued', 'deferred')
        ORDER BY messages.id
        """)
    for (customer, reason) in needless.sorted(by: { $0.key < $1.key }) {
      for row in try Row.fetchAll(select, arguments: [campaign, customer]) {
        _ = try exclude(row[0], row[1], reason, now, transaction)
      }
    }
  }
}
