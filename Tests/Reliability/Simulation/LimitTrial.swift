public import Campaigns
import Delivery
import Foundation
import Mail
import Queue
import Receipts
import Synchronization

/// A day at a relay that keeps its own limits and counts for itself: two campaigns take turns on it, under two names, with
/// processes that are killed, a wall clock that is set between them, and a machine that starts again.
///
/// The relay answers as it likes; what it must never have to do is refuse a letter for a limit.
public struct LimitTrial {
  public struct Outcome: Sendable {
    /// Letters that were more than a limit allows, as the relay counts.
    public var violations = 0
    public var accepted = 0
    public var processes = 0
    /// Letters that count, as a share of what the tightest limit allows over the day.
    public var use = 0.0
    public var failure: String?
  }

  /// What is different from one trial to the next.
  public struct Settings: Sendable {
    public var limits: [RateLimit]
    public var count = LimitCount.accepted
    public var spread = false
    public var hours: SendingHours?
    public var destinations: [DestinationRule] = []
    /// Letters over one connection.
    public var perConnection: Int?
    /// Processes of the day; all but the last are killed.
    public var processes = 6
    public var clockJumps = true

    public init(limits: [RateLimit]) { self.limits = limits }
  }

  static let second = 1_000_000
  static let day = 86_400 * second
  /// Letters of each campaign: more than can be sent.
  static let letters = 5000

  private let settings: Settings
  private let world: World
  private let relay: CountingRelay
  private let store = SimulatedStore()

  /// The days that are tried, by name.
  public static let kinds: [(name: String, settings: Settings)] = [
    ("300/h, 5000/d", settings([(300, 3600), (5000, 86_400)])),
    ("300/h", settings([(300, 3600)])),
    ("300/h spread", settings([(300, 3600)]) { $0.spread = true }),
    ("5/min attempts", settings([(5, 60)]) { $0.count = .attempts }),
    ("2/min", settings([(2, 60)])),
    ("1/20s", settings([(1, 20)])),
    ("20/10min spread attempts", settings([(20, 600)]) { ($0.spread, $0.count) = (true, .attempts) }),
    (
      "200/h by the clock",
      settings([(200, 3600)]) {
        $0.limits[0].start = WindowStart(minutes: 20, zone: .gmt)
        $0.clockJumps = false
      }
    ),
    (
      "destinations, 20 letters a connection",
      settings([]) {
        $0.destinations = [
          rule(.domain("kanzlei2.example"), [(6, 600), (20, 3600)]),
          rule(.mx("provider.example"), [(60, 3600)], connections: 2),
          rule(.below("example"), [(20, 600)], .attempts),
        ]
        $0.perConnection = 20
      }
    ),
    (
      "2/min to destinations, attempts",
      settings([]) { $0.destinations = [rule(.below("example"), [(2, 60)], .attempts)] }
    ),
    ("2/min to destinations", settings([]) { $0.destinations = [rule(.below("example"), [(2, 60)])] }),
  ]

  private static func rule(
    _ destination: DestinationPattern, _ limits: [(count: Int, seconds: Int)], _ count: LimitCount = .accepted,
    connections: Int? = nil
  ) -> DestinationRule {
    DestinationRule(
      destination, limits: limits.map { RateLimit(count: $0.count, window: .seconds($0.seconds)) }, count: count,
      connections: connections)
  }

  private static func settings(
    _ limits: [(count: Int, seconds: Int)], _ change: (inout Settings) -> Void = { _ in }
  ) -> Settings {
    var settings = Settings(limits: limits.map { RateLimit(count: $0.count, window: .seconds($0.seconds)) })
    change(&settings)
    return settings
  }

  public static func run(seed: UInt64, _ settings: Settings) -> Outcome { LimitTrial(seed: seed, settings).run() }

  private init(seed: UInt64, _ settings: Settings) {
    self.settings = settings
    world = World(seed: seed, trace: Trace(isPrinting: false))
    relay = CountingRelay(world: world, settings: settings)
  }

  private func run() -> Outcome {
    var outcome = Outcome()
    let (world, store) = (world, store)
    let isFrozen = Done()
    // Unstructured: begun by the simulation's loop, which is no task.
    Task {
      for name in ["one", "two"] {
        try? await SimulatedPlan.freeze(letters: Self.letters, in: store, at: world.date(0), name: name)
      }
      isFrozen.isSet = true
    }
    while !isFrozen.isSet, world.step() {}
    var nextTest = 0
    for number in 0..<settings.processes {
      outcome.processes += 1
      let end = number == settings.processes - 1 ? Self.day : Self.day * (number + 1) / settings.processes
      let life = ProcessLife(number: number)
      let done = begin(number, life)
      while !done.isSet, world.clock < end, world.step() {
        guard world.clock >= nextTest else { continue }
        nextTest = world.clock + world.dice.within(1...1200) * Self.second
        sendTest()
      }
      if done.isSet { outcome.failure = "process \(number) ended at \(world.clock / Self.second) s: \(done.words)" }
      life.kill()
      world.breakOff(life)
      while !done.isSet, world.step() {}
      if settings.clockJumps { world.jump(by: world.dice.within(-7200...7200) * Self.second) }
    }
    // What is left of its tasks ends, and what they hold is freed.
    while world.step() {}
    outcome.violations = relay.violations
    outcome.accepted = relay.acceptances
    outcome.use = relay.use
    return outcome
  }

  private func begin(_ number: Int, _ life: ProcessLife) -> Done {
    let done = Done()
    let campaign = Int64(number % 2 + 1)
    let time = SimulatedTimekeeper(process: life, world: world)
    let name = number % 2 == 0 ? "main" : "other"
    let settings = Relay(
      name: name, host: "relay.example", port: 587, tls: .startTLS, connections: 4, limits: settings.limits,
      count: settings.count, spread: settings.spread, perConnection: settings.perConnection)
    world.lockHolder = number
    let engine = DeliveryEngine(
      campaign: campaign,
      store: FaultyStore(
        base: store, process: life, world: world, auditor: nil,
        faults: StoreFaults(world: world, writeShare: 0, readShare: 0, latency: 20_000)),
      source: SimulatedLetters(envelopeSender: SimulatedPlan.sender, world: world, brokenShare: 0),
      transport: CountingTransport(relay: relay, process: life), receipts: NoReceipts(),
      settings: .init(
        relays: [settings], retry: .standard, uncertain: .hold, hours: self.settings.hours,
        destinations: self.settings.destinations,
        exchangers: SimulatedExchangers(
          destinations: SimulatedDestinations(), world: world, process: life, auditor: nil),
        worker: "process \(number)"),
      time: time, jitter: { [world] in world.dice.fraction() }, log: SimulatedPlan.log)
    let store = store
    // Unstructured, as above.
    Task {
      do {
        _ = try await store.recover(campaign: campaign, at: time.now)
        done.words = "\(try await engine.run())"
      } catch {
        done.words = "\(error)"
      }
      done.isSet = true
    }
    return done
  }

  /// A test letter, as another process sends it: where there is a place in the relay's limits.
  private func sendTest() {
    let (world, store, limits, relay) = (world, store, settings.limits, relay)
    if limits.isEmpty { return }
    let life = ProcessLife(number: 1000)
    let time = SimulatedTimekeeper(process: life, world: world)
    let scope = LimitScope.relay(
      Relay(name: "", host: "relay.example", port: 587, tls: .startTLS, connections: 1, limits: []))
    // Unstructured, as above.
    Task {
      _ = await world.wait(world.dice.below(CountingRelay.latency), of: life)
      let (moment, clock, wallAhead) = (time.monotonicNow, time.base, time.now.timeIntervalSince(time.monotonicNow))
      let since = moment.addingTimeInterval(-RateLimiter.memory(of: limits))
      let isTaken = try? await store.takePlace(of: [scope], at: moment, since: since, on: clock) { past in
        var limiter = RateLimiter(limits: limits, past: past.map { min($0, moment) })
        return limiter.next(at: moment, wallAhead: wallAhead) <= moment
      }
      if isTaken == true { relay.countTest() }
    }
  }

  private struct NoReceipts: ReceiptLog {
    func flush() async throws -> Int { 0 }
  }

  /// Set in a task and read by the loop that runs it, in one thread, hence `@unchecked`.
  private final class Done: @unchecked Sendable {
    var isSet = false
    var words = ""
  }
}

/// A relay that counts every window of its limits for itself, by real time, and those of its destinations.
private final class CountingRelay: @unchecked Sendable {
  let world: World
  let perConnection: Int?
  /// The relay's own limits first, then those of each rule.
  private var books: [CountingBook] = []
  private let destinations: SimulatedDestinations
  private(set) var acceptances = 0
  private var otherViolations = 0
  /// Openings and letters take up to so many microseconds.
  static let latency = 200_000

  init(world: World, settings: LimitTrial.Settings) {
    self.world = world
    perConnection = settings.perConnection
    var destinations = SimulatedDestinations()
    destinations.rules = settings.destinations
    self.destinations = destinations
    books.append(CountingBook(limits: settings.limits, count: settings.count, connections: nil))
    for rule in settings.destinations {
      books.append(CountingBook(limits: rule.limits, count: rule.count, connections: rule.connections))
    }
  }

  var violations: Int { books.reduce(otherViolations) { $0 + $1.violations } }

  /// The smallest share of what the tightest limit allows over the day.
  var use: Double { books.filter { !$0.limits.isEmpty }.map(\.use).min() ?? 0 }

  private func places(of message: Int) -> [Int] {
    [0] + (destinations.rule(of: SimulatedPlan.domain(of: message)).map { [$0 + 1] } ?? [])
  }

  func begin(_ message: Int) {
    for place in places(of: message) { books[place].begin(at: world.clock, world) }
  }

  func end(_ message: Int) { for place in places(of: message) { books[place].onTheWire -= 1 } }

  func countRecipient(_ message: Int) {
    for place in places(of: message) where books[place].count == .accepted { books[place].note(at: world.clock, world) }
  }

  func countTest() { books[0].note(at: world.clock, world) }

  /// A connection carries one letter more.
  func carry(_ letters: Int) { if let perConnection, letters > perConnection { otherViolations += 1 } }

  func accept() { acceptances += 1 }
}

/// What one scope of limits has seen.
private struct CountingBook {
  let limits: [RateLimit]
  let count: LimitCount
  let connections: Int?
  var onTheWire = 0
  private var moments: [Int] = []
  private(set) var violations = 0

  init(limits: [RateLimit], count: LimitCount, connections: Int?) {
    (self.limits, self.count, self.connections) = (limits, count, connections)
  }

  var use: Double {
    let allowed = limits.map { Double($0.count) * 86_400 / $0.window.seconds }.min() ?? .infinity
    return Double(moments.count) / allowed
  }

  mutating func begin(at moment: Int, _ world: World) {
    onTheWire += 1
    if let connections, onTheWire > connections { violations += 1 }
    if count == .attempts { note(at: moment, world) }
  }

  mutating func note(at moment: Int, _ world: World) {
    moments.append(moment)
    for limit in limits {
      if let start = limit.start {
        let window = number(moment, limit, start, world)
        let same = moments.reversed().prefix { number($0, limit, start, world) == window }.count
        if same > limit.count { violations += 1 }
      } else {
        let first = moments.count - 1 - limit.count
        if first >= 0, moment - moments[first] < Int(limit.window.seconds) * LimitTrial.second { violations += 1 }
      }
    }
  }

  private func number(_ moment: Int, _ limit: RateLimit, _ start: WindowStart, _ world: World) -> Int {
    let date = world.date(moment)
    let shown = date.timeIntervalSince1970 + Double(start.zone.secondsFromGMT(for: date)) - Double(start.minutes) * 60
    return Int((shown / limit.window.seconds).rounded(.down))
  }
}

private struct CountingTransport: Transport {
  let relay: CountingRelay
  let process: ProcessLife
  func makeSession(relay _: Relay, control _: SessionControl) -> any Session {
    CountingSession(relay: relay, process: process)
  }
}

/// One in ten letters is refused at RCPT, some are put off there, some connections are closed. Everything runs in one
/// thread, hence `@unchecked`.
private final class CountingSession: Session, @unchecked Sendable {
  private let relay: CountingRelay
  private let process: ProcessLife
  private var isOpen = false
  private var carried = 0

  init(relay: CountingRelay, process: ProcessLife) {
    self.relay = relay
    self.process = process
  }

  private var world: World { relay.world }

  func open() async -> Result<RelayCapabilities, RelayUnavailable> {
    if !isOpen { _ = await world.wait(world.dice.below(CountingRelay.latency), of: process) }
    if !isOpen { carried = 0 }
    isOpen = true
    return .success(RelayCapabilities(pipelining: true, eightBitMIME: true, smtpUTF8: true, size: nil))
  }

  func send(_ envelope: Envelope, message: [UInt8], encoding: TransferEncoding) async -> SendResult {
    func reply(_ phase: Phase, _ code: Int, _ text: String) -> SendResult {
      .answered(phase, Reply(code: code, enhanced: EnhancedStatus(prefixOf: text), text: text))
    }
    let lost = SendResult.lost(.mail, reason: "the process is gone", dotSent: false)
    if process.isDead { return lost }
    if world.dice.below(50) == 0 {
      isOpen = false
      return .notStarted(reason: "end of file")
    }
    // The second campaign's messages are numbered on.
    let number = (LetterBytes.message(of: message) - 1) % LimitTrial.letters + 1
    relay.begin(number)
    defer { relay.end(number) }
    carried += 1
    relay.carry(carried)
    guard await world.wait(world.dice.below(CountingRelay.latency), of: process) else { return lost }
    switch world.dice.below(40) {
    case 0...3: return reply(.rcpt, 550, "5.1.1 no such user")
    case 4: return reply(.rcpt, 450, "4.2.1 mailbox busy")
    default: relay.countRecipient(number)
    }
    guard await world.wait(world.dice.below(CountingRelay.latency), of: process) else {
      return .lost(.data, reason: "the process is gone", dotSent: false)
    }
    relay.accept()
    return reply(.final, 250, "2.0.0 Ok: queued")
  }

  func close() async { isOpen = false }
}
