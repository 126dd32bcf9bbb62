public import Foundation
import GRDB
import Receipts

/// Letters outside of the campaigns, which have places in the relays' limits all the same.
extension SQLiteStore {
  public func takePlace(
    of scopes: [LimitScope], at moment: Date, since: Date, on clock: ClockBase,
    if isFree: @escaping @Sendable (_ past: [Date]) -> Bool
  ) async throws -> Bool {
    try await write(as: .control) { database in
      let past = try scopes.flatMap { try Self.use(of: $0, since: since, on: clock, database) }.sorted()
      guard isFree(past), let scope = scopes.first else { return false }
      try database.execute(
        sql: "INSERT INTO test_letters (scope, at, boot, even, wall) VALUES (?, ?, ?, ?, ?)",
        arguments: [
          scope.key, Milliseconds(moment).value, clock.boot, Milliseconds(clock.even).value,
          Milliseconds(clock.wall).value,
        ])
      return true
    }
  }

  public func testLetters(
    of scope: LimitScope, after number: Int64, on clock: ClockBase
  ) async throws -> [CountedTestLetter] {
    try await read { try Self.testLetters(of: scope, after: number, on: clock, $0) }
  }

  static func testLetters(
    of scope: LimitScope, after number: Int64, on clock: ClockBase, _ database: Database
  ) throws -> [CountedTestLetter] {
    try Row.fetchAll(
      database,
      sql: "SELECT number, at, boot, even, wall FROM test_letters WHERE scope = ? AND number > ? ORDER BY number",
      arguments: [scope.key, number]
    ).map { row in
      CountedTestLetter(
        number: row["number"], at: clock.moment(Milliseconds(row["at"] as Int64).date, of: Self.base(of: row)))
    }
  }
}
