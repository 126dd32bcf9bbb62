import CJobs

/// The jobs of Swift's concurrency that are ready to run, in this thread and in an order of ours.
///
/// There is one, since the runtime has one hook; from its first use no job runs anywhere else. Not for `swift test`
/// itself, whose own jobs would end up here.
struct JobList {
  private init() {}

  /// Only ever touched on the one thread that runs everything.
  private nonisolated(unsafe) static var ready: [UnsafeMutableRawPointer] = []
  private nonisolated(unsafe) static var isCapturing = false

  static func capture() {
    guard !isCapturing else { return }
    isCapturing = true
    ready.reserveCapacity(256)
    jobs_capture { JobList.ready.append($0) }
  }

  static var isEmpty: Bool { ready.isEmpty }

  /// Runs one of the ready jobs; `choice` gives a number below the number of them.
  static func runOne(_ choice: (Int) -> Int) {
    let index = ready.count == 1 ? 0 : choice(ready.count)
    ready.swapAt(index, ready.count - 1)
    jobs_run(ready.removeLast())
  }
}
