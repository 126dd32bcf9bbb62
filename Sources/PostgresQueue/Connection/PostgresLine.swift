import Dispatch
import Queue

/// A connection with the thread that waits for it.
///
/// Its calls come one after another, in order. Cancelling the task of a caller does not stop them. The connection is used
/// on the queue only, hence `@unchecked`.
final class PostgresLine: @unchecked Sendable {
  private let address: PostgresAddress
  private let password: String?
  private let queue: DispatchQueue
  private var connection: PostgresConnection
  private let use: Use
  /// Set by the first loss of a connection that is not made again.
  private var failure: String?

  enum Use: String {
    /// Once the connection is lost, nothing more is done: what reached the disk is unknown until the process begins anew.
    case writing
    /// A lost connection is made again for the next call.
    case reading
    /// One long view, which ends with its connection.
    case streaming
  }

  init(_ address: PostgresAddress, password: String?, for use: Use) throws(StoreError) {
    self.address = address
    self.password = password
    self.use = use
    queue = DispatchQueue(label: "eilbrief.database.\(use.rawValue)")
    do {
      connection = try PostgresConnection(address, password: password)
    } catch {
      throw StoreError(error, database: address.place, writing: use == .writing)
    }
  }

  /// Before anybody else has it.
  func opening<T>(_ body: (PostgresConnection) throws -> T) throws(StoreError) -> T {
    do {
      return try body(connection)
    } catch {
      throw StoreError(error, database: address.place, writing: use == .writing)
    }
  }

  /// Runs `body` in a transaction that begins with `begin`: all of it or nothing. On disk when it returns.
  func transaction<T: Sendable>(
    _ begin: String, _ body: @escaping @Sendable (PostgresConnection) throws -> T
  ) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result { try self.guarded(begin, body) }) }
    }
  }

  /// The same outside of a transaction.
  func call<T: Sendable>(_ body: @escaping @Sendable (PostgresConnection) throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result { try self.guarded(nil, body) }) }
    }
  }

  private func guarded<T>(_ begin: String?, _ body: (PostgresConnection) throws -> T) throws -> T {
    if let failure {
      throw StoreError(PostgresFault.lost(failure), database: address.place, writing: use == .writing)
    }
    do {
      if use == .reading, !connection.isConnected { connection = try PostgresConnection(address, password: password) }
      guard let begin else { return try body(connection) }
      try connection.execute(begin)
      do {
        let result = try body(connection)
        try connection.execute("COMMIT")
        return result
      } catch {
        if connection.isConnected { try? connection.execute("ROLLBACK") }
        throw error
      }
    } catch {
      guard let fault = error as? PostgresFault else { throw error }
      if use != .reading, fault.isLoss || !connection.isConnected { failure = fault.description }
      throw StoreError(fault, database: address.place, writing: use == .writing)
    }
  }
}
