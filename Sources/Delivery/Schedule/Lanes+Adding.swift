public import Foundation

extension Lanes {
  /// Puts a letter at the end of its domain's lane.
  ///
  /// - Parameters:
  ///   - domain: As A-labels in lower case.
  ///   - rank: In turns, letters of a lower rank go before all others that may go. Those of one domain are added in the order
  ///     of their ranks.
  ///   - kind: Lanes of a kind are asked for by name: 0 for letters that any relay may take.
  ///   - first: At its head instead.
  public mutating func add(_ item: Item, to domain: String, rank: Int = 0, kind: Int = 0, first: Bool = false) {
    numbers += 1
    put(
      item, key: order == .turns ? UInt32(clamping: rank) : numbers,
      in: lane(of: number(of: domain), kind: Int32(kind)), first: first)
  }

  /// The letter did not go: it is the first of its domain again, and its places in the limits are free.
  ///
  /// - Parameter kind: The kind it waits with from now on; nil: as before.
  public mutating func returned(_ ticket: Ticket, kind: Int? = nil, at now: Date) {
    putBack(ticket, place: ticket.takenAt, kind: kind ?? ticket.kind, at: now)
  }

  /// Says where a domain's mail goes: the letters that waited for it, and those to come, keep the limits of the rules
  /// that fit. Empty where nobody knows.
  public mutating func setExchangers(_ hosts: [String], of domain: String, at now: Date) {
    let number = number(of: domain)
    let gate = gateIndex(number)
    let group = rules.fitting(domain, exchangers: hosts).map { groupNumber([$0]) } ?? -1
    guard group == domains[Int(number)].group || gates[gate].onWire == 0 else {
      // What is on the wire has its places where it belonged before: the others wait for it.
      gates[gate].isPending = true
      moving[number] = group
      return
    }
    settleIn(number, group)
  }

  /// The domain belongs to the destination from now on, and its letters may go.
  mutating func settleIn(_ number: Int32, _ group: Int32) {
    moving[number] = nil
    gates[gateIndex(number)].isPending = false
    if group != domains[Int(number)].group { move(number, to: group) }
    reopen(gateIndex(number))
  }

  /// Domains whose mail exchangers are to be looked up, each once: their letters wait for
  /// ``setExchangers(_:of:at:)``.
  public mutating func takeUnknownDomains() -> [String] {
    defer { unknownDomains = [] }
    return unknownDomains
  }

  // MARK: Places

  func gateIndex(_ domain: Int32) -> Int { rules.rules.count + Int(domain) }

  mutating func number(of domain: String) -> Int32 {
    if let number = domainNumbers[domain] { return number }
    let place = DomainPlace(name: domain, group: rules.fitting(domain).map { groupNumber([$0]) } ?? -1, lane: -1)
    var gate = newGate()
    if rules.needExchangers(of: domain) {
      gate.isPending = true
      unknownDomains.append(domain)
    }
    let number: Int32
    if let free = freeDomains.popLast() {
      number = free
      domains[Int(number)] = place
      gates[gateIndex(number)] = gate
    } else {
      number = Int32(domains.count)
      domains.append(place)
      gates.append(gate)
    }
    domainNumbers[domain] = number
    return number
  }

  private mutating func groupNumber(_ rules: [Int32]) -> Int32 {
    if let number = groupNumbers[rules] { return number }
    let number = Int32(groups.count)
    groups.append((rules, [:]))
    groupNumbers[rules] = number
    return number
  }

  mutating func root(_ kind: Int32) -> Int32 {
    if let root = roots[kind] { return root }
    let root = newLevel()
    roots[kind] = root
    return root
  }

  private mutating func newLevel() -> Int32 {
    levels.append(ReadyLanes(isInTurns: order == .turns))
    return Int32(levels.count - 1)
  }

  mutating func lane(of domain: Int32, kind: Int32) -> Int32 {
    if kind == 0, domains[Int(domain)].lane >= 0 { return domains[Int(domain)].lane }
    let key = LaneKey(domain: domain, kind: kind)
    if kind != 0, let lane = otherLanes[key] { return lane }
    let group = domains[Int(domain)].group
    let lane = newLane(Lane(domain: domain, kind: kind, parent: group < 0 ? -1 : groupLane(group, kind)))
    if kind == 0 { domains[Int(domain)].lane = lane } else { otherLanes[key] = lane }
    return lane
  }

  private mutating func newLane(_ lane: Lane) -> Int32 {
    if let free = freeLanes.popLast() {
      var lane = lane
      // What stands in a queue for the lane that was here is void.
      lane.stamp = lanes[Int(free)].stamp &+ 1
      lanes[Int(free)] = lane
      return free
    }
    lanes.append(lane)
    return Int32(lanes.count - 1)
  }

  private mutating func groupLane(_ group: Int32, _ kind: Int32) -> Int32 {
    if let lane = groups[Int(group)].lanes[kind] { return lane }
    let level = newLevel()
    var lane = Lane(domain: group, kind: kind, parent: -1)
    lane.level = level
    let number = newLane(lane)
    groups[Int(group)].lanes[kind] = number
    return number
  }

  /// The domain belongs to another destination from now on.
  private mutating func move(_ domain: Int32, to group: Int32) {
    let old = domains[Int(domain)].group
    domains[Int(domain)].group = group
    let gate = gates[gateIndex(domain)]
    if old >= 0 {
      for rule in groups[Int(old)].rules { gates[Int(rule)].waiting -= gate.waiting }
    }
    if group >= 0 {
      for rule in groups[Int(group)].rules { gates[Int(rule)].waiting += gate.waiting }
    }
    for lane in lanesOf(domain) {
      let kind = lanes[Int(lane)].kind
      lanes[Int(lane)].parent = group < 0 ? -1 : groupLane(group, kind)
      guard lanes[Int(lane)].head >= 0 else { continue }
      leaveState(lane)
      makeReady(lane)
    }
  }

  func lanesOf(_ domain: Int32) -> [Int32] {
    let own = domains[Int(domain)].lane
    // In an order that does not change from process to process.
    let kinds = otherLanes.isEmpty ? [] : roots.keys.sorted()
    let others = kinds.compactMap { otherLanes[LaneKey(domain: domain, kind: $0)] }
    return own < 0 ? others : [own] + others
  }

  // MARK: Letters

  mutating func put(_ item: Item, key: UInt32, in lane: Int32, first: Bool) {
    let index: Int32
    let slot = Slot(item: item, next: -1, key: key)
    if freeSlot >= 0 {
      index = freeSlot
      freeSlot = slots[Int(index)].next
      slots[Int(index)] = slot
    } else {
      index = Int32(slots.count)
      slots.append(slot)
    }
    let wasEmpty = lanes[Int(lane)].head < 0
    if wasEmpty {
      lanes[Int(lane)].head = index
      lanes[Int(lane)].tail = index
    } else if first {
      slots[Int(index)].next = lanes[Int(lane)].head
      lanes[Int(lane)].head = index
    } else {
      slots[Int(lanes[Int(lane)].tail)].next = index
      lanes[Int(lane)].tail = index
    }
    waiting += 1
    count(1, lanes[Int(lane)].domain)
    if wasEmpty || first && lanes[Int(lane)].state == .ready { makeReady(lane) }
  }

  /// Takes the first letter out of a lane.
  mutating func removeFirst(of lane: Int32) -> Slot {
    let index = lanes[Int(lane)].head
    let slot = slots[Int(index)]
    lanes[Int(lane)].head = slot.next
    if slot.next < 0 { lanes[Int(lane)].tail = -1 }
    slots[Int(index)].next = freeSlot
    freeSlot = index
    waiting -= 1
    count(-1, lanes[Int(lane)].domain)
    return slot
  }

  private mutating func count(_ change: Int32, _ domain: Int32) {
    gates[gateIndex(domain)].waiting += change
    let group = domains[Int(domain)].group
    if group >= 0 {
      for rule in groups[Int(group)].rules { gates[Int(rule)].waiting += change }
    }
  }
}
