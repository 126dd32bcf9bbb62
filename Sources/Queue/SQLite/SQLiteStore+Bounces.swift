import FaultPoints
import Foundation
import GRDB
import Mail
import Receipts

extension SQLiteStore {
  public func record(_ bounces: [BounceRecord], in campaign: Int64) async throws -> [BounceResult] {
    let results = try await writeReceipts { transaction in
      _ = try Self.unpurged(campaign, transaction.database)
      let results = try bounces.map { try Self.record($0, in: campaign, transaction) }
      FaultPoint.bouncesUncommitted.reached()
      return results
    }
    if results.contains(.recorded) { FaultPoint.bouncesCommitted.reached() }
    return results
  }

  private static func record(
    _ bounce: BounceRecord, in campaign: Int64, _ transaction: Transaction
  ) throws -> BounceResult {
    let database = transaction.database
    let word = try String.fetchOne(
      database, sql: "SELECT state FROM messages WHERE id = ? AND campaign = ?", arguments: [bounce.message, campaign])
    guard let state = word.flatMap(MessageState.init) else { return .noMessage }
    guard state == .accepted else { return .notAccepted(state) }
    let isKnown = try Bool.fetchOne(
      database, sql: "SELECT EXISTS (SELECT 1 FROM bounces WHERE message = ?)", arguments: [bounce.message])
    guard isKnown == false else { return .known }
    try database.execute(
      sql: """
        INSERT OR ROLLBACK INTO bounces (message, campaign, recorded_at, report, cause, permanent, status, reply)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        bounce.message, campaign, Milliseconds(bounce.at).value, Data(bounce.report.bytes), bounce.cause,
        bounce.isPermanent ? 1 : 0, bounce.status, bounce.reply,
      ])
    let row = transaction.statements.message
    row.bind(bounce.message, at: 1)
    defer { row.reset() }
    guard try row.step() else { throw StoreError.invariant("message \(bounce.message) has gone") }
    try transaction.chain(of: campaign).append(.bounced, at: Milliseconds(bounce.at), message: row, bounce: bounce)
    return .recorded
  }

  public func bounces(in campaign: Int64) async throws -> [Int64: BounceRecord] {
    try await read { database in
      let select = try PreparedStatement("SELECT \(StoredMessage.bounceColumns) WHERE campaign = ?1", in: database)
      select.bind(campaign, at: 1)
      var bounces: [Int64: BounceRecord] = [:]
      while try select.step() {
        let bounce = try StoredMessage.bounce(select)
        bounces[bounce.message] = bounce
      }
      return bounces
    }
  }
}
