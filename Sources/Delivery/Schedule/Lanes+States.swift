import Foundation

/// Where a lane stands: among those that may go, until a moment, or until a letter on the wire has ended.
extension Lanes {
  /// A lane has letters, and nothing is known against it.
  mutating func makeReady(_ number: Int32) {
    push(number)
    let parent = lanes[Int(number)].parent
    guard parent >= 0 else { return }
    switch lanes[Int(parent)].state {
    // Its first letter may be another now.
    case .empty, .ready: push(parent)
    case .timed, .full: break
    }
  }

  mutating func push(_ number: Int32) {
    let lane = lanes[Int(number)]
    let level = lane.parent < 0 ? root(lane.kind) : lanes[Int(lane.parent)].level
    let key = lane.level < 0 ? slots[Int(lane.head)].key : first(of: lane.level)?.key ?? .max
    // It keeps its turn.
    if lane.state == .ready, lane.key == key { return }
    lanes[Int(number)].stamp &+= 1
    lanes[Int(number)].state = .ready
    lanes[Int(number)].key = key
    levels[Int(level)].push(LaneEntry(lane: number, stamp: lanes[Int(number)].stamp), key: key)
  }

  /// The lane of the level that is next; what stands before it in its queue and is void is dropped.
  mutating func first(of level: Int32) -> (lane: Int32, key: UInt32)? {
    while let (entry, key) = levels[Int(level)].first {
      let lane = lanes[Int(entry.lane)]
      if lane.stamp == entry.stamp, lane.state == .ready { return (entry.lane, key) }
      levels[Int(level)].pop()
    }
    return nil
  }

  /// It is no longer where it was.
  mutating func leaveState(_ number: Int32) {
    lanes[Int(number)].stamp &+= 1
    lanes[Int(number)].state = .empty
  }

  mutating func close(_ number: Int32, until moment: Date) {
    lanes[Int(number)].stamp &+= 1
    lanes[Int(number)].state = .timed
    timed.push(moment, LaneEntry(lane: number, stamp: lanes[Int(number)].stamp))
  }

  mutating func wait(_ number: Int32, for gate: Int) {
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

  mutating func wake(at now: Date) {
    while let (moment, entry) = timed.first {
      let isThere = lanes[Int(entry.lane)].stamp == entry.stamp
      if isThere, moment > now { return }
      _ = timed.pop()
      if isThere { makeReady(entry.lane) }
    }
  }

  var nextMoment: Date? { timed.first?.key }
}
