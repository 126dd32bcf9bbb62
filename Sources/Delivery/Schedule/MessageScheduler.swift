import Campaigns
import Foundation
import Mail
public import Queue

/// Hands the due messages of one campaign to the workers, each message to one worker at a time.
///
/// Owns the place in the store's list of due messages and the ``Lanes`` that say which letter goes next. Reads the list
/// once, page by page, as far ahead as a letter is needed that may go: letters to destinations that may not go now wait
/// in their lanes, by their numbers alone, and are read again when they go. Promises that `.done` is returned only when
/// nothing is left to wait for. The claim, not the scheduler, decides which worker may send: a message handed out twice
/// would be stale the second time.
actor MessageScheduler {
  enum Next: Sendable {
    case message(DueMessage)
    /// Nothing is due before this moment of the monotonic clock.
    case idle(until: Date)
    case done
  }

  let store: any DueMessages
  let campaign: Int64
  let retry: RetrySchedule
  /// `uncertain: resend`: an uncertain message goes out once more.
  let resendsUncertain: Bool
  let hours: SendingHours?
  let time: any DeliveryClock
  let pageSize: Int
  private static let attemptsBeforeScan = 3
  /// Seconds a worker sleeps at most: with other relays in use there may be work again at any time, when one of them is
  /// paused; and where others take letters out, there may be none left.
  private let patience: TimeInterval
  /// The same while a letter on the wire may end, and let others go.
  private static let shortPatience: TimeInterval = 0.25

  let destinations: Destinations?
  /// Look-ups of mail exchangers under way.
  var lookups = 0
  var waitingForLookup: [String] = []
  /// The letters that wait, by their messages' numbers.
  var lanes: Lanes<Int64>
  /// The messages in the lanes and in workers' hands.
  var known: Set<Int64> = []
  var inHand: [Int64: Lanes<Int64>.Ticket] = [:]
  /// Of those in the lanes, the ones read last.
  var cache: [Int64: DueMessage] = [:]
  /// Messages that only the store knows whether they are open: read again by their numbers.
  var unsure: Set<Int64> = []
  /// Messages in workers' hands that were opened again meanwhile for what others have shown.
  var openedInHand: Set<Int64> = []
  /// Unsure ones to be read after what has fallen due meanwhile.
  var unsureLater: Set<Int64> = []
  /// Those of them that the scan under way comes before.
  var unsureAfterScan: Set<Int64> = []
  /// Attempts of messages that were to be made again at once.
  var attemptsAtOnce: [Int64: Int] = [:]
  var cursor: DueCursor?
  var scanBegun = false
  var scanEnded = false
  /// The moment up to which the last scan has seen what is due.
  var scannedTo = Date.distantPast
  var isReading = false
  /// A worker puts uncertain messages back into the queue: until it knows how many, nobody may think that all is done.
  private var isResending = false
  /// An attempt has ended since uncertain messages were looked for: workers that wait for hours do not look again.
  private var mayBeUncertain = true
  /// Apart from the others: each of them looks for uncertain messages itself, and must not wake those that have done so.
  private var waitersForResending: [CheckedContinuation<Void, Never>] = []
  /// Messages that left a worker's hands while a page was being read: the page may show them as they were before.
  var handedInWhileReading: Set<Int64> = []
  /// How often the store was read.
  var pagesRead = 0
  var deadAddresses = DeadAddressRow()

  let relays: [String]
  var usableRelays: Set<String>
  /// Relays that are gone for the moment: nothing is kept for them.
  var awayRelays: Set<String> = []
  /// The last moments that the limits of relays were full until.
  var fullRelays: [String: Date] = [:]
  /// Relays that are known not to offer SMTPUTF8.
  var asciiRelays: Set<String> = []
  let connections: [String: Int]
  private var waiters: [CheckedContinuation<Void, Never>] = []
  /// How often the waiters were woken. Without this count, a worker that waits after asking the store would miss what
  /// happened meanwhile.
  private var wakings = 0
  private var lookedAt = Date.distantPast
  private let setback: ClockSetback

  /// - Parameter relays: Their names, and how many connections each has.
  init(
    store: any DueMessages, campaign: Int64, retry: RetrySchedule, resendsUncertain: Bool,
    relays: [(name: String, connections: Int)], destinations: Destinations? = nil, hours: SendingHours? = nil,
    othersTakeOut: Bool = false, time: any DeliveryClock, setback: ClockSetback = ClockSetback(), pageSize: Int = 512
  ) {
    self.store = store
    self.campaign = campaign
    self.retry = retry
    self.resendsUncertain = resendsUncertain
    self.relays = relays.map(\.name)
    usableRelays = Set(relays.map(\.name))
    connections = Dictionary(relays.map { ($0.name, $0.connections) }) { first, _ in first }
    self.destinations = destinations
    self.hours = hours
    lanes = Lanes(
      rules: destinations?.rules ?? DestinationRules([]), order: .file,
      connections: relays.reduce(0) { $0 + $1.connections }, smallestRelay: relays.map(\.connections).min(),
      past: destinations?.past ?? [], learned: destinations?.learned ?? [:], at: time.monotonicNow)
    self.time = time
    self.setback = setback
    self.pageSize = pageSize
    patience = relays.count > 1 || othersTakeOut ? 5 : .infinity
  }

  /// Returns the next message for a worker of `relay`; waits while the work of others may still bring one.
  func next(for relay: String) async throws -> Next {
    while true {
      try Task.checkCancellation()
      let before = wakings
      let now = time.monotonicNow
      let isMoreToRead = !scanEnded || !unsure.isEmpty || isReading
      lanes.wallAhead = time.wallAhead
      let decision = lanes.next(at: now, kinds: kinds(for: relay), hasMore: isMoreToRead)
      if case .letter(let ticket) = decision {
        if let message = try await take(ticket, for: relay) { return .message(message) }
        continue
      }
      if isResending {
        await withCheckedContinuation { waitersForResending.append($0) }
      } else if isReading {
        await wait()
      } else if !unsure.isEmpty {
        try await readUnsure()
      } else if !scanEnded {
        if mayReadAhead(at: now) {
          try await readPage()
        } else if let moment = decision.moment {
          return .idle(until: min(moment, now.addingTimeInterval(Self.shortPatience)))
        } else {
          await wait()
        }
      } else if !unsureLater.isEmpty {
        scanAgain(from: .deferred)
      } else if try await resendUncertain() {
        scanAgain(from: .again)
      } else {
        let due = try await store.nextDue(in: campaign, after: scannedTo)
        guard wakings == before else { continue }
        if let due, due <= time.monotonicNow {
          scanAgain(from: .deferred)
        } else if let moment = [due, decision.moment].compactMap({ $0 }).min() {
          guard moment > time.monotonicNow else { continue }
          // One that is gone around may go whenever a letter on the wire ends.
          let patience = decision.isHeld || moment == .distantFuture ? Self.shortPatience : patience
          return .idle(until: min(moment, time.monotonicNow.addingTimeInterval(patience)))
        } else if inHand.isEmpty, lanes.waiting == 0, unsureLater.isEmpty, !isResending {
          return .done
        } else {
          await wait()
        }
      }
    }
  }

  /// A destination that does not answer must not keep the list from being read; one that answers is worth a wait.
  private func mayReadAhead(at now: Date) -> Bool {
    lanes.waiting < 4 * pageSize || !lanes.isWaitingForAnswers(at: now)
  }

  /// The message of a letter whose turn it is; nil when it is not for this relay, or no longer due.
  private func take(_ ticket: Lanes<Int64>.Ticket, for relay: String) async throws -> DueMessage? {
    guard let message = cache.removeValue(forKey: ticket.item) else {
      if isReading {
        lanes.returned(ticket, at: time.monotonicNow)
        await wait()
      } else {
        // Back to its lane, where the worker finds it with its message; or nowhere.
        inHand[ticket.item] = ticket
        try await fetch(ticket)
      }
      return nil
    }
    if isExpired(message) {
      inHand[ticket.item] = ticket
      if try await expire() > 0 {
        finish(message, isOpen: true)
        return nil
      }
    }
    if let kind = kind(of: message, offeredTo: relay) {
      lanes.returned(ticket, kind: kind, at: time.monotonicNow)
      cache[ticket.item] = message
      wakeAll()
      return nil
    }
    inHand[ticket.item] = ticket
    return message
  }

  // MARK: What workers say

  /// The letter is about to be claimed. Returns its places in the limits of its destination; nil when there are none for it
  /// any more, and it waits again.
  func began(_ message: DueMessage) -> [LimitUse]? {
    guard let ticket = inHand[message.message] else { return [] }
    guard let moved = lanes.began(ticket, at: time.monotonicNow) else {
      inHand[message.message] = nil
      cache[message.message] = message
      wakeAll()
      return nil
    }
    inHand[message.message] = moved
    return uses(of: message)
  }

  /// The letter comes to MAIL.
  func leave(_ message: DueMessage) {
    if let ticket = inHand[message.message] { inHand[message.message] = lanes.left(ticket, at: time.monotonicNow) }
  }

  /// The letter comes to MAIL later than it was to. Returns its places of this moment; nil when there are none.
  func moved(_ message: DueMessage) -> [LimitUse]? {
    guard let ticket = inHand[message.message] else { return [] }
    guard let moved = lanes.moved(ticket, at: time.monotonicNow) else { return nil }
    inHand[message.message] = moved
    return uses(of: message)
  }

  /// The places that the letter has in the limits of its destination, or keeps after its attempt.
  func uses(of message: DueMessage, after end: LetterEnd = .accepted) -> [LimitUse] {
    guard let destinations, let ticket = inHand[message.message] else { return [] }
    return lanes.limitedRules(of: ticket).map { destinations.rules.rules[$0] }.filter { end.isCounted(by: $0.count) }
      .map {
        LimitUse(scope: .destination($0.destination), clock: destinations.clock, at: lanes.moment(of: ticket))
      }
  }

  /// The worker is done with the message. `isOpen` when the message is not: it was deferred, or its outcome is unknown
  /// here.
  ///
  /// - Parameters:
  ///   - end: What the attempt came to for its destination.
  ///   - due: When it is due again, where that is known.
  ///   - others: Messages that are open again for what this one has shown.
  func finish(
    _ message: DueMessage, isOpen: Bool, _ end: LetterEnd = .unsent, due: Date? = nil, others: [Int64] = []
  ) {
    handIn(message, end)
    if isOpen {
      // What falls due after the last scan is found by its time.
      if due.map({ $0 <= time.monotonicNow.addingTimeInterval(1) }) ?? true { unsure.insert(message.message) }
    } else {
      attemptsAtOnce[message.message] = nil
    }
    open(others)
    wakeAll()
  }

  /// Messages that are open again; those still in a worker's hands when they leave them.
  private func open(_ messages: [Int64]) {
    for message in messages {
      if inHand[message] == nil { unsure.insert(message) } else { openedInHand.insert(message) }
    }
  }

  /// The worker could not try the message; another one may, at once.
  func giveBack(_ message: DueMessage) {
    guard let ticket = inHand.removeValue(forKey: message.message) else { return }
    lanes.returned(ticket, at: time.monotonicNow)
    if isReading { handedInWhileReading.insert(message.message) }
    cache[message.message] = message
    wakeAll()
  }

  /// The message was attempted and is open again, with its new fence: any worker may try it, at once. From the second
  /// time on the others go first, or one letter that the relay does not take would be every probe; after some more, also
  /// those that fall due meanwhile.
  func again(_ message: DueMessage, _ end: LetterEnd = .unsent, others: [Int64] = []) {
    attemptsAtOnce[message.message] = message.attemptsAtOnce
    open(others)
    guard let ticket = inHand.removeValue(forKey: message.message) else { return }
    let id = message.message
    openedInHand.remove(id)
    let now = time.monotonicNow
    if isReading { handedInWhileReading.insert(id) }
    lanes.ended(ticket, end, at: now)
    if message.attempts <= 1 {
      lanes.add(id, to: message.recipient.domain.ascii, rank: message.turn.rank, first: true)
      cache[id] = message
    } else if message.attemptsAtOnce <= Self.attemptsBeforeScan, lanes.waiting > 0 {
      lanes.add(id, to: message.recipient.domain.ascii, rank: message.turn.rank)
      cache[id] = message
    } else {
      known.remove(id)
      unsureLater.insert(id)
    }
    // Its domain may have been forgotten meanwhile.
    lookUpExchangers()
    wakeAll()
  }

  private func handIn(_ message: DueMessage, _ end: LetterEnd) {
    mayBeUncertain = true
    if let ticket = inHand.removeValue(forKey: message.message) {
      lanes.ended(ticket, end, at: time.monotonicNow)
    }
    known.remove(message.message)
    if openedInHand.remove(message.message) != nil { unsure.insert(message.message) }
    if isReading { handedInWhileReading.insert(message.message) }
  }

  // MARK: Time

  /// Seconds to wait beyond the give-up time, see ``ClockSetback``.
  func clockSetback() -> TimeInterval {
    noteClocks(wall: time.now, monotonic: time.monotonicNow)
    return setback.seconds
  }

  /// The clocks as they were at one moment. Of a claim these are the ones that its time was taken from: the wall clock
  /// may have been set forward again since.
  func noteClocks(wall: Date, monotonic: Date) { setback.note(wall: wall, monotonic: monotonic) }

  /// Wakes the workers that wait for others where that has become of no use: a moment has come, or a destination does
  /// not answer.
  func look() {
    let now = time.monotonicNow
    if lanes.hasNews(since: lookedAt, at: now) { wakeAll() }
    lookedAt = now
  }

  private func resendUncertain() async throws -> Bool {
    guard resendsUncertain, mayBeUncertain else { return false }
    mayBeUncertain = false
    isResending = true
    defer {
      isResending = false
      for waiter in waitersForResending { waiter.resume() }
      waitersForResending = []
    }
    return try await store.resendUncertain(in: campaign, at: time.now) > 0
  }

  private func wait() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { waiters.append($0) }
    } onCancel: {
      // The handler runs outside the actor; the hop happens after the continuation is stored, so it is never missed.
      Task { await self.wakeAll() }
    }
  }

  func wakeAll() {
    wakings += 1
    let woken = waiters
    waiters = []
    for waiter in woken { waiter.resume() }
  }
}

extension Lanes.Next {
  /// The moment at which a letter may go that cannot now.
  fileprivate var moment: Date? {
    switch self {
    case .wait(let until): until
    case .held(let until): until
    case .letter, .empty: nil
    }
  }

  fileprivate var isHeld: Bool { if case .held = self { true } else { false } }
}

extension DueTurn {
  /// Its letters go before those of a higher rank: by their priority, then what is sent again, then what was deferred.
  var rank: Int {
    switch self {
    case .untried(let priority, _): max(0, priority)
    case .again: 1_000_000
    case .deferred: 1_000_001
    }
  }
}

extension LastAnswer {
  /// The attempt was greylisted: only the same relay, with the same sender, is waited for.
  public var isGreylisted: Bool {
    ReplyClassifier.classify(reply, at: Phase(rawValue: phase)).class == .greylisted
  }

  var reply: Reply { Reply(code: code, enhanced: EnhancedStatus(prefixOf: text), text: text) }
}
