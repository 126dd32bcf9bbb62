import Campaigns
import Foundation
import Mail
import Queue

/// Hands the due messages of one campaign to the workers, each message to one worker at a time.
///
/// Owns the place in the store's list of due messages and knows which messages the workers hold; reads ahead one page
/// at a time, so memory does not grow with the campaign. Promises that `.done` is returned only when nothing is left to
/// wait for. The claim, not the scheduler, decides which worker may send: a message handed out twice would be stale the
/// second time.
actor MessageScheduler {
  enum Next: Sendable {
    case message(DueMessage)
    /// Nothing is due before this moment of the monotonic clock.
    case idle(until: Date)
    case done
  }

  private let store: any DueMessages
  private let campaign: Int64
  private let retry: RetrySchedule
  /// `uncertain: resend`: an uncertain message goes out once more.
  private let resendsUncertain: Bool
  private let hours: SendingHours?
  private let time: any DeliveryClock
  private let pageSize: Int
  private static let attemptsBeforeScan = 3
  /// Seconds a worker sleeps at most: with other relays in use there may be work again at any time, when one of them is
  /// paused.
  private let patience: TimeInterval

  private var ready: ArraySlice<DueMessage> = []
  /// Greylisted messages kept for the relay of their last attempt, which knows them.
  private var kept: [String: [DueMessage]] = [:]
  /// Messages that need SMTPUTF8, kept for a relay that may offer it.
  private var international: [DueMessage] = []
  /// The ids of both, so that no message is kept twice.
  private var keptMessages: Set<Int64> = []
  private var usableRelays: Set<String>
  /// Relays that are gone for the moment: nothing is kept for them.
  private var awayRelays: Set<String> = []
  /// Relays that are known not to offer SMTPUTF8.
  private var asciiRelays: Set<String> = []
  private var inHand: Set<Int64> = []
  /// Attempts of messages that were to be made again at once.
  private var attemptsAtOnce: [Int64: Int] = [:]
  private var cursor: DueCursor?
  private var scanEnded = false
  /// The moment up to which the last scan has seen what is due.
  private var scannedTo = Date.distantPast
  /// A message went back to the store where the last scan may not have seen it.
  private var mustScanAgain = false
  private var isReading = false
  /// A worker puts uncertain messages back into the queue: until it knows how many, nobody may think that all is done.
  private var isResending = false
  /// Apart from the others: each of them looks for uncertain messages itself, and must not wake those that have done so.
  private var waitersForResending: [CheckedContinuation<Void, Never>] = []
  /// Messages that left a worker's hands while a page was being read: the page may show them as they were before.
  private var handedInWhileReading: Set<Int64> = []
  /// How often the store was read.
  private(set) var pagesRead = 0
  /// Recipient domains that asked for less, and until when.
  private var cooling: [String: (until: Date, backoff: Backoff)] = [:]
  /// The domain whose messages are passed over while others are due, whether there are any, and the domain beside which no
  /// others were found.
  private var avoidedDomain: String?
  private var hasGoneAround = false
  private var onlyDomain: String?
  /// The earliest moment at which a message passed over for its domain may go.
  private var passedOverUntil: Date?
  private var deadAddresses = DeadAddressRow()
  /// Domains whose messages were passed over until it is known what becomes of one of them.
  private var passedOverForAnswer: Set<String> = []
  private var waiters: [CheckedContinuation<Void, Never>] = []
  /// How often the waiters were woken. Without this count, a worker that waits after asking the store would miss what
  /// happened meanwhile.
  private var wakings = 0
  /// How far the wall clock was behind the monotonic one at most, in whole seconds.
  private var setBack: TimeInterval = 0

  init(
    store: any DueMessages, campaign: Int64, retry: RetrySchedule, resendsUncertain: Bool, relays: [String],
    hours: SendingHours? = nil, time: any DeliveryClock, pageSize: Int = 512
  ) {
    self.store = store
    self.campaign = campaign
    self.retry = retry
    self.resendsUncertain = resendsUncertain
    usableRelays = Set(relays)
    self.hours = hours
    self.time = time
    self.pageSize = pageSize
    patience = relays.count > 1 ? 5 : .infinity
  }

  /// Returns the next message for a worker of `relay`; waits while the work of others may still bring one.
  func next(for relay: String) async throws -> Next {
    while true {
      try Task.checkCancellation()
      if let message = take(for: relay) {
        inHand.insert(message.message)
        deadAddresses.begin(message.message, to: message.recipient.domain.ascii)
        return .message(message)
      }
      let before = wakings
      if isResending {
        await withCheckedContinuation { waitersForResending.append($0) }
      } else if isReading {
        await wait()
      } else if !scanEnded {
        try await readPage()
      } else if hasGoneAround {
        guard inHand.isEmpty else {
          if wakings == before { await wait() }
          continue
        }
        // Nobody else is due.
        onlyDomain = avoidedDomain
        avoidedDomain = nil
        hasGoneAround = false
        startOver()
      } else if mustScanAgain {
        startOver()
      } else if try await resendUncertain() {
        startOver()
      } else if let moment = try await nextMoment() {
        if moment > time.monotonicNow {
          // An answer that others wait for comes at any time.
          let longest = passedOverForAnswer.isEmpty ? patience : min(patience, DeadAddressRow.firstWait)
          return .idle(until: min(moment, time.monotonicNow.addingTimeInterval(longest)))
        }
        startOver()
      } else if inHand.isEmpty, keptMessages.isEmpty, ready.isEmpty, scanEnded, !mustScanAgain, !isResending {
        return .done
      } else if wakings == before {
        await wait()
      }
    }
  }

  /// The worker is done with the message. `isOpen` when the message is not: it was deferred, or its outcome is unknown
  /// here.
  func finish(_ message: DueMessage, isOpen: Bool) {
    handIn(message)
    if isOpen {
      mustScanAgain = true
    } else {
      attemptsAtOnce[message.message] = nil
    }
    wakeAll()
  }

  /// The worker could not try the message; another one may, at once.
  func giveBack(_ message: DueMessage) {
    handIn(message)
    ready = [message] + ready
    wakeAll()
  }

  /// The message was attempted and is open again, with its new fence: any worker may try it, at once. From the second
  /// time on the others go first, or one letter that the relay does not take would be every probe; after some more, also
  /// those that fall due meanwhile: the next scan finds it among them.
  ///
  /// - Parameter mustScan: Others are open again too.
  func again(_ message: DueMessage, mustScan: Bool) {
    attemptsAtOnce[message.message] = message.attemptsAtOnce
    if mustScan { mustScanAgain = true }
    if message.attempts <= 1 {
      giveBack(message)
    } else if message.attemptsAtOnce <= Self.attemptsBeforeScan, !ready.isEmpty {
      handIn(message)
      ready.append(message)
      wakeAll()
    } else {
      finish(message, isOpen: true)
    }
  }

  /// Whether `relay` is gone for the moment: what is kept for it goes to the others then.
  func relay(_ relay: String, isAway: Bool) {
    guard isAway else {
      awayRelays.remove(relay)
      return
    }
    guard awayRelays.insert(relay).inserted, usableRelays.count > 1 else { return }
    free(relay)
  }

  private func free(_ relay: String) {
    let freed = kept.removeValue(forKey: relay) ?? []
    guard !freed.isEmpty else { return }
    keptMessages.subtract(freed.map(\.message))
    ready = freed + ready
    wakeAll()
  }

  /// `relay` does not offer the SMTPUTF8 that the message needs. True when another relay may: the message then waits
  /// for it. False when no relay in use does; the message still belongs to the worker.
  func passOn(_ message: DueMessage, from relay: String) -> Bool {
    asciiRelays.insert(relay)
    guard someRelayMayBeInternational else { return false }
    giveBack(message)
    return true
  }

  /// More than one relay is in use.
  var hasOtherRelays: Bool { usableRelays.count > 1 }

  private var someRelayMayBeInternational: Bool { !usableRelays.isSubset(of: asciiRelays) }

  private func handIn(_ message: DueMessage) {
    inHand.remove(message.message)
    if isReading { handedInWhileReading.insert(message.message) }
    let domain = message.recipient.domain.ascii
    deadAddresses.end(message.message, to: domain)
    if passedOverForAnswer.remove(domain) != nil { mustScanAgain = true }
  }

  /// Seconds to wait beyond the give-up time. First attempts are recorded by the wall clock; if it was set back since
  /// the delivery began, they look older than they are. Asked at every claim, so that no such moment is missed.
  func clockSetback() -> TimeInterval {
    let behind = time.monotonicNow.timeIntervalSince(time.now)
    // The clocks are never read at the same moment: less than a second says nothing.
    if behind > 1 { setBack = max(setBack, behind.rounded(.up)) }
    return setBack
  }

  /// No more messages for `relay`; those kept for it go to the others.
  func relayPaused(_ relay: String) {
    usableRelays.remove(relay)
    free(relay)
    wakeAll()
  }

  /// The domain asked for less: its messages wait, as long as it says or longer each time.
  func slow(domain: String, wait named: Int? = nil) {
    var backoff = cooling[domain]?.backoff ?? Backoff(first: 60, most: 1800)
    // Answers to messages that were on the wire together count once.
    if let until = cooling[domain]?.until, until > time.monotonicNow { return }
    let wait = max(backoff.fail(), TimeInterval(named ?? 0))
    cooling[domain] = (time.monotonicNow.addingTimeInterval(wait), backoff)
  }

  /// Messages to other domains go first, where there are any that are due.
  func goAround(domain: String) {
    if domain != onlyDomain { avoidedDomain = domain }
  }

  /// The domain refused a message because its address is dead.
  func noteDeadAddress(at domain: String) { deadAddresses.noteDead(at: domain, at: time.monotonicNow) }

  /// Refusals were not about their customers.
  func forgetDeadAddresses() { deadAddresses.forget() }

  /// The domain took a message.
  func clearBackoff(for domain: String) {
    deadAddresses.noteAccepted(at: domain)
    if !cooling.isEmpty { cooling[domain] = nil }
    if domain == avoidedDomain { avoidedDomain = nil }
  }

  private func take(for relay: String) -> DueMessage? {
    if let message = kept[relay]?.popLast() {
      keptMessages.remove(message.message)
      return message
    }
    let leavesInternational = asciiRelays.contains(relay) && someRelayMayBeInternational
    if !leavesInternational, let message = international.popLast() {
      keptMessages.remove(message.message)
      return message
    }
    while let message = ready.popFirst() {
      if inHand.contains(message.message) || keptMessages.contains(message.message) { continue }
      if let until = cooling[message.recipient.domain.ascii]?.until, until > time.monotonicNow {
        passedOverUntil = min(passedOverUntil ?? until, until)
      } else if isPassedOver(message.recipient.domain.ascii) {
        continue
      } else if message.recipient.domain.ascii == avoidedDomain {
        hasGoneAround = true
      } else if let last = message.relay, last != relay, usableRelays.contains(last), !awayRelays.contains(last),
        message.isGreylisted
      {
        kept[last, default: []].append(message)
        keptMessages.insert(message.message)
        wakeAll()
      } else if leavesInternational, !message.recipient.isASCII {
        international.append(message)
        keptMessages.insert(message.message)
        wakeAll()
      } else {
        return message
      }
    }
    return nil
  }

  /// Whether messages to the domain wait because many of its addresses are dead.
  private func isPassedOver(_ domain: String) -> Bool {
    switch deadAddresses.leave(to: domain, at: time.monotonicNow) {
    case .go: return false
    case .wait(let until): passedOverUntil = min(passedOverUntil ?? until, until)
    case .waitForAnswer: passedOverForAnswer.insert(domain)
    }
    return true
  }

  private func readPage() async throws {
    isReading = true
    defer {
      isReading = false
      handedInWhileReading = []
      wakeAll()
    }
    if cursor == nil { try await expire() }
    let now = time.monotonicNow
    let page = try await store.due(in: campaign, at: now, after: cursor, limit: pageSize)
    for var message in page {
      if message.recipient.domain.ascii != onlyDomain { onlyDomain = nil }
      // Filtered now, not when they are taken: what is in hand or kept is read again when it comes back, and this copy
      // would be old.
      let id = message.message
      if inHand.contains(id) || keptMessages.contains(id) || handedInWhileReading.contains(id) { continue }
      message.attemptsAtOnce = attemptsAtOnce[id] ?? 0
      ready.append(message)
    }
    cursor = page.last?.cursor ?? cursor
    scanEnded = page.count < pageSize
    pagesRead += 1
    if scanEnded { scannedTo = now }
  }

  /// Outside the hours nothing expires, and within them only what was tried since they began: a night is nobody's chance.
  private func expire() async throws {
    let now = time.now
    if hours?.contains(now) == false { return }
    let limit = time.monotonicNow.addingTimeInterval(-retry.giveUpAfter.seconds - clockSetback())
    _ = try await store.expire(
      in: campaign, firstAttemptUntil: limit, triedSince: hours?.beginning(at: now), at: now)
  }

  private func startOver() {
    // Another worker may have begun meanwhile.
    guard scanEnded, !isReading else { return }
    cursor = nil
    scanEnded = false
    mustScanAgain = false
    passedOverUntil = nil
  }

  /// What the last scan has seen is in a worker's hands, kept or passed over: only what falls due later is waited for.
  private func nextMoment() async throws -> Date? {
    let due = try await store.nextDue(in: campaign, after: scannedTo)
    return [due, passedOverUntil].compactMap { $0 }.min()
  }

  private func resendUncertain() async throws -> Bool {
    guard resendsUncertain else { return false }
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

  private func wakeAll() {
    wakings += 1
    let woken = waiters
    waiters = []
    for waiter in woken { waiter.resume() }
  }
}

extension DueMessage {
  /// Its last attempt was greylisted: only the same relay, with the same sender, is waited for.
  fileprivate var isGreylisted: Bool {
    guard let answer = lastAnswer else { return false }
    return ReplyClassifier.classify(answer.reply, at: Phase(rawValue: answer.phase)).class == .greylisted
  }
}

extension LastAnswer {
  var reply: Reply { Reply(code: code, enhanced: EnhancedStatus(prefixOf: text), text: text) }
}
