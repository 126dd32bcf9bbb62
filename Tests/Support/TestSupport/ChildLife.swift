import Foundation
import Synchronization

/// Whether a child process still runs, and how it ended, for any number of callers.
final class Life: Sendable {
  private struct State {
    var ending: ChildProcess.Ending?
    var waiting: [CheckedContinuation<ChildProcess.Ending, Never>] = []
  }

  private let state = Mutex(State())

  var isRunning: Bool { state.withLock { $0.ending == nil } }

  /// Nothing when the child has ended: its number may be somebody else's by then.
  func send(_ signal: Int32, to identifier: pid_t) {
    state.withLock { if $0.ending == nil { kill(identifier, signal) } }
  }

  func ending() async -> ChildProcess.Ending {
    await withCheckedContinuation { continuation in
      let ending = state.withLock { state in
        if state.ending == nil { state.waiting.append(continuation) }
        return state.ending
      }
      if let ending { continuation.resume(returning: ending) }
    }
  }

  /// Blocks until the child has ended; called once, on a thread of its own.
  func wait(for identifier: pid_t) {
    // Not reaped before the state says so: until then its number cannot become somebody else's.
    var information = siginfo_t()
    while waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    let (ending, waiting) = state.withLock { state in
      var status: Int32 = 0
      waitpid(identifier, &status, 0)
      let signal = status & 0x7f
      let ending: ChildProcess.Ending = signal == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: signal)
      state.ending = ending
      defer { state.waiting = [] }
      return (ending, state.waiting)
    }
    for continuation in waiting { continuation.resume(returning: ending) }
  }
}
