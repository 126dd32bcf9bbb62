import Delivery

/// A wait for the relay, in slices: its limit, cut short by the order to stop.
///
/// Ends by throwing ``ConnectionLoss/timedOut(_:)`` or ``ConnectionLoss/stopped``, at most one slice late.
struct RelayWait {
  /// What is still waited for once sending is to stop.
  enum AfterStop {
    /// Nothing: the connection is closed at once.
    case nothing
    /// An answer that nobody needs.
    case politeness(Duration)
    /// The reply to a final dot, as long as ``SessionControl/answerLimit`` says. Its age is noted.
    case answer(SessionControl.Ticket)
  }

  /// How soon a wait heeds the order to stop.
  static let attention = Duration.milliseconds(250)

  private let limit: Duration
  private let afterStop: AfterStop
  private let control: SessionControl
  private let uptime: Uptime
  private let start: Duration
  /// When the wait ends because of the order to stop.
  private var stopsAt: Duration?

  init(_ limit: Duration, _ afterStop: AfterStop, _ control: SessionControl, _ uptime: @escaping Uptime) {
    self.limit = limit
    self.afterStop = afterStop
    self.control = control
    self.uptime = uptime
    start = uptime()
  }

  /// Waits for one slice with `poll`, which gets its length and returns true when there is something.
  mutating func slice(_ poll: (Duration) -> Bool) throws(ConnectionLoss) {
    while true {
      let now = uptime()
      if case .answer(let ticket) = afterStop { control.note(ticket, age: now - start) }
      if stopsAt == nil, let answerLimit = control.answerLimit {
        switch afterStop {
        case .nothing: stopsAt = now
        case .politeness(let limit): stopsAt = now + limit
        case .answer: stopsAt = now + answerLimit
        }
      }
      let left = start + limit - now
      guard left > .zero else { throw .timedOut(limit) }
      let untilStop = stopsAt.map { $0 - now } ?? left
      guard untilStop > .zero else { throw .stopped }
      if poll(min(left, untilStop, Self.attention)) { return }
    }
  }
}
