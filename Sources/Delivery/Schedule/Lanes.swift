public import Campaigns
public import Foundation

/// What a letter's attempt came to, for the limits of its destination.
public enum LetterEnd: Sendable, Hashable {
  case accepted
  /// The recipient was taken, or nobody can know.
  case recipientTaken
  /// It was refused or put off before its recipient was taken.
  case tried
  /// It never came to MAIL.
  case unsent

  /// It keeps its place in limits that count so.
  public func isCounted(by count: LimitCount) -> Bool {
    switch self {
    case .accepted, .recipientTaken: true
    case .tried: count == .attempts
    case .unsent: false
    }
  }
}

/// Which waiting letter goes next, and when: letters in lanes by their receiving domain, the lanes by their destination.
///
/// A destination is a receiving domain, or all domains that the same ``DestinationRule``s fit: a provider. Pure value:
/// the caller brings the time, so that a forecast may run it on a clock of its own.
///
///     var lanes = Lanes<Int64>(rules: DestinationRules(campaign.destinations), connections: 8)
///     lanes.add(1002, to: "kanzlei.example")
///     if case .letter(let ticket) = lanes.next(at: now) {
///       if lanes.began(ticket, at: later) != nil { … send … }
///       lanes.ended(ticket, .accepted, at: end)
///     }
///
/// Promises: the letters of one domain leave in the order they came; no limit of a destination is exceeded, whoever asks;
/// a destination that may not go now, or holds its letters long, delays no other: while letters to others wait it never
/// has all connections, and after a letter that took long it leaves them free for a multiple of that time.
/// Each step takes the logarithm of the number of lanes at most, and a waiting letter 16 bytes beside its item.
public struct Lanes<Item: Sendable>: Sendable {
  /// Who goes first among those that may.
  public enum Order: Sendable, Hashable {
    /// Destinations take turns, and so do the domains of one.
    case turns
    /// The letter that was added first.
    case file
  }

  public enum Next: Sendable {
    /// It is taken out and counts as on the wire, until ``Lanes/ended(_:_:at:)``.
    case letter(Ticket)
    /// None can go before this moment, unless one is added.
    case wait(until: Date)
    /// Some wait until a letter on the wire has ended; others, if any, until the moment.
    case held(until: Date?)
    /// None waits, or none of the kinds that were asked for.
    case empty
  }

  /// One letter on its way.
  public struct Ticket: Sendable {
    public let item: Item
    let domain: Int32
    let number: UInt32
    let kind: Int
    /// The moment that its places in the limits stand for.
    var takenAt: Date
  }

  /// The lanes of one level: of a kind at the root, or of a destination.
  struct Level: Sendable {
    var ready: ReadyLanes
  }

  enum State: UInt8, Sendable { case empty, ready, timed, full }

  /// A domain's letters of one kind, or all such lanes of one destination.
  struct Lane: Sendable {
    var domain: Int32
    var kind: Int32
    var parent: Int32
    var head: Int32 = -1
    var tail: Int32 = -1
    var stamp: UInt32 = 0
    var state = State.empty
    /// The level below it, for a destination.
    var level: Int32 = -1
  }

  struct Slot: Sendable {
    var item: Item
    var next: Int32
    var number: UInt32
  }

  struct DomainPlace: Sendable {
    var name: String
    /// The destination it belongs to; -1 for one of its own.
    var group: Int32
    /// Its lane of kind 0.
    var lane: Int32
  }

  let rules: DestinationRules
  let order: Order
  var connections: Int32
  /// Most letters to one destination on the wire while others wait.
  var shared: Int32
  /// The rules' gates, then the domains'.
  var gates: [DestinationGate]
  var domains: [DomainPlace] = []
  var domainNumbers: [String: Int32] = [:]
  var freeDomains: [Int32] = []
  /// Destinations with rules: which rules, and their lanes by kind.
  var groups: [(rules: [Int32], lanes: [Int32: Int32])] = []
  var groupNumbers: [[Int32]: Int32] = [:]
  var lanes: [Lane] = []
  var freeLanes: [Int32] = []
  /// A domain's lanes of other kinds.
  var otherLanes: [LaneKey: Int32] = [:]
  var levels: [ReadyLanes] = []
  var roots: [Int32: Int32] = [:]
  var slots: [Slot] = []
  var freeSlot: Int32 = -1
  var timed = MinHeap<Date, LaneEntry>()
  var courteous = Deque<LaneEntry>()
  var full: [Int32: [LaneEntry]] = [:]
  var fullCount = 0
  var numbers: UInt32 = 0
  /// Domains are forgotten when there are more.
  var sweepAt = 1024
  /// Domains whose exchangers are to be looked up.
  var unknownDomains: [String] = []
  /// What a letter takes on the wire, the slow ones left out.
  var usual: TimeInterval = 0

  struct LaneKey: Hashable, Sendable {
    var domain: Int32
    var kind: Int32
  }

  /// Seconds by which the wall clock is ahead of the clock of the moments that are given here, for limits that a host counts
  /// by the clock.
  public var wallAhead: TimeInterval = 0
  /// Letters that wait.
  public internal(set) var waiting = 0
  /// Letters on the wire.
  public internal(set) var onWire = 0

  /// - Parameters:
  ///   - connections: Of all relays together.
  ///   - smallestRelay: The connections of the relay that has the fewest: no destination holds as many while letters to
  ///     others wait.
  ///   - past: For each rule the times that its limits still count, ascending.
  public init(
    rules: DestinationRules = DestinationRules([]), order: Order = .turns, connections: Int = 1,
    smallestRelay: Int? = nil, past: [[Date]] = []
  ) {
    self.rules = rules
    self.order = order
    self.connections = Int32(clamping: max(1, connections))
    shared = Int32(clamping: max(1, (smallestRelay ?? connections) - 1))
    gates = []
    for (index, rule) in rules.rules.enumerated() {
      var gate = newGate(most: rule.connections)
      var extra = DestinationGate.Extra()
      extra.limiter = RateLimiter(limits: rule.limits, past: past.indices.contains(index) ? past[index] : [])
      extra.count = rule.count
      extra.hasLimits = !rule.limits.isEmpty
      gate.extra = extra
      gates.append(gate)
    }
  }

  func newGate(most: Int? = nil) -> DestinationGate {
    DestinationGate(
      window: max(1, connections / 4), most: most.map { Int32(clamping: max(1, $0)) } ?? connections)
  }
}
