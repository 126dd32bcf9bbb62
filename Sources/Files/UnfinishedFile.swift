import Foundation

/// A file under a name of passage, next to the one it will become. Nothing that is there is ever written over.
///
/// What a crash has left is removed: a file with one name, of this user, that no process writes. Everything else of that
/// name (a link, a file that has other names, one that another process is writing) is left alone, and a number added to
/// ours. Two processes that write the same file do not meet.
enum UnfinishedFile {
  /// Returns the file, open for writing, 0600 and locked until the last duplicate of the descriptor is closed. Fails
  /// with ``FileError`` about `path`.
  static func make(_ name: String, for path: String) throws(FileError) -> (descriptor: Int32, name: String) {
    for number in 1...100 {
      let candidate = number == 1 ? name : "\(name).\(number)"
      removeLeftover(candidate)
      let descriptor = open(candidate, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
      if descriptor < 0, errno == EEXIST { continue }
      guard descriptor >= 0 else { throw .cannotWrite(path, errno) }
      guard fchmod(descriptor, 0o600) == 0 else {
        let code = errno
        unlink(candidate)
        close(descriptor)
        throw .cannotWrite(path, code)
      }
      // Between these two lines another process may have taken it for a leftover.
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0, FileIdentity(descriptor) == FileIdentity(unfollowed: candidate) {
        return (descriptor, candidate)
      }
      close(descriptor)
    }
    throw FileError(.write, path, .other("\(name) and a hundred more of that name are in the way; remove them"))
  }

  private static func removeLeftover(_ path: String) {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1,
      status.st_uid == geteuid(), flock(descriptor, LOCK_EX | LOCK_NB) == 0,
      FileIdentity(descriptor) == FileIdentity(unfollowed: path)
    else { return }
    unlink(path)
  }
}
