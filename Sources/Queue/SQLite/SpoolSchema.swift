import GRDB

/// The tables of `queue.sqlite` and their history.
///
/// Each migration takes the file from one `user_version` to the next, in one transaction, and is never edited once it
/// was released. SQLite itself guards what must never break: the CHECK constraints what a state implies, the triggers
/// which state may follow which (the same table as ``MessageState/canBecome(_:)``) and the tallies.
enum SpoolSchema {
  /// "EILB": marks the file as ours (`PRAGMA application_id`).
  static let applicationID: Int32 = 0x4549_4C42

  static var version: Int { migrations.count }

  /// The row of a receipt.
  static func receipt(_ campaign: Int64, _ seq: Int64) -> Int64 { campaign << 40 + seq }

  static func migrate(_ database: Database, from found: Int) throws {
    for (index, migration) in migrations.enumerated().dropFirst(found) {
      try database.execute(sql: migration)
      try database.execute(sql: "PRAGMA user_version = \(index + 1)")
    }
    try database.execute(sql: "PRAGMA application_id = \(applicationID)")
  }

  static let migrations = [
    format1, format2, format3, format4, format5, format6, format7, format8, format9, format10, format11,
  ]
}
