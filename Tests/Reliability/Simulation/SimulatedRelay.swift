import Campaigns
import Delivery
import Mail

/// A relay with its moods, shared by all processes of a simulation.
final class SimulatedRelay: @unchecked Sendable {
  let number: Int
  let world: World
  let book: RelayBook
  private(set) var mood: RelayMood
  private let salt: UInt64
  /// Sessions that are open, by process.
  private var open: [Int] = []
  /// When each greylisted recipient was seen first.
  private var firstSeen: [Int: Int] = [:]
  init(number: Int, mood: RelayMood, world: World, book: RelayBook) {
    self.number = number
    self.mood = mood
    self.world = world
    self.book = book
    salt = world.dice.next()
  }

  func heal() { mood = mood.healed }

  var isAway: Bool { mood.outages.contains { $0.contains(world.clock) } }

  // MARK: Connections

  enum Opening {
    case open(RelayCapabilities)
    case failed(RelayUnavailable)
  }

  func connect(_ process: Int) -> Opening {
    if isAway { return .failed(trouble(.unreachable, .connect, "does not answer")) }
    if open.count >= mood.connectionLimit {
      return .failed(trouble(.busy, .greeting, "takes no more connections", code: 421, "4.7.0 too many connections"))
    }
    if world.dice.chance(mood.busy) {
      return .failed(trouble(.busy, .greeting, "is busy", code: 421, "4.3.2 try again later"))
    }
    if world.dice.chance(mood.refusesUs) {
      let kind = world.dice.one(of: [RelayUnavailable.Kind.authentication, .certificate, .tls, .refused])
      return .failed(trouble(kind, .auth, "refuses us"))
    }
    open.append(process)
    return .open(
      RelayCapabilities(
        pipelining: true, eightBitMIME: number == 0, smtpUTF8: mood.takesInternationalAddresses, size: nil))
  }

  func disconnect(_ process: Int) {
    if let index = open.firstIndex(of: process) { open.remove(at: index) }
  }

  func connections(of process: Int) -> Int { open.count { $0 == process } }

  private func trouble(
    _ kind: RelayUnavailable.Kind, _ phase: Phase, _ words: String, code: Int? = nil, _ text: String = ""
  ) -> RelayUnavailable {
    let reply = code.map { Reply(code: $0, enhanced: EnhancedStatus(prefixOf: text), text: text) }
    return RelayUnavailable(kind: kind, phase: phase, reply: reply, message: "relay \(number + 1) \(words)")
  }

  // MARK: Messages

  /// What the relay will do with a message: where the dialogue ends and whether it takes the message.
  struct Fate {
    var result: SendResult
    var heard: Heard
    var takes: Bool
    var closes = false
    /// The dialogue comes to its final dot.
    var isFinal: Bool {
      switch result {
      case .answered(let phase, _), .lost(let phase, _, _), .stopped(let phase, _): phase == .final
      case .notStarted: false
      }
    }

    /// RCPT is answered with yes.
    var takesRecipient: Bool {
      switch result {
      case .answered(let phase, let reply): phase == .data || phase == .final || phase == .rcpt && reply.code < 400
      case .lost(let phase, _, _), .stopped(let phase, _): phase == .data || phase == .final
      case .notStarted: false
      }
    }

    init(_ result: SendResult, _ heard: Heard, takes: Bool = false, closes: Bool = false) {
      self.result = result
      self.heard = heard
      self.takes = takes
      self.closes = closes
    }

    static func answer(_ phase: Phase, _ code: Int, _ text: String, _ heard: Heard) -> Fate {
      Fate(
        .answered(phase, Reply(code: code, enhanced: EnhancedStatus(prefixOf: text), text: text)), heard,
        takes: heard == .accepted, closes: code == 421)
    }
  }

  func fate(of message: Int) -> Fate {
    if isAway { return lostBeforeDot() }
    if world.dice.chance(mood.lostBeforeDot) { return lostBeforeDot() }
    if world.dice.chance(mood.shuttingDown) {
      return .answer(world.dice.one(of: [.mail, .rcpt, .data, .final]), 421, "4.3.2 shutting down", .again)
    }
    if world.dice.chance(mood.senderRefused) { return .answer(.mail, 553, "sender rejected", .again) }
    if of(message, 1) < mood.unknownRecipients {
      return world.dice.below(2) == 0
        ? .answer(.rcpt, 550, "5.1.1 unknown user", .refused) : .answer(.rcpt, 550, "mailbox unavailable", .refused)
    }
    if isGreylisted(message) { return .answer(.rcpt, 451, "4.7.1 greylisted", .greylisted) }
    if world.dice.chance(mood.deferring) {
      return .answer(world.dice.one(of: [.rcpt, .data, .final]), 452, "4.2.2 later", .putOff)
    }
    if world.dice.chance(mood.policy) {
      return .answer(world.dice.one(of: [.rcpt, .final]), 554, "5.7.1 policy", .policy)
    }
    if world.dice.chance(mood.dataRefused) { return .answer(.data, 554, "no", .putOff) }
    if world.dice.chance(mood.nonsense) {
      return .answer(.rcpt, world.dice.one(of: [250, 354]), "what?", .again)
    }
    if world.dice.chance(mood.lostAfterDot) {
      return Fate(
        .lost(.final, reason: "connection reset", dotSent: true), .silence, takes: world.dice.below(2) == 0,
        closes: true)
    }
    return .answer(.final, 250, "2.0.0 Ok: queued", .accepted)
  }

  private func lostBeforeDot() -> Fate {
    Fate(
      .lost(world.dice.one(of: [.mail, .rcpt, .data]), reason: "connection reset", dotSent: false), .again,
      closes: true)
  }

  private func isGreylisted(_ message: Int) -> Bool {
    guard of(message, 2) < mood.greylisted else { return false }
    let first = firstSeen[message] ?? world.clock
    firstSeen[message] = first
    return world.clock < first + mood.greylistDelay
  }

  /// A number below a million that is the recipient's for good.
  private func of(_ message: Int, _ question: UInt64) -> Int {
    var dice = Dice(seed: salt ^ UInt64(message) << 8 ^ question)
    return dice.below(1_000_000)
  }
}
