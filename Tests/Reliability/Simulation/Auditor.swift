import Campaigns
import Delivery
import Foundation
import Mail
import Queue
import Receipts
import Synchronization

/// Watches a simulation from outside and compares the books: what the relays took and said, what the store says, and what
/// the clock shows. Notes every broken promise.
final class Auditor: @unchecked Sendable {
  struct Process {
    /// What its monotonic clock is off by.
    var offset: Int
    var connections: Int
    /// How often the wall clock had been set when it began.
    var jumps: Int
    /// It ended by itself, and wrote down how.
    var endedWell = false
    /// A later process has settled what it left.
    var isRecovered = false
    /// Another process took messages over while it was stopped.
    var hasLostClaims = false
    /// Connections that could not be opened while it had none, by relay.
    var openingsFailedAlone: [Int]
  }

  private struct Standing {
    var state = MessageState.queued
    var attempts = 0
    var owner = 0
    var resends = 0
    var policyResends = 0
    /// Attempts since the last delay, or the last claim of another process, that were to be made again at once.
    var atOnce = 0
    /// The claim that the give-up time counts from: the real moment, the process, and what the wall clock was off by.
    var first: (at: Int, process: Int, wallOffset: Int)?
    var due: Date?
  }

  let scenario: Scenario
  let world: World
  let book: RelayBook
  /// Set once they are made.
  var relays: [SimulatedRelay] = []
  private(set) var broken: [String] = []
  private(set) var processes: [Process] = []
  private var messages: [Standing]
  private var followed = 0
  private var canary: CanaryRecord?
  private var canaryLetters: Set<Int64> = []
  /// Messages that are on the wire, by process.
  var onTheWire: [Int: [Int]] = [:]
  /// Domains whose mail exchangers nobody knew in time: what rules they fall under is not known either.
  var unknownDomains: Set<Int> = []
  private(set) var storeFaults = 0
  private(set) var falseAccepted = 0
  private(set) var uncertain = 0
  var mayCancel = false
  /// Two processes at once, one of them thought dead: the only case in which limits may be counted twice.
  var hadZombie = false

  init(scenario: Scenario, world: World, book: RelayBook) {
    self.scenario = scenario
    self.world = world
    self.book = book
    messages = Array(repeating: Standing(), count: scenario.messages + 1)
  }

  func report(_ words: String) { if broken.count < 5 { broken.append("at \(world.clock / 1000) ms: " + words) } }

  // MARK: What it is told

  func begins(connections: Int) -> Int {
    processes.append(
      Process(
        offset: world.wallOffset, connections: connections, jumps: world.jumps,
        openingsFailedAlone: Array(repeating: 0, count: scenario.relays.count)))
    return processes.count - 1
  }

  func endedWell(_ process: Int) {
    processes[process].endedWell = true
    if processes[process].hasLostClaims { report("a process ended well though others had taken its messages over") }
  }

  /// An outcome came after another process had settled the message.
  func recordedTooLate(_ process: Int) { processes[process].hasLostClaims = true }

  func storeFailed(_ process: Int) { storeFaults += 1 }

  /// A connection could not be opened while the process had none.
  func failedAlone(_ relay: Int, by process: Int) { processes[process].openingsFailedAlone[relay] += 1 }

  /// A process ended because it found no relay fit to send.
  func paused(_ troubles: [RelayUnavailable], by process: Int, isHealed: Bool) {
    if isHealed { report("relays in good order were paused: \(troubles.map(\.message))") }
    for (relay, trouble) in troubles.enumerated() where trouble.kind == .busy {
      if processes[process].openingsFailedAlone[relay] == 0 {
        report("relay \(relay + 1) was paused though it was only full")
      }
    }
  }

  /// The first byte of a message is about to reach the relay.
  func sends(_ message: Int, _ bytes: [UInt8], _ encoding: TransferEncoding, relay: Int, by process: Int) {
    let standing = messages[message]
    if !hadZombie, standing.state != .sending || standing.owner != process {
      report("message \(message) went out while the store had it as \(standing.state), not claimed by this process")
    }
    if !book.isSame(bytes, of: message, encoding: LetterBytes.code(of: encoding)) {
      report("message \(message) went out with other bytes than before")
    }
    book.see(
      .init(
        message: message, at: world.clock, process: process, boot: world.boot, jumps: world.jumps,
        isLate: process != world.lockHolder), relay: relay)
    checkConnections(message, by: process)
    checkHours(message)
  }

  // MARK: The store's changes

  func follow(_ store: SimulatedStore, by process: Int) {
    let (events, turns) = store.contents.withLock { contents -> (ArraySlice<SimulatedReceipt>, [DueTurn?]) in
      let events = contents.campaigns.first?.receipts[followed...] ?? []
      canary = contents.campaigns.first?.canary
      canaryLetters = contents.campaigns.first?.canaryLetters ?? []
      return (events, contents.turns)
    }
    followed = max(followed, events.endIndex)
    var recovered = 0
    for event in events {
      guard let number = event.message.map(Int.init) else { continue }
      if event.event == .deferred, case .deferred(let until) = turns[number - 1] { messages[number].due = until }
      if event.event == .uncertain, event.record == nil { recovered += 1 }
      follow(event, about: number, by: process)
    }
    if recovered > 0 { checkRecovery(recovered) }
  }

  private func follow(_ event: SimulatedReceipt, about number: Int, by process: Int) {
    let next = event.event.state ?? event.resolution?.result ?? .queued
    let old = messages[number]
    if !old.state.canBecome(next) { report("message \(number) went from \(old.state) to \(next)") }
    messages[number].state = next
    var heard = book.messages[number].heard[process] ?? .nothing
    // Claimed just before the hours ended, and not sent.
    if heard == .nothing, scenario.hours != nil { heard = .again }
    if event.record != nil, old.owner != process { report("message \(number) was recorded without its claim") }
    switch event.event {
    case .attempt: claimed(number, event, old, by: process)
    case .accepted:
      if heard != .accepted {
        falseAccepted += 1
        report("message \(number) was recorded as accepted, but the relay's last word was \(heard)")
      }
    case .refused:
      let isSettledPolicy = heard == .policy && event.attempts > 1
      if heard != .refused, !isSettledPolicy { report("message \(number) was refused by nobody: \(heard)") }
    case .deferred:
      if ![.deferred, .greylisted, .putOff, .policy, .again].contains(heard) {
        report("message \(number) was deferred by nobody: \(heard)")
      }
      checkSchedule(number, event, heard, by: process)
    case .uncertain:
      uncertain += 1
      if event.record != nil {
        if heard != .silence { report("message \(number) is uncertain though the relay said \(heard)") }
      } else if processes[old.owner].endedWell {
        report("message \(number) was left on the wire by a process that ended well")
      }
    case .expired where event.reason != nil: checkDeadline(number)
    case .expired: checkExpiry(number, old, by: process)
    case .excluded: checkExclusion(number, by: process)
    case .resolved where event.resolution == .reopen: reopened(number, event, old)
    case .resolved where event.resolution == .resend:
      messages[number].resends += 1
      if event.evidence == SimulatedStore.policyWords {
        messages[number].policyResends += 1
        if scenario.uncertain == .hold || messages[number].policyResends > 1 {
          report("message \(number) was sent again by itself")
        }
      }
    case .cancelled:
      if !mayCancel { report("message \(number) was cancelled by nobody") }
    default: break
    }
  }

  /// A message that was given up is opened again: by the program only what was refused.
  private func reopened(_ number: Int, _ event: SimulatedReceipt, _ old: Standing) {
    let byProgram = event.evidence == StoreChange.reopenEvidence
    if old.state != .refused, byProgram || old.state != .expired {
      report("message \(number) was reopened though it was \(old.state)")
    }
  }

  /// The operator has made deferred messages due.
  func madeDue(at now: Date, by process: Int) {
    for number in messages.indices.dropFirst() where messages[number].state == .deferred {
      messages[number].due = messages[number].due.map { min($0, now) }
      messages[number].first = (world.clock, process, world.wallOffset)
    }
  }

  /// The delivery has made a message due whose relay was the reason that it waited.
  func madeDue(_ number: Int, at now: Date) { messages[number].due = messages[number].due.map { min($0, now) } }

  private func claimed(_ number: Int, _ event: SimulatedReceipt, _ old: Standing, by process: Int) {
    let wallOffset = Int(event.at.date.timeIntervalSince(world.date(world.clock)) * 1_000_000)
    if old.owner != process { messages[number].atOnce = 0 }
    messages[number].owner = process
    messages[number].attempts += 1
    // Of those since it was queued, again or for the first time.
    if old.state == .queued { messages[number].first = (world.clock, process, wallOffset) }
    if event.attempts == 1 { checkRank(number, by: process) }
    if old.state == .deferred, let due = old.due, steady(of: process) < due.addingTimeInterval(-0.002) {
      report("message \(number) was tried \(due.timeIntervalSince(steady(of: process))) s before its time")
    }
    if let canary, canary.state != .passed, !canaryLetters.contains(Int64(number)) {
      report("message \(number) left before the canary had passed: \(canary.state)")
    }
    let deadline = scenario.deadline(in: world)
    if let deadline, deadline.after == .stop, event.at.date >= deadline.moment, isClockSteady {
      report("message \(number) was claimed after the deadline")
    }
    let onTheWire = messages.count { $0.state == .sending && $0.owner == process }
    if onTheWire > processes[process].connections {
      report("\(onTheWire) messages on the wire over \(processes[process].connections) connections")
    }
  }

  /// Where nothing goes wrong, only what other connections have in hand, and what waits for another relay, is not tried yet
  /// of what comes before the message and goes to the same domain.
  private func checkRank(_ number: Int, by process: Int) {
    // A canary's letters leave before all others.
    guard scenario.isCalm, !canaryLetters.contains(Int64(number)) else { return }
    let rank = scenario.ranks[number - 1]
    let before = messages.indices.dropFirst().count { other in
      messages[other].state == .queued && messages[other].attempts == 0 && !SimulatedPlan.isInternational(other)
        && SimulatedPlan.domain(of: other) == SimulatedPlan.domain(of: number)
        && (scenario.ranks[other - 1], other) < (rank, number)
    }
    if before >= processes[process].connections {
      report("message \(number) was tried though \(before) messages of a lower rank were not")
    }
  }

  /// A process may leave one message in doubt for each of its connections.
  private func checkRecovery(_ count: Int) {
    let most = processes.indices.filter { !processes[$0].isRecovered }
      .reduce(0) { $0 + processes[$1].connections }
    if count > most { report("\(count) messages became uncertain over \(most) connections") }
    for index in processes.indices.dropLast() { processes[index].isRecovered = true }
  }

  private func steady(of process: Int) -> Date { world.date(world.clock + processes[process].offset) }

  /// Only an international address may be, and only when no relay in use takes it.
  private func checkExclusion(_ number: Int, by process: Int) {
    if !SimulatedPlan.isInternational(number) { report("message \(number) was excluded for no reason") }
    for relay in relays where relay.mood.takesInternationalAddresses && relay.connections(of: process) > 0 {
      report("message \(number) was excluded though relay \(relay.number + 1) takes it")
    }
  }

  /// Only a deadline that has passed expires what it is the reason for.
  private func checkDeadline(_ number: Int) {
    let now = world.date(world.clock + world.wallOffset)
    let isPast = scenario.deadline(in: world).map { $0.after == .stop && now >= $0.moment }
    if isPast != true, scenario.deadline?.after != .stop || isClockSteady {
      report("message \(number) expired by a deadline that has not passed")
    }
  }

  /// The wall clock was not set in the last hours: what a process has seen on it still holds.
  private var isClockSteady: Bool { world.clock - world.lastJump > 4 * 3600 * 1_000_000 }

  // MARK: Retry times

  /// Seconds by which the wall clock may differ from the monotonic one before the delivery takes notice.
  private static let clockNoise = 1.01

  /// The real moment at which a message may be given up at the earliest, on the monotonic clock of `process`. A clock that
  /// was set forward before this process began makes the first attempt look older than it is; nobody can tell.
  private func earliestExpiry(_ number: Int, by process: Int) -> Date {
    guard let first = messages[number].first else { return .distantFuture }
    let own = processes[process].offset
    let offset = first.process == process ? own : min(first.wallOffset, own)
    return world.date(first.at + offset).addingTimeInterval(scenario.retry.giveUpAfter.seconds)
  }

  private func checkExpiry(_ number: Int, _ old: Standing, by process: Int) {
    let early = earliestExpiry(number, by: process).timeIntervalSince(steady(of: process))
    if early > Self.clockNoise { report("message \(number) expired \(early) s before the give-up time") }
  }

  private func checkSchedule(_ number: Int, _ event: SimulatedReceipt, _ heard: Heard, by process: Int) {
    // Between the record and its commit the clock may have jumped. What was claimed before a jump may not even have come
    // to the wire: whatever was heard last, it may be tried again at once.
    guard let due = messages[number].due, world.clock - world.lastJump > 30_000_000 else {
      messages[number].atOnce += 1
      return
    }
    let recorded = event.at.date.addingTimeInterval(Double(processes[process].offset - world.wallOffset) / 1_000_000)
    let isAtOnce = abs(due.timeIntervalSince(recorded)) <= 0.005
    if isAtOnce, heard.mayBeAtOnce { messages[number].atOnce += 1 }
    if heard == .putOff || heard == .policy, isAtOnce { return }
    if heard == .again {
      if !isAtOnce {
        report("message \(number) is due \(due.timeIntervalSince(recorded)) s after nothing was wrong with it")
      }
      return
    }
    let delays = heard == .greylisted ? [300, 600, 1200] : scenario.retry.delays.map(\.seconds)
    let expiry = earliestExpiry(number, by: process).addingTimeInterval(-Self.clockNoise)
    // What was to be tried again at once uses up no delay, as far as the process that tried it knows.
    let isPlanned = (0...min(messages[number].atOnce, event.attempts - 1)).contains { atOnce in
      let delay = delays[min(event.attempts - atOnce, delays.count) - 1]
      let earliest = min(recorded.addingTimeInterval(delay), expiry)
      let isShortened = heard == .greylisted && event.attempts - atOnce > 1
      let early = isShortened ? delay * 0.1 : 0
      return due >= earliest.addingTimeInterval(-early - 0.005)
        && due <= recorded.addingTimeInterval(delay * (isShortened ? 1 : 1.1) + 0.005)
    }
    if !isPlanned {
      report("message \(number) is due \(due.timeIntervalSince(recorded)) s after attempt \(event.attempts): \(delays)")
    }
  }

  // MARK: At the end

  /// Compares all books once no process runs any more. Returns how many messages are lost and silently doubled.
  func conclude(_ store: SimulatedStore, checksLines: Bool) async throws -> (lost: Int, doubled: Int) {
    var (lost, doubled) = (0, 0)
    // It was broken off there.
    if !broken.isEmpty { return (0, 0) }
    for number in messages.indices.dropFirst() {
      let (standing, taken) = (messages[number], book.messages[number])
      if !standing.state.isFinal, standing.state != .uncertain {
        lost += 1
        report("message \(number) ends as \(standing.state)")
      }
      if taken.copies > standing.resends + 1 {
        doubled += 1
        report("the relay took message \(number) \(taken.copies) times, sent again \(standing.resends) times")
      }
      switch standing.state {
      case .accepted where taken.copies == 0: report("message \(number) is accepted, but no relay has it")
      case .refused, .expired, .cancelled, .excluded:
        if taken.copies > standing.resends { report("message \(number) is \(standing.state), but a relay has it") }
      default: break
      }
    }
    try await compare(store, checksLines: checksLines)
    for index in scenario.relays.indices { checkLimits(of: index) }
    for index in scenario.destinations.rules.indices { checkLimits(ofDestination: index) }
    return (lost, doubled)
  }

  private func compare(_ store: SimulatedStore, checksLines: Bool) async throws {
    let snapshot = try await store.snapshot(of: 1)
    for state in MessageState.allCases {
      let counted = messages.dropFirst().count { $0.state == state }
      if snapshot.messages[state] != counted { report("the store counts \(snapshot.messages[state] ?? 0) \(state)") }
    }
    guard checksLines else { return }
    var judge = ReceiptJudge(checkpoint: nil)
    do {
      for line in try await store.receipts(of: 1, after: 0, limit: .max) { try judge.take(ReceiptLink(line.bytes)) }
      try judge.finish()
    } catch let broken as BrokenReceipt {
      report("receipt \(broken.line ?? 0) is not in order: \(broken.reason)")
    }
  }
}
