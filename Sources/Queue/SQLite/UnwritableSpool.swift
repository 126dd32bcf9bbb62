import Files
import Foundation
import GRDB

/// Reads the database of a queue folder in which nothing can be made: mounted read-only, another user's, or full.
///
/// To read a database in WAL mode, SQLite makes an index of its log beside it. Where it cannot, a database without a log on
/// a file system that nobody can write is read in place; any other is copied, with its log, and the copy is read. The copy
/// has no name: it takes one for the moment in which SQLite opens it (in a folder of mode 0700), so that nothing is left
/// however this process ends. What an older version wrote is brought up to date in the copy.
///
/// Nothing is copied while a process delivers: that one has made the index.
enum UnwritableSpool {
  /// Whether `error`, met when the database was opened for reading, may come from a folder that cannot be written.
  static func isCause(_ error: any Error, of spool: Spool) -> Bool {
    let isPossible =
      switch error {
      case let error as DatabaseError:
        [.SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_FULL, .SQLITE_IOERR].contains(error.resultCode)
      case StoreError.olderVersion:
        // Where it can be written, its next owner converts it.
        access(spool.folder.path, W_OK) != 0
      default: false
      }
    return isPossible && access(spool.database.path, R_OK) == 0 && SpoolLock.holder(of: spool) == nil
  }

  /// - Parameter check: Returns the format of the database; throws where it is none of ours.
  static func open(
    _ spool: Spool, _ configuration: Configuration, check: @escaping @Sendable (Database) throws -> Int
  ) throws -> any DatabaseReader {
    if let found = try? inPlace(spool, configuration, check) { return found }
    for _ in 0..<3 {
      if let copy = try UnnamedCopy(of: spool) { return try copy.open(configuration, check) }
    }
    // Somebody writes to it all the time.
    throw StoreError.busy(path: spool.database.path)
  }

  /// Nil when it cannot be read without a copy.
  private static func inPlace(
    _ spool: Spool, _ configuration: Configuration, _ check: @escaping @Sendable (Database) throws -> Int
  ) throws -> DatabaseQueue? {
    var system = statvfs()
    guard statvfs(spool.folder.path, &system) == 0, system.f_flag & UInt(ST_RDONLY) != 0 else { return nil }
    var log = stat()
    guard stat(spool.database.path + "-wal", &log) != 0 ? errno == ENOENT : log.st_size == 0 else { return nil }
    guard let path = spool.database.path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) else {
      return nil
    }
    var configuration = configuration
    configuration.prepareDatabase { database in
      guard try check(database) == SpoolSchema.version else { throw StoreError.busy(path: path) }
    }
    return try DatabaseQueue(path: "file:\(path)?immutable=1", configuration: configuration)
  }
}

/// A copy of a database and its log in files without names.
private struct UnnamedCopy {
  /// A file of the copy. It has a name from the beginning where the file system has no files without one.
  private struct Piece {
    let descriptor: Int32
    var name: String?

    func discard() {
      close(descriptor)
      if let name { unlink(name) }
    }
  }

  private let database: Piece
  private let log: Piece?
  private let folder: String
  private let source: Spool

  /// Nil when the files changed meanwhile.
  init?(of spool: Spool) throws(StoreError) {
    source = spool
    folder = FileManager.default.temporaryDirectory.path
    let path = spool.database.path
    let hasLog = access(path + "-wal", F_OK) == 0
    let names = [path] + (hasLog ? [path + "-wal"] : [])
    var copies: [Piece] = []
    var isUnchanged = true
    do throws(FileError) {
      let files = try names.map { name throws(FileError) in try RandomAccessFile(path: name) }
      let before = try files.map { file throws(FileError) in try file.stamp() }
      for (file, stamp) in zip(files, before) { copies.append(try Self.copy(file, size: stamp.size, to: folder)) }
      isUnchanged = try files.map { file throws(FileError) in try file.stamp() } == before
      isUnchanged = isUnchanged && hasLog == (access(path + "-wal", F_OK) == 0)
    } catch {
      for copy in copies { copy.discard() }
      throw error.attempt == .read ? StoreError(error) : Self.noRoom(error, spool)
    }
    database = copies[0]
    log = copies.count > 1 ? copies[1] : nil
    guard isUnchanged else {
      closeAll()
      return nil
    }
  }

  private func closeAll() { for piece in [database, log].compactMap(\.self) { piece.discard() } }

  private static func noRoom(_ error: FileError, _ spool: Spool) -> StoreError {
    .cannotRead(
      path: spool.folder.path,
      cause: """
        nothing can be written there, and so SQLite needs a copy to read, for which \(error.path) has no room or no right \
        (\(error.cause)); name another folder in the environment variable TMPDIR
        """)
  }

  private static func empty(in folder: String) throws(FileError) -> Piece {
    // O_TMPFILE, which the C header makes of two parts.
    let unnamed = Foundation.open(folder, 0o20_000_000 | O_DIRECTORY | O_RDWR | O_CLOEXEC, 0o600)
    if unnamed >= 0 { return Piece(descriptor: unnamed, name: nil) }
    var name = Array("\(folder)/.eilbrief-copy-XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    guard descriptor >= 0 else { throw FileError(.write, folder, .system(errno)) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    return Piece(descriptor: descriptor, name: text(name))
  }

  private static func text(_ name: [CChar]) -> String {
    String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func copy(_ file: RandomAccessFile, size: Int, to folder: String) throws(FileError) -> Piece {
    let copy = try empty(in: folder)
    do throws(FileError) {
      var piece: [UInt8] = []
      var offset = 0
      while offset < size {
        try file.read(min(1 << 20, size - offset), at: offset, into: &piece)
        if piece.isEmpty { break }
        try DurableFile.writeAll(piece, to: copy.descriptor, path: folder)
        offset += piece.count
      }
    } catch {
      copy.discard()
      throw error
    }
    return copy
  }

  /// Opens the copy, which has no name any more afterwards.
  func open(
    _ configuration: Configuration, _ check: @escaping @Sendable (Database) throws -> Int
  ) throws -> DatabaseQueue {
    defer { closeAll() }
    var name = Array("\(folder)/eilbrief-copy-XXXXXX".utf8CString)
    guard mkdtemp(&name) != nil else { throw Self.noRoom(FileError(.write, folder, .system(errno)), source) }
    let own = Self.text(name)
    let path = own + "/queue.sqlite"
    defer {
      for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
      rmdir(own)
    }
    try give(database, the: path)
    if let log { try give(log, the: path + "-wal") }
    do {
      return try open(path, configuration, check)
    } catch StoreError.olderVersion {
      var writing = configuration
      writing.readonly = false
      writing.prepareDatabase { database in
        let found = try check(database)
        guard found < SpoolSchema.version else { return }
        try database.inTransaction(.immediate) {
          try SpoolSchema.migrate(database, from: found)
          return .commit
        }
      }
      return try DatabaseQueue(path: path, configuration: writing)
    }
  }

  private func open(
    _ path: String, _ configuration: Configuration, _ check: @escaping @Sendable (Database) throws -> Int
  ) throws -> DatabaseQueue {
    var configuration = configuration
    let source = source
    configuration.prepareDatabase { database in
      // Reads it, and with that opens the log and its index too.
      let found = try check(database)
      guard found == SpoolSchema.version else {
        throw StoreError.olderVersion(path: source.database.path, found: found, known: SpoolSchema.version)
      }
    }
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  private func give(_ piece: Piece, the path: String) throws(StoreError) {
    let result =
      if let name = piece.name {
        rename(name, path)
      } else {
        linkat(AT_FDCWD, "/proc/self/fd/\(piece.descriptor)", AT_FDCWD, path, AT_SYMLINK_FOLLOW)
      }
    guard result == 0 else {
      throw Self.noRoom(FileError(.write, folder, .system(errno)), source)
    }
  }
}
