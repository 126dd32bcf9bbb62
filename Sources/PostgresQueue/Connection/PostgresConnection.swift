import CPQ
import Foundation
import Queue

/// One connection to the database, with the statements that were prepared on it.
///
/// Every call blocks, for as long as the limits of ``PostgresAddress`` allow, and throws ``PostgresFault``. Used by one
/// thread at a time, hence `@unchecked`. A connection that was lost stays lost.
final class PostgresConnection: @unchecked Sendable {
  let address: PostgresAddress
  private let connection: OpaquePointer
  /// The names of prepared statements by their text.
  private var prepared: [String: String] = [:]

  init(_ address: PostgresAddress, password: String?) throws {
    self.address = address
    let settings = address.settings(password: password)
    var pairs: [UInt8] = []
    for text in settings.flatMap({ [$0.key, $0.value] }) { pairs += Array(text.utf8) + [0] }
    let made = pairs.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer {
      cpq_connect($0.baseAddress, Int32(settings.count))
    }
    guard let made else { throw PostgresFault.lost("no memory") }
    connection = made
    guard isConnected else { throw PostgresFault.connecting(String(cString: cpq_fault(made)), to: address) }
  }

  deinit { cpq_close(connection) }

  var isConnected: Bool { cpq_is_connected(connection) }
  /// As 150018.
  var serverVersion: Int { Int(cpq_version(connection)) }
  /// The server's process for this connection.
  var backend: Int64 { Int64(cpq_backend(connection)) }

  /// A setting that the server reports by itself.
  func parameter(_ name: String) -> String? { cpq_parameter(connection, name).map { String(cString: $0) } }

  /// Runs statements without parameters.
  func execute(_ sql: String) throws { _ = try checked(cpq_execute(connection, sql)) }

  /// Runs a statement with parameters `$1`, `$2` …; it is prepared when it is first used.
  @discardableResult
  func run(_ sql: String, _ values: [PostgresValue] = []) throws -> PostgresResult {
    let parameters = PostgresParameters(values)
    let name = try prepare(sql, parameters)
    return try checked(
      cpq_run(connection, name, parameters.bytes, parameters.lengths, parameters.types, parameters.count))
  }

  /// Runs statements one after another without waiting for each: their results in order. When one fails, those after it
  /// are not looked at, and the fault names the one that failed.
  func run(_ statements: [PostgresStatement]) throws -> [PostgresResult] {
    var results: [PostgresResult] = []
    results.reserveCapacity(statements.count)
    var start = 0
    while start < statements.count {
      // The server may have to wait with its answers until all is sent: they must fit into the buffers between.
      var (end, bytes) = (start, 0)
      var batch: [(name: String, parameters: PostgresParameters)] = []
      while end < statements.count, batch.count < Self.pipelined, bytes < Self.pipelinedBytes {
        let parameters = PostgresParameters(statements[end].values)
        batch.append((try prepare(statements[end].sql, parameters), parameters))
        bytes += parameters.bytes.count
        end += 1
      }
      do {
        results += try pipeline(batch)
      } catch let fault as PostgresFault {
        throw fault.after(start)
      }
      start = end
    }
    return results
  }

  private static let pipelined = 128
  private static let pipelinedBytes = 1 << 18

  private func pipeline(_ batch: [(name: String, parameters: PostgresParameters)]) throws -> [PostgresResult] {
    guard cpq_begin_pipeline(connection) else { throw lost }
    for (name, parameters) in batch {
      guard
        cpq_send(connection, name, parameters.bytes, parameters.lengths, parameters.types, parameters.count)
      else { throw lost }
    }
    guard cpq_finish(connection) else { throw lost }
    var results: [PostgresResult] = []
    var fault: PostgresFault?
    while let result = cpq_next(connection) {
      if cpq_is_done(result) || cpq_was_skipped(result) {
        results.append(PostgresResult(result))
      } else {
        fault = fault ?? PostgresFault(result).after(results.count)
        cpq_clear(result)
      }
    }
    guard isConnected, cpq_end_pipeline(connection) else { throw lost }
    if let fault { throw fault }
    guard results.count == batch.count else { throw lost }
    return results
  }

  private func prepare(_ sql: String, _ parameters: PostgresParameters) throws -> String {
    if let name = prepared[sql] { return name }
    let name = "s\(prepared.count)"
    _ = try checked(cpq_prepare(connection, name, sql, parameters.types, parameters.count))
    prepared[sql] = name
    return name
  }

  private func checked(_ result: OpaquePointer?) throws -> PostgresResult {
    guard let result else { throw lost }
    if cpq_is_done(result) { return PostgresResult(result) }
    defer { cpq_clear(result) }
    throw isConnected ? PostgresFault(result) : lost
  }

  private var lost: PostgresFault { .lost("the connection to the server is lost") }
}

/// A statement with its parameters.
struct PostgresStatement {
  var sql: String
  var values: [PostgresValue]

  init(_ sql: String, _ values: [PostgresValue]) {
    self.sql = sql
    self.values = values
  }
}
