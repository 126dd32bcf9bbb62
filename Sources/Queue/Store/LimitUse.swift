public import Campaigns
public import Foundation

/// What limits are counted for: a relay, or the receiving domains of a ``DestinationRule``.
///
/// Use is remembered by it over all campaigns of a queue, whatever names they give: a relay is its host, its port and
/// the user that logs in.
public struct LimitScope: Sendable, Hashable {
  /// As the store keeps it.
  public let key: String

  package init(key: String) { self.key = key }

  public static func relay(_ relay: Relay) -> LimitScope {
    let host = relay.host.lowercased()
    let server = "\(host.contains(":") ? "[\(host)]" : host):\(relay.port)"
    return LimitScope(key: "relay " + server + (relay.username.map { " " + $0 } ?? ""))
  }

  public static func destination(_ pattern: DestinationPattern) -> LimitScope {
    switch pattern {
    case .domain(let name): LimitScope(key: "domain " + name.lowercased())
    case .below(let name): LimitScope(key: "below " + name.lowercased())
    case .mx(let name): LimitScope(key: "mx " + name.lowercased())
    }
  }

  /// What queues up to format 6 have counted: for a relay by its name in the campaign file.
  public static func formerRelay(named name: String) -> LimitScope { LimitScope(key: "name " + name) }
}

/// One place in the limits of a scope: a letter that left, or may have left, at that moment.
public struct LimitUse: Sendable, Hashable {
  public var scope: LimitScope
  /// What ``MessageStore/openUse(on:keeping:at:)`` has returned.
  public var clock: Int64
  /// The moment by the delivery's even clock. The store keeps whole milliseconds.
  public var at: Date

  public init(scope: LimitScope, clock: Int64, at: Date) {
    self.scope = scope
    self.clock = clock
    self.at = at
  }
}

/// What the times of a delivery's even clock mean to another delivery.
///
/// The even clock of a process begins at the wall clock and then counts evenly. Both are told by the moment at which they
/// have the machine's start: on the same start of the same machine the time that has really passed is known, however the
/// wall clock was set meanwhile. After another start the wall clock is all there is.
public struct ClockBase: Sendable, Hashable {
  /// Names this start of this machine (`/proc/sys/kernel/random/boot_id`); nil when it is not known.
  public var boot: String?
  /// The machine's start by the even clock; any moment when the start is not known.
  public var even: Date
  /// The same by the wall clock, as it is set now.
  public var wall: Date

  public init(boot: String?, even: Date, wall: Date) {
    self.boot = boot
    self.even = even
    self.wall = wall
  }

  /// The wall clock, taken for an even one: for a process that only looks.
  public var asWallClock: ClockBase { ClockBase(boot: boot, even: wall, wall: wall) }

  /// A moment of another process's even clock, by this one.
  public func moment(_ moment: Date, of other: ClockBase) -> Date {
    if let boot, boot == other.boot { return moment.addingTimeInterval(even.timeIntervalSince(other.even)) }
    return moment.addingTimeInterval(other.wall.timeIntervalSince(other.even) + even.timeIntervalSince(wall))
  }
}

/// What a delivery has learned of a relay or a destination, with its times by the even clock.
///
/// Opaque to the store.
public struct LearnedLimits: Sendable, Hashable {
  public var scope: LimitScope
  /// Letters a second at which it asked for less, when it did, and the seconds for which that is believed.
  public var pace: Learned<Double>?
  /// Connections that it takes at the same time.
  public var connections: Learned<Int>?
  /// Letters that it takes over one connection.
  public var letters: Learned<Int>?

  public struct Learned<Value: Sendable & Hashable>: Sendable, Hashable {
    public var value: Value
    public var at: Date
    public var lasts: TimeInterval

    public init(_ value: Value, at: Date, lasts: TimeInterval) {
      self.value = value
      self.at = at
      self.lasts = lasts
    }
  }

  public init(
    scope: LimitScope, pace: Learned<Double>? = nil, connections: Learned<Int>? = nil, letters: Learned<Int>? = nil
  ) {
    self.scope = scope
    self.pace = pace
    self.connections = connections
    self.letters = letters
  }

  /// The same with its times by another clock.
  package func moved(_ change: (Date) -> Date) -> LearnedLimits {
    var moved = self
    if let pace { moved.pace?.at = change(pace.at) }
    if let connections { moved.connections?.at = change(connections.at) }
    if let letters { moved.letters?.at = change(letters.at) }
    return moved
  }

  package var isEmpty: Bool { pace == nil && connections == nil && letters == nil }
}

/// How long use is kept: as long as the longest window of the limits it was counted for, and no less than this.
package enum UseRetention {
  package static let shortest: TimeInterval = 8 * 86_400
}
