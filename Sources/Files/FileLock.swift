import Foundation

/// flock(2) on an open file, for the short time in which it is changed.
///
/// Blocks the calling thread while another process has it, up to ``patience``; then fails with ``FileError``
/// (``FileError/Cause/locked``). The kernel releases the lock when the process dies, but not while it is stopped.
public enum FileLock {
  /// The longest wait for the lock, in seconds.
  public static let patience = 10.0

  public static func holding<T>(
    _ descriptor: Int32, path: String, patience: Double, _ body: () throws -> T
  ) throws -> T {
    try take(descriptor, path: path, patience: patience)
    defer { release(descriptor) }
    return try body()
  }

  public static func take(_ descriptor: Int32, path: String, patience: Double) throws(FileError) {
    let pause = 0.02
    var waited = 0.0
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else { throw .cannotWrite(path, errno) }
      guard waited < patience else { throw FileError(.lock, path, .locked) }
      usleep(useconds_t(pause * 1e6))
      waited += pause
    }
  }

  public static func release(_ descriptor: Int32) { flock(descriptor, LOCK_UN) }
}
