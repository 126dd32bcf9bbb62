import Foundation
import Synchronization

/// A file that is written piece by piece and appears under its name complete or not at all.
///
/// Owns `NAME.unfinished` next to it, which is removed when the value goes away without ``finish(syncing:)``. The file
/// is 0600 and replaces one of the same name. Pieces from several threads are not mixed. Fails with ``FileError``,
/// which names the file itself.
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
    unfinished = path + ".unfinished"
    let descriptor = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .cannotWrite(path, errno) }
    state = Mutex(State(descriptor: descriptor))
    guard fchmod(descriptor, 0o600) == 0 else { throw .cannotWrite(path, errno) }
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
  /// - Parameter syncing: The bytes are on disk before the file takes its name. The name itself is not synced: after a
  ///   power cut there may be no file, or the one before. False for files that can be reproduced at will.
  public func finish(syncing: Bool = true) throws(FileError) {
    try state.withLock { state throws(FileError) in
      let descriptor = state.descriptor
      state.descriptor = -1
      let isSynced = !syncing || fsync(descriptor) == 0
      let code = errno
      guard close(descriptor) == 0, isSynced else { throw .cannotWrite(path, isSynced ? errno : code) }
      guard rename(unfinished, path) == 0 else { throw .cannotWrite(path, errno) }
      state.isFinished = true
    }
  }
}
