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

  /// Letters of the domain wait no longer than others: it took one.
  public mutating func clear(_ domain: String, at now: Date) {
    guard let number = domainNumbers[domain] else { return }
    for gate in gatesOf(number) {
      gates[gate].clear()
      reopen(gate)
    }
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

  private mutating func take(from level: Int32, at now: Date, hasMore: Bool, isPatient: Bool = false) -> Ticket? {
    while let (entry, key) = levels[Int(level)].pop() {
      let number = entry.lane
      guard lanes[Int(number)].stamp == entry.stamp, lanes[Int(number)].state == .ready else { continue }
      if order == .file, lanes[Int(number)].level >= 0 {
        // The earliest of its letters may wait for something else meanwhile.
        let current = self.key(of: number)
        if current > key {
          lanes[Int(number)].state = .empty
          if current < .max { push(number) }
          continue
        }
      }
      lanes[Int(number)].state = .empty
      if let ticket = take(lane: number, at: now, hasMore: hasMore, isPatient: isPatient) { return ticket }
    }
    return nil
  }

  /// - Parameter isPatient: Nobody else can go.
  private mutating func take(lane number: Int32, at now: Date, hasMore: Bool, isPatient: Bool) -> Ticket? {
    let lane = lanes[Int(number)]
    let gates = lane.level < 0 ? [gateIndex(lane.domain)] : groups[Int(lane.domain)].rules.map(Int.init)
    var until: Date?
    for gate in gates {
      switch self.gates[gate].answer(at: now, wallAhead: wallAhead, shared: shared(gate, hasMore), stall: stall) {
      case .open: break
      case .closed(let moment):
        close(number, until: moment)
        return nil
      case .full:
        wait(number, for: gate)
        return nil
      case .courteous(let moment): until = max(until ?? moment, moment)
      }
    }
    if let until, !isPatient {
      close(number, until: until)
      addCourteous(LaneEntry(lane: number, stamp: lanes[Int(number)].stamp))
      return nil
    }
    guard lane.level < 0 else {
      guard let ticket = take(from: lane.level, at: now, hasMore: hasMore, isPatient: isPatient) else { return nil }
      for gate in gates { self.gates[gate].take(at: now) }
      if first(of: lane.level) != nil { push(number) }
      return ticket
    }
    self.gates[gates[0]].take(at: now)
    let (item, letter) = removeFirst(of: number)
    onWire += 1
    if lanes[Int(number)].head >= 0 { push(number) }
    return Ticket(item: item, domain: lane.domain, number: letter, kind: Int(lane.kind), takenAt: now)
  }

  /// Most letters on the wire to a destination while others wait; nil when none do.
  private func shared(_ gate: Int, _ hasMore: Bool) -> Int32? {
    hasMore || waiting > Int(gates[gate].waiting) ? shared : nil
  }

  private mutating func takeCourteous(_ kinds: [Int], at now: Date) -> Ticket? {
    guard onWire == 0 || onWire < connections - 1 else { return nil }
    for _ in 0..<courteous.count {
      guard let entry = courteous.popFirst() else { return nil }
      let lane = lanes[Int(entry.lane)]
      guard lane.stamp == entry.stamp, lane.state == .timed else { continue }
      guard kinds.contains(Int(lane.kind)) else {
        courteous.append(entry)
        continue
      }
      leaveState(entry.lane)
      if let ticket = take(lane: entry.lane, at: now, hasMore: false, isPatient: true) { return ticket }
    }
    return nil
  }

  private mutating func addCourteous(_ entry: LaneEntry) {
    if courteous.count > 2 * lanes.count + 64 {
      for _ in 0..<courteous.count {
        guard let old = courteous.popFirst() else { break }
        if lanes[Int(old.lane)].stamp == old.stamp { courteous.append(old) }
      }
    }
    courteous.append(entry)
  }

  // MARK: States of lanes

  /// A lane has letters, and nothing is known against it.
  mutating func makeReady(_ number: Int32) {
    push(number)
    let parent = lanes[Int(number)].parent
    guard parent >= 0 else { return }
    switch lanes[Int(parent)].state {
    case .empty: push(parent)
    // Its earliest letter may be another now.
    case .ready where order == .file: push(parent)
    case .ready, .timed, .full: break
    }
  }

  private mutating func push(_ number: Int32) {
    lanes[Int(number)].stamp &+= 1
    lanes[Int(number)].state = .ready
    let lane = lanes[Int(number)]
    let level = lane.parent < 0 ? root(lane.kind) : lanes[Int(lane.parent)].level
    levels[Int(level)].push(LaneEntry(lane: number, stamp: lane.stamp), key: key(of: number))
  }

  /// The number of the first letter that may go.
  private mutating func key(of number: Int32) -> UInt32 {
    let lane = lanes[Int(number)]
    guard order == .file else { return 0 }
    guard lane.level >= 0 else { return lane.head < 0 ? .max : slots[Int(lane.head)].number }
    return first(of: lane.level).map { key(of: $0) } ?? .max
  }

  /// The lane of the level that is next; what stands before it in its queue and is void is dropped.
  private mutating func first(of level: Int32) -> Int32? {
    while let entry = levels[Int(level)].first {
      let lane = lanes[Int(entry.lane)]
      if lane.stamp == entry.stamp, lane.state == .ready { return entry.lane }
      _ = levels[Int(level)].pop()
    }
    return nil
  }

  /// It is no longer where it was.
  mutating func leaveState(_ number: Int32) {
    lanes[Int(number)].stamp &+= 1
    lanes[Int(number)].state = .empty
  }

  private mutating func close(_ number: Int32, until moment: Date) {
    lanes[Int(number)].stamp &+= 1
    lanes[Int(number)].state = .timed
    timed.push(moment, LaneEntry(lane: number, stamp: lanes[Int(number)].stamp))
  }

  private mutating func wait(_ number: Int32, for gate: Int) {
    lanes[Int(number)].stamp &+= 1
    lanes[Int(number)].state = .full
    full[Int32(gate), default: []].append(LaneEntry(lane: number, stamp: lanes[Int(number)].stamp))
    fullCount += 1
  }

  /// Lanes that waited for the gate may go.
  mutating func reopen(_ gate: Int) {
    guard fullCount > 0, let entries = full.removeValue(forKey: Int32(gate)) else { return }
    fullCount -= entries.count
    for entry in entries where lanes[Int(entry.lane)].stamp == entry.stamp {
      makeReady(entry.lane)
    }
  }

  private mutating func wake(at now: Date) {
    while let (moment, entry) = timed.first {
      let isThere = lanes[Int(entry.lane)].stamp == entry.stamp
      if isThere, moment > now { return }
      _ = timed.pop()
      if isThere { makeReady(entry.lane) }
    }
  }

  private var nextMoment: Date? { timed.first?.key }

  // MARK: What has gone

  func rulesOf(_ domain: Int32) -> [Int32] {
    let group = domains[Int(domain)].group
    return group < 0 ? [] : groups[Int(group)].rules
  }

  func gatesOf(_ domain: Int32) -> [Int] { [gateIndex(domain)] + rulesOf(domain).map(Int.init) }

  mutating func putBack(_ ticket: Ticket, place: Date?, kind: Int, at now: Date) {
    leave(ticket, .unsent, place: place, at: now)
    put(ticket.item, number: ticket.number, in: lane(of: ticket.domain, kind: Int32(kind)), first: true)
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
        if isSlow {
          gates[gate].courteousUntil = max(
            gates[gate].courteousUntil, now.addingTimeInterval(duration * Self.courtesy(connections)))
        } else {
          gates[gate].noteAnswer(at: now, accepted: end == .accepted)
        }
      }
      reopen(gate)
    }
  }

  /// Seconds on the wire from which on a letter is slow beside the others.
  private var slow: TimeInterval { max(1, 8 * usual) }
  /// Seconds without an answer after which others are not to wait behind a destination.
  private var stall: TimeInterval { max(2, 8 * usual) }

  /// How many times as long as a slow letter held a connection they are left to others, so that it costs those a
  /// twenty-fifth.
  private static func courtesy(_ connections: Int32) -> Double { max(0, 25 / Double(connections) - 1) }

  /// Forgets domains of which nothing is left to know, when there are many.
  mutating func settle(_ domain: Int32, at now: Date) {
    guard domainNumbers.count > sweepAt else { return }
    for number in domainNumbers.values where isIdle(number, at: now) {
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
