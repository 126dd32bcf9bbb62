public import Foundation
import GRDB
import Receipts

extension SQLiteStore {
  public func uncertain(in campaign: Int64) async throws -> [UncertainMessage] {
    try await read { database in
      let select = try PreparedStatement(
        """
        SELECT \(StoredMessage.uncertainColumns)
        FROM messages AS m JOIN customers AS c ON c.id = m.customer
        WHERE m.campaign = ?1 AND m.state = 'uncertain' ORDER BY m.id
        """, in: database)
      select.bind(campaign, at: 1)
      var messages: [UncertainMessage] = []
      while try select.step() { messages.append(try StoredMessage.uncertain(select)) }
      return messages
    }
  }

  public func settle(_ settlements: [Settlement], in campaign: Int64, at now: Date) async throws -> [Int64] {
    let now = Milliseconds(now)
    return try await write { transaction in
      _ = try Self.unpurged(campaign, transaction.database)
      var settled: [Int64] = []
      for settlement in settlements {
        try Self.requireSendable(settlement.resolution, in: campaign, transaction)
        let update = transaction.statements.settling(as: settlement.resolution)
        update.bind(now, at: 2)
        update.bind(settlement.fence, at: 3)
        let isSettled = try transaction.change(settlement.message, by: update) { row in
          guard row.integer(MessageColumn.campaign) == campaign else {
            throw StoreError.invariant("message \(settlement.message) is not of campaign \(campaign)")
          }
          try transaction.chain(of: campaign)
            .append(
              .resolved, at: now, message: row, resolution: settlement.resolution, evidence: settlement.evidence)
        }
        if isSettled { settled.append(settlement.message) }
      }
      return settled
    }
  }
}
