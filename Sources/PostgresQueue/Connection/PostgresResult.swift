import CPQ
import Queue

/// What a statement returned. Never changed once it is there, hence `@unchecked`.
final class PostgresResult: @unchecked Sendable {
  private let result: OpaquePointer

  init(_ result: OpaquePointer) { self.result = result }

  deinit { cpq_clear(result) }

  /// Rows that the statement changed, or returned.
  var changed: Int { Int(cpq_changed(result)) }

  var count: Int { Int(cpq_rows(result)) }

  var rows: [PostgresRow] { (0..<count).map { PostgresRow(self, Int32($0)) } }

  var first: PostgresRow? { count > 0 ? PostgresRow(self, 0) : nil }

  fileprivate func isNull(_ row: Int32, _ column: Int32) -> Bool { cpq_is_null(result, row, column) }

  fileprivate func withBytes<T>(
    _ row: Int32, _ column: Int32, _ body: (UnsafeRawBufferPointer) throws -> T
  ) rethrows -> T {
    var length: Int32 = 0
    let start = cpq_value(result, row, column, &length)
    return try withExtendedLifetime(self) {
      try body(UnsafeRawBufferPointer(start: length == 0 ? nil : start, count: Int(length)))
    }
  }
}

/// One row of a result; its whole numbers are `bigint`, its fractions `double precision`.
struct PostgresRow: StoredRow {
  private let result: PostgresResult
  private let row: Int32

  fileprivate init(_ result: PostgresResult, _ row: Int32) {
    self.result = result
    self.row = row
  }

  func isNull(_ column: Int32) -> Bool { result.isNull(row, column) }

  func integer(_ column: Int32) -> Int64 { withBytes(column) { Int64(bitPattern: Self.bits($0)) } }

  func real(_ column: Int32) -> Double? {
    isNull(column) ? nil : withBytes(column) { Double(bitPattern: Self.bits($0)) }
  }

  func withBytes<T>(_ column: Int32, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
    try result.withBytes(row, column, body)
  }

  /// Most significant byte first.
  private static func bits(_ bytes: UnsafeRawBufferPointer) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
