import Campaigns
import Delivery
import Foundation
import Mail

/// A relay that changes its mind every few minutes, by a script that the oracle knows too.
final class ChangingRelay: @unchecked Sendable {
  enum Mind: Equatable {
    case well
    /// It takes a share of what it could, and answers 454 beyond it.
    case throttling(share: Double)
    /// It ends every session after so many letters.
    case sessions(of: Int)
    /// It takes no more connections than these.
    case connections(Int)
    /// It answers 451 to every MAIL.
    case busy
    /// It breaks its connections and refuses new ones.
    case away
    /// It names the time until it takes letters again.
    case quota
  }

  struct Phase {
    var mind: Mind
    /// In microseconds of the simulation.
    var end: Int
  }

  let world: World
  let phases: [Phase]
  /// Microseconds that a letter takes, and the opening of a connection.
  static let latency = 2_000_000
  static let opening = 200_000
  static let second = 1_000_000
  /// The connections that the sender may open.
  let connections: Int
  /// It greets connections beyond those it takes, and says so to their first letter.
  let greetsAll: Bool
  /// Letters a second when it is well.
  private var capacity: Double { Double(connections * Self.second) / Double(Self.latency) }

  private var open: [ObjectIdentifier] = []
  private var taken: [Int] = []
  /// When it took each letter, in their order.
  private(set) var acceptances: [Int] = []
  /// Letters that it answered with 421.
  private(set) var turnedAway = 0

  /// A relay that has one mind for good.
  init(world: World, mind: Mind, connections: Int, greetsAll: Bool) {
    self.world = world
    self.connections = connections
    self.greetsAll = greetsAll
    phases = [Phase(mind: mind, end: .max)]
  }

  init(world: World) {
    self.world = world
    connections = 4
    greetsAll = false
    var phases = [Phase(mind: .well, end: world.dice.within(30...120) * Self.second)]
    while phases.last?.end ?? 0 < 6 * 3600 * Self.second {
      let mind: Mind =
        switch world.dice.below(10) {
        case 0...2: .well
        case 3: .throttling(share: Double(world.dice.within(20...80)) / 100)
        case 4: .sessions(of: world.dice.within(3...50))
        case 5: .connections(world.dice.within(1...3))
        case 6: .busy
        case 7: .away
        default: .quota
        }
      phases.append(Phase(mind: mind, end: (phases.last?.end ?? 0) + world.dice.within(60...480) * Self.second))
    }
    self.phases = phases
  }

  var mind: Mind { phase.mind }
  private var phase: Phase { phases.first { $0.end > world.clock } ?? Phase(mind: .well, end: .max) }

  // MARK: The relay

  func connect(_ session: ChangingSession) -> RelayUnavailable? {
    func trouble(_ kind: RelayUnavailable.Kind, _ phase: Delivery.Phase, _ code: Int?, _ text: String)
      -> RelayUnavailable
    {
      let reply = code.map { Reply(code: $0, enhanced: EnhancedStatus(prefixOf: text), text: text) }
      return RelayUnavailable(kind: kind, phase: phase, reply: reply, message: text)
    }
    switch mind {
    case .away: return trouble(.unreachable, .connect, nil, "connection refused")
    case .connections(let most) where open.count >= most && !greetsAll:
      return trouble(.busy, .greeting, 421, "4.7.0 too many connections from you")
    default:
      open.append(ObjectIdentifier(session))
      return nil
    }
  }

  func disconnect(_ session: ChangingSession) { open.removeAll { $0 == ObjectIdentifier(session) } }

  func answer(_ session: ChangingSession, after carried: Int) -> SendResult {
    func reply(_ phase: Delivery.Phase, _ code: Int, _ text: String) -> SendResult {
      if code == 421 { turnedAway += 1 }
      return .answered(phase, Reply(code: code, enhanced: EnhancedStatus(prefixOf: text), text: text))
    }
    switch mind {
    case .away: return .lost(.mail, reason: "connection reset", dotSent: false)
    case .busy: return reply(.mail, 451, "4.3.0 temporary failure, try again later")
    case .quota:
      let rest = (phase.end - world.clock) / Self.second + 1
      return reply(.mail, 452, "4.5.3 quota exceeded, try again in \(rest) seconds")
    case .connections(let most) where !open.prefix(most).contains(ObjectIdentifier(session)):
      return reply(.mail, 421, "4.7.0 too many connections from you")
    case .sessions(let most) where carried >= most:
      return reply(.mail, 421, "4.4.5 too many messages in this session")
    case .throttling(let share):
      if taken.reversed().prefix(while: { $0 > world.clock - 10 * Self.second }).count >= most(share) {
        return reply(.mail, 454, "4.7.0 too many messages, slow down")
      }
    case .well, .sessions, .connections: break
    }
    taken.append(world.clock)
    acceptances.append(world.clock)
    return reply(.final, 250, "2.0.0 Ok: queued")
  }

  // MARK: The oracle

  /// When a sender that knows the script could have had `count` letters accepted: in every phase as many as the relay takes
  /// then.
  func oracle(_ count: Int) -> [Int] {
    var moments: [Int] = []
    var clock = 0.0
    for phase in phases {
      let rate: Double =
        switch phase.mind {
        case .well, .sessions: capacity
        case .throttling(let share): min(capacity, Double(most(share)) / 10)
        case .connections(let most): capacity * Double(most) / Double(connections)
        case .busy, .away, .quota: 0
        }
      while rate > 0, moments.count < count {
        let next = clock + Double(Self.second) / rate
        if next > Double(phase.end) { break }
        clock = next
        moments.append(Int(clock))
      }
      clock = Double(phase.end)
    }
    return moments
  }

  /// Letters that it takes in ten seconds.
  private func most(_ share: Double) -> Int { Int((capacity * share * 10).rounded(.up)) }
}

/// One connection to it. Everything runs in one thread, hence `@unchecked`.
final class ChangingSession: Session, @unchecked Sendable {
  private let relay: ChangingRelay
  private let process: ProcessLife
  private var isOpen = false
  private var carried = 0

  init(relay: ChangingRelay, process: ProcessLife) {
    self.relay = relay
    self.process = process
  }

  func open() async -> Result<RelayCapabilities, RelayUnavailable> {
    let offered = RelayCapabilities(pipelining: true, eightBitMIME: true, smtpUTF8: true, size: nil)
    if isOpen { return .success(offered) }
    _ = await relay.world.wait(ChangingRelay.opening, of: process)
    if let trouble = relay.connect(self) { return .failure(trouble) }
    isOpen = true
    carried = 0
    return .success(offered)
  }

  func send(_ envelope: Envelope, message bytes: [UInt8], encoding: TransferEncoding) async -> SendResult {
    let result = relay.answer(self, after: carried)
    let isTaken = if case .answered(.final, _) = result { true } else { false }
    // A refusal comes early in the dialogue.
    _ = await relay.world.wait(isTaken ? ChangingRelay.latency : ChangingRelay.latency / 10, of: process)
    switch result {
    case .answered(_, let reply):
      if isTaken { carried += 1 }
      if reply.code == 421 { await close() }
    case .lost, .notStarted, .stopped: await close()
    }
    return result
  }

  func close() async {
    if isOpen { relay.disconnect(self) }
    isOpen = false
  }
}
