public import Foundation
import GRDB
import Mail
import Receipts

/// Letters outside of the campaigns, which have places in the relays' limits all the same.
extension SQLiteStore {
  public func takePlace(
    of relay: String, at moment: Date, since: Date, if isFree: @escaping @Sendable (_ past: [Date]) -> Bool
  ) async throws -> Bool {
    let (at, since) = (Milliseconds(moment), Milliseconds(since))
    return try await write(as: .control) { database in
      guard isFree(try Self.use(of: relay, since: since, database)) else { return false }
      try database.execute(
        sql: "INSERT INTO test_letters (relay, at) VALUES (?, ?)", arguments: [relay, at.value])
      return true
    }
  }

  public func testLetters(through relay: String, after number: Int64) async throws -> [CountedTestLetter] {
    try await read { database in
      let select = try PreparedStatement(
        "SELECT number, at FROM test_letters WHERE relay = ?1 AND number > ?2 ORDER BY number", in: database)
      select.bind(relay, at: 1)
      select.bind(number, at: 2)
      var letters: [CountedTestLetter] = []
      while try select.step() {
        letters.append(
          CountedTestLetter(number: select.integer(0), at: Milliseconds(select.integer(1)).date))
      }
      return letters
    }
  }
}
