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
    /// Attempts so far, and when the first one in this run was.
    var attempts = 0
    var firstAt: Date?
    /// The relay that greylisted it last.
    var known: Int?
  }

  /// A letter that waits for its next attempt. Its place among them is what stands in line for it.
  private struct Deferral: Hashable {
    var letter: Int32
    /// The relay that greylisted it, and that it waits for; negative where none did.
    var relay: Int16
    /// Any relay may take it.
    var isFree = false
    var attempts: UInt16
    var due: Date
    /// In the distant future: not in this run.
    var firstAt: Date
    /// It is no longer among the `moments`.
    var isDue = false
  }

  private let letters: WaitingLetters
  private var untried: Int
  /// The first letter that may not have been taken yet.
  private var next = 0
  private var deferrals = PagedArray<Deferral>()
  private var vacant = Fifo()
  /// Places of deferred letters by when they are due; entries of which the deferral says something else are old.
  private var moments = MomentHeap()
  private var due = Fifo()
  /// Due letters that wait for the relay of their last attempt.
  private var kept: [Fifo]
  /// The places of deferred letters in the lanes.
  private var places: [Int32: Int32] = [:]
  private var lanes: ForecastLanes?
  private(set) var waiting: Int

  init(_ plan: ForecastPlan) {
    letters = plan.letters
    kept = Array(repeating: Fifo(), count: plan.relays.count)
    waiting = letters.count
    untried = letters.count - letters.tried
    lanes = plan.destinations.isEmpty ? nil : ForecastLanes(plan)
    guard letters.tried > 0 else { return }
    for place in 0..<letters.count where !letters.isUntried(place) {
      let letter = letters[place]
      let relay = letter.relay == WaitingLetters.Letter.noRelay ? nil : Int(letter.relay)
      hold(
        place, until: plan.now.addingTimeInterval(Double(letter.due)), for: relay, attempts: Int(letter.attempts),
        firstAt: nil)
    }
  }

  var isEmpty: Bool { waiting == 0 }

  /// Nobody asks for the letters any more.
  mutating func clear() { waiting = 0 }

  // MARK: Deferring

  private mutating func hold(_ letter: Int, until moment: Date, for relay: Int?, attempts: Int, firstAt: Date?) {
    let deferral = Deferral(
      letter: Int32(letter), relay: Int16(clamping: relay ?? -1), attempts: UInt16(clamping: attempts), due: moment,
      firstAt: firstAt ?? .distantFuture)
    if let place = vacant.popFirst() {
      deferrals[Int(place)] = deferral
      moments.push(moment, Int(place))
    } else {
      deferrals.append(deferral)
      moments.push(moment, deferrals.count - 1)
    }
  }

  /// A letter that was on the wire waits until then, where a relay is named for that relay.
  mutating func putBack(_ letter: Int, until moment: Date, for relay: Int?, attempts: Int, firstAt: Date?) {
    waiting += 1
    hold(letter, until: moment, for: relay, attempts: attempts, firstAt: firstAt)
  }

  /// A letter that was taken and did not go is there again.
  mutating func putBack(_ taken: Taken, until moment: Date) {
    putBack(taken.letter, until: moment, for: nil, attempts: taken.attempts, firstAt: taken.firstAt)
  }

  /// Makes deferred letters due; nothing happens to others.
  mutating func makeDue(_ letters: Set<Int>, at now: Date) {
    guard !letters.isEmpty else { return }
    for place in 0..<deferrals.count where !deferrals[place].isDue && deferrals[place].due > now {
      guard letters.contains(Int(deferrals[place].letter)) else { continue }
      deferrals[place].due = now
      moments.push(now, place)
    }
  }

  private mutating func release(at now: Date) {
    while let first = moments.first, first.moment <= now {
      moments.pop()
      guard isCurrent(first) else { continue }
      deferrals[first.item].isDue = true
      due.append(Int32(first.item))
    }
  }

  private func isCurrent(_ entry: MomentHeap.Entry) -> Bool {
    !deferrals[entry.item].isDue && deferrals[entry.item].due == entry.moment
  }

  /// The attempts of the letters that are deferred now, ascending by letter.
  var deferred: [(letter: Int, attempts: Int)] {
    var vacant = vacant
    var isVacant = NumberSet(below: deferrals.count)
    while let place = vacant.popFirst() { isVacant.insert(Int(place)) }
    return (0..<deferrals.count).lazy.filter { !isVacant.contains($0) }
      .map { (Int(self.deferrals[$0].letter), Int(self.deferrals[$0].attempts)) }.sorted { $0.0 < $1.0 }
  }

  // MARK: Taking

  /// The next letter for `relay`; nil when there is none now.
  mutating func take(for relay: Int, at now: Date, isWaitedFor: (Int) -> Bool) -> Taken? {
    release(at: now)
    guard lanes == nil else { return takeFromLanes(for: relay, at: now, isWaitedFor: isWaitedFor) }
    if let place = kept[relay].popFirst() { return taken(place) }
    if let letter = nextUntried() {
      waiting -= 1
      return Taken(letter: letter)
    }
    while let place = due.popFirst() {
      if let other = awaited(place), other != relay, isWaitedFor(other) {
        kept[other].append(place)
      } else {
        return taken(place)
      }
    }
    for other in kept.indices where !kept[other].isEmpty && !isWaitedFor(other) {
      if let place = kept[other].popFirst() { return taken(place) }
    }
    return nil
  }

  private mutating func nextUntried() -> Int? {
    guard untried > 0 else { return nil }
    while !letters.isUntried(next) { next += 1 }
    untried -= 1
    next += 1
    return next - 1
  }

  private func awaited(_ place: Int32) -> Int? {
    let deferral = deferrals[Int(place)]
    return deferral.relay < 0 || deferral.isFree ? nil : Int(deferral.relay)
  }

  private mutating func takeFromLanes(for relay: Int, at now: Date, isWaitedFor: (Int) -> Bool) -> Taken? {
    while true {
      let hasMore = untried > 0 || !due.isEmpty
      if let found = lanes?.take(for: relay, at: now, hasMore: hasMore, isWaitedFor: isWaitedFor) {
        if let place = places.removeValue(forKey: found.letter) { return taken(place, wasHeldUp: found.wasHeldUp) }
        waiting -= 1
        return Taken(letter: Int(found.letter), wasHeldUp: found.wasHeldUp)
      }
      guard hasMore else { return nil }
      // As the delivery reads: a page more whenever nothing of what was read can go.
      for _ in 0..<512 {
        if let letter = nextUntried() {
          lanes?.add(Int32(letter), of: letters[letter].domain, for: nil)
        } else if let place = due.popFirst() {
          let letter = deferrals[Int(place)].letter
          places[letter] = place
          let (domain, relay) = (letters[Int(letter)].domain, awaited(place))
          lanes?.add(letter, of: domain, for: relay)
        } else {
          break
        }
      }
    }
  }

  private mutating func taken(_ place: Int32, wasHeldUp: Bool = false) -> Taken {
    waiting -= 1
    let deferral = deferrals[Int(place)]
    vacant.append(place)
    return Taken(
      letter: Int(deferral.letter), wasHeldUp: wasHeldUp, due: deferral.due, attempts: Int(deferral.attempts),
      firstAt: deferral.firstAt == .distantFuture ? nil : deferral.firstAt,
      known: deferral.relay < 0 ? nil : Int(deferral.relay))
  }

  /// What is kept for the relay goes to any.
  mutating func free(_ relay: Int) {
    while let place = kept[relay].popFirst() {
      deferrals[Int(place)].isFree = true
      due.append(place)
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
    while let first = moments.first, !isCurrent(first) { moments.pop() }
    return [moments.first?.moment, lanes?.nextMoment(after: now)].compactMap { $0 }.min()
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
      smallestRelay: connections.min(), past: plan.destinationsPast, learned: plan.destinationsLearned, at: plan.now)
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
