import CWorker
import Foundation
import Synchronization

/// Tells a service manager how a service is, as sd_notify(3) does: datagrams to `$NOTIFY_SOCKET`.
///
/// Promises: nothing waits for it, and nothing fails because of it. Without the variable it does nothing.
public final class ServiceManager: Sendable {
  private let socket: String?
  /// Half of the time after which the manager takes the process for dead; nil when it does not watch.
  let watchdogInterval: Duration?
  private let last = Mutex((status: "", alive: ContinuousClock.Instant?.none))

  /// - Parameter environment: The process's. `WATCHDOG_PID` names the process that `WATCHDOG_USEC` is meant for.
  public init(_ environment: [String: String], process: Int32) {
    socket = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
    let isMeant = environment["WATCHDOG_PID"].map { Int32($0) == process } ?? true
    let time = environment["WATCHDOG_USEC"].flatMap(Int64.init) ?? 0
    watchdogInterval = isMeant && time > 0 ? .microseconds(time / 2) : nil
  }

  public func ready() { send("READY=1") }
  public func stopping(_ text: String = "Stopping: what is on the wire is finished.") {
    send("STOPPING=1\nSTATUS=\(text)")
  }

  /// One line; the same one again is not sent.
  public func status(_ text: String) {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    let isNew = last.withLock { last in
      defer { last.status = line }
      return last.status != line
    }
    if isNew { send("STATUS=\(line)") }
  }

  /// Called by the loop that must live, each time it has done a round: there is no timer that would go on without it.
  func alive() {
    guard let watchdogInterval else { return }
    let isDue = last.withLock { last in
      let now = ContinuousClock.now
      // A round comes early rather than late.
      if let alive = last.alive, now - alive < watchdogInterval * 0.8 { return false }
      last.alive = now
      return true
    }
    if isDue { send("WATCHDOG=1") }
  }

  private func send(_ text: String) {
    guard let socket else { return }
    _ = cworker_send(socket, text, text.utf8.count)
  }
}
