/// Counts what happened within the last `rate.window`, exactly: at most `rate.count` entries are remembered.
struct SlidingWindow {
  private let rate: SendingRate
  /// Ascending; those before `first` are over.
  private var times: [Duration] = []
  private var first = 0

  init(_ rate: SendingRate) { self.rate = rate }

  /// Whether one more fits at this time.
  mutating func hasRoom(at now: Duration) -> Bool {
    while first < times.count, times[first] + rate.window <= now { first += 1 }
    if first > times.count / 2 {
      times.removeFirst(first)
      first = 0
    }
    return times.count - first < rate.count
  }

  mutating func record(at now: Duration) { times.append(now) }
}
