public import Queue

/// A queue in a PostgreSQL database, which several machines can reach.
///
/// Promises what every ``MessageStore`` does: a call that returned is on the server's disk (`synchronous_commit` is asked
/// for), a state change and its receipt are one transaction. One process delivers at a time, on whatever machine
/// (``DeliveryLease``); any number read, leave requests and record calls beside it. After a lost connection the process
/// that delivers writes nothing more (``StoreError/databaseFailed(path:cause:)``); those that read connect again.
public final class PostgresStore: PurgeableStore {
  public let address: PostgresAddress
  public let access: StoreAccess
  private let password: String?
  /// Nil for a reader.
  private let writer: PostgresLine?
  private let reader: PostgresLine
  /// Asked before every change of an owner or a guest; nil when nobody else can come, as in a test.
  private let lock: SpoolLock?
  /// An owner's.
  private let lease: DeliveryLease?

  /// Opens the queue of a database that ``PostgresQueue/initialize(_:password:)`` has made.
  ///
  /// - Parameters:
  ///   - host: The name of this machine, and `process` the number of this process: for others, who are told of them.
  ///   - lock: The queue folder's lock, for the machine that it is on.
  public static func open(
    _ address: PostgresAddress, password: String? = nil, access: StoreAccess, lock: SpoolLock? = nil, host: String,
    process: Int32
  ) throws(StoreError) -> PostgresStore {
    try PostgresStore(address, password, access, lock, host, process)
  }

  private init(
    _ address: PostgresAddress, _ password: String?, _ access: StoreAccess, _ lock: SpoolLock?, _ host: String,
    _ process: Int32
  ) throws(StoreError) {
    self.address = address
    self.password = password
    self.access = access
    self.lock = lock
    reader = try PostgresLine(address, password: password, for: .reading)
    try reader.opening { connection in
      try PostgresServer.requireReadable(connection)
      try PostgresSchema.require(connection)
    }
    guard access != .reader else {
      writer = nil
      lease = nil
      return
    }
    let line = try PostgresLine(address, password: password, for: .writing)
    lease = try line.opening { connection in
      try PostgresServer.requireDurable(connection)
      return access == .owner
        ? try DeliveryLease(connection, password: password, host: host, process: process) : nil
    }
    writer = line
  }

  // MARK: Ways in

  /// One transaction of the owner or a guest: all of it or nothing, on disk when it returns.
  func write<T: Sendable>(_ body: @escaping @Sendable (PostgresTransaction) throws -> T) async throws -> T {
    guard access == .owner || access == .guest else {
      throw StoreError.notPermitted("only the delivering process writes messages")
    }
    return try await writeBeside(body)
  }

  /// One transaction of whoever may write, for what is written beside a delivery too.
  func writeBeside<T: Sendable>(_ body: @escaping @Sendable (PostgresTransaction) throws -> T) async throws -> T {
    guard let writer else { throw StoreError.notPermitted("it was opened for reading") }
    return try await writer.transaction("BEGIN") { [lock, lease] connection in
      try lock?.check()
      try lease?.require(in: connection)
      let transaction = PostgresTransaction(connection)
      let result = try body(transaction)
      try transaction.finish()
      return result
    }
  }

  /// The owner's connection between two transactions.
  func outsideTransaction(_ body: @escaping @Sendable (PostgresConnection) throws -> Void) async throws {
    guard let writer, access == .owner else {
      throw StoreError.notPermitted("only the owner changes the database as a whole")
    }
    try await writer.call { [lock, lease] connection in
      try lock?.check()
      try lease?.require(in: connection)
      try body(connection)
    }
  }

  private static let consistent = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

  /// One consistent view.
  func read<T: Sendable>(_ body: @escaping @Sendable (PostgresConnection) throws -> T) async throws -> T {
    try await reader.transaction(Self.consistent, body)
  }

  /// The rows of the queries one after another, in one consistent view, with constant memory; stops when the task is
  /// cancelled. On a connection of its own: it may take as long as it likes.
  func stream(_ queries: [String], _ body: (PostgresRow) throws -> Void) async throws {
    let line = try PostgresLine(address, password: password, for: .streaming)
    try await line.call { connection in
      try connection.execute("SET idle_in_transaction_session_timeout = 0")
      try connection.execute(Self.consistent)
    }
    for (number, query) in queries.enumerated() {
      try await line.call { try $0.execute("DECLARE rows\(number) NO SCROLL CURSOR FOR \(query)") }
      while true {
        let page = try await line.call { try $0.run("FETCH 500 FROM rows\(number)") }
        for row in page.rows {
          try Task.checkCancellation()
          try body(row)
        }
        if page.count == 0 { break }
      }
    }
  }
}

/// Makes the queue of a database, and brings it up to date.
public enum PostgresQueue {
  /// Makes the schema where there is none, and converts an older one; the format it had is returned, 0 for none, and the
  /// one it has now.
  ///
  /// A process that delivers must have ended: fails with ``StoreError/held(path:host:process:)`` otherwise.
  public static func initialize(
    _ address: PostgresAddress, password: String?, host: String, process: Int32
  ) throws(StoreError) -> (found: Int, now: Int) {
    do {
      let connection = try PostgresConnection(address, password: password)
      try PostgresServer.requireReadable(connection)
      try PostgresServer.requireDurable(connection)
      let found = try PostgresSchema.found(connection)
      if found > 0, found < PostgresSchema.version {
        let lease = try DeliveryLease(connection, password: password, host: host, process: process)
        defer { withExtendedLifetime(lease) {} }
        return (try PostgresSchema.migrate(connection), PostgresSchema.version)
      }
      return (try PostgresSchema.migrate(connection), PostgresSchema.version)
    } catch {
      throw StoreError(error, database: address.place, writing: false)
    }
  }
}
