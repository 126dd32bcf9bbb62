public import Foundation
public import Queue
import Receipts

/// The use of limits, and what was learned of those who have them.
extension PostgresStore {
  public func openUse(
    on clock: ClockBase, keeping scopes: [LimitScope: TimeInterval], at now: Date
  ) async throws -> Int64 {
    try await write { transaction in
      let connection = transaction.connection
      try transaction.lockLimits()
      for (scope, seconds) in scopes { try transaction.keep(scope, for: seconds) }
      for known in try connection.clocks() {
        // What is of no use to any limit any more.
        let here = Milliseconds(known.base.moment(now, of: clock))
        try connection.run(
          """
          DELETE FROM limit_use USING limit_scopes
          WHERE limit_scopes.id = limit_use.scope AND clock = $1 AND at < $2 - kept
          """, [.integer(known.id), .time(here)])
      }
      try connection.run(
        """
        DELETE FROM limit_clocks WHERE id NOT IN (SELECT clock FROM learned_limits)
          AND NOT EXISTS (SELECT 1 FROM limit_use WHERE limit_use.clock = limit_clocks.id)
        """)
      let added = try connection.run(
        "INSERT INTO limit_clocks (boot, even, wall) VALUES ($1, $2, $3) RETURNING id",
        [.text(clock.boot), .time(clock.even), .time(clock.wall)])
      return added.first?.integer(0) ?? 0
    }
  }

  public func use(of scope: LimitScope, since: Date, on clock: ClockBase) async throws -> [Date] {
    try await read { try $0.use(of: scope, since: since, on: clock) }
  }

  public func keep(_ learned: [LearnedLimits], clock: Int64, as base: ClockBase) async throws {
    try await write { transaction in
      let connection = transaction.connection
      try connection.run(
        "UPDATE limit_clocks SET wall = $1 WHERE id = $2", [.time(base.wall), .integer(clock)])
      func span(_ seconds: TimeInterval?) -> PostgresValue {
        .integer(seconds.map { Int64(($0 * 1000).rounded()) })
      }
      for limits in learned {
        try transaction.keep(limits.scope)
        try connection.run(
          """
          INSERT INTO learned_limits (scope, clock, pace, pace_at, pace_lasts, connections, connections_at,
            connections_lasts, letters, letters_at, letters_lasts)
          SELECT id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM limit_scopes WHERE scope = $1
          ON CONFLICT (scope) DO UPDATE SET clock = excluded.clock, pace = excluded.pace, pace_at = excluded.pace_at,
            pace_lasts = excluded.pace_lasts, connections = excluded.connections,
            connections_at = excluded.connections_at, connections_lasts = excluded.connections_lasts,
            letters = excluded.letters, letters_at = excluded.letters_at, letters_lasts = excluded.letters_lasts
          """,
          [
            .text(limits.scope.key), .integer(clock), .real(limits.pace?.value), .time(limits.pace?.at),
            span(limits.pace?.lasts), .integer(limits.connections?.value), .time(limits.connections?.at),
            span(limits.connections?.lasts), .integer(limits.letters?.value), .time(limits.letters?.at),
            span(limits.letters?.lasts),
          ])
      }
    }
  }

  public func learned(of scope: LimitScope, on clock: ClockBase) async throws -> LearnedLimits? {
    try await read { connection in
      let found = try connection.run(
        """
        SELECT boot, even, wall, pace, pace_at, pace_lasts, connections, connections_at, connections_lasts, letters,
          letters_at, letters_lasts
        FROM learned_limits JOIN limit_clocks ON limit_clocks.id = clock
        WHERE scope = (SELECT id FROM limit_scopes WHERE scope = $1)
        """, [.text(scope.key)])
      guard let row = found.first else { return nil }
      func learned<Value>(_ column: Int32, _ value: (PostgresRow) -> Value) -> LearnedLimits.Learned<Value>? {
        guard !row.isNull(column), let at = row.milliseconds(column + 1) else { return nil }
        return .init(value(row), at: at.date, lasts: Double(row.integer(column + 2)) / 1000)
      }
      let base = ClockBase(row: row, from: 0)
      return LearnedLimits(
        scope: scope, pace: learned(3) { $0.real(3) ?? 0 }, connections: learned(6) { Int($0.integer(6)) },
        letters: learned(9) { Int($0.integer(9)) }
      ).moved { clock.moment($0, of: base) }
    }
  }

  public func takePlace(
    of scopes: [LimitScope], at moment: Date, since: Date, on clock: ClockBase,
    if isFree: @escaping @Sendable (_ past: [Date]) -> Bool
  ) async throws -> Bool {
    try await writeBeside { transaction in
      let connection = transaction.connection
      try transaction.lockLimits()
      let past = try scopes.flatMap { try connection.use(of: $0, since: since, on: clock) }.sorted()
      guard isFree(past), let scope = scopes.first else { return false }
      try connection.run(
        "INSERT INTO test_letters (scope, at, boot, even, wall) VALUES ($1, $2, $3, $4, $5)",
        [.text(scope.key), .time(moment), .text(clock.boot), .time(clock.even), .time(clock.wall)])
      return true
    }
  }

  public func testLetters(
    of scope: LimitScope, after number: Int64, on clock: ClockBase
  ) async throws -> [CountedTestLetter] {
    try await read { try $0.testLetters(of: scope, after: number, on: clock) }
  }
}

extension PostgresConnection {
  fileprivate func clocks() throws -> [(id: Int64, base: ClockBase)] {
    try run("SELECT boot, even, wall, id FROM limit_clocks").rows.map { ($0.integer(3), ClockBase(row: $0, from: 0)) }
  }

  /// The letters of campaigns and the test letters.
  fileprivate func use(of scope: LimitScope, since: Date, on clock: ClockBase) throws -> [Date] {
    var times = try testLetters(of: scope, after: 0, on: clock).map(\.at).filter { $0 >= since }
    for known in try clocks() {
      let rows = try run(
        """
        SELECT at, count FROM limit_use
        WHERE scope = (SELECT id FROM limit_scopes WHERE scope = $1) AND clock = $2 AND at >= $3 ORDER BY at
        """, [.text(scope.key), .integer(known.id), .time(known.base.moment(since, of: clock))]
      ).rows
      for row in rows {
        let time = clock.moment(Milliseconds(row.integer(0)).date, of: known.base)
        for _ in 0..<row.integer(1) { times.append(time) }
      }
    }
    return times.sorted()
  }

  fileprivate func testLetters(
    of scope: LimitScope, after number: Int64, on clock: ClockBase
  ) throws -> [CountedTestLetter] {
    try run(
      "SELECT boot, even, wall, number, at FROM test_letters WHERE scope = $1 AND number > $2 ORDER BY number",
      [.text(scope.key), .integer(number)]
    ).rows.map { row in
      CountedTestLetter(
        number: row.integer(3), at: clock.moment(Milliseconds(row.integer(4)).date, of: ClockBase(row: row, from: 0)))
    }
  }
}

extension ClockBase {
  /// From the columns `boot`, `even` and `wall`.
  fileprivate init(row: PostgresRow, from column: Int32) {
    self.init(
      boot: row.text(column), even: Milliseconds(row.integer(column + 1)).date,
      wall: Milliseconds(row.integer(column + 2)).date)
  }
}
