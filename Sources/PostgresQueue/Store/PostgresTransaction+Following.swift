import Campaigns
import Foundation
import Mail
import Queue
import Receipts

/// Campaigns that follow another one: what they are linked to, and letters of a reminder for which nothing is left to do.
extension PostgresTransaction {
  /// The campaign that is followed, with the end of its chain of receipts; locked.
  func followed(_ follows: Following) throws -> (id: Int64, chain: FollowedChain) {
    let rows = try connection.run("SELECT id FROM campaigns WHERE name = $1", [.text(follows.campaign)])
    guard let id = rows.first?.integer(0) else {
      throw StoreError.invalidPlan("it follows \(follows.campaign), which was never launched")
    }
    let chain = try chain(of: id)
    guard let head = SHA256Digest(bytes: chain.head) else { throw StoreError.invariant("a chain has no head") }
    return (id, FollowedChain(campaign: follows.campaign, seq: chain.seq, head: head))
  }

  /// Excludes a message that waits again, when it has become needless while it was on the wire.
  func excludeIfNeedless(_ message: Int64, in campaign: Int64, at now: Milliseconds) throws {
    let found = try connection.run(
      NeedlessMessage.select("ref, is_reached::int::bigint", of: "$1"), [.integer(message)])
    guard let row = found.first else { return }
    let reason: ExclusionReason = row.integer(1) == 1 ? .reached : .safe
    try exclude([row.text(0) ?? "": reason], in: campaign, at: now)
  }

  /// Excludes what waits for these customers in the reminders that follow `campaign`.
  func excludeFromReminders(
    of campaign: Int64, _ needless: [String: ExclusionReason], at now: Milliseconds
  ) throws {
    guard !needless.isEmpty else { return }
    let reminders = try connection.run(
      "SELECT id FROM campaigns WHERE follows = $1 AND follows_as = 'reminder' AND state <> 'cancelled' ORDER BY id",
      [.integer(campaign)]
    ).rows.map { $0.integer(0) }
    for reminder in reminders { try exclude(needless, in: reminder, at: now) }
  }

  /// Excludes what waits for these customers: a letter on the wire goes on.
  func exclude(_ needless: [String: ExclusionReason], in campaign: Int64, at now: Milliseconds) throws {
    let chain = try chain(of: campaign)
    for (customer, reason) in needless.sorted(by: { $0.key < $1.key }) {
      let rows = try connection.run(
        """
        UPDATE messages SET state = 'excluded', fence = fence + 1, resend = 0, due_at = NULL, changed_at = $3,
          exclusion = $4
        WHERE customer = (SELECT id FROM customers WHERE campaign = $1 AND ref = $2) AND state IN ('queued', 'deferred')
        \(PostgresChain.returningMessage)
        """, [.integer(campaign), .text(customer), .time(now), .text(reason.kind)]
      ).rows
      for row in rows.sorted(by: { $0.integer(MessageColumn.id) < $1.integer(MessageColumn.id) }) {
        try chain.append(.excluded, at: now, message: row, ReceiptWords(reason: reason.receiptText))
      }
    }
  }
}

extension PostgresConnection {
  /// The customers of a followed campaign for whom nothing is left to do, by their ids.
  func needless(in followed: Int64) throws -> [String: ExclusionReason] {
    let reached = try run(
      """
      SELECT DISTINCT ref FROM calls JOIN customers ON customers.id = calls.customer
      WHERE calls.campaign = $1 AND outcome = 'reached'
      """, [.integer(followed)]
    ).rows.map { $0.text(0) ?? "" }
    let safe = MailboxBook(readAt: [:], mailboxes: try mailboxes(of: followed).map(\.record)).safeCustomers
    return Dictionary(
      reached.map { ($0, .reached) } + safe.map { ($0, .safe) }, uniquingKeysWith: { first, _ in first })
  }
}
