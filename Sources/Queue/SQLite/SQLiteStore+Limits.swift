public import Foundation
import GRDB
import Receipts

/// The use of limits, and what was learned of those who have them.
extension SQLiteStore {
  public func openUse(
    on clock: ClockBase, keeping scopes: [LimitScope: TimeInterval], at now: Date
  ) async throws -> Int64 {
    try await write { transaction in
      for (scope, seconds) in scopes { try transaction.keep(scope, for: seconds) }
      let database = transaction.database
      for known in try Self.clocks(database) {
        // What is of no use to any limit any more.
        let here = Milliseconds(known.base.moment(now, of: clock))
        try database.execute(
          sql: """
            DELETE FROM limit_use WHERE scope IN (SELECT id FROM limit_scopes) AND clock = ?1
              AND at < ?2 - (SELECT kept FROM limit_scopes WHERE id = limit_use.scope)
            """, arguments: [known.id, here.value])
      }
      try database.execute(
        sql: """
          DELETE FROM limit_clocks WHERE id NOT IN (SELECT clock FROM learned_limits)
            AND NOT EXISTS (SELECT 1 FROM limit_scopes JOIN limit_use ON limit_use.scope = limit_scopes.id
              AND limit_use.clock = limit_clocks.id)
          """)
      try database.execute(
        sql: """
          INSERT INTO limit_clocks (id, boot, even, wall)
          VALUES ((SELECT max(coalesce(max(id), 0), 1) + 1 FROM limit_clocks), ?1, ?2, ?3)
          """, arguments: [clock.boot, Milliseconds(clock.even).value, Milliseconds(clock.wall).value])
      return database.lastInsertedRowID
    }
  }

  public func use(of scope: LimitScope, since: Date, on clock: ClockBase) async throws -> [Date] {
    try await read { database in
      var times: [Date] = []
      let select = try PreparedStatement(
        """
        SELECT at, count FROM limit_use
        WHERE scope = (SELECT id FROM limit_scopes WHERE scope = ?1) AND clock = ?2 AND at >= ?3 ORDER BY at
        """, in: database)
      for known in try Self.clocks(database) {
        select.bind(scope.key, at: 1)
        select.bind(known.id, at: 2)
        select.bind(Milliseconds(known.base.moment(since, of: clock)), at: 3)
        while try select.step() {
          let time = clock.moment(Milliseconds(select.integer(0)).date, of: known.base)
          for _ in 0..<select.integer(1) { times.append(time) }
        }
        select.reset()
      }
      return times.sorted()
    }
  }

  public func keep(_ learned: [LearnedLimits], clock: Int64, as base: ClockBase) async throws {
    try await write { transaction in
      let database = transaction.database
      try database.execute(
        sql: "UPDATE limit_clocks SET wall = ? WHERE id = ?", arguments: [Milliseconds(base.wall).value, clock])
      for limits in learned {
        try transaction.keep(limits.scope)
        func time(_ date: Date?) -> Int64? { date.map { Milliseconds($0).value } }
        func span(_ seconds: TimeInterval?) -> Int64? { seconds.map { Int64(($0 * 1000).rounded()) } }
        try database.execute(
          sql: """
            INSERT OR REPLACE INTO learned_limits (scope, clock, pace, pace_at, pace_lasts, connections, connections_at,
              connections_lasts, letters, letters_at, letters_lasts)
            SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 FROM limit_scopes WHERE scope = ?1
            """,
          arguments: [
            limits.scope.key, clock, limits.pace?.value, time(limits.pace?.at), span(limits.pace?.lasts),
            limits.connections?.value, time(limits.connections?.at), span(limits.connections?.lasts),
            limits.letters?.value, time(limits.letters?.at), span(limits.letters?.lasts),
          ])
      }
    }
  }

  public func learned(of scope: LimitScope, on clock: ClockBase) async throws -> LearnedLimits? {
    try await read { database in
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT learned_limits.*, boot, even, wall FROM learned_limits JOIN limit_clocks ON limit_clocks.id = clock
          WHERE scope = (SELECT id FROM limit_scopes WHERE scope = ?)
          """, arguments: [scope.key])
      guard let row else { return nil }
      func value<Value: DatabaseValueConvertible & Sendable & Hashable>(_ name: String) -> LearnedLimits.Learned<Value>?
      {
        guard let value = row[name] as Value?, let at = row[name + "_at"] as Int64?,
          let lasts = row[name + "_lasts"] as Int64?
        else { return nil }
        return .init(value, at: Milliseconds(at).date, lasts: Double(lasts) / 1000)
      }
      let base = Self.base(of: row)
      return LearnedLimits(
        scope: scope, pace: value("pace"), connections: value("connections"), letters: value("letters")
      ).moved { clock.moment($0, of: base) }
    }
  }

  private static func clocks(_ database: Database) throws -> [(id: Int64, base: ClockBase)] {
    try Row.fetchAll(database, sql: "SELECT id, boot, even, wall FROM limit_clocks").map { ($0["id"], base(of: $0)) }
  }

  private static func base(of row: Row) -> ClockBase {
    let (even, wall): (Int64, Int64) = (row["even"], row["wall"])
    return ClockBase(boot: row["boot"], even: Milliseconds(even).date, wall: Milliseconds(wall).date)
  }
}
