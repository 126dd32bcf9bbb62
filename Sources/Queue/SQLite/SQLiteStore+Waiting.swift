public import Campaigns
public import Foundation
import GRDB
import Receipts

extension SQLiteStore {
  public func makeDue(in campaign: Int64, customer: String?, at now: Date) async throws -> Int {
    let now = Milliseconds(now).value
    return try await write { transaction in
      _ = try Self.unpurged(campaign, transaction.database)
      try transaction.database.execute(
        sql: """
          UPDATE messages SET due_at = min(due_at, ?2), give_up_from = ?2
          WHERE campaign = ?1 AND state = 'deferred'
            AND (?3 IS NULL OR customer = (SELECT id FROM customers WHERE campaign = ?1 AND ref = ?3))
          """, arguments: [campaign, now, customer])
      return transaction.database.changesCount
    }
  }

  public func reschedule(
    in campaign: Int64, by schedule: RetrySchedule,
    _ due: @escaping @Sendable (_ message: DeferredMessage, _ old: RetrySchedule?) -> Date
  ) async throws -> Int {
    try await write { transaction in
      _ = try Self.unpurged(campaign, transaction.database)
      let text = StoredRetrySchedule.text(schedule)
      let kept = try String.fetchOne(
        transaction.database, sql: "SELECT retry FROM campaigns WHERE id = ?", arguments: [campaign])
      if kept == text { return 0 }
      try transaction.database.execute(
        sql: "UPDATE campaigns SET retry = ? WHERE id = ?", arguments: [text, campaign])
      let old = kept.flatMap(StoredRetrySchedule.read)
      return try Self.forEachDeferred(in: campaign, transaction) { message in due(message, old) }
    }
  }

  /// Gives every deferred message the due time that `due` returns. Returns the number of those that had another.
  private static func forEachDeferred(
    in campaign: Int64, _ transaction: Transaction, _ due: (DeferredMessage) -> Date
  ) throws -> Int {
    // In the order of their numbers: the order of the index changes with every update.
    let select = try PreparedStatement(
      """
      SELECT id, attempts, due_at, changed_at, coalesce(give_up_from, first_attempt_at) FROM messages NOT INDEXED
      WHERE id > ?2 AND campaign = ?1 AND state = 'deferred' ORDER BY id LIMIT 1000
      """, in: transaction.database)
    let update = try PreparedStatement(
      "UPDATE OR ROLLBACK messages SET due_at = ?2 WHERE id = ?1 AND due_at <> ?2", in: transaction.database)
    select.bind(campaign, at: 1)
    var changed = 0
    var last: Int64 = 0
    while true {
      select.bind(last, at: 2)
      var page: [(id: Int64, due: Milliseconds)] = []
      while try select.step() {
        let message = DeferredMessage(
          attempts: Int(select.integer(1)), dueAt: Milliseconds(select.integer(2)).date,
          deferredAt: Milliseconds(select.integer(3)).date, giveUpFrom: Milliseconds(select.integer(4)).date)
        page.append((select.integer(0), Milliseconds(due(message))))
      }
      select.reset()
      for (id, due) in page {
        update.bind(id, at: 1)
        update.bind(due, at: 2)
        if try update.run() { changed += 1 }
      }
      guard let end = page.last?.id else { return changed }
      last = end
    }
  }
}
