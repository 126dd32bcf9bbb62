import Queue

/// What a server must be for the promises of a queue to hold.
enum PostgresServer {
  private static let oldest = 130_000

  static func requireReadable(_ connection: PostgresConnection) throws {
    func refuse(_ reason: String) -> StoreError { .unusable(path: connection.address.place, reason: reason) }
    guard connection.serverVersion >= oldest else {
      throw refuse("the server has version \(connection.serverVersion / 10_000); a queue needs PostgreSQL 13 or later")
    }
    guard connection.parameter("server_encoding") == "UTF8" else {
      throw refuse("the database is not encoded in UTF8; make one with `createdb --encoding=UTF8 --template=template0`")
    }
  }

  /// A commit that was answered must be on disk.
  static func requireDurable(_ connection: PostgresConnection) throws {
    let place = connection.address.place
    let settings = try connection.run(
      """
      SELECT current_setting('synchronous_commit'), current_setting('fsync'), current_setting('full_page_writes'),
        pg_is_in_recovery()::int::bigint
      """)
    guard let row = settings.first else { throw StoreError.invariant("the server has no settings") }
    guard row.integer(3) == 0 else {
      throw StoreError.unusable(path: place, reason: "this server is a standby; name the primary one")
    }
    let names = ["synchronous_commit", "fsync", "full_page_writes"]
    for (column, name) in names.enumerated() {
      let value = row.text(Int32(column)) ?? ""
      guard value == "on" || (column == 0 && value == "remote_apply") else {
        throw StoreError.unusable(
          path: place,
          reason: "“\(name)” is “\(value)” on this server: a crash could lose what was sent; set it to “on”")
      }
    }
  }
}
