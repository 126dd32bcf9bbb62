import Foundation
import Synchronization

/// A file that is written piece by piece and appears under its name complete or not at all.
///
/// Owns `NAME.unfinished` next to it, which is removed when the value goes away without ``finish(syncing:replacing:)``.
/// The file is 0600. Pieces from several threads are not mixed. Fails with ``FileError``, which names the file itself.
public final class AtomicFile: Sendable {
  public let path: String
  private let unfinished: String
  private let state: Mutex<State>

  private struct State {
    /// The descriptor; -1 once it is closed.
    var descriptor: Int32
    var isFinished = false
  }

  public init(path: String) throws(FileError) {
    self.path = path
    let made = try UnfinishedFile.make(path + ".unfinished", for: path)
    unfinished = made.name
    state = Mutex(State(descriptor: made.descriptor))
  }

  deinit {
    let state = state.withLock { $0 }
    if state.descriptor >= 0 { close(state.descriptor) }
    if !state.isFinished { unlink(unfinished) }
  }

  public func write(_ bytes: [UInt8]) throws(FileError) {
    try state.withLock { state throws(FileError) in
      do throws(FileError) {
        try DurableFile.writeAll(bytes, to: state.descriptor, path: path)
      } catch {
        // The contents are incomplete, so the file never gets its name.
        close(state.descriptor)
        state.descriptor = -1
        throw error
      }
    }
  }

  /// Gives the file its name. Nothing can be written after that.
  ///
  /// - Parameters:
  ///   - syncing: The bytes are on disk before the file takes its name. The name itself is not synced: after a power cut
  ///     there may be no file, or the one before. False for files that can be reproduced at will.
  ///   - replacing: A file of the same name is replaced; otherwise it is an error.
  public func finish(syncing: Bool = true, replacing: Bool = true) throws(FileError) {
    try state.withLock { state throws(FileError) in
      let descriptor = state.descriptor
      state.descriptor = -1
      let isSynced = !syncing || fsync(descriptor) == 0
      let code = errno
      // The lock outlives the descriptor whose closing may report an error.
      let lock = dup(descriptor)
      defer { if lock >= 0 { close(lock) } }
      guard close(descriptor) == 0, isSynced else { throw .cannotWrite(path, isSynced ? errno : code) }
      if replacing {
        guard rename(unfinished, path) == 0 else { throw .cannotWrite(path, errno) }
      } else {
        try NewPrivateFile.name(unfinished, path)
      }
      state.isFinished = true
    }
  }
}
