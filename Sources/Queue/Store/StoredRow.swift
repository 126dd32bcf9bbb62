package import Foundation
package import Receipts

/// One row that a store has read; its columns are counted from 0.
///
/// Numbers, times and yes or no are whole numbers of eight bytes, whatever the store is made of.
package protocol StoredRow {
  func isNull(_ column: Int32) -> Bool
  /// 0 for NULL.
  func integer(_ column: Int32) -> Int64
  /// The bytes of a column of text or bytes, valid until the closure returns; none for NULL.
  func withBytes<T>(_ column: Int32, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T
}

extension StoredRow {
  package func milliseconds(_ column: Int32) -> Milliseconds? {
    isNull(column) ? nil : Milliseconds(integer(column))
  }

  package func text(_ column: Int32) -> String? {
    isNull(column) ? nil : withBytes(column) { String(decoding: $0, as: UTF8.self) }
  }

  package func blob(_ column: Int32) -> [UInt8] { withBytes(column) { Array($0) } }

  package func data(_ column: Int32) -> Data { withBytes(column) { Data($0) } }
}
