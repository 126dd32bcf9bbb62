public import Foundation
import GRDB
import Receipts

/// What relays have done with the messages of a campaign.
extension SQLiteStore {
  public func lastAcceptance(through relay: String, in campaign: Int64) async throws -> Date? {
    try await read { database in
      let select = try PreparedStatement(Self.selectLastAcceptance, in: database)
      select.bind(campaign, at: 1)
      select.bind(relay, at: 2)
      return try select.step() ? select.milliseconds(0)?.date : nil
    }
  }

  public func relayTally(in campaign: Int64) async throws -> [RelayTally] {
    try await read { database in
      var found: [RelayTally] = []
      for sql in Self.selectRelayTallies {
        let select = try PreparedStatement(sql, in: database)
        select.bind(campaign, at: 1)
        while try select.step() {
          guard let relay = select.text(0), let state = select.text(1).flatMap(MessageState.init) else { continue }
          found.append(RelayTally(relay: relay, state: state, count: Int(select.integer(2))))
        }
      }
      return found
    }
  }

  static let selectLastAcceptance = """
    SELECT max(changed_at) FROM messages
    WHERE campaign = ?1 AND relay = ?2 AND state = 'accepted' AND resolution IS NOT 'accepted'
    """

  /// Each from a partial index; what is accepted is counted in it alone.
  static let selectRelayTallies = [
    """
    SELECT relay, 'accepted', count(*) FROM messages
    WHERE campaign = ?1 AND state = 'accepted' AND resolution IS NOT 'accepted' GROUP BY relay
    """,
    "SELECT relay, 'deferred', count(*) FROM messages WHERE campaign = ?1 AND state = 'deferred' GROUP BY relay",
    """
    SELECT relay, state, count(*) FROM messages
    WHERE campaign = ?1 AND state IN ('refused', 'expired', 'excluded', 'uncertain', 'cancelled')
      AND state IN ('refused', 'expired', 'uncertain') GROUP BY relay, state
    """,
  ]
}
