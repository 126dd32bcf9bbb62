public import Foundation
import Queue
public import Receipts

/// What a delivery has to tell while it runs, beside its letters.
public enum DeliveryNews: Sendable, Hashable {
  /// The deadline has passed; the letters that are not accepted, by state. Told once in a delivery.
  case deadlinePassed(DeliveryDeadline, open: [MessageState: Int])
  /// Letters that were not accepted by the deadline have expired.
  case expired(Int)
  /// The canary's letters leave before all others.
  case canaryBegins(letters: Int, of: Int)
  /// All were answered; the others wait until then.
  case canaryWaits(letters: Int, until: Date)
  /// The others leave now.
  case canaryPassed(letters: Int)
  /// A delivery that is only rehearsed goes on, where a launch would be paused for a look.
  case canaryWouldPause(CanaryLook)
}

extension DeliveryEngine {
  /// Tells that the deadline has passed, once, and counts what it finds unaccepted.
  func noteDeadline(_ gate: DeliveryGate, _ commits: GroupCommit) async throws {
    guard let deadline = gate.noticedDeadline(at: time.now) else { return }
    try await commits.settle()
    let messages = try await store.snapshot(of: campaign).messages
    let open = messages.filter { $0.key != .accepted && $0.value > 0 }
    if !open.isEmpty { await tell(.deadlinePassed(deadline, open: open)) }
  }
}
