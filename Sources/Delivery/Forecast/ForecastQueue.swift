import Campaigns
import Foundation

/// The letters of a forecast that wait, in the order in which a delivery takes them: untried ones first, then those that
/// are due again; none to a destination that may have no more just now.
struct ForecastQueue {
  /// The letters that one rule for destinations holds, or none does.
  private struct Lane {
    var untried: [Int32] = []
    var next = 0
    var due: [Int32] = []
    var nextDue = 0
    var limiter: RateLimiter?
    var counts = LimitCount.accepted
    var connections: Int?
    /// When the letters on the wire are done, ascending.
    var onTheWire: [Date] = []
    /// Its next letter was passed over.
    var isHeldUp = false

    var head: Int32? { next < untried.count ? untried[next] : nil }
    var hasDue: Bool { nextDue < due.count }
  }

  struct Taken {
    var letter: Int
    var lane: Int
    /// It waited for the rule of its destination.
    var wasHeldUp: Bool
    /// When it was due, where it had been deferred.
    var due: Date?
  }

  private var lanes: [Lane]
  private var deferred = MomentHeap()
  /// When each deferred letter is due; entries of the heap that say something else are old.
  private var dueAt: [Int32: Date] = [:]
  private var kept: [[Int32]]
  private var awaited: [Int32: Int] = [:]
  private(set) var waiting: Int

  init(_ plan: ForecastPlan) {
    lanes = [Lane()]
    for rule in plan.destinations {
      var lane = Lane()
      lane.limiter = rule.limits.isEmpty ? nil : RateLimiter(limits: rule.limits)
      lane.counts = rule.count
      lane.connections = rule.connections
      lanes.append(lane)
    }
    kept = Array(repeating: [], count: plan.relays.count)
    waiting = plan.letters.count
    lanes[0].untried.reserveCapacity(waiting)
    for (index, letter) in plan.letters.letters.enumerated() {
      if letter.isUntried {
        lanes[lane(letter)].untried.append(Int32(index))
      } else {
        let relay = letter.relay == WaitingLetters.Letter.noRelay ? nil : Int(letter.relay)
        hold(index, until: plan.now.addingTimeInterval(Double(letter.due)), for: relay)
      }
    }
  }

  private func lane(_ letter: WaitingLetters.Letter) -> Int {
    Int(letter.destination) < lanes.count ? Int(letter.destination) : 0
  }

  var isEmpty: Bool { waiting == 0 }

  // MARK: Deferring

  /// The letter waits until then, where a relay is named for that relay.
  mutating func hold(_ letter: Int, until moment: Date, for relay: Int?) {
    dueAt[Int32(letter)] = moment
    awaited[Int32(letter)] = relay
    deferred.push(moment, letter)
  }

  /// A letter that was on the wire waits until then.
  mutating func putBack(_ letter: Int, until moment: Date, for relay: Int?) {
    waiting += 1
    hold(letter, until: moment, for: relay)
  }

  /// Makes a deferred letter due; nothing happens to another one.
  mutating func makeDue(_ letter: Int, at now: Date) {
    guard let due = dueAt[Int32(letter)], due > now else { return }
    hold(letter, until: now, for: awaited[Int32(letter)])
  }

  // MARK: Taking

  /// The next letter for `relay`; nil when there is none now.
  mutating func take(
    for relay: Int, at now: Date, _ letters: [WaitingLetters.Letter], isWaitedFor: (Int) -> Bool
  ) -> Taken? {
    release(at: now, letters)
    if let letter = kept[relay].popLast() {
      waiting -= 1
      return Taken(
        letter: Int(letter), lane: lane(letters[Int(letter)]), wasHeldUp: false,
        due: dueAt.removeValue(forKey: letter))
    }
    if let taken = takeUntried(at: now) { return taken }
    return takeDue(for: relay, at: now, isWaitedFor: isWaitedFor)
  }

  private mutating func takeUntried(at now: Date) -> Taken? {
    var best: (lane: Int, letter: Int32)?
    for index in lanes.indices {
      guard let head = lanes[index].head, best.map({ head < $0.letter }) ?? true else { continue }
      if index > 0, !isReady(index, at: now) {
        lanes[index].isHeldUp = true
        continue
      }
      best = (index, head)
    }
    guard let best else { return nil }
    lanes[best.lane].next += 1
    waiting -= 1
    return taken(best.letter, best.lane)
  }

  private mutating func takeDue(for relay: Int, at now: Date, isWaitedFor: (Int) -> Bool) -> Taken? {
    for index in lanes.indices {
      while lanes[index].hasDue {
        if index > 0, !isReady(index, at: now) {
          lanes[index].isHeldUp = true
          break
        }
        let letter = lanes[index].due[lanes[index].nextDue]
        lanes[index].nextDue += 1
        if lanes[index].nextDue > 1024, lanes[index].nextDue * 2 > lanes[index].due.count {
          lanes[index].due.removeFirst(lanes[index].nextDue)
          lanes[index].nextDue = 0
        }
        if let other = awaited[letter], other != relay, isWaitedFor(other) {
          kept[other].append(letter)
          continue
        }
        waiting -= 1
        return taken(letter, index)
      }
    }
    return nil
  }

  private mutating func taken(_ letter: Int32, _ lane: Int) -> Taken {
    defer { lanes[lane].isHeldUp = false }
    let due = dueAt.isEmpty ? nil : dueAt.removeValue(forKey: letter)
    return Taken(letter: Int(letter), lane: lane, wasHeldUp: lanes[lane].isHeldUp, due: due)
  }

  /// What is kept for the relay goes to any.
  mutating func free(_ relay: Int, _ letters: [WaitingLetters.Letter]) {
    for letter in kept[relay] {
      awaited[letter] = nil
      lanes[lane(letters[Int(letter)])].due.append(letter)
    }
    kept[relay] = []
  }

  func isKeeping(for relay: Int) -> Bool { !kept[relay].isEmpty }

  private mutating func release(at now: Date, _ letters: [WaitingLetters.Letter]) {
    while let first = deferred.first, first.moment <= now {
      deferred.pop()
      guard dueAt[Int32(first.item)] == first.moment else { continue }
      lanes[lane(letters[first.item])].due.append(Int32(first.item))
    }
  }

  // MARK: Destinations

  private mutating func isReady(_ lane: Int, at now: Date) -> Bool { readyAt(lane, at: now) <= now }

  private mutating func readyAt(_ lane: Int, at now: Date) -> Date {
    var moment = lanes[lane].limiter?.next(at: now) ?? now
    if let most = lanes[lane].connections {
      let done = lanes[lane].onTheWire.firstIndex { $0 > now } ?? lanes[lane].onTheWire.count
      lanes[lane].onTheWire.removeFirst(done)
      if lanes[lane].onTheWire.count >= most {
        moment = max(moment, lanes[lane].onTheWire[lanes[lane].onTheWire.count - most])
      }
    }
    return moment
  }

  /// The letter is on the wire from `now` to `end`; `isCounted` when it takes a place in the limits.
  mutating func noteSent(in lane: Int, from now: Date, to end: Date, isAccepted: Bool) {
    guard lane > 0 else { return }
    if isAccepted || lanes[lane].counts == .attempts { lanes[lane].limiter?.take(at: now) }
    guard lanes[lane].connections != nil else { return }
    let place = lanes[lane].onTheWire.firstIndex { $0 > end } ?? lanes[lane].onTheWire.count
    lanes[lane].onTheWire.insert(end, at: place)
  }

  /// The first moment after `now` at which something may be taken that cannot be now; nil when there is none.
  mutating func nextMoment(after now: Date) -> Date? {
    while let first = deferred.first, dueAt[Int32(first.item)] != first.moment { deferred.pop() }
    var moment = deferred.first?.moment
    for index in lanes.indices.dropFirst() where lanes[index].head != nil || lanes[index].hasDue {
      let ready = readyAt(index, at: now)
      if moment.map({ ready < $0 }) ?? true { moment = ready }
    }
    return moment
  }
}

/// Numbers by moments, the earliest first; of one moment the first that was put in.
struct MomentHeap {
  struct Entry {
    var moment: Date
    var order: Int
    var item: Int
  }

  private var entries: [Entry] = []
  private var count = 0

  var first: Entry? { entries.first }
  var isEmpty: Bool { entries.isEmpty }

  mutating func push(_ moment: Date, _ item: Int) {
    let entry = Entry(moment: moment, order: count, item: item)
    count += 1
    entries.append(entry)
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard Self.isBefore(entry, entries[parent]) else { break }
      entries[child] = entries[parent]
      child = parent
    }
    entries[child] = entry
  }

  mutating func pop() {
    guard let last = entries.popLast(), !entries.isEmpty else { return }
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < entries.count else { break }
      if child + 1 < entries.count, Self.isBefore(entries[child + 1], entries[child]) { child += 1 }
      guard Self.isBefore(entries[child], last) else { break }
      entries[parent] = entries[child]
      parent = child
    }
    entries[parent] = last
  }

  private static func isBefore(_ left: Entry, _ right: Entry) -> Bool {
    left.moment < right.moment || left.moment == right.moment && left.order < right.order
  }
}
