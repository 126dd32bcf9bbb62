public import Campaigns
public import Foundation
import Synchronization

/// Why a delivery lets no more letters leave, though nobody has asked for that.
public enum DeliveryHalt: Sendable, Hashable {
  /// The deadline has passed, and nothing is sent after it.
  case deadline
  /// Too many letters have an outcome that nobody knows.
  case uncertain(UncertainShare)
}

/// The uncertain letters among those that have an outcome since the delivery began.
public struct UncertainShare: Sendable, Hashable {
  public var uncertain: Int
  public var of: Int
  /// The share at which the campaign file says to stop, from 0 to 1.
  public var allowed: Double

  public init(uncertain: Int, of: Int, allowed: Double) {
    self.uncertain = uncertain
    self.of = of
    self.allowed = allowed
  }
}

/// When a campaign must be over, and what becomes of its letters then.
public struct DeliveryDeadline: Sendable, Hashable {
  /// By the wall clock: it is a promise to people.
  public var moment: Date
  public var after: AfterDeadline

  public init(_ moment: Date, _ after: AfterDeadline) {
    self.moment = moment
    self.after = after
  }
}

/// What all workers of a delivery look at before a letter leaves: whether the delivery has to stop by itself.
///
/// Promises: once it has halted it stays so, and no letter is claimed after that; a letter that is claimed is sent to its
/// end. Owns nothing durable.
final class DeliveryGate: Sendable {
  private struct State {
    var halt: DeliveryHalt?
    var outcomes = 0
    var uncertain = 0
    var isDeadlineNoticed = false
  }

  private let stopAt: RefusalShare
  private let deadline: DeliveryDeadline?
  private let state = Mutex(State())

  init(stopAt: RefusalShare = .standard, deadline: DeliveryDeadline? = nil) {
    self.stopAt = stopAt
    self.deadline = deadline
  }

  /// Why nothing may leave at this moment of the wall clock; nil when letters may.
  func halt(at now: Date) -> DeliveryHalt? {
    state.withLock { state in
      if state.halt == nil, let deadline, deadline.after == .stop, now >= deadline.moment { state.halt = .deadline }
      return state.halt
    }
  }

  /// The deadline that has passed at this moment of the wall clock, once: nil when it has not, or was returned before.
  func noticedDeadline(at now: Date) -> DeliveryDeadline? {
    guard let deadline, now >= deadline.moment else { return nil }
    return state.withLock { state in
      defer { state.isDeadlineNoticed = true }
      return state.isDeadlineNoticed ? nil : deadline
    }
  }

  /// Counts an outcome of this delivery.
  func note(_ outcome: AttemptVerdict.Outcome) {
    guard let allowed = stopAt.uncertain, [.accepted, .refused, .uncertain].contains(outcome) else { return }
    state.withLock { state in
      state.outcomes += 1
      if outcome == .uncertain { state.uncertain += 1 }
      guard state.halt == nil, state.uncertain > 0, state.outcomes >= stopAt.of,
        Double(state.uncertain) >= allowed * Double(state.outcomes)
      else { return }
      state.halt = .uncertain(UncertainShare(uncertain: state.uncertain, of: state.outcomes, allowed: allowed))
    }
  }
}
