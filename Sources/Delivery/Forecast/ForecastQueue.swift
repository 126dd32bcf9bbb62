import Campaigns
import Foundation

/// The letters of a forecast that wait, in the order in which a delivery takes them: untried ones first, then those that
/// are due again; where there are rules for destinations, as the delivery's ``Lanes`` let them go.
struct ForecastQueue {
  struct Taken {
    var letter: Int
    /// It waited for the rules of its destination alone.
    var wasHeldUp = false
    /// When it was due, where it had been deferred.
    var due: Date?
  }

  private let letters: [WaitingLetters.Letter]
  private var untried: [Int32] = []
  private var next = 0
  private var due = Fifo()
  /// Due letters that wait for the relay of their last attempt.
  private var kept: [Fifo]
  private var deferred = MomentHeap()
  /// When each deferred letter is due; entries of the heap that say something else are old.
  private var dueAt: [Int32: Date] = [:]
  private var awaited: [Int32: Int] = [:]
  private var lanes: ForecastLanes?
  private(set) var waiting: Int

  init(_ plan: ForecastPlan) {
    letters = plan.letters.letters
    kept = Array(repeating: Fifo(), count: plan.relays.count)
    waiting = plan.letters.count
    lanes = plan.destinations.isEmpty ? nil : ForecastLanes(plan)
    untried.reserveCapacity(waiting)
    for (index, letter) in letters.enumerated() {
      if letter.isUntried {
        untried.append(Int32(index))
      } else {
        let relay = letter.relay == WaitingLetters.Letter.noRelay ? nil : Int(letter.relay)
        hold(Int32(index), until: plan.now.addingTimeInterval(Double(letter.due)), for: relay)
      }
    }
  }

  var isEmpty: Bool { waiting == 0 }

  /// Nobody asks for the letters any more.
  mutating func clear() { waiting = 0 }

  // MARK: Deferring

  private mutating func hold(_ letter: Int32, until moment: Date, for relay: Int?) {
    dueAt[letter] = moment
    awaited[letter] = relay
    deferred.push(moment, Int(letter))
  }

  /// A letter that was on the wire waits until then, where a relay is named for that relay.
  mutating func putBack(_ letter: Int, until moment: Date, for relay: Int?) {
    waiting += 1
    hold(Int32(letter), until: moment, for: relay)
  }

  /// Makes a deferred letter due; nothing happens to another one.
  mutating func makeDue(_ letter: Int, at now: Date) {
    guard let due = dueAt[Int32(letter)], due > now else { return }
    hold(Int32(letter), until: now, for: awaited[Int32(letter)])
  }

  private mutating func release(at now: Date) {
    while let first = deferred.first, first.moment <= now {
      deferred.pop()
      if dueAt[Int32(first.item)] == first.moment { due.append(Int32(first.item)) }
    }
  }

  // MARK: Taking

  /// The next letter for `relay`; nil when there is none now.
  mutating func take(for relay: Int, at now: Date, isWaitedFor: (Int) -> Bool) -> Taken? {
    release(at: now)
    guard lanes == nil else { return takeFromLanes(for: relay, at: now, isWaitedFor: isWaitedFor) }
    if let letter = kept[relay].popFirst() { return taken(letter) }
    if next < untried.count {
      next += 1
      waiting -= 1
      return Taken(letter: Int(untried[next - 1]))
    }
    while let letter = due.popFirst() {
      if let other = awaited[letter], other != relay, isWaitedFor(other) {
        kept[other].append(letter)
      } else {
        return taken(letter)
      }
    }
    return nil
  }

  private mutating func takeFromLanes(for relay: Int, at now: Date, isWaitedFor: (Int) -> Bool) -> Taken? {
    while true {
      let hasMore = next < untried.count || !due.isEmpty
      if let found = lanes?.take(for: relay, at: now, hasMore: hasMore, isWaitedFor: isWaitedFor) {
        return taken(found.letter, wasHeldUp: found.wasHeldUp)
      }
      guard hasMore else { return nil }
      // As the delivery reads: a page more whenever nothing of what was read can go.
      for _ in 0..<512 {
        if next < untried.count {
          lanes?.add(untried[next], of: letters[Int(untried[next])].domain, for: nil)
          next += 1
        } else if let letter = due.popFirst() {
          lanes?.add(letter, of: letters[Int(letter)].domain, for: awaited[letter])
        } else {
          break
        }
      }
    }
  }

  private mutating func taken(_ letter: Int32, wasHeldUp: Bool = false) -> Taken {
    waiting -= 1
    awaited[letter] = nil
    return Taken(
      letter: Int(letter), wasHeldUp: wasHeldUp, due: dueAt.isEmpty ? nil : dueAt.removeValue(forKey: letter))
  }

  /// What is kept for the relay goes to any.
  mutating func free(_ relay: Int) {
    while let letter = kept[relay].popFirst() {
      awaited[letter] = nil
      due.append(letter)
    }
  }

  func isKeeping(for relay: Int) -> Bool { !kept[relay].isEmpty }

  // MARK: Destinations

  /// The letter that was taken is on the wire until `end`.
  mutating func noteSent(_ letter: Int, to end: Date, isAccepted: Bool) {
    lanes?.noteSent(Int32(letter), until: end, isAccepted: isAccepted)
  }

  /// The letter that was taken does not go.
  mutating func noteUnsent(_ letter: Int, at now: Date) { lanes?.noteUnsent(Int32(letter), at: now) }

  /// The domain asks for less.
  mutating func slow(_ domain: UInt32, wait: Int?, at now: Date) { lanes?.slow(domain, wait: wait, at: now) }

  /// The first moment after `now` at which something may be taken that cannot be now; nil when there is none.
  mutating func nextMoment(after now: Date) -> Date? {
    while let first = deferred.first, dueAt[Int32(first.item)] != first.moment { deferred.pop() }
    return [deferred.first?.moment, lanes?.nextMoment(after: now)].compactMap { $0 }.min()
  }
}

/// The delivery's ``Lanes`` on the simulated clock, with the letters on the wire.
struct ForecastLanes {
  private var lanes: Lanes<Int32>
  private let domains: [String]
  /// A ticket and where its letter goes; nil when no rule fits.
  private var tickets: [Int32: (ticket: Lanes<Int32>.Ticket, isRuled: Bool)] = [:]
  private var ends = MomentHeap()
  private var endings: [Int32: LetterEnd] = [:]
  private var ruled: Set<Int32> = []
  private var moment: Date?
  /// Nothing could go although relays could have taken more: what goes from then on has waited for its destination.
  private var isHeldUp = false
  private let relays: Int

  init(_ plan: ForecastPlan) {
    let connections = plan.usable.map { max(1, plan.relays[$0].relay.connections) }
    lanes = Lanes(
      rules: DestinationRules(plan.destinations), order: plan.takesTurns ? .turns : .file,
      connections: connections.reduce(0, +),
      smallestRelay: connections.min(), past: plan.destinationsPast)
    domains = plan.letters.domains
    relays = plan.relays.count
    // A forecast asks no name server: what rules for mail exchangers fit is known by now, or none.
    for domain in domains { lanes.setExchangers(plan.letters.exchangers[domain] ?? [], of: domain, at: plan.now) }
    _ = lanes.takeUnknownDomains()
  }

  /// - Parameter relay: The one that is waited for.
  mutating func add(_ letter: Int32, of domain: UInt32, for relay: Int?) {
    if domain > 0 { ruled.insert(letter) }
    lanes.add(letter, to: domains[Int(domain)], kind: relay.map { $0 + 1 } ?? 0)
    isHeldUp = false
  }

  mutating func take(
    for relay: Int, at now: Date, hasMore: Bool, isWaitedFor: (Int) -> Bool
  ) -> (letter: Int32, wasHeldUp: Bool)? {
    end(at: now)
    let kinds = [relay + 1, 0] + (0..<relays).filter { $0 != relay && !isWaitedFor($0) }.map { $0 + 1 }
    switch lanes.next(at: now, kinds: kinds, hasMore: hasMore) {
    case .letter(let ticket):
      let isRuled = ruled.remove(ticket.item) != nil
      tickets[ticket.item] = (ticket, isRuled)
      return (ticket.item, isRuled && isHeldUp)
    case .wait(let until): moment = until
    case .held(let until): moment = until
    case .empty: moment = nil
    }
    if !hasMore { isHeldUp = true }
    return nil
  }

  mutating func noteSent(_ letter: Int32, until end: Date, isAccepted: Bool) {
    endings[letter] = isAccepted ? .accepted : .tried
    ends.push(end, Int(letter))
  }

  mutating func noteUnsent(_ letter: Int32, at now: Date) {
    guard let entry = tickets.removeValue(forKey: letter) else { return }
    lanes.ended(entry.ticket, .unsent, at: now)
  }

  mutating func slow(_ domain: UInt32, wait: Int?, at now: Date) {
    lanes.throttled(domains[Int(domain)], wait: wait, at: now)
  }

  private mutating func end(at now: Date) {
    while let first = ends.first, first.moment <= now {
      ends.pop()
      let letter = Int32(first.item)
      guard let entry = tickets.removeValue(forKey: letter) else { continue }
      lanes.ended(entry.ticket, endings.removeValue(forKey: letter) ?? .tried, at: first.moment)
    }
  }

  /// The next moment at which a letter may go that cannot now.
  func nextMoment(after now: Date) -> Date? {
    lanes.waiting == 0 ? nil : [moment, ends.first?.moment].compactMap { $0 }.filter { $0 > now }.min()
  }
}

/// Numbers of letters, first in, first out.
struct Fifo {
  private var letters: [Int32] = []
  private var head = 0

  var isEmpty: Bool { head == letters.count }

  mutating func append(_ letter: Int32) { letters.append(letter) }

  mutating func popFirst() -> Int32? {
    guard head < letters.count else { return nil }
    head += 1
    let letter = letters[head - 1]
    // Cut rarely: removing from the front moves the rest.
    if head > 1024, head * 2 > letters.count {
      letters.removeFirst(head)
      head = 0
    }
    return letter
  }
}
