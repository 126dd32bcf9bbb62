import Foundation
import Glibc

/// A file in memory that a parser can open by its path, with new contents for each input.
struct ScratchFile {
  let url: URL
  var path: String { url.path(percentEncoded: false) }
  private let descriptor: CInt

  init(_ name: String) {
    url = URL(filePath: "/dev/shm/eilbrief-fuzz-\(name)-\(getpid())")
    descriptor = open(url.path(percentEncoded: false), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { fatalError("no scratch file at \(url): \(errno)") }
  }

  func fill(_ bytes: [UInt8]) {
    guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
      fatalError("the scratch file cannot be written: \(errno)")
    }
  }
}
