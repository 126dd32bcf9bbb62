import FaultPoints
import Files
public import Foundation
import GRDB

/// The store every spool has: `queue.sqlite`, in WAL mode with `synchronous=FULL`.
///
/// Owns the database file, its schema and its modes (files 0600, folder 0700). A call that returned is on disk. Opened
/// as `owner` it may do everything, and it alone checkpoints; as `reader` it writes nothing; as `control` it writes the
/// control row, test letters and calls only, and never checkpoints, because SQLite before 3.51.3 can lose a commit when two connections write
/// and checkpoint at once; nor does a `guest`, while whom the owner does not either. Readers work while the owner writes and when there is none, also where nothing can be written
/// (``UnwritableSpool``). Tasks that are cancelled still
/// get their changes written. After an I/O error, or once what it reads is damaged, nothing more is written
/// (``StoreError/storageFailed(path:cause:)``): what reached the disk is unknown until the database is opened again.
/// Nor is anything written once the spool's lock is no longer ours (``StoreError/overtaken(path:reason:)``).
public final class SQLiteStore: PurgeableStore {
  public typealias Access = StoreAccess

  public let spool: Spool
  public let access: Access
  /// Nil for a reader.
  private let writer: DatabaseQueue?
  /// Asked before every change of an owner; nil when nobody else can come, as in a test.
  private let lock: SpoolLock?
  private let reader: any DatabaseReader
  private let writing: Writing

  /// Opens the spool in a folder; an owner makes what is missing and converts what is old.
  ///
  /// Throws `noSpool` (not for an owner), `newerVersion`, `olderVersion` (not for an owner), `notASpool`,
  /// `cannotWrite`, `cannotRead` or `busy`.
  public static func open(
    spool folder: URL, access: Access, lock: SpoolLock? = nil
  ) throws(StoreError) -> SQLiteStore {
    try open(spool: folder, access: access, lock: lock, checkpointPages: 8000)
  }

  /// `checkpointPages`: a checkpoint is due when the WAL has this many pages of 4 KB.
  static func open(
    spool folder: URL, access: Access, lock: SpoolLock? = nil, checkpointPages: Int32
  ) throws(StoreError) -> SQLiteStore {
    let spool = Spool(folder: folder)
    let path = spool.database.path
    switch access {
    case .owner: try prepareFile(of: spool)
    case .reader, .control, .guest:
      var status = stat()
      guard stat(path, &status) == 0 else {
        throw errno == ENOENT || errno == ENOTDIR
          ? .noSpool(path: folder.path) : StoreError.cannotRead(path: path, errno: errno)
      }
    }
    // SQLite would wait for a pipe's writer. Only looked at: closing a descriptor of it would give up SQLite's locks.
    var status = stat()
    guard stat(path, &status) == 0 else { throw StoreError.cannotRead(path: path, errno: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw StoreError(FileError(.read, path, .notRegular)) }
    let store: SQLiteStore
    do {
      store = try SQLiteStore(spool: spool, access: access, lock: lock, checkpointPages: checkpointPages)
    } catch {
      throw StoreError(error, path: path, writing: access == .owner || access == .guest)
    }
    // The names of the database and of its log: SQLite syncs the folder too, but continues when that fails.
    if access == .owner { try StoreError.mapping { () throws(FileError) in try DurableFile.syncFolder(spool.folder) } }
    return store
  }

  private init(spool: Spool, access: Access, lock: SpoolLock?, checkpointPages: Int32) throws {
    self.spool = spool
    self.access = access
    self.lock = lock
    let path = spool.database.path
    let checkpoint = WALCheckpoint(every: checkpointPages)
    writing = Writing(path: path, checkpoint: checkpoint)
    writer =
      access == .reader
      ? nil
      : try DatabaseQueue(
        path: path,
        configuration: Self.writerConfiguration(path, access, checkpoint, isWorker: lock?.campaign.isEmpty == true))
    reader = try access == .reader ? Self.reader(of: spool) : DatabasePool(path: path, configuration: Self.reading)
  }

  private static var reading: Configuration {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(patience)
    configuration.label = "eilbrief.reader"
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA temp_store = MEMORY") }
    return configuration
  }

  private static func reader(of spool: Spool) throws -> any DatabaseReader {
    let path = spool.database.path
    do {
      var configuration = reading
      // An owner has checked the file already.
      configuration.prepareDatabase { try check($0, path: path) }
      return try DatabasePool(path: path, configuration: configuration)
    } catch let error where UnwritableSpool.isCause(error, of: spool) {
      return try UnwritableSpool.open(spool, reading) { try check($0, path: path, allowingOlder: true) }
    }
  }

  deinit {
    // Closing the last connection checkpoints, which would sync a file again whose sync may have failed: what failed is
    // left to the process that opens it again. This one ends soon.
    if let writer, writing.hasFailed { _ = Unmanaged.passRetained(writer) }
  }

  /// Seconds to wait for another process, for example while it recovers the database after a crash.
  private static let patience: TimeInterval = 10

  /// The same for a worker, while a guest freezes a plan in one transaction: outcomes must not be lost to that.
  private static let patienceOfWorkers: TimeInterval = 900

  private static func writerConfiguration(
    _ path: String, _ access: Access, _ checkpoint: WALCheckpoint, isWorker: Bool
  ) -> Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(isWorker ? patienceOfWorkers : patience)
    configuration.label = "eilbrief.writer"
    configuration.prepareDatabase { database in
      let found = try Self.check(database, path: path, allowingOlder: access == .owner)
      try database.execute(sql: "PRAGMA temp_store = MEMORY")
      if access == .owner {
        // The mode is a property of the file and set before the first table. All rows: an error of the disk comes after
        // the one that says “wal”.
        let mode = try String.fetchAll(database, sql: "PRAGMA journal_mode = WAL")
        guard mode == ["wal"] else {
          throw StoreError.cannotWrite(path: path, cause: "the file system has no shared memory for SQLite's WAL mode")
        }
        checkpoint.watch(database)
        try database.execute(sql: "PRAGMA journal_size_limit = 67108864")
        try database.execute(sql: "PRAGMA cache_size = -32000")
      } else {
        try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
      }
      try database.execute(sql: "PRAGMA synchronous = FULL")
      if access == .owner, found < SpoolSchema.version {
        try database.inTransaction(.immediate) {
          // Another process may have been faster.
          let found = try Self.check(database, path: path, allowingOlder: true)
          if found < SpoolSchema.version { try SpoolSchema.migrate(database, from: found) }
          FaultPoint.schemaUncommitted.reached()
          return .commit
        }
        FaultPoint.schemaMade.reached()
      }
    }
    return configuration
  }

  /// The format the file has; throws when it is not ours to open.
  @discardableResult
  private static func check(_ database: Database, path: String, allowingOlder: Bool = false) throws -> Int {
    // One statement, for one view of the file: another process may be making it just now.
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
        FROM pragma_application_id, pragma_user_version
        """)
    let (application, version, isEmpty): (Int32, Int, Bool) = (row?[0] ?? 0, row?[1] ?? 0, row?[2] == 0)
    guard application == SpoolSchema.applicationID || (application == 0 && version == 0 && isEmpty) else {
      throw StoreError.notASpool(path: path, reason: "the database belongs to another application")
    }
    guard version <= SpoolSchema.version else {
      throw StoreError.newerVersion(path: path, found: version, known: SpoolSchema.version)
    }
    guard version == SpoolSchema.version || allowingOlder else {
      throw version == 0
        ? StoreError.noSpool(path: path)
        : StoreError.olderVersion(path: path, found: version, known: SpoolSchema.version)
    }
    return version
  }

  /// Makes the folder and an empty file with the right modes: SQLite gives the WAL and the shared memory the same.
  private static func prepareFile(of spool: Spool) throws(StoreError) {
    try Spool.makePrivateFolder(spool.folder)
    let path = spool.database.path
    // Only ever opened here when it is new: closing a descriptor of a database in use would drop SQLite's locks on it.
    let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    if descriptor >= 0 {
      defer { close(descriptor) }
      guard fchmod(descriptor, 0o600) == 0 else { throw .cannotWrite(path: path, errno: errno) }
      FaultPoint.databaseFileMade.reached()
    } else if errno != EEXIST {
      throw .cannotWrite(path: path, errno: errno)
    }
    for suffix in ["", "-wal", "-shm"] {
      var status = stat()
      guard stat(path + suffix, &status) == 0, status.st_mode & 0o077 != 0, status.st_uid == geteuid() else {
        continue
      }
      guard chmod(path + suffix, 0o600) == 0 else { throw .cannotWrite(path: path + suffix, errno: errno) }
    }
  }

  // MARK: Ways in

  /// One transaction of the owner: all of it or nothing, on disk when it returns. Cancelling the task does not stop it.
  func write<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
    guard access == .owner || access == .guest else {
      throw StoreError.notPermitted("only the delivering process writes messages")
    }
    return try await write(as: access) { [writing] database in
      let transaction = Transaction(database, try writing.statements(in: database))
      let result = try body(transaction)
      try transaction.finish()
      return result
    }
  }

  /// One transaction that writes receipts and changes no message, of the owner or beside it.
  func writeReceipts<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
    try await write(as: .control) { [writing] database in
      let transaction = Transaction(database, try writing.statements(in: database))
      let result = try body(transaction)
      try transaction.finish()
      return result
    }
  }

  /// One transaction on the writing connection, for the control row too.
  func write<T: Sendable>(
    as role: Access, _ body: @escaping @Sendable (Database) throws -> T
  ) async throws -> T {
    guard let writer else { throw StoreError.notPermitted("it was opened for reading") }
    return try await withCheckedThrowingContinuation { continuation in
      writer.asyncWriteWithoutTransaction { [writing, lock, spool] database in
        continuation.resume(
          with: Result {
            try writing.guarded {
              var result: T?
              try database.inTransaction(.immediate) {
                // Checked in here: until the commit nobody else can write, so a process that takes over later does so
                // after it.
                try lock?.check()
                result = try body(database)
                return .commit
              }
              if lock?.isOurs != false, writing.checkpoint.isDue {
                try spool.withoutGuests { try writing.checkpoint.run(database) }
              }
              return result!  // The transaction's body ran, or it has thrown.
            }
          })
      }
    }
  }

  /// The owner's connection between two transactions, for what SQLite does not do inside one.
  func outsideTransaction(_ body: @escaping @Sendable (Database) throws -> Void) async throws {
    guard let writer, access == .owner else {
      throw StoreError.notPermitted("only the owner changes the file as a whole")
    }
    try await withCheckedThrowingContinuation { continuation in
      writer.asyncWriteWithoutTransaction { [writing, lock] database in
        continuation.resume(
          with: Result {
            try writing.guarded {
              try lock?.check()
              try body(database)
            }
          })
      }
    }
  }

  /// Lets the database grow to this number of pages, as a disk that is about to fill up would.
  func limitPages(_ count: Int) async throws {
    try await write(as: .owner) { try $0.execute(sql: "PRAGMA max_page_count = \(count)") }
  }

  /// One consistent view. Cancelling the task does not stop it: what is read is needed to stop in good order.
  func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      reader.asyncRead { [path = spool.database.path] database in
        do {
          continuation.resume(returning: try body(try database.get()))
        } catch let error as DatabaseError {
          continuation.resume(throwing: StoreError(error, path: path, writing: false))
        } catch {
          continuation.resume(throwing: error)
        }
      }
    }
  }

  /// One consistent view for a body that must not escape; stops when the task is cancelled.
  func stream(_ body: @Sendable (Database) throws -> Void) async throws {
    do {
      try await reader.read(body)
    } catch let error as DatabaseError {
      throw StoreError(error, path: spool.database.path, writing: false)
    }
  }
}

/// The state that belongs to the writing connection. Used on its queue only, hence `@unchecked`.
private final class Writing: @unchecked Sendable {
  private let path: String
  let checkpoint: WALCheckpoint
  private var prepared: StoreStatements?
  /// Set by the first I/O error; nothing is written after it.
  private var failure: String?
  var hasFailed: Bool { failure != nil }

  init(path: String, checkpoint: WALCheckpoint) {
    self.path = path
    self.checkpoint = checkpoint
  }

  func statements(in database: Database) throws -> StoreStatements {
    if let prepared { return prepared }
    let statements = try StoreStatements(database)
    prepared = statements
    return statements
  }

  /// Runs a transaction unless one before it has left the disk's content unknown.
  func guarded<T>(_ body: () throws -> T) throws -> T {
    if let failure { throw StoreError.storageFailed(path: path, cause: failure) }
    do {
      return try body()
    } catch let error as DatabaseError {
      if [.SQLITE_IOERR, .SQLITE_CORRUPT].contains(error.resultCode) { failure = StoreError.cause(of: error) }
      throw StoreError(error, path: path, writing: true)
    }
  }
}

extension StoreError {
  /// A store's error as it is; SQLite's in the operator's words. What `body` of a stream throws passes through.
  init(_ error: any Error, path: String, writing: Bool) {
    guard let error = error as? DatabaseError else {
      self = error as? StoreError ?? .invariant("\(error)")
      return
    }
    let cause = Self.cause(of: error)
    self =
      switch error.resultCode {
      case .SQLITE_BUSY, .SQLITE_LOCKED: .busy(path: path)
      case .SQLITE_CONSTRAINT: .invariant(cause)
      case .SQLITE_NOTADB: .notASpool(path: path, reason: "it is not an SQLite database")
      case .SQLITE_CORRUPT: .damaged(path: path)
      // SQLite does not say why; it opens the database, its log and shared memory, and the folder.
      case .SQLITE_IOERR where !Descriptors.areFree(4), .SQLITE_CANTOPEN where !Descriptors.areFree(4):
        .noDescriptors(path: path)
      case .SQLITE_FULL, .SQLITE_READONLY, .SQLITE_PERM: .cannotWrite(path: path, cause: cause)
      case .SQLITE_IOERR, .SQLITE_CANTOPEN:
        writing
          ? .cannotWrite(path: path, cause: cause)
          : .cannotRead(path: path, cause: "\(cause); \(FileError.readingAdvice)")
      default: .invariant(cause)
      }
  }

  /// SQLite's message and code, never the statement or its values.
  static func cause(of error: DatabaseError) -> String {
    let words: String
    switch error.resultCode {
    case .SQLITE_FULL: words = "no space left on the disk"
    case .SQLITE_IOERR: words = "input/output error"
    case .SQLITE_CANTOPEN:
      words = "it or its log cannot be opened or made: no permission, no space or an input/output error"
    case .SQLITE_READONLY, .SQLITE_PERM: words = "no permission to write"
    default: words = error.message ?? "SQLite failed"
    }
    return "\(words) (SQLite \(error.extendedResultCode.rawValue))"
  }
}
