public import Campaigns
public import Monitoring
import Synchronization

/// What a delivery and its sessions tell each other beside the letters: the order to stop, what the relays are waited
/// for, and what was found out about them.
///
/// One for all sessions of a delivery, or of a probe. Promises: once ``stop(waiting:)`` has returned, no session begins
/// to send a final dot. Measures no time itself; the sessions report the ages of their waits, and time the dialogue by
/// ``metrics``.
public final class SessionControl: Sendable {
  /// Something that a session waits for now.
  public struct Wait: Sendable, Hashable {
    public enum Kind: Sendable, Hashable, CaseIterable {
      /// A connection: up to the reply to EHLO or AUTH.
      case opening
      /// The reply to a final dot.
      case answer
    }
    public var kind: Kind
    public var relay: String
    /// `host:port`.
    public var place: String
    public var age: Duration

    public init(kind: Kind, relay: String, place: String, age: Duration) {
      self.kind = kind
      self.relay = relay
      self.place = place
      self.age = age
    }
  }

  public enum Notice: Sendable, Hashable {
    /// The relay offers PIPELINING and answers only the first of several commands that come together.
    case swallowsCommands(relay: String, place: String)
  }

  /// Names a wait that has begun.
  public struct Ticket: Sendable, Hashable {
    fileprivate let number: Int
  }

  private struct State {
    var answerLimit: Duration?
    var waits: [Int: Wait] = [:]
    var last = 0
    var notices: [Notice] = []
  }

  /// How long opening a connection may take in all; nil when only its steps have limits.
  public let openingLimit: Duration?
  public let metrics: DeliveryMetrics
  private let state = Mutex(State())

  public init(openingLimit: Duration? = nil, metrics: DeliveryMetrics = .none) {
    self.openingLimit = openingLimit
    self.metrics = metrics
  }

  // MARK: Stopping

  /// Orders the sessions to stop: what has not come to its final dot is broken off, and the reply to a dot is waited for
  /// no longer than `limit` from now. Returns how many letters wait for it; nil when the order was given before.
  @discardableResult
  public func stop(waiting limit: Duration) -> Int? {
    state.withLock { state in
      guard state.answerLimit == nil else { return nil }
      state.answerLimit = limit
      return state.waits.values.count { $0.kind == .answer }
    }
  }

  /// How long the reply to a final dot is waited for since the order to stop; nil as long as there is none.
  public var answerLimit: Duration? { state.withLock { $0.answerLimit } }
  public var isStopped: Bool { answerLimit != nil }

  // MARK: Waiting

  /// Nil for an answer once the order to stop is given: then the final dot must not be sent.
  public func begin(_ kind: Wait.Kind, through relay: Relay) -> Ticket? {
    state.withLock { state in
      if kind == .answer, state.answerLimit != nil { return nil }
      state.last += 1
      state.waits[state.last] = Wait(
        kind: kind, relay: relay.name, place: "\(relay.host):\(relay.port)", age: .zero)
      return Ticket(number: state.last)
    }
  }

  public func note(_ ticket: Ticket, age: Duration) {
    state.withLock { $0.waits[ticket.number]?.age = age }
  }

  public func end(_ ticket: Ticket) {
    state.withLock { _ = $0.waits.removeValue(forKey: ticket.number) }
  }

  public var waits: [Wait] { state.withLock { Array($0.waits.values) } }

  // MARK: Findings

  public func tell(_ notice: Notice) {
    state.withLock { state in
      if !state.notices.contains(notice) { state.notices.append(notice) }
    }
  }

  /// The notices told since the last call.
  public func takeNotices() -> [Notice] {
    state.withLock { state in
      defer { state.notices = [] }
      return state.notices
    }
  }
}
