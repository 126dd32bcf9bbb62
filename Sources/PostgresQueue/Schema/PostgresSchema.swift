import Queue

/// The tables of a queue in PostgreSQL, in a schema of their own, and their history.
///
/// Each migration takes the schema from one format to the next, in one transaction, and is never edited once it was
/// released. The database itself guards what must never break: the CHECK constraints what a state implies, the triggers
/// which state may follow which (the same table as ``MessageState/canBecome(_:)``) and the tallies.
enum PostgresSchema {
  static var version: Int { migrations.count }

  static let migrations = [format1, format2, format3, format4]

  /// The format that the schema has; 0 when there is none.
  static func found(_ connection: PostgresConnection) throws -> Int {
    // Not by to_regclass: that may answer from a memory that is older than the lock of ``migrate(_:)``.
    let known = try connection.run(
      """
      SELECT c.oid::bigint FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relname = 'format'
      """, [.text(connection.address.schema)])
    guard known.first != nil else { return 0 }
    return Int(try connection.run("SELECT format FROM format").first?.integer(0) ?? 0)
  }

  /// Makes the schema, or brings it up to date; one process at a time. Returns the format it had.
  static func migrate(_ connection: PostgresConnection) throws -> Int {
    let schema = connection.address.schema
    try connection.execute("BEGIN")
    do {
      // Two that begin at once: the second one finds the first one's schema.
      try connection.run("SELECT pg_advisory_xact_lock(hashtext($1))::text", [.text("eilbrief \(schema)")])
      let found = try found(connection)
      guard found <= version else {
        throw StoreError.newerVersion(path: connection.address.place, found: found, known: version)
      }
      if found == 0 {
        try connection.execute("CREATE SCHEMA IF NOT EXISTS \(schema)")
        try connection.execute("CREATE TABLE format (format bigint NOT NULL); INSERT INTO format VALUES (0)")
      }
      for migration in migrations.dropFirst(found) { try connection.execute(migration) }
      if found < version { try connection.run("UPDATE format SET format = $1", [.integer(version)]) }
      try connection.execute("COMMIT")
      return found
    } catch {
      try? connection.execute("ROLLBACK")
      throw error
    }
  }

  /// Fails unless the schema is there in the format of this program.
  static func require(_ connection: PostgresConnection) throws {
    let (found, place) = (try found(connection), connection.address.place)
    if found == 0 { throw StoreError.noQueue(path: place) }
    guard found <= version else { throw StoreError.newerVersion(path: place, found: found, known: version) }
    guard found == version else {
      throw StoreError.unusable(
        path: place,
        reason: "the queue has format \(found), this program wants \(version); `eilbrief queue init` converts it")
    }
  }
}
