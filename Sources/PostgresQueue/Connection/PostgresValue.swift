import CPQ
import Foundation
import Queue
import Receipts

/// A parameter of a statement, with its type: an absent value has one too.
enum PostgresValue {
  case integer(Int64?)
  case text(String?)
  case bytes([UInt8]?)
  case real(Double?)
  case integers([Int64])

  static func integer(_ value: Int?) -> PostgresValue { .integer(value.map { Int64($0) }) }
  static func time(_ value: Milliseconds?) -> PostgresValue { .integer(value?.value) }
  static func time(_ date: Date?) -> PostgresValue { .integer(date.map { Milliseconds($0).value }) }

  var type: UInt32 {
    switch self {
    case .integer: cpq_integer.rawValue
    case .text: cpq_text.rawValue
    case .bytes: cpq_bytes.rawValue
    case .real: cpq_real.rawValue
    case .integers: cpq_integers.rawValue
    }
  }

  /// What is sent; nil for NULL. PostgreSQL's texts cannot hold U+0000, which no text of ours needs: U+FFFD stands in its
  /// place.
  fileprivate var encoded: [UInt8]? {
    switch self {
    case .integer(let value): value.map { Array(String($0).utf8) }
    case .text(let value): value.map { $0.utf8.contains(0) ? Self.withoutZeros($0) : Array($0.utf8) }
    case .bytes(let value): value
    case .real(let value): value.map { Array("\($0)".utf8) }
    case .integers(let values): Array("{\(values.map(String.init).joined(separator: ","))}".utf8)
    }
  }

  private static func withoutZeros(_ text: String) -> [UInt8] {
    Array(String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value == 0 ? "\u{FFFD}" : $0 })).utf8)
  }
}

/// The parameters of one statement in the form in which ``CPQ`` takes them.
struct PostgresParameters {
  private(set) var bytes: [UInt8] = []
  private(set) var lengths: [Int32] = []
  private(set) var types: [UInt32] = []
  var count: Int32 { Int32(lengths.count) }

  init(_ values: [PostgresValue]) {
    precondition(values.count <= cpq_parameters_at_most, "a statement has too many parameters")
    for value in values {
      types.append(value.type)
      guard let encoded = value.encoded else {
        lengths.append(-1)
        continue
      }
      lengths.append(Int32(encoded.count))
      bytes += encoded
      bytes.append(0)
    }
    if bytes.isEmpty { bytes.append(0) }
  }
}
