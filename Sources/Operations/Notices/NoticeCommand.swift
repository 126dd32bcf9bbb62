import CWorker
import Foundation

/// Runs the program of `notify: command`: no shell, a process group of its own, an environment of a few words, the notice
/// on its standard input, and no longer than its limit. What it prints is not read.
struct NoticeCommand: Sendable {
  let words: [String]
  let folder: String
  let environment: [String]
  /// Less than what a pipe holds.
  let input: [UInt8]
  let limit: Duration

  /// Returns what went wrong; nil when it ended with 0. When its time is over, or the task is cancelled, its whole group
  /// is killed.
  func run() async throws -> String? {
    guard let program = words.first else { return "no program" }
    var arguments = words.map { strdup($0) } + [nil]
    var variables = environment.map { strdup($0) } + [nil]
    defer { for text in arguments + variables { free(text) } }
    var process: pid_t = 0
    let code = cworker_start(program, &arguments, &variables, folder, input, input.count, &process)
    guard code == 0 else { return "cannot be started: \(String(cString: strerror(code)))" }
    let deadline = ContinuousClock.now + limit
    while true {
      var status: Int32 = 0
      if waitpid(process, &status, WNOHANG) == process { return Self.trouble(status) }
      if Task.isCancelled || ContinuousClock.now >= deadline {
        kill(-process, SIGKILL)
        kill(process, SIGKILL)
        waitpid(process, &status, 0)
        try Task.checkCancellation()
        return "has not ended within \(limit.components.seconds) s"
      }
      try? await Task.sleep(for: .milliseconds(20))
    }
  }

  private static func trouble(_ status: Int32) -> String? {
    let signal = status & 0x7F
    if signal != 0 { return "was ended by signal \(signal)" }
    let code = status >> 8 & 0xFF
    return code == 0 ? nil : "ended with exit status \(code)"
  }
}
