import Foundation
import GRDB
import GRDBSQLite
import Receipts

/// One compiled statement, kept for the life of its connection and stepped without detours: the hot path of the store.
///
/// GRDB compiles it and keeps the connection; binding and reading go straight to SQLite, because GRDB's rows and
/// arguments cost more than the statements themselves when each message runs six. The pointers stay in this file.
/// Use it on the connection's own queue only, inside a transaction. Fails by throwing GRDB's `DatabaseError`.
final class PreparedStatement: StoredRow {
  private let statement: Statement
  private let pointer: OpaquePointer

  init(_ sql: String, in database: Database) throws {
    statement = try database.makeStatement(sql: sql)
    pointer = statement.sqliteStatement
  }

  // MARK: Binding, from 1

  func bind(_ value: Int64, at index: Int32) { sqlite3_bind_int64(pointer, index, value) }

  func bind(_ value: Milliseconds, at index: Int32) { sqlite3_bind_int64(pointer, index, value.value) }

  func bind(_ value: Int?, at index: Int32) {
    if let value { sqlite3_bind_int64(pointer, index, Int64(value)) } else { sqlite3_bind_null(pointer, index) }
  }

  func bind(_ text: String?, at index: Int32) {
    guard var text else {
      sqlite3_bind_null(pointer, index)
      return
    }
    text.withUTF8 { utf8 in
      utf8.withMemoryRebound(to: CChar.self) { characters in
        _ =
          characters.isEmpty
          ? sqlite3_bind_text(pointer, index, "", 0, Self.copied)
          : sqlite3_bind_text(pointer, index, characters.baseAddress, Int32(characters.count), Self.copied)
      }
    }
  }

  func bind(blob bytes: [UInt8], at index: Int32) {
    bytes.withUnsafeBytes {
      _ =
        $0.isEmpty
        ? sqlite3_bind_zeroblob(pointer, index, 0)
        : sqlite3_bind_blob(pointer, index, $0.baseAddress, Int32($0.count), Self.copied)
    }
  }

  // MARK: Running

  /// True when a row is there to be read.
  func step() throws -> Bool {
    switch sqlite3_step(pointer) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code:
      let message = String(cString: sqlite3_errmsg(sqlite3_db_handle(pointer)))
      sqlite3_reset(pointer)
      throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
    }
  }

  /// Makes the statement ready for the next use; what was bound stays until it is bound again.
  func reset() { sqlite3_reset(pointer) }

  /// Runs a statement that returns no rows. True when it changed a row.
  @discardableResult
  func run() throws -> Bool {
    defer { reset() }
    while try step() {}
    return sqlite3_changes(sqlite3_db_handle(pointer)) > 0
  }

  // MARK: Reading, from 0

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(pointer, column) == SQLITE_NULL }

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(pointer, column) }

  /// The bytes of a text or blob column, valid until the closure returns.
  func withBytes<T>(_ column: Int32, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
    // sqlite3_column_blob gives a text's UTF-8 as it is stored; the length must be asked for afterwards.
    let start = sqlite3_column_blob(pointer, column)
    return try body(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, column))))
  }

  /// SQLITE_TRANSIENT: SQLite takes its own copy.
  private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
