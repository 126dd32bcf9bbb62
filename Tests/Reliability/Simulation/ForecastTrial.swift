import Campaigns
public import Delivery
import Foundation
import Mail
import Queue
import Receipts
import Reports

/// A campaign that the real engine delivers on virtual time, beside what the forecast said of its end.
public struct ForecastTrial {
  public struct Script: Sendable {
    public var name: String
    var letters: Int
    var relays: [Relay]
    /// Seconds that a letter keeps its connection.
    var latency: Double
    /// The share of recipients that each relay greylists, and for how long.
    var greylisted = 0.0
    var greylisting = 300.0
    var destinations: [DestinationRule] = []
    var hours: SendingHours?

    static func relay(_ name: String, connections: Int = 4, limits: String...) -> Relay {
      Relay(
        name: name, host: "\(name).example", port: 587, tls: .startTLS, connections: connections,
        limits: limits.compactMap(RateLimit.init))
    }
  }

  public struct Outcome: Sendable {
    public var script: String
    public var accepted = 0
    public var letters = 0
    /// Seconds from the beginning to the last acceptance.
    public var real = 0.0
    /// The same as forecast before the first letter, and after a tenth.
    public var atStart = 0.0
    public var afterATenth = 0.0

    public var startError: Double { abs(atStart / real - 1) }
    public var tenthError: Double { abs(afterATenth / real - 1) }
  }

  /// The pace before the first letter is the one that a forecast assumes then, where it decides the end.
  public static let scripts: [Script] =
    [
      Script(name: "one hourly limit", letters: 1000, relays: [Script.relay("main", limits: "300/h")], latency: 0.4),
      Script(
        name: "hourly and daily limits", letters: 1500, relays: [Script.relay("main", limits: "200/h", "800/d")],
        latency: 0.4),
      Script(name: "a limit per minute", letters: 2000, relays: [Script.relay("main", limits: "30/min")], latency: 1),
      Script(name: "no limits", letters: 2000, relays: [Script.relay("main", connections: 2)], latency: 0.25),
      Script(
        name: "two relays", letters: 2000,
        relays: [Script.relay("fast", limits: "400/h"), Script.relay("slow", limits: "100/h")], latency: 0.4),
      Script(
        name: "a fifth greylisted", letters: 1000, relays: [Script.relay("main", limits: "10/min")], latency: 0.4,
        greylisted: 0.2),
      Script(
        name: "two relays, 10 and 3 a minute, a fifth greylisted", letters: 2000,
        relays: [Script.relay("fast", limits: "10/min"), Script.relay("slow", limits: "3/min")], latency: 0.4,
        greylisted: 0.2),
      // The simulation begins at eight in the morning, UTC.
      Script(
        name: "hours", letters: 1500, relays: [Script.relay("main", limits: "200/h")], latency: 0.4,
        hours: SendingHours(from: 7 * 60, until: 12 * 60, zone: .gmt)),
      Script(
        name: "limits of destinations", letters: 1400, relays: [Script.relay("main")], latency: 0.25,
        destinations: [
          DestinationRule(.domain("kanzlei3.example"), limits: [RateLimit("30/h")].compactMap { $0 }),
          DestinationRule(.domain("kanzlei5.example"), limits: [RateLimit("1/min")].compactMap { $0 }),
        ]),
    ]
    + stride(from: 1250, through: 2300, by: 150).map { letters in
      Script(
        name: "two relays, 400 and 100 an hour, a fifth greylisted, \(letters) letters", letters: letters,
        relays: [Script.relay("fast", limits: "400/h"), Script.relay("slow", limits: "100/h")], latency: 0.4,
        greylisted: 0.2)
    }

  private struct NoReceipts: ReceiptLog {
    func flush() async throws -> Int { 0 }
  }

  private struct SteadyTransport: Transport {
    let relays: [String: SteadyRelay]
    let process: ProcessLife
    func makeSession(relay: Relay, control _: SessionControl) -> any Session {
      guard let steady = relays[relay.name] else { preconditionFailure("a relay of a trial") }
      return SteadySession(relay: steady, process: process)
    }
  }

  /// Set in a task and read by the loop that runs it, in one thread, hence `@unchecked`.
  private final class Done: @unchecked Sendable {
    var isSet = false
    var end: Date?
  }

  public static func run(_ script: Script, seed: UInt64 = 1) -> Outcome {
    let world = World(seed: seed, trace: Trace(isPrinting: false))
    let books = Acceptances()
    let relays = Dictionary(
      uniqueKeysWithValues: script.relays.map { ($0.name, SteadyRelay(world: world, script: script, books: books)) })
    let process = ProcessLife(number: 0)
    let store = SimulatedStore()
    let time = SimulatedTimekeeper(process: process, world: world)
    let settings = ForecastSettings(
      relays: script.relays, retry: .standard, hours: script.hours, destinations: script.destinations)
    /// Runs something beside the delivery; the clock hardly moves.
    func forecast(seen: Bool) -> Date? {
      let done = Done()
      // Unstructured: begun by the simulation's loop, which is no task.
      Task {
        if let record = try? await store.campaign(named: SimulatedPlan.name),
          let snapshot = try? await store.snapshot(of: record.id)
        {
          var status = CampaignStatus(snapshot, at: time.now)
          try? await status.readWaiting(of: record.id, in: store, at: time.now)
          if var plan = try? await ForecastPlan(settings, status, of: record, in: store, time) {
            // Before the first letter what is greylisted is known from elsewhere: a rehearsal's script.
            if !seen { plan.experience.putOff = script.greylisted }
            done.end = Forecast(plan).end
          }
        }
        done.isSet = true
      }
      while !done.isSet, world.step() {}
      return done.end
    }
    let done = Done()
    let start = world.clock
    Task {
      try? await SimulatedPlan.freeze(letters: script.letters, in: store, at: time.now)
      done.isSet = true
    }
    while !done.isSet, world.step() {}
    done.isSet = false
    let atStart = forecast(seen: false)
    Task {
      try? await store.setState(.running, of: 1, at: time.now)
      let engine = DeliveryEngine(
        campaign: 1, store: store,
        source: SimulatedLetters(envelopeSender: SimulatedPlan.sender, world: world, brokenShare: 0),
        transport: SteadyTransport(relays: relays, process: process), receipts: NoReceipts(),
        settings: settings.engine, time: time, jitter: { world.dice.fraction() }, log: SimulatedPlan.log)
      _ = try? await engine.run()
      done.isSet = true
    }
    var afterATenth: Date?
    while !done.isSet, world.step() {
      if afterATenth == nil, books.moments.count * 10 >= script.letters { afterATenth = forecast(seen: true) }
    }
    func seconds(_ moment: Date?) -> Double { moment?.timeIntervalSince(world.date(start)) ?? .infinity }
    return Outcome(
      script: script.name, accepted: books.moments.count, letters: script.letters,
      real: Double((books.moments.last ?? start) - start) / 1_000_000, atStart: seconds(atStart),
      afterATenth: seconds(afterATenth))
  }
}

/// When letters were accepted, over all relays. In one thread, hence `@unchecked`.
private final class Acceptances: @unchecked Sendable { var moments: [Int] = [] }

/// A relay that takes every letter in the same time, apart from those it greylists.
private final class SteadyRelay: @unchecked Sendable {
  let world: World
  private let script: ForecastTrial.Script
  private let books: Acceptances
  private var firstSeen: [Int: Int] = [:]

  init(world: World, script: ForecastTrial.Script, books: Acceptances) {
    self.world = world
    self.script = script
    self.books = books
  }

  var latency: Int { Int(script.latency * 1_000_000) }

  func answer(_ message: Int) -> SendResult {
    var dice = Dice(seed: UInt64(message) &* 0x9e37_79b9)
    if Double(dice.below(1000)) < script.greylisted * 1000 {
      let first = firstSeen[message] ?? world.clock
      firstSeen[message] = first
      if Double(world.clock - first) / 1_000_000 < script.greylisting {
        let text = "4.7.1 greylisted"
        return .answered(.rcpt, Reply(code: 451, enhanced: EnhancedStatus(prefixOf: text), text: text))
      }
    }
    books.moments.append(world.clock)
    return .answered(.final, Reply(code: 250, enhanced: EnhancedStatus(2, 0, 0), text: "2.0.0 Ok"))
  }
}

/// One connection to it. Everything runs in one thread, hence `@unchecked`.
private final class SteadySession: Session, @unchecked Sendable {
  private let relay: SteadyRelay
  private let process: ProcessLife
  private var isOpen = false

  init(relay: SteadyRelay, process: ProcessLife) {
    self.relay = relay
    self.process = process
  }

  func open() async -> Result<RelayCapabilities, RelayUnavailable> {
    if !isOpen { _ = await relay.world.wait(100_000, of: process) }
    isOpen = true
    return .success(RelayCapabilities(pipelining: true, eightBitMIME: true, smtpUTF8: true, size: nil))
  }

  func send(_ envelope: Envelope, message bytes: [UInt8], encoding: TransferEncoding) async -> SendResult {
    _ = await relay.world.wait(relay.latency, of: process)
    return relay.answer(LetterBytes.message(of: bytes))
  }

  func close() async { isOpen = false }
}

extension ForecastSettings {
  fileprivate var engine: DeliveryEngine.Settings {
    var engine = DeliveryEngine.Settings(relays: relays, retry: retry, uncertain: uncertain, worker: "process 0")
    engine.hours = hours
    engine.destinations = destinations
    return engine
  }
}

extension ForecastTrial {
  /// What the speed of a forecast is measured with: limits, two relays, greylisting; with rules for destinations too.
  public static func plan(letters count: Int, hasDestinations: Bool) -> ForecastPlan {
    let rules =
      hasDestinations
      ? (0..<20).map {
        DestinationRule(.domain("provider\($0).example"), limits: [RateLimit("20000/h")].compactMap { $0 })
      } : []
    var letters = WaitingLetters()
    for number in 0..<count {
      let domain = letters.number(of: "provider\(number % 40).example", under: DestinationRules(rules))
      letters.append(.init(customer: UInt32(number), domain: domain))
    }
    let relays = [
      Script.relay("fast", connections: 16, limits: "100000/h", "1000000/d"),
      Script.relay("slow", connections: 4, limits: "20000/h"),
    ]
    return ForecastPlan(
      at: Date(timeIntervalSince1970: 1_800_000_000), letters: letters, relays: relays.map { ForecastPlan.Relay($0) },
      retry: .standard, destinations: rules, deadline: Date(timeIntervalSince1970: 1_800_030_000),
      experience: ForecastExperience(rate: 100, putOff: 0.2, refused: 0.03))
  }
}
