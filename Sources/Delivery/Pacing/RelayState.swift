import Campaigns
import Foundation
import Queue

/// One relay during a delivery: its health and the rest of its limits, shared by its workers.
actor RelayState {
  nonisolated let relay: Relay
  private var health: RelayHealth
  private var limiter: RateLimiter
  /// The workers whose connection is open.
  private var connected: Set<Int> = []

  init(relay: Relay, limiter: RateLimiter) {
    self.relay = relay
    health = RelayHealth(host: "\(relay.host):\(relay.port)")
    self.limiter = limiter
  }

  var trouble: RelayUnavailable? { health.trouble }
  var slowedUntil: Date? { health.slowedUntil }

  func nextMoment(at now: Date) -> Date { limiter.next(at: now) }

  /// Takes this moment out of the limits; false when another worker was faster.
  func reserve(at now: Date) -> Bool {
    guard limiter.next(at: now) <= now else { return false }
    limiter.take(at: now)
    return true
  }

  func connected(_ worker: Int) { connected.insert(worker) }
  func disconnected(_ worker: Int) { connected.remove(worker) }

  func pause(_ trouble: RelayUnavailable) { health.pause(trouble) }
  func noteFailedOpening(_ trouble: RelayUnavailable) {
    health.noteFailedOpening(trouble, othersAreOpen: !connected.isEmpty)
  }
  func note(_ verdict: AttemptVerdict, on result: SendResult, to message: DueMessage, at now: Date) {
    health.note(verdict, on: result, message: message.message, recipient: message.recipient, at: now)
  }
}
