import GRDB
import GRDBSQLite

/// Moves the log's pages into the database once there are many, as SQLite does by itself, but without hiding a failure.
///
/// SQLite's own automatic checkpoint ignores every error, and the next one syncs the same descriptor again, which may
/// then succeed without the data; the log is written over, and a part of the database is lost. Here the change that
/// found the log long throws (it is in the log, and durable), and after an I/O error the store writes no more.
///
/// Used on the writing connection's queue only, hence `@unchecked`.
final class WALCheckpoint: @unchecked Sendable {
  private let limit: Int32
  /// Pages in the log after the last commit.
  private var pages: Int32 = 0

  /// `limit`: pages of 4 KB.
  init(every limit: Int32) { self.limit = limit }

  /// Takes the place of SQLite's automatic checkpoint. The value must live as long as the connection is used.
  func watch(_ database: Database) {
    sqlite3_wal_hook(
      database.sqliteConnection,
      { value, _, _, pages in
        if let value { Unmanaged<WALCheckpoint>.fromOpaque(value).takeUnretainedValue().pages = pages }
        return SQLITE_OK
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  /// The log is long enough.
  var isDue: Bool { pages >= limit }

  /// Checkpoints after a commit.
  func run(_ database: Database) throws {
    let code = sqlite3_wal_checkpoint_v2(database.sqliteConnection, "main", SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    // A reader is in the way: the next commit tries again.
    if code & 0xFF == SQLITE_BUSY { return }
    guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    pages = 0
  }
}
