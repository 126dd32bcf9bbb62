import Foundation
import GRDB
import Receipts

/// Where receiving domains' mail goes.
extension SQLiteStore {
  public func mailPlaces(in campaign: Int64) async throws -> [MailPlace] {
    try await read { database in
      let select = try PreparedStatement(
        "SELECT domain, exchangers, at FROM mail_places WHERE campaign = ?1 ORDER BY domain", in: database)
      select.bind(campaign, at: 1)
      var places: [MailPlace] = []
      while try select.step() {
        places.append(
          MailPlace(
            domain: select.text(0) ?? "", exchangers: select.text(1)?.split(separator: " ").map(String.init),
            at: Milliseconds(select.integer(2)).date))
      }
      return places
    }
  }

  public func keep(_ places: [MailPlace], in campaign: Int64) async throws {
    try await write { transaction in
      _ = try Self.unpurged(campaign, transaction.database)
      for place in places {
        try transaction.database.execute(
          sql: "INSERT OR REPLACE INTO mail_places (campaign, domain, exchangers, at) VALUES (?, ?, ?, ?)",
          arguments: [
            campaign, place.domain, place.exchangers?.joined(separator: " "), Milliseconds(place.at).value,
          ])
      }
    }
  }
}
