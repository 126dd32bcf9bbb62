/// Lets one through at a time, in the order of their coming.
///
/// Fails with ``PageFailure/busy`` for one who comes when many wait, and with `CancellationError` for one whose browser has
/// left: those wait no longer.
actor Turnstile {
  static let mostWaiting = 32

  private var isTaken = false
  private var waiting: [(number: Int, continuation: CheckedContinuation<Void, any Error>)] = []
  private var next = 0

  var waiters: Int { waiting.count }
  var isFree: Bool { !isTaken }

  func pass<Value: Sendable>(_ work: @Sendable () async throws -> Value) async throws -> Value {
    try await enter()
    defer {
      if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().continuation.resume() }
    }
    try Task.checkCancellation()
    return try await work()
  }

  private func enter() async throws {
    try Task.checkCancellation()
    guard isTaken else {
      isTaken = true
      return
    }
    guard waiting.count < Self.mostWaiting else { throw PageFailure.busy }
    next += 1
    let number = next
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { waiting.append((number, $0)) }
    } onCancel: {
      // A cancellation is told outside of the actor.
      Task { await self.giveUp(number) }
    }
  }

  private func giveUp(_ number: Int) {
    guard let index = waiting.firstIndex(where: { $0.number == number }) else { return }
    waiting.remove(at: index).continuation.resume(throwing: CancellationError())
  }
}
