import Campaigns
import Foundation
import Queue

/// One relay during a delivery: its health and what is left of its limits, shared by its workers.
actor RelayState {
  nonisolated let relay: Relay
  private var health: RelayHealth
  private var limiter: Limiter
  /// The workers whose connection is open.
  private var connected: Set<Int> = []

  init(relay: Relay, limiter: Limiter) {
    self.relay = relay
    health = RelayHealth(host: "\(relay.host):\(relay.port)")
    self.limiter = limiter
  }

  var trouble: RelayTrouble? { health.trouble }
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

  func pause(_ trouble: RelayTrouble) { health.pause(trouble) }
  func noteFailedOpening(_ trouble: RelayTrouble) {
    health.noteFailedOpening(trouble, othersAreOpen: !connected.isEmpty)
  }
  func note(_ verdict: Verdict, on result: SendResult, to message: DueMessage, at now: Date) {
    health.note(verdict, on: result, message: message.message, recipient: message.recipient, at: now)
  }
}
