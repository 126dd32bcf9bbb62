/// A queue in a ring buffer: both ends in constant time, in the order of memory.
struct Deque<Element: Sendable>: Sendable {
  private var buffer: [Element?] = []
  private var head = 0
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }
  var first: Element? { isEmpty ? nil : buffer[head] }

  mutating func append(_ element: Element) {
    if count == buffer.count { grow() }
    buffer[(head + count) & (buffer.count - 1)] = element
    count += 1
  }

  mutating func prepend(_ element: Element) {
    if count == buffer.count { grow() }
    head = (head + buffer.count - 1) & (buffer.count - 1)
    buffer[head] = element
    count += 1
  }

  mutating func popFirst() -> Element? {
    guard count > 0 else { return nil }
    defer {
      buffer[head] = nil
      head = (head + 1) & (buffer.count - 1)
      count -= 1
    }
    return buffer[head]
  }

  private mutating func grow() {
    var larger = [Element?](repeating: nil, count: max(8, buffer.count * 2))
    for index in 0..<count { larger[index] = buffer[(head + index) & (buffer.count - 1)] }
    buffer = larger
    head = 0
  }
}

/// A binary heap: the smallest key first, each step in the logarithm of the number of elements.
struct MinHeap<Key: Comparable & Sendable, Value: Sendable>: Sendable {
  private var elements: [(key: Key, value: Value)] = []

  var first: (key: Key, value: Value)? { elements.first }
  var count: Int { elements.count }

  mutating func push(_ key: Key, _ value: Value) {
    elements.append((key, value))
    var index = elements.count - 1
    while index > 0 {
      let parent = (index - 1) / 2
      guard elements[index].key < elements[parent].key else { break }
      elements.swapAt(index, parent)
      index = parent
    }
  }

  mutating func pop() -> (key: Key, value: Value)? {
    guard let first = elements.first, let last = elements.popLast() else { return nil }
    guard !elements.isEmpty else { return first }
    elements[0] = last
    var index = 0
    while true {
      var least = index
      for child in [2 * index + 1, 2 * index + 2]
      where child < elements.count && elements[child].key < elements[least].key { least = child }
      guard least != index else { return first }
      elements.swapAt(index, least)
      index = least
    }
  }
}

/// A place in a queue of lanes: void once the lane has been put in another place since.
struct LaneEntry: Sendable, Hashable {
  var lane: Int32
  var stamp: UInt32
}

/// The lanes of one level that may go: the smallest key first, and those of one key in turns.
struct ReadyLanes: Sendable {
  private var turns: [(key: UInt32, lanes: Deque<LaneEntry>)] = []
  private var earliest = MinHeap<UInt32, LaneEntry>()
  /// Keys are few, and lanes of one key take turns; otherwise each lane has its own.
  private let isInTurns: Bool

  init(isInTurns: Bool) { self.isInTurns = isInTurns }

  mutating func push(_ entry: LaneEntry, key: UInt32) {
    guard isInTurns else { return earliest.push(key, entry) }
    if turns.count == 1, turns[0].lanes.isEmpty { turns[0].key = key }
    var index = turns.count
    while index > 0, turns[index - 1].key > key { index -= 1 }
    if index > 0, turns[index - 1].key == key {
      turns[index - 1].lanes.append(entry)
    } else {
      var lanes = Deque<LaneEntry>()
      lanes.append(entry)
      turns.insert((key, lanes), at: index)
    }
  }

  mutating func pop() {
    guard isInTurns else {
      _ = earliest.pop()
      return
    }
    guard !turns.isEmpty else { return }
    _ = turns[0].lanes.popFirst()
    // The last one stays, with its memory.
    if turns[0].lanes.isEmpty, turns.count > 1 { turns.removeFirst() }
  }

  var first: (entry: LaneEntry, key: UInt32)? {
    guard isInTurns else { return earliest.first.map { ($0.value, $0.key) } }
    guard let turn = turns.first, let entry = turn.lanes.first else { return nil }
    return (entry, turn.key)
  }
}
