import Foundation

/// The places of one limit in any window of its length.
///
/// Pure value. Memory is bounded, however large the limit: places closer together than 1/4096 of the window are one entry,
/// which counts from the last of them.
struct SlidingLimit: Sendable {
  let count: Int
  let window: TimeInterval
  /// Longer than the host's: a letter reaches it a little after it was counted here, some sooner than others.
  let length: TimeInterval
  private let resolution: TimeInterval
  private var entries: [Entry] = []
  /// Entries before this one no longer count.
  private var head = 0
  private var total = 0

  private struct Entry {
    var first: Date
    var last: Date
    var count: Int
  }

  /// Windows are lengthened by 1 %, by a second at most.
  static func padded(_ window: TimeInterval) -> TimeInterval { window + min(1, window * 0.01) }

  /// How much later than it was taken a place may count, as a share of the window.
  private static let latest = 0.005

  /// How long after it was taken a place may still count.
  static func memory(_ window: TimeInterval) -> TimeInterval { padded(window) * (1 + latest) }

  init(count: Int, window: TimeInterval) {
    self.count = count
    self.window = window
    length = Self.padded(window)
    resolution = length / 4096
  }

  /// The earliest moment, `now` or later, at which a place is free.
  func next(at now: Date) -> Date {
    var left = total
    var index = head
    var moment = now
    while left >= count, index < entries.count {
      moment = max(moment, entries[index].last.addingTimeInterval(length))
      left -= entries[index].count
      index += 1
    }
    return moment
  }

  /// Places that are free.
  mutating func left(at now: Date) -> Int {
    forget(before: now.addingTimeInterval(-length))
    return max(0, count - total)
  }

  mutating func take(at moment: Date) {
    forget(before: moment.addingTimeInterval(-length))
    insert(moment)
  }

  mutating func giveBack(_ moment: Date) {
    guard let index = entries[head...].lastIndex(where: { $0.first <= moment && moment <= $0.last }) else { return }
    total -= 1
    entries[index].count -= 1
    if entries[index].count == 0 { entries.remove(at: index) }
  }

  /// The host may have counted it as late as `end`: it counts from then, but no more than 0.5 % of the window later, or
  /// slow answers would cost use.
  mutating func settle(_ moment: Date, at end: Date) {
    let later = min(end, moment.addingTimeInterval(length * Self.latest))
    guard later.timeIntervalSince(moment) >= 0.001 else { return }
    let before = total
    giveBack(moment)
    if total < before { insert(later) }
  }

  private mutating func insert(_ moment: Date) {
    total += 1
    var index = entries.count
    while index > head, entries[index - 1].first > moment { index -= 1 }
    if index > head, moment < max(entries[index - 1].first.addingTimeInterval(resolution), entries[index - 1].last) {
      entries[index - 1].last = max(entries[index - 1].last, moment)
      entries[index - 1].count += 1
    } else {
      entries.insert(Entry(first: moment, last: moment, count: 1), at: index)
    }
  }

  private mutating func forget(before moment: Date) {
    while head < entries.count, entries[head].last < moment {
      total -= entries[head].count
      head += 1
    }
    // Cut rarely: removing from the front moves the rest.
    if head > 64, head * 2 > entries.count {
      entries.removeFirst(head)
      head = 0
    }
  }
}
