import Dispatch
import Foundation

/// Runs work that SIGINT, SIGTERM and SIGHUP (a terminal that was closed) ask to stop: its task is cancelled.
///
/// Inside another call the outer one receives the signals, for both. Once heard, further signals change nothing; `kill
/// -9` is safe too, at the price of letters that are then uncertain.
enum StopSignal {
  /// The handlers must not be set up twice: the second setting of SIG_IGN would make the first one deaf.
  @TaskLocal private static var isHeard = false

  static func cancelling<Value: Sendable>(
    _ work: @escaping @Sendable () async throws -> Value, onSignal: @escaping @Sendable () -> Void
  ) async throws -> Value {
    if isHeard { return try await work() }
    // Unstructured: a signal source needs a task to cancel; it is awaited right here.
    let task = Task { try await $isHeard.withValue(true) { try await work() } }
    let sources = [SIGINT, SIGTERM, SIGHUP].filter { !isIgnored($0) }.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if !task.isCancelled { onSignal() }
        task.cancel()
      }
      source.resume()
      return source
    }
    defer { for source in sources { source.cancel() } }
    return try await task.value
  }

  /// `nohup` makes a process ignore SIGHUP, and a shell makes its background jobs ignore SIGINT: then we ignore it too.
  static func isIgnored(_ number: Int32) -> Bool { has(number, SIG_IGN) }

  static func isDefault(_ number: Int32) -> Bool { has(number, SIG_DFL) }

  /// Whether this is what the process does on a signal.
  static func has(_ number: Int32, _ handler: sighandler_t?) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    // A handler is a C function, SIG_IGN the number 1 in its place: only their addresses can be compared.
    let set = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
    return set == unsafeBitCast(handler, to: Int.self)
  }
}
