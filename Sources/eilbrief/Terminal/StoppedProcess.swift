import Foundation

/// Whether a process of this machine is stopped (SIGSTOP, or Ctrl-Z in its terminal). Looks into /proc; where there is
/// none, no process is.
enum StoppedProcess {
  static func isStopped(_ identifier: Int32) -> Bool {
    guard let text = try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8),
      // The state stands behind the name, which is in brackets and may hold any.
      let end = text.lastIndex(of: ")")
    else { return false }
    return text[end...].dropFirst(2).first == "T"
  }
}
