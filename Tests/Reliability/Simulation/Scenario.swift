import Campaigns
import Delivery
import Foundation
import Queue

/// What one seed sets up before the first step: campaign, settings, relays, and how much goes wrong.
///
/// Each kind of trouble is absent in many seeds, so that some seeds see one kind alone and others all of them at once.
struct Scenario {
  var messages: Int
  /// The rank of each message.
  var ranks: [Int]
  /// Nothing goes wrong.
  var isCalm: Bool
  var retry: RetrySchedule
  var uncertain: UncertainPolicy
  var relays: [Relay]
  var moods: [RelayMood]
  /// The relays have other names in every other process.
  var renames: Bool
  /// When letters may leave.
  var hours: SendingHours?
  var destinations = SimulatedDestinations()
  /// Shares of a million.
  var storeFault: Int
  var readFault: Int
  var receiptFault: Int
  var brokenLetter: Int
  var crash: Int
  var zombie: Int
  var stopSignal: Int
  var request: Int
  var jump: Int
  /// The machine starts again between two processes.
  var reboot: Int
  var resolve: Int
  /// Processes that meet trouble; the ones after them find everything in order.
  var troubledProcesses: Int
  /// Microseconds a change of the store takes at most.
  var storeLatency: Int
  var canary: Canary?
  /// In seconds of the simulation.
  var deadline: (seconds: Int, after: AfterDeadline)?
  var stopAt = RefusalShare.standard

  // There at all times of all platforms' zones.
  private static let zone = TimeZone(identifier: "Europe/Berlin") ?? .gmt

  init(dice: inout Dice, messages wanted: Int?) {
    messages = wanted ?? (dice.below(10) == 0 ? 200 : dice.spread(1...60))
    let isCalm = dice.below(12) == 0
    self.isCalm = isCalm
    func share(_ dice: inout Dice, _ most: Int) -> Int {
      isCalm || dice.below(3) == 0 ? 0 : dice.spread(max(1, most / 64)...most)
    }
    storeFault = share(&dice, 20_000)
    readFault = dice.below(4) == 0 ? share(&dice, 5_000) : 0
    receiptFault = dice.below(4) == 0 ? share(&dice, 20_000) : 0
    brokenLetter = dice.below(6) == 0 ? share(&dice, 10_000) : 0
    crash = isCalm || dice.below(3) == 0 ? 0 : dice.within(50_000...900_000)
    zombie = isCalm || dice.below(4) > 0 ? 0 : dice.within(50_000...500_000)
    stopSignal = share(&dice, 300_000)
    request = share(&dice, 300_000)
    jump = isCalm || dice.below(2) == 0 ? 0 : dice.within(20_000...500_000)
    reboot = isCalm || dice.below(2) == 0 ? 0 : 200_000
    renames = dice.below(3) == 0
    resolve = isCalm ? 0 : 500_000
    troubledProcesses = isCalm ? 0 : dice.within(1...8)
    uncertain = dice.below(3) == 0 ? .resend : .hold

    let relayCount = dice.below(4) == 0 ? 2 : 1
    let schedules: [(delays: [Int], giveUp: Int)] = [
      ([1800, 3600, 3600, 3600, 14_400], 4 * 86_400), ([60, 300, 1800], 6 * 3600), ([10, 30], 600), ([7], 3600),
    ]
    // Beside a second relay idle workers look around every 30 seconds: long campaigns would only cost time.
    let (delays, giveUp) = schedules[dice.within(relayCount == 2 ? 1...2 : 0...3)]
    retry = RetrySchedule(delays: delays.map { .seconds($0) }, giveUpAfter: .seconds(giveUp))
    let limits: [[RateLimit]] = [
      [], [], [RateLimit(count: 20, window: .seconds(3600))],
      [RateLimit(count: 5, window: .seconds(60)), RateLimit(count: 60, window: .seconds(3600))],
      [RateLimit(count: 3, window: .seconds(1))],
      [RateLimit(count: 12, window: .seconds(3600), start: WindowStart(minutes: 15, zone: Self.zone))],
      [
        RateLimit(count: 40, window: .seconds(86_400), start: WindowStart(minutes: 150, zone: Self.zone)),
        RateLimit(count: 20, window: .seconds(3600)),
      ],
      [RateLimit(count: 50, window: .seconds(86_400))],
    ]
    // The limiter allows for a relay that sees a message up to 2 % of the window (a second at most) after it was counted.
    let limit = dice.below(relayCount == 2 ? limits.count - 1 : limits.count)
    let isShort = limits[limit].contains { $0.window < .seconds(60) }
    storeLatency = isShort ? 1_000 : dice.one(of: [100, 1_000, 8_000])
    // As in the file, by a column with many equal cells, or spread.
    let most = dice.one(of: [0, 3, Int(UInt32.max)])
    ranks = (0..<messages).map { _ in most == 0 ? 0 : dice.within(0...most) }
    relays = []
    moods = []
    for number in 1...relayCount {
      relays.append(
        Relay(
          name: "relay\(number)", host: "relay\(number).example", port: 587, tls: .startTLS,
          connections: dice.within(1...(relayCount == 2 ? 3 : 8)),
          limits: limits[limit], count: dice.below(2) == 0 ? .accepted : .attempts, spread: dice.below(3) == 0,
          perConnection: dice.below(4) == 0 ? dice.within(1...5) : nil))
      moods.append(RelayMood(dice: &dice, isCalm: isCalm))
    }
    if relayCount == 1, dice.below(6) == 0 {
      let (from, until) = dice.one(of: [(420, 1200), (1320, 360), (540, 600), (90, 240)])
      hours = SendingHours(from: from, until: until, zone: Self.zone)
      // A few letters a day would take months.
      relays[0].spread = relays[0].spread && limits[limit].allSatisfy { $0.window < .seconds(86_400) }
    }
    // What a process that is only thought dead has on the wire, its successor has there too: only then do fences matter.
    if zombie > 0, dice.below(2) == 0 {
      uncertain = .resend
      for index in moods.indices { moods[index].slow = 400_000 }
    }
    if dice.below(3) == 0 {
      canary = Canary(
        letters: dice.within(1...20), wait: dice.below(3) == 0 ? nil : .seconds(dice.spread(1...7200)))
    }
    if dice.below(3) == 0 {
      deadline = (dice.spread(1...172_800), dice.below(2) == 0 ? .stop : .continue)
    }
    // Dead addresses are many here, and pause no relay that is in good order.
    if dice.below(6) == 0 { stopAt = RefusalShare(refused: 2, of: dice.one(of: [5, 50]), uncertain: 0.2) }
  }
}

extension Scenario {
  func relays(ofProcess number: Int) -> [Relay] {
    guard renames, number % 2 == 1 else { return relays }
    return relays.map { relay in
      var relay = relay
      relay.name = "other " + relay.name
      return relay
    }
  }
}

extension Scenario {
  func deadline(in world: World) -> DeliveryDeadline? {
    deadline.map { DeliveryDeadline(world.date($0.seconds * 1_000_000), $0.after) }
  }
}

/// How one relay behaves. Shares are of a million messages or openings.
struct RelayMood {
  /// Connections it takes at the same time.
  var connectionLimit: Int
  var takesInternationalAddresses: Bool
  /// Microseconds until an answer, at most.
  var latency: Int
  /// Recipients it knows are none, and recipients it greylists at first.
  var unknownRecipients: Int
  var greylisted: Int
  var greylistDelay: Int
  /// When it is away, in microseconds of the simulation.
  var outages: [ClosedRange<Int>]

  var busy: Int
  var refusesUs: Int
  var deferring: Int
  var policy: Int
  var senderRefused: Int
  var shuttingDown: Int
  var lostBeforeDot: Int
  var lostAfterDot: Int
  var notStarted: Int
  var dataRefused: Int
  var nonsense: Int
  var slow: Int

  init(dice: inout Dice, isCalm: Bool) {
    func share(_ dice: inout Dice, _ most: Int) -> Int {
      isCalm || dice.below(2) == 0 ? 0 : dice.spread(max(1, most / 64)...most)
    }
    connectionLimit = dice.below(3) == 0 ? dice.within(1...4) : 100
    takesInternationalAddresses = dice.below(4) > 0
    latency = dice.one(of: [200, 5_000, 200_000])
    unknownRecipients = share(&dice, 200_000)
    greylisted = share(&dice, 1_000_000)
    greylistDelay = dice.within(1...600) * 1_000_000
    outages = []
    if !isCalm, dice.below(3) == 0 {
      var start = 0
      for _ in 0..<dice.within(1...3) {
        start += dice.spread(1_000...86_400_000) * 1_000
        let end = start + dice.spread(1_000...36_000_000) * 1_000
        outages.append(start...end)
        start = end
      }
    }
    busy = share(&dice, 200_000)
    refusesUs = dice.below(4) == 0 ? share(&dice, 50_000) : 0
    deferring = share(&dice, 300_000)
    policy = share(&dice, 100_000)
    senderRefused = dice.below(4) == 0 ? share(&dice, 20_000) : 0
    shuttingDown = share(&dice, 50_000)
    lostBeforeDot = share(&dice, 100_000)
    lostAfterDot = share(&dice, 100_000)
    notStarted = share(&dice, 200_000)
    dataRefused = share(&dice, 50_000)
    nonsense = dice.below(4) == 0 ? share(&dice, 20_000) : 0
    slow = share(&dice, 50_000)
  }

  /// The same relay when nothing is wrong with it: it still takes no more connections than it did.
  var healed: RelayMood {
    var mood = self
    mood.outages = []
    mood.busy = 0
    mood.refusesUs = 0
    mood.deferring = 0
    mood.policy = 0
    mood.senderRefused = 0
    mood.shuttingDown = 0
    mood.lostBeforeDot = 0
    mood.lostAfterDot = 0
    mood.notStarted = 0
    mood.dataRefused = 0
    mood.nonsense = 0
    mood.slow = 0
    return mood
  }
}
