import Campaigns
import Delivery
import Mail

/// The way to the simulated relays for one process.
struct SimulatedTransport: Transport {
  let process: ProcessLife
  let relays: [SimulatedRelay]
  let auditor: Auditor

  func makeSession(relay: Relay, control: SessionControl) -> any Session {
    // By its host: a campaign may call it as it likes.
    let number = relays.indices.first { "relay\($0 + 1).example" == relay.host } ?? 0
    return SimulatedSession(
      process: process, relay: relays[number], most: relay.perConnection, control: control, auditor: auditor)
  }
}

/// One connection. Used by one worker at a time, and everything runs in one thread, hence `@unchecked`.
final class SimulatedSession: Session, @unchecked Sendable {
  private let process: ProcessLife
  private let relay: SimulatedRelay
  private let control: SessionControl
  private let auditor: Auditor
  private var capabilities: RelayCapabilities?
  private var lastUse = 0
  /// Letters over the open connection, and the most that it may carry.
  private var carried = 0
  private let most: Int?

  private var world: World { relay.world }
  /// A relay closes a connection that is silent for longer.
  private static let patience = 300_000_000

  init(process: ProcessLife, relay: SimulatedRelay, most: Int?, control: SessionControl, auditor: Auditor) {
    self.most = most
    self.process = process
    self.relay = relay
    self.control = control
    self.auditor = auditor
  }

  func open() async -> Result<RelayCapabilities, RelayUnavailable> {
    if let capabilities { return .success(capabilities) }
    let gone = RelayUnavailable(kind: .unreachable, phase: .connect, reply: nil, message: "the process is gone")
    guard await process.pass() else { return .failure(gone) }
    world.trace.note(.open, world.clock, process.number, relay.number)
    // A relay that is away lets us wait, or refuses at once.
    let patience = relay.isAway ? world.dice.one(of: [0, 30_000_000]) : world.dice.below(relay.mood.latency)
    _ = await world.wait(patience, of: process)
    guard await process.pass() else { return .failure(gone) }
    let isAlone = relay.connections(of: process.number) == 0
    switch relay.connect(process.number) {
    case .open(let offered):
      capabilities = offered
      carried = 0
      lastUse = world.clock
      world.trace.note(.opened, world.clock, process.number, 1)
      return .success(offered)
    case .failed(let trouble):
      if isAlone { auditor.failedAlone(relay.number, by: process.number) }
      world.trace.note(.opened, world.clock, process.number, 0, trouble.message)
      return .failure(trouble)
    }
  }

  func send(_ envelope: Envelope, message bytes: [UInt8], encoding: TransferEncoding) async -> SendResult {
    let lost = SendResult.lost(.mail, reason: "the process is gone", dotSent: false)
    guard await process.pass() else { return lost }
    let message = LetterBytes.message(of: bytes)
    let isIdle = world.clock - lastUse > Self.patience
    if capabilities == nil || isIdle || world.dice.chance(relay.mood.notStarted) {
      drop()
      relay.book.say(.again, of: message, to: process.number)
      world.trace.note(.answer, world.clock, message, 0, "not started")
      return .notStarted(reason: "end of file")
    }
    if control.isStopped { return stopped(.mail, message) }
    auditor.sends(message, bytes, encoding, relay: relay.number, by: process.number)
    defer { auditor.left(message, by: process.number) }
    carried += 1
    if let most, carried > most { auditor.report("a connection carries \(carried) letters, not \(most)") }
    world.trace.note(.send, world.clock, process.number, message, "over relay \(relay.number + 1)")
    let fate = relay.fate(of: message)
    if fate.takesRecipient { relay.book.noteTaken(by: relay.number) }
    let wait = world.dice.chance(relay.mood.slow) ? world.dice.below(600_000_000) : world.dice.below(relay.mood.latency)
    let untilTaken = world.dice.below(wait + 1)
    let isThere = await world.wait(untilTaken, of: process)
    var ticket: SessionControl.Ticket?
    if process.isDead {
      // What it had written is on its way.
    } else if fate.isFinal {
      ticket = control.begin(.answer, through: Relay(name: "\(relay.number)", host: "relay", port: 25, tls: .none))
      guard ticket != nil else { return stopped(.data, message) }
    } else if control.isStopped {
      return stopped(.rcpt, message)
    }
    defer { if let ticket { control.end(ticket) } }
    // What the kernel had of a process that is gone may arrive all the same.
    if fate.takes, isThere || world.dice.below(2) == 0 {
      relay.book.take(message)
      world.trace.note(.taken, world.clock, process.number, message)
    }
    _ = await world.wait(wait - untilTaken, of: process)
    guard await process.pass() else { return lost }
    lastUse = world.clock
    if ticket != nil, let limit = control.answerLimit, .microseconds(wait - untilTaken) > limit {
      drop()
      relay.book.say(.silence, of: message, to: process.number)
      world.trace.note(.answer, world.clock, process.number, message, "stopped after the dot")
      return .stopped(.final, dotSent: true)
    }
    relay.book.say(fate.heard, of: message, to: process.number)
    world.trace.note(.answer, world.clock, process.number, message, "\(fate.heard), \(fate.result)")
    if fate.closes { drop() }
    return fate.result
  }

  /// Sending is to stop, and the letter has not come to its dot.
  private func stopped(_ phase: Phase, _ message: Int) -> SendResult {
    drop()
    relay.book.say(.again, of: message, to: process.number)
    world.trace.note(.answer, world.clock, process.number, message, "stopped")
    return .stopped(phase, dotSent: false)
  }

  func close() async {
    _ = await process.pass()
    drop()
  }

  private func drop() {
    if capabilities != nil { relay.disconnect(process.number) }
    capabilities = nil
  }
}

/// The letters of a simulation: the message's number, its date and the encoding, and nothing else.
enum LetterBytes {
  static func make(_ message: Int64, _ date: Int64, _ encoding: TransferEncoding) -> [UInt8] {
    withUnsafeBytes(of: (message.bigEndian, date.bigEndian)) { Array($0) } + [code(of: encoding)]
  }

  static func message(of bytes: [UInt8]) -> Int { bytes.prefix(8).reduce(0) { $0 << 8 | Int($1) } }

  static func code(of encoding: TransferEncoding) -> UInt8 { encoding == .eightBit ? 8 : 7 }
}
