import Foundation

/// flock(2) on an open file, for the short while in which it is changed.
///
/// Blocks the calling thread while another process has it, up to ``patience``; then fails with
/// ``StoreError/busy(path:)``. The kernel lets go of it when the process dies, but not while it is stopped.
enum FileLock {
  /// Seconds.
  static let patience = 10.0

  static func holding<T>(
    _ descriptor: Int32, path: String, patience: Double, _ body: () throws -> T
  ) throws -> T {
    try take(descriptor, path: path, patience: patience)
    defer { release(descriptor) }
    return try body()
  }

  static func take(_ descriptor: Int32, path: String, patience: Double) throws(StoreError) {
    let pause = 0.02
    var waited = 0.0
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else { throw .cannotWrite(path: path, errno: errno) }
      guard waited < patience else { throw .busy(path: path) }
      usleep(useconds_t(pause * 1e6))
      waited += pause
    }
  }

  static func release(_ descriptor: Int32) { flock(descriptor, LOCK_UN) }
}
