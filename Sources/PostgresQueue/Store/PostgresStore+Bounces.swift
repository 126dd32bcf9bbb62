import FaultPoints
import Mail
public import Queue
import Receipts

extension PostgresStore {
  public func record(_ bounces: [BounceRecord], in campaign: Int64) async throws -> [BounceResult] {
    let results = try await writeBeside { transaction in
      _ = try transaction.unpurged(campaign)
      let results = try bounces.map { try Self.record($0, in: campaign, transaction) }
      FaultPoint.bouncesUncommitted.reached()
      return results
    }
    if results.contains(.recorded) { FaultPoint.bouncesCommitted.reached() }
    return results
  }

  private static func record(
    _ bounce: BounceRecord, in campaign: Int64, _ transaction: PostgresTransaction
  ) throws -> BounceResult {
    let connection = transaction.connection
    let word = try connection.run(
      "SELECT state FROM messages WHERE id = $1 AND campaign = $2 FOR UPDATE",
      [.integer(bounce.message), .integer(campaign)]
    ).first?.text(0)
    guard let state = word.flatMap(MessageState.init) else { return .noMessage }
    guard state == .accepted else { return .notAccepted(state) }
    let known = try connection.run("SELECT 1::bigint FROM bounces WHERE message = $1", [.integer(bounce.message)])
    guard known.first == nil else { return .known }
    try connection.run(
      """
      INSERT INTO bounces (message, campaign, recorded_at, report, cause, permanent, status, reply)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
      """,
      [
        .integer(bounce.message), .integer(campaign), .time(bounce.at), .bytes(bounce.report.bytes),
        .text(bounce.cause), .integer(bounce.isPermanent ? 1 : 0), .text(bounce.status), .text(bounce.reply),
      ])
    let rows = try connection.run(
      "SELECT \(PostgresChain.columns) FROM messages WHERE id = $1", [.integer(bounce.message)])
    guard let row = rows.first else { throw StoreError.invariant("message \(bounce.message) has gone") }
    try transaction.chain(of: campaign).append(
      .bounced, at: Milliseconds(bounce.at), message: row, ReceiptWords(bounce: bounce))
    return .recorded
  }

  public func bounces(in campaign: Int64) async throws -> [Int64: BounceRecord] {
    try await read { connection in
      let rows = try connection.run(
        "SELECT \(StoredMessage.bounceColumns) WHERE campaign = $1", [.integer(campaign)]
      ).rows
      return Dictionary(try rows.map { try StoredMessage.bounce($0) }.map { ($0.message, $0) }) { first, _ in first }
    }
  }
}
