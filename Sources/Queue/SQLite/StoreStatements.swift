import GRDB
import Receipts

/// The statements that run once per message, compiled once per connection.
final class StoreStatements {
  let claim: PreparedStatement
  let record: PreparedStatement
  let exclude: PreparedStatement
  let needless: PreparedStatement
  let recover: PreparedStatement
  let expire: PreparedStatement
  let cancel: PreparedStatement
  let settle: PreparedStatement
  let sendAgain: PreparedStatement
  let reopen: PreparedStatement
  let reopenRefused: PreparedStatement
  let makeDue: PreparedStatement
  let message: PreparedStatement
  /// Id and payload of a customer.
  let customer: PreparedStatement
  /// A row where receipts of the campaign show the domain.
  let readableDomain: PreparedStatement
  let insertCustomer: PreparedStatement
  let insertMessage: PreparedStatement
  let insertReadableDomain: PreparedStatement
  let insertCode: PreparedStatement
  let insertReceipt: PreparedStatement
  let chain: PreparedStatement
  let updateChain: PreparedStatement
  let upsertPace: PreparedStatement
  let prunePace: PreparedStatement
  let insertScope: PreparedStatement
  let upsertUse: PreparedStatement
  let lowerUse: PreparedStatement
  let removeUse: PreparedStatement
  let pruneUse: PreparedStatement
  let lastTestLetter: PreparedStatement

  init(_ database: Database) throws {
    func prepare(_ sql: String) throws -> PreparedStatement { try PreparedStatement(sql, in: database) }
    claim = try prepare(
      """
      UPDATE OR ROLLBACK messages SET state = 'sending', attempts = attempts + 1, fence = fence + 1, resend = 0,
        due_at = NULL, worker = ?3, lease_until = ?4, relay = ?5, sha256 = ?6, first_attempt_at = coalesce(first_attempt_at, ?7),
        give_up_from = CASE WHEN resend = 1 THEN ?7 ELSE give_up_from END, last_attempt_at = ?7, changed_at = ?7, phase = NULL, code = NULL, enhanced = NULL, reply = NULL
      WHERE id = ?1 AND fence = ?2 AND state IN ('queued', 'deferred')
      """)
    record = try prepare(
      """
      UPDATE OR ROLLBACK messages SET state = ?3, worker = NULL, lease_until = NULL, changed_at = ?4, phase = ?5, code = ?6,
        enhanced = ?7, reply = ?8, due_at = ?9
      WHERE id = ?1 AND fence = ?2 AND state = 'sending'
      """)
    needless = try PreparedStatement(NeedlessMessage.select("fence, is_reached", of: "?1"), in: database)
    exclude = try prepare(
      """
      UPDATE OR ROLLBACK messages SET state = 'excluded', fence = fence + 1, resend = 0, due_at = NULL, changed_at = ?3,
        exclusion = ?4, exclusion_detail = ?5
      WHERE id = ?1 AND fence = ?2 AND state IN ('queued', 'deferred')
      """)
    recover = try prepare(
      """
      UPDATE OR ROLLBACK messages SET state = 'uncertain', fence = fence + 1, worker = NULL, lease_until = NULL, changed_at = ?2,
        reply = ?3
      WHERE id = ?1 AND state = 'sending'
      """)
    expire = try prepare(
      """
      UPDATE OR ROLLBACK messages SET state = 'expired', fence = fence + 1, due_at = NULL, changed_at = ?2
      WHERE id = ?1 AND state = 'deferred'
      """)
    cancel = try prepare(
      """
      UPDATE OR ROLLBACK messages SET state = 'cancelled', fence = fence + 1, resend = 0, due_at = NULL, changed_at = ?2
      WHERE id = ?1 AND state IN ('queued', 'deferred')
      """)
    settle = try prepare(
      """
      UPDATE OR ROLLBACK messages SET state = 'accepted', fence = fence + 1, resolution = 'accepted', changed_at = ?2
      WHERE id = ?1 AND state = 'uncertain' AND (?3 IS NULL OR fence = ?3)
      """)
    sendAgain = try prepare(
      """
      UPDATE OR ROLLBACK messages SET state = 'queued', fence = fence + 1, resolution = 'resend', resent = 1, resend = 1,
        changed_at = ?2
      WHERE id = ?1 AND state = 'uncertain' AND (?3 IS NULL OR fence = ?3)
      """)
    let reopening = """
      UPDATE OR ROLLBACK messages SET state = 'queued', fence = fence + 1, resolution = 'reopen', resend = attempts > 0,
        changed_at = ?2
      """
    reopen = try prepare(
      reopening + " WHERE id = ?1 AND state IN ('refused', 'expired') AND (?3 IS NULL OR fence = ?3)")
    reopenRefused = try prepare(
      reopening + """
         WHERE id = ?1 AND state = 'refused' AND fence = ?3
        AND campaign NOT IN (SELECT id FROM campaigns WHERE state = 'cancelled')
        """)
    makeDue = try prepare(
      """
      UPDATE OR ROLLBACK messages SET due_at = min(due_at, ?2) WHERE id = ?1 AND state = 'deferred' AND fence = ?3
      """)
    message = try prepare("SELECT \(MessageColumn.list) FROM messages WHERE id = ?1")
    customer = try prepare("SELECT ref, payload FROM customers WHERE id = ?1")
    readableDomain = try prepare("SELECT 1 FROM readable_domains WHERE campaign = ?1 AND domain = ?2")
    insertCustomer = try prepare(
      """
      INSERT OR ROLLBACK INTO customers (campaign, ref, kind, reasons, calls, payload, id)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
      """)
    insertMessage = try prepare(
      """
      INSERT OR ROLLBACK INTO messages (id, customer, campaign, state, priority, changed_at, customer_hash, recipient_hash,
        recipient, message_id, letter, template, rank)
      VALUES (?1, ?2, ?3, 'queued', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
      """)
    insertReadableDomain = try prepare(
      "INSERT OR ROLLBACK INTO readable_domains (campaign, domain) VALUES (?1, ?2)")
    insertCode = try prepare("INSERT OR ROLLBACK INTO codes (campaign, code, message) VALUES (?1, ?2, ?3)")
    insertReceipt = try prepare("INSERT OR ROLLBACK INTO receipts (id, line) VALUES (?1, ?2)")
    chain = try prepare(
      """
      SELECT \(ReceiptComposer.columns)
      FROM campaigns JOIN chains ON chains.campaign = campaigns.id
      WHERE campaigns.id = ?1
      """)
    updateChain = try prepare("UPDATE OR ROLLBACK chains SET seq = ?2, head = ?3 WHERE campaign = ?1")
    upsertPace = try prepare(
      """
      INSERT INTO pace (campaign, second, outcomes, last_at) VALUES (?1, ?2, ?3, ?4)
      ON CONFLICT DO UPDATE SET outcomes = outcomes + excluded.outcomes, last_at = max(last_at, excluded.last_at)
      """)
    prunePace = try prepare("DELETE FROM pace WHERE campaign = ?1 AND second < ?2")
    insertScope = try prepare(
      "INSERT INTO limit_scopes (scope, kept) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET kept = max(kept, excluded.kept)"
    )
    upsertUse = try prepare(
      """
      INSERT INTO limit_use (scope, clock, at, count) SELECT id, ?2, ?3, ?4 FROM limit_scopes WHERE scope = ?1
      ON CONFLICT DO UPDATE SET count = count + excluded.count
      """)
    let place = "scope = (SELECT id FROM limit_scopes WHERE scope = ?1) AND clock = ?2"
    lowerUse = try prepare("UPDATE limit_use SET count = count - ?4 WHERE \(place) AND at = ?3 AND count > ?4")
    removeUse = try prepare("DELETE FROM limit_use WHERE \(place) AND at = ?3")
    lastTestLetter = try prepare(
      "SELECT number FROM test_letters WHERE scope = ?1 ORDER BY number DESC LIMIT 1")
    pruneUse = try prepare(
      "DELETE FROM limit_use WHERE \(place) AND at < ?3 - (SELECT kept FROM limit_scopes WHERE scope = ?1)")
  }

  /// The statement that settles a message: ?1 is the message, ?2 the time, ?3 the fence it must have, or NULL.
  func settling(as resolution: Resolution) -> PreparedStatement {
    switch resolution {
    case .accepted: settle
    case .resend: sendAgain
    case .reopen: reopen
    }
  }
}
