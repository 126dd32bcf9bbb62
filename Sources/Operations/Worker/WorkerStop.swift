import Synchronization

/// The order to stop, for everything that a worker has begun: deliveries are drained, waits end.
final class WorkerStop: Sendable {
  private struct State {
    var isStopped = false
    var last = 0
    var cancellations: [Int: @Sendable () -> Void] = [:]
  }

  private let state = Mutex(State())

  var isStopped: Bool { state.withLock { $0.isStopped } }

  func stop() {
    let cancellations = state.withLock { state in
      state.isStopped = true
      defer { state.cancellations = [:] }
      return Array(state.cancellations.values)
    }
    for cancel in cancellations { cancel() }
  }

  /// Runs the work in a task of its own, which is cancelled by the order and by nothing else: what follows it is done in
  /// good order.
  func cancelling<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
    // Unstructured: the order needs a task to cancel; it is awaited right here.
    let task = Task { try await work() }
    let number = state.withLock { state -> Int? in
      guard !state.isStopped else { return nil }
      state.last += 1
      state.cancellations[state.last] = { task.cancel() }
      return state.last
    }
    if number == nil { task.cancel() }
    defer { if let number { state.withLock { _ = $0.cancellations.removeValue(forKey: number) } } }
    return try await task.value
  }

  /// Until the time is over or the order is given.
  func pause(for duration: Duration) async {
    try? await cancelling { try await Task.sleep(for: duration) }
  }
}
