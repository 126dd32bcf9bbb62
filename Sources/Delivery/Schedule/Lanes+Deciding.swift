import Campaigns
public import Foundation

extension Lanes {
  /// Takes out the letter that goes next.
  ///
  /// - Parameters:
  ///   - kinds: Of which kinds, the preferred first.
  ///   - hasMore: There are letters elsewhere that could be added: others wait then, even if none does here.
  public mutating func next(at now: Date, kinds: [Int] = [0], hasMore: Bool = false) -> Next {
    wake(at: now)
    for kind in kinds {
      guard let root = roots[Int32(kind)] else { continue }
      if let ticket = take(from: root, at: now, hasMore: hasMore) { return .letter(ticket) }
    }
    if !hasMore, let ticket = takeCourteous(kinds, at: now) { return .letter(ticket) }
    if waiting == 0 { return .empty }
    let moment = nextMoment
    if fullCount > 0 { return .held(until: moment) }
    return moment.map { .wait(until: $0) } ?? .empty
  }

  /// The letter comes to MAIL now, later than it was taken out: its places in the limits are those of this moment.
  ///
  /// - Returns: The ticket to go on with; nil when there is no place any more: then it waits again, first of its domain.
  public mutating func began(_ ticket: Ticket, at now: Date) -> Ticket? {
    guard now > ticket.takenAt else { return ticket }
    let gates = gatesOf(ticket.domain)
    for gate in gates { self.gates[gate].giveBack(ticket.takenAt) }
    guard gates.allSatisfy({ self.gates[$0].hasPlace(at: now, wallAhead: wallAhead) }) else {
      putBack(ticket, place: nil, kind: ticket.kind, at: now)
      return nil
    }
    for gate in gates { self.gates[gate].retake(at: now) }
    var ticket = ticket
    ticket.takenAt = now
    return ticket
  }

  /// The rules, by their places, in whose limits the letter has a place.
  public func limitedRules(of ticket: Ticket) -> [Int] {
    rulesOf(ticket.domain).map(Int.init).filter { !rules.rules[$0].limits.isEmpty }
  }

  /// The moment that the letter's places in the limits stand for.
  public func moment(of ticket: Ticket) -> Date { ticket.takenAt }

  /// The letter comes to MAIL, maybe a while after it began: then its places are those of this moment.
  public mutating func left(_ ticket: Ticket, at now: Date) -> Ticket {
    let gates = gatesOf(ticket.domain)
    let wait = now.timeIntervalSince(ticket.takenAt)
    guard gates.contains(where: { self.gates[$0].isTooLong(wait) }) else { return ticket }
    for gate in gates { self.gates[gate].move(from: ticket.takenAt, to: now) }
    var ticket = ticket
    ticket.takenAt = now
    return ticket
  }

  /// The letter comes to MAIL later than it began, or than it should have: its places are those of this moment, if there
  /// are any.
  public mutating func moved(_ ticket: Ticket, at now: Date) -> Ticket? {
    let gates = gatesOf(ticket.domain)
    for gate in gates { self.gates[gate].giveBack(ticket.takenAt) }
    let hasPlace = gates.allSatisfy { self.gates[$0].hasPlace(at: now, wallAhead: wallAhead) }
    for gate in gates { self.gates[gate].retake(at: hasPlace ? now : ticket.takenAt) }
    guard hasPlace else { return nil }
    var ticket = ticket
    ticket.takenAt = now
    return ticket
  }

  /// The letter has left the wire.
  public mutating func ended(_ ticket: Ticket, _ end: LetterEnd, at now: Date) {
    leave(ticket, end, place: ticket.takenAt, at: now)
    settle(ticket.domain, at: now)
  }

  /// The letter's destination asks for less, or for nothing for `wait` seconds.
  ///
  /// The domain is left alone for a while, its pace and that of its destination is lowered. Where a second domain of the
  /// destination asks while the first is left alone, the whole destination is.
  public mutating func throttled(_ domain: String, wait: Int? = nil, at now: Date) {
    let number = number(of: domain)
    let gate = gateIndex(number)
    let isKnown = gates[gate].coolingUntil > now
    gates[gate].noteThrottle(wait: wait.map(TimeInterval.init), at: now)
    for rule in rulesOf(number) where !isKnown { gates[Int(rule)].noteThrottleOfOne(number, wait: wait, at: now) }
  }

  /// Letters to others go first, until the domain takes one.
  public mutating func avoid(_ domain: String) { gates[gateIndex(number(of: domain))].courteousUntil = .distantFuture }

  /// Letters to the domain wait until this moment; from then on they go one by one.
  public mutating func hold(_ domain: String, until moment: Date) {
    gates[gateIndex(number(of: domain))].heldUntil = moment
  }

  /// The wait ends early; they still go one by one.
  public mutating func endHold(of domain: String) { stopHolding(domain, until: .distantPast) }

  /// Letters to the domain go as others do.
  public mutating func release(_ domain: String) { stopHolding(domain, until: nil) }

  private mutating func stopHolding(_ domain: String, until moment: Date?) {
    guard let number = domainNumbers[domain] else { return }
    gates[gateIndex(number)].heldUntil = moment
    reopen(gateIndex(number))
    lookAgain(at: number)
  }

  /// Letters of the domain wait no longer than others: it took one.
  public mutating func clear(_ domain: String, at now: Date) {
    guard let number = domainNumbers[domain] else { return }
    let wasLeftAlone = gatesOf(number).contains { gates[$0].isLeftAlone(at: now) }
    for gate in gatesOf(number) {
      gates[gate].clear()
      reopen(gate)
    }
    if wasLeftAlone { lookAgain(at: number) }
  }

  /// What the domain's lanes wait for may have ended before its time.
  private mutating func lookAgain(at domain: Int32) {
    for lane in lanesOf(domain) where lanes[Int(lane)].head >= 0 {
      if lanes[Int(lane)].state == .timed { makeReady(lane) }
    }
    let group = domains[Int(domain)].group
    guard group >= 0 else { return }
    for lane in groups[Int(group)].lanes.values.sorted() where lanes[Int(lane)].state == .timed { push(lane) }
  }

  /// Something may go that could not at the last look: the moment has come, or a destination has stalled since.
  public func hasNews(since last: Date, at now: Date) -> Bool {
    if let moment = nextMoment, moment <= now { return true }
    return fullCount > 0
      && full.keys.contains { gates[Int($0)].isStalled(at: now, stall) && !gates[Int($0)].isStalled(at: last, stall) }
  }

  /// Letters wait only because few are on the wire at first, not for a limit: what is answered promptly lets them go.
  public func isWaitingForAnswers(at now: Date) -> Bool {
    full.keys.contains { gates[Int($0)].isWaitingForAnswers(at: now, shared: shared, stall: stall) }
  }

  /// The letters that come after this one in its lane: they are likely to go soon.
  public func following(_ ticket: Ticket, limit: Int) -> [Item] {
    let key = LaneKey(domain: ticket.domain, kind: Int32(ticket.kind))
    let lane = ticket.kind == 0 ? domains[Int(ticket.domain)].lane : otherLanes[key] ?? -1
    guard lane >= 0 else { return [] }
    var items: [Item] = []
    var slot = lanes[Int(lane)].head
    while slot >= 0, items.count < limit {
      items.append(slots[Int(slot)].item)
      slot = slots[Int(slot)].next
    }
    return items
  }

  /// A relay is gone or back: how many connections there are.
  public mutating func setConnections(_ connections: Int, smallestRelay: Int) {
    self.connections = Int32(clamping: max(1, connections))
    shared = Int32(clamping: max(1, smallestRelay - 1))
  }

  // MARK: Deciding

  /// - Parameter isPatient: Nobody else can go.
  private mutating func take(from level: Int32, at now: Date, hasMore: Bool, isPatient: Bool = false) -> Ticket? {
    while let (number, key) = first(of: level) {
      guard isOpen(number, at: now, hasMore: hasMore, isPatient: isPatient) else { continue }
      let inner = lanes[Int(number)].level
      guard inner >= 0 else { return take(number, at: now) }
      // Its earliest letters may wait for something else meanwhile.
      guard let open = firstOpen(in: inner, at: now, hasMore: hasMore, isPatient: isPatient) else {
        leaveState(number)
        continue
      }
      guard open.key <= key else {
        leaveState(number)
        push(number)
        continue
      }
      let ticket = take(open.lane, at: now)
      // Its turn is over.
      leaveState(number)
      for rule in groups[Int(lanes[Int(number)].domain)].rules { gates[Int(rule)].take(at: now) }
      if first(of: inner) != nil { push(number) }
      return ticket
    }
    return nil
  }

  private mutating func firstOpen(
    in level: Int32, at now: Date, hasMore: Bool, isPatient: Bool
  ) -> (lane: Int32, key: UInt32)? {
    while let first = first(of: level) {
      if isOpen(first.lane, at: now, hasMore: hasMore, isPatient: isPatient) { return first }
    }
    return nil
  }

  /// The first letter of a domain's lane.
  private mutating func take(_ number: Int32, at now: Date) -> Ticket {
    let lane = lanes[Int(number)]
    gates[gateIndex(lane.domain)].take(at: now)
    let slot = removeFirst(of: number)
    onWire += 1
    leaveState(number)
    if lanes[Int(number)].head >= 0 { push(number) }
    return Ticket(item: slot.item, domain: lane.domain, key: slot.key, kind: Int(lane.kind), takenAt: now)
  }

  /// Whether the lane's gates are open; puts it where it waits when they are not.
  private mutating func isOpen(_ number: Int32, at now: Date, hasMore: Bool, isPatient: Bool) -> Bool {
    let lane = lanes[Int(number)]
    let gates = lane.level < 0 ? [gateIndex(lane.domain)] : groups[Int(lane.domain)].rules.map(Int.init)
    var until: Date?
    for gate in gates {
      let shared = hasMore || waiting > Int(self.gates[gate].waiting) ? self.shared : nil
      let answer = self.gates[gate].answer(
        at: now, wallAhead: wallAhead,
        crowd: shared.map { .init(most: $0, mostSlow: max(1, connections / Self.slowShare), stall: stall) },
        isPatient: isPatient)
      switch answer {
      case .open: break
      case .closed(let moment):
        close(number, until: moment)
        return false
      case .full:
        wait(number, for: gate)
        return false
      case .courteous(let moment): until = max(until ?? moment, moment)
      }
    }
    guard let until, !isPatient else { return true }
    close(number, until: until)
    addCourteous(LaneEntry(lane: number, stamp: lanes[Int(number)].stamp))
    return false
  }

  /// Nobody else can go: those that leave their connections to others may, while one is left.
  private mutating func takeCourteous(_ kinds: [Int], at now: Date) -> Ticket? {
    guard onWire == 0 || onWire < connections - 1 else { return nil }
    for _ in 0..<courteous.count {
      guard let entry = courteous.popFirst() else { break }
      guard isThere(entry), lanes[Int(entry.lane)].state == .timed else { continue }
      guard kinds.contains(Int(lanes[Int(entry.lane)].kind)) else {
        courteous.append(entry)
        continue
      }
      if let ticket = takePatiently(entry, at: now) { return ticket }
    }
    for gate in full.keys.sorted() where gates[Int(gate)].onWire > 0 && !gates[Int(gate)].isPending {
      for entry in full[gate] ?? [] where isThere(entry) && kinds.contains(Int(lanes[Int(entry.lane)].kind)) {
        if let ticket = takePatiently(entry, at: now) { return ticket }
      }
      full[gate] = (full[gate] ?? []).filter(isThere)
    }
    fullCount = full.values.reduce(0) { $0 + $1.count }
    return nil
  }

  private mutating func takePatiently(_ entry: LaneEntry, at now: Date) -> Ticket? {
    let lane = lanes[Int(entry.lane)]
    let isTop = lane.parent < 0
    leaveState(entry.lane)
    makeReady(entry.lane)
    let level = root(lane.kind)
    guard isTop || lanes[Int(lane.parent)].state == .ready else { return nil }
    return take(from: level, at: now, hasMore: false, isPatient: true)
  }

  private mutating func addCourteous(_ entry: LaneEntry) {
    if courteous.count > 2 * lanes.count + 64 {
      for _ in 0..<courteous.count {
        guard let old = courteous.popFirst() else { break }
        if isThere(old) { courteous.append(old) }
      }
    }
    courteous.append(entry)
  }

  private func isThere(_ entry: LaneEntry) -> Bool { lanes[Int(entry.lane)].stamp == entry.stamp }

  // MARK: What has gone

  func rulesOf(_ domain: Int32) -> [Int32] {
    let group = domains[Int(domain)].group
    return group < 0 ? [] : groups[Int(group)].rules
  }

  func gatesOf(_ domain: Int32) -> [Int] { [gateIndex(domain)] + rulesOf(domain).map(Int.init) }

  mutating func putBack(_ ticket: Ticket, place: Date?, kind: Int, at now: Date) {
    leave(ticket, .unsent, place: place, at: now)
    put(ticket.item, key: ticket.key, in: lane(of: ticket.domain, kind: Int32(kind)), first: true)
  }

  /// - Parameter place: The moment of its places in the limits; nil when it has none any more.
  private mutating func leave(_ ticket: Ticket, _ end: LetterEnd, place: Date?, at now: Date) {
    onWire -= 1
    let duration = now.timeIntervalSince(ticket.takenAt)
    let isSlow = duration > slow
    // One that is slow beside the others moves it little; where all are slow, that is usual.
    if end != .unsent { usual += (min(duration, slow) - usual) / 16 }
    for gate in gatesOf(ticket.domain) {
      gates[gate].end(end, of: place, at: now)
      if end != .unsent {
        gates[gate].noteAnswer(at: now, accepted: end == .accepted, isSlow: isSlow)
        if isSlow, gates[gate].courteousUntil < .distantFuture {
          gates[gate].courteousUntil = now.addingTimeInterval(duration * Self.courtesy(connections))
        }
      }
      reopen(gate)
      // Lanes that wait for the end of a window need not: one of its places is free.
      if place != nil, gates[gate].isPlaceFreed(by: end) { lookAgain(at: ticket.domain) }
    }
    if let group = moving[ticket.domain], gates[gateIndex(ticket.domain)].onWire == 0 {
      settleIn(ticket.domain, group)
    }
  }

  /// Seconds on the wire from which on a letter is slow beside the others.
  private var slow: TimeInterval { max(1, 4 * usual) }
  /// Seconds without an answer after which others are not to wait behind a destination.
  private var stall: TimeInterval { max(2, 4 * usual) }

  /// One of so many of all connections' time is what a slow destination costs the others.
  private static var slowShare: Int32 { 50 }

  /// How many times as long as a slow letter held a connection it is left to others.
  private static func courtesy(_ connections: Int32) -> Double {
    max(0, Double(slowShare) / Double(connections) - 1)
  }

  /// Forgets domains of which nothing is left to know, when there are many.
  mutating func settle(_ domain: Int32, at now: Date) {
    guard domainNumbers.count > sweepAt else { return }
    for number in domainNumbers.values.sorted() where isIdle(number, at: now) {
      for lane in lanesOf(number) {
        leaveState(lane)
        freeLanes.append(lane)
        otherLanes[LaneKey(domain: number, kind: lanes[Int(lane)].kind)] = nil
      }
      domainNumbers[domains[Int(number)].name] = nil
      freeDomains.append(number)
    }
    sweepAt = max(1024, 2 * domainNumbers.count)
  }

  private func isIdle(_ domain: Int32, at now: Date) -> Bool {
    let gate = gates[gateIndex(domain)]
    return gate.waiting == 0 && gate.isForgettable(at: now)
  }
}
