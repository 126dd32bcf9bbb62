public import Campaigns
public import Foundation
public import Queue

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
/// A destination is a receiving domain, or all domains that a ``DestinationRule`` is for: a provider. Pure value:
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
    let key: UInt32
    let kind: Int
    /// The moment that its places in the limits stand for.
    var takenAt: Date
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
    /// As it stands in its queue.
    var key: UInt32 = 0
  }

  struct Slot: Sendable {
    var item: Item
    var next: Int32
    /// The rank of the letter, or its number where the order is that of adding.
    var key: UInt32
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
  /// Domains that belong to another destination as soon as none of their letters is on the wire.
  var moving: [Int32: Int32] = [:]
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
  ///   - learned: What deliveries before have learned of rules, by their places.
  ///   - now: When they are made.
  public init(
    rules: DestinationRules = DestinationRules([]), order: Order = .turns, connections: Int = 1,
    smallestRelay: Int? = nil, past: [[Date]] = [], learned: [Int: LearnedLimits] = [:], at now: Date = .distantPast
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
      if let learned = learned[index] { gate.begin(with: learned, at: now) }
      gates.append(gate)
    }
  }

  /// What was learned of the rules' domains, for the next delivery.
  public func learned(at now: Date) -> [LearnedLimits] {
    rules.rules.indices.compactMap { gates[$0].learned(.destination(rules.rules[$0].destination), at: now) }
  }

  func newGate(most: Int? = nil) -> DestinationGate {
    DestinationGate(
      window: max(1, connections / 8), most: most.map { Int32(clamping: max(1, $0)) } ?? connections)
  }
}
