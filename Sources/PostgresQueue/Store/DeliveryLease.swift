import Dispatch
import Foundation
import Queue

/// The right of one process to deliver from the database, whatever machine it runs on.
///
/// A process has it as long as its connection to the server lives and it shows a sign of life on another one; both by
/// the server's own knowledge and clock. Whoever takes it over raises a number, and each transaction of a process that
/// delivers asks for its own: one that was stopped, cut off or slow commits nothing once it was overtaken, and learns so
/// from the database. The timer is its own, hence `@unchecked`.
final class DeliveryLease: @unchecked Sendable {
  private let epoch: Int64
  private let address: PostgresAddress
  private let pulse: PostgresConnection
  private let timer: any DispatchSourceTimer
  private let queue = DispatchQueue(label: "eilbrief.database.lease")

  /// Seconds for which a sign of life counts, and those between two.
  private static let lasts = 20
  private static let between = 5
  /// How often, with a tenth of a second between, a process that has just ended is waited for.
  private static let patience = 20

  /// Takes the right, on the connection that will write. Throws ``StoreError/held(path:host:process:)`` while another
  /// process has it.
  init(_ connection: PostgresConnection, password: String?, host: String, process: Int32) throws {
    address = connection.address
    epoch = try Self.take(connection, host: host, process: Int64(process))
    pulse = try PostgresConnection(address, password: password)
    timer = DispatchSource.makeTimerSource(queue: queue)
    timer.schedule(
      deadline: .now() + .seconds(Self.between), repeating: .seconds(Self.between), leeway: .milliseconds(500))
    let (pulse, epoch) = (pulse, epoch)
    let timer = timer
    timer.setEventHandler {
      // Lost, or overtaken: the next transaction learns it too.
      if (try? Self.beat(pulse, epoch)) != true { timer.cancel() }
    }
    timer.activate()
  }

  deinit { timer.cancel() }

  /// Fails when another process has taken over. Until the transaction ends, none can.
  func require(in connection: PostgresConnection) throws {
    let mine = try connection.run("SELECT epoch FROM deliverer WHERE epoch = $1 FOR KEY SHARE", [.integer(epoch)])
    guard mine.first == nil else { return }
    let other = try connection.run("SELECT host, process FROM deliverer").first
    throw StoreError.overtaken(
      path: address.place,
      reason: "process \(other?.integer(1) ?? 0) on \(other?.text(0) ?? "another machine") has taken over meanwhile")
  }

  private static func beat(_ connection: PostgresConnection, _ epoch: Int64) throws -> Bool {
    try connection.run(
      "UPDATE deliverer SET lease_until = clock_timestamp() + interval '\(lasts) s' WHERE epoch = $1",
      [.integer(epoch)]
    ).changed == 1
  }

  private static func take(_ connection: PostgresConnection, host: String, process: Int64) throws -> Int64 {
    var attempts = patience
    while true {
      try connection.execute("BEGIN")
      do {
        let result = try take(connection, host, process)
        try connection.execute("COMMIT")
        if case .taken(let epoch) = result { return epoch }
        attempts -= 1
        if case .held(let host, let process) = result, attempts <= 0 {
          throw StoreError.held(path: connection.address.place, host: host, process: process)
        }
      } catch {
        try? connection.execute("ROLLBACK")
        throw error
      }
      usleep(100_000)
    }
  }

  private enum Taking {
    case taken(Int64)
    case held(host: String, process: Int64)
    /// Another process was faster, or the one before is being ended.
    case again
  }

  private static func take(_ connection: PostgresConnection, _ host: String, _ process: Int64) throws -> Taking {
    let found = try connection.run(
      """
      SELECT epoch, host, process, backend, (lease_until < clock_timestamp())::int::bigint,
        EXISTS (SELECT 1 FROM pg_stat_activity AS a
          WHERE a.pid = d.backend AND coalesce(a.backend_start = d.backend_start, true))::int::bigint
      FROM deliverer AS d
      """)
    guard let row = found.first else { throw StoreError.invariant("the database does not say who delivers") }
    if row.integer(5) == 1 {
      guard row.integer(4) == 1 else { return .held(host: row.text(1) ?? "", process: row.integer(2)) }
      // It gave no sign of life for too long, but may hold locks.
      try connection.run("SELECT pg_terminate_backend($1::int)::text", [.integer(row.integer(3))])
      return .again
    }
    let locked = try connection.run(
      "SELECT epoch FROM deliverer WHERE epoch = $1 FOR UPDATE", [.integer(row.integer(0))])
    guard locked.first != nil else { return .again }
    try connection.run(
      """
      UPDATE deliverer SET epoch = epoch + 1, host = $1, process = $2, backend = pg_backend_pid(),
        backend_start = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()),
        since = clock_timestamp(), lease_until = clock_timestamp() + interval '\(lasts) s'
      """, [.text(host), .integer(process)])
    return .taken(row.integer(0) + 1)
  }
}
