import Campaigns
import Foundation
import Queue

/// Whether one more letter may go to a destination: its limits, its pace, how many letters are on the wire to it, and
/// until when it is left alone.
///
/// Pure value. How many may be on the wire is learned: few at first, one more whenever as many were and one of them was
/// answered promptly, half when the destination asks for less, and from there on one more for each round.
struct DestinationGate: Sendable {
  enum Answer: Sendable, Hashable {
    case open
    case closed(until: Date)
    /// Only an end of what is on the wire opens it.
    case full
    /// Open where nobody else could go instead.
    case courteous(until: Date)
  }

  /// What few destinations have.
  struct Extra: Sendable {
    var limiter = RateLimiter(limits: [])
    var count = LimitCount.accepted
    var hasLimits = false
    var pace = LearnedPace()
    var backoff = Backoff(first: 60, most: 1800)
  }

  private(set) var onWire: Int32 = 0
  /// Letters that wait in its lanes.
  var waiting: Int32 = 0
  /// Most on the wire, as learned, and as said.
  private(set) var window: Int32
  let most: Int32
  /// It has asked for less: from then on the window grows slowly.
  private var isThrottled = false
  private var loweredAt = Date.distantPast
  private var answered: Int32 = 0
  private var accepted: Int32 = 0
  /// When it took or answered a letter last, while others are on the wire.
  private(set) var progressAt = Date.distantPast
  var coolingUntil = Date.distantPast
  /// Many of its addresses were dead: nothing goes before this moment, then one letter at a time.
  var heldUntil: Date?
  /// Others go first until then: its letters hold connections for long.
  var courteousUntil = Date.distantPast
  /// Its last letter held a connection for long.
  private(set) var isSlowToAnswer = false
  /// The domain that asked for less last, and until when that counts.
  private var lastThrottled: Int32?
  private var throttledUntil = Date.distantPast
  /// Its place is unknown yet.
  var isPending = false
  /// None or one: few destinations have it, and it is large.
  private var extras: [Extra] = []
  var extra: Extra? {
    get { extras.first }
    set { extras = newValue.map { [$0] } ?? [] }
  }

  private static let lettersBeforePace: Int32 = 4
  /// Seconds for which the pace of a destination without letters is kept.
  private static let memory: TimeInterval = 1800

  init(window: Int32, most: Int32) {
    self.window = max(1, min(window, most))
    self.most = most
  }

  /// What others need who wait for a connection.
  struct Crowd: Sendable {
    /// Most letters on the wire to one destination.
    var most: Int32
    /// The same to one that takes long over each.
    var mostSlow: Int32
    /// Seconds without an answer after which others are not to wait behind it.
    var stall: TimeInterval
  }

  /// - Parameters:
  ///   - crowd: Nil when no letters to others wait.
  ///   - isPatient: No others can go now.
  mutating func answer(at now: Date, wallAhead: TimeInterval, crowd: Crowd?, isPatient: Bool) -> Answer {
    if isPending { return .full }
    if coolingUntil > now { return .closed(until: coolingUntil) }
    if let heldUntil {
      if onWire > 0 { return .full }
      if heldUntil > now { return .closed(until: heldUntil) }
    }
    if !extras.isEmpty {
      let next = max(extras[0].limiter.next(at: now, wallAhead: wallAhead), extras[0].pace.next(at: now))
      if next > now { return .closed(until: next) }
    }
    guard let crowd else {
      // The window is for the sake of others.
      return onWire >= (isThrottled ? min(window, most) : most) ? .full : .open
    }
    if isPatient, isSlowToAnswer || isStalled(at: now, crowd.stall) || courteousUntil > now {
      if courteousUntil == .distantFuture, onWire > 0 { return .full }
      return onWire >= (isThrottled ? min(window, most) : most) ? .full : .open
    }
    if onWire >= min(window, crowd.most, isSlowToAnswer ? crowd.mostSlow : most) { return .full }
    if isStalled(at: now, crowd.stall) { return .full }
    return courteousUntil > now ? .courteous(until: courteousUntil) : .open
  }

  /// Letters are on the wire to it, and none was answered for a while.
  func isStalled(at now: Date, _ stall: TimeInterval) -> Bool {
    onWire > 0 && now.timeIntervalSince(progressAt) >= stall
  }

  mutating func take(at now: Date) {
    if onWire == 0 { progressAt = now }
    onWire += 1
    guard !extras.isEmpty else { return }
    if extras[0].hasLimits { extras[0].limiter.take(at: now) }
    extras[0].pace.take(at: now)
  }

  /// What the next delivery is to know of it.
  func learned(_ scope: LimitScope, at now: Date) -> LearnedLimits? {
    guard isThrottled, let extra else { return nil }
    var learned = LearnedLimits(scope: scope, pace: extra.pace.learned)
    if window < most { learned.connections = .init(Int(window), at: loweredAt, lasts: Self.memory) }
    return learned.isEmpty ? nil : learned
  }

  /// As a delivery before has left it; what it found long ago is forgotten.
  mutating func begin(with learned: LearnedLimits, at now: Date) {
    if extras.isEmpty { extras = [Extra()] }
    extras[0].pace = LearnedPace(learned.pace)
    guard let known = learned.connections, now.timeIntervalSince(known.at) < known.lasts else { return }
    isThrottled = true
    loweredAt = known.at
    window = max(1, min(Int32(clamping: known.value), most))
  }

  /// A letter left the wire whose place in the limits was that of `takenAt`; nil: it has none.
  mutating func end(_ end: LetterEnd, of takenAt: Date?, at now: Date) {
    onWire -= 1
    progressAt = now
    guard let takenAt, !extras.isEmpty, extras[0].hasLimits else { return }
    let place = RateLimiter.Place(moment: takenAt)
    if isPlaceFreed(by: end) { extras[0].limiter.giveBack(place) } else { extras[0].limiter.settle(place, at: now) }
  }

  /// The letter's place in the limits is another's.
  func isPlaceFreed(by end: LetterEnd) -> Bool {
    !extras.isEmpty && extras[0].hasLimits && !end.isCounted(by: extras[0].count)
  }

  /// More of its letters could go than the window allows as yet.
  func isWaitingForAnswers(at now: Date, shared: Int32, stall: TimeInterval) -> Bool {
    isPending || window < min(shared, most) && !isStalled(at: now, stall)
  }

  /// The letter's place in the limits is free again.
  mutating func giveBack(_ takenAt: Date) {
    if !extras.isEmpty, extras[0].hasLimits { extras[0].limiter.giveBack(.init(moment: takenAt)) }
  }

  /// There is a place in the limits.
  mutating func hasPlace(at now: Date, wallAhead: TimeInterval) -> Bool {
    extras.isEmpty || !extras[0].hasLimits || extras[0].limiter.next(at: now, wallAhead: wallAhead) <= now
  }

  /// The letter comes to MAIL now: it takes a place again.
  mutating func retake(at now: Date) {
    if onWire == 1 { progressAt = now }
    if !extras.isEmpty, extras[0].hasLimits { extras[0].limiter.take(at: now) }
  }

  /// A letter that leaves so long after its place was taken needs another one.
  func isTooLong(_ wait: TimeInterval) -> Bool {
    !extras.isEmpty && extras[0].hasLimits && wait > extras[0].limiter.tolerance
  }

  mutating func move(from takenAt: Date, to now: Date) {
    guard !extras.isEmpty, extras[0].hasLimits else { return }
    _ = extras[0].limiter.move(.init(moment: takenAt), to: now)
  }

  /// Its letters wait because of what it has answered.
  func isLeftAlone(at now: Date) -> Bool { coolingUntil > now || courteousUntil == .distantFuture || heldUntil != nil }

  /// It took a letter: nothing is held against it.
  mutating func clear() {
    coolingUntil = .distantPast
    heldUntil = nil
    if courteousUntil == .distantFuture { courteousUntil = .distantPast }
    if !extras.isEmpty { extras[0].backoff.succeed() }
  }

  /// Nothing is on the wire, and nothing is known of it.
  func isForgettable(at now: Date) -> Bool {
    onWire == 0 && !isPending && heldUntil == nil && coolingUntil <= now && courteousUntil <= now
      && (extras.isEmpty || now.timeIntervalSince(progressAt) > Self.memory)
  }

  /// It answered a letter; more may be on the wire when it did promptly.
  mutating func noteAnswer(at now: Date, accepted isAccepted: Bool, isSlow: Bool) {
    if isAccepted { noteAccepted(at: now) }
    isSlowToAnswer = isSlow
    if isSlow { return }
    if courteousUntil < .distantFuture { courteousUntil = .distantPast }
    guard onWire + 1 >= window, window < most, coolingUntil <= now else { return }
    answered += 1
    if !isThrottled || answered >= window {
      window += 1
      answered = 0
    }
  }

  /// It asks for less.
  mutating func noteThrottle(wait: TimeInterval?, at now: Date) {
    // Answers to letters that were on the wire together count once.
    guard coolingUntil <= now else { return }
    if extras.isEmpty { extras = [Extra()] }
    coolingUntil = now.addingTimeInterval(max(extras[0].backoff.fail(), wait ?? 0))
    extras[0].pace.throttle(at: now)
    lower(at: now)
  }

  /// One domain of it asks for less: the pace is lowered, and when a second one does, all are left alone.
  mutating func noteThrottleOfOne(_ domain: Int32, wait: Int?, at now: Date) {
    if let lastThrottled, lastThrottled != domain, throttledUntil > now {
      noteThrottle(wait: wait.map(TimeInterval.init), at: now)
    } else {
      if extras.isEmpty { extras = [Extra()] }
      extras[0].pace.throttle(at: now)
      lower(at: now)
    }
    lastThrottled = domain
    throttledUntil = now.addingTimeInterval(max(60, TimeInterval(wait ?? 0)))
  }

  private mutating func lower(at now: Date) {
    isThrottled = true
    loweredAt = now
    answered = 0
    window = max(1, min(window, onWire + 1) / 2)
  }

  private mutating func noteAccepted(at now: Date) {
    accepted &+= 1
    // The pace of a destination that gets a letter or two is nobody's concern.
    if extras.isEmpty, accepted == Self.lettersBeforePace { extras = [Extra()] }
    guard !extras.isEmpty else { return }
    extras[0].pace.noteAccepted(at: now)
  }
}
