import Foundation

extension [UInt8] {
  /// Whether these bytes have `run` in them, within the first `limit`: for files of many megabytes, for which searches of
  /// any collection are too slow.
  public func contains(run: [UInt8], within limit: Int = .max) -> Bool {
    guard let first = run.first else { return true }
    return withUnsafeBytes { bytes in
      run.withUnsafeBytes { run in
        guard let start = bytes.baseAddress, let sought = run.baseAddress else { return false }
        /// Behind the last place at which a run may begin.
        let end = Swift.min(limit, bytes.count) - run.count + 1
        var place = 0
        while place < end, let found = memchr(start + place, Int32(first), end - place) {
          if memcmp(found, sought, run.count) == 0 { return true }
          place = UnsafeRawPointer(found) - start + 1
        }
        return false
      }
    }
  }
}
