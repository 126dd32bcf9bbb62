import Campaigns
import Foundation

/// The places of one limit that the host counts by its clock: anew each hour or each day.
///
/// Pure value, in times of the wall clock. Its clock is not ours, and a letter takes a while: one that may have been counted
/// on either side of a boundary takes a place on both. So does what leaves while clocks are set back, where nobody can know
/// which of the two moments the host means. Windows are known by what the clock shows, so an hour that is there twice is one.
struct ClockLimit: Sendable {
  let count: Int
  /// The length of a window on a day without a change of the clock.
  let length: TimeInterval
  private let start: WindowStart
  /// Places taken in each window, by its number; the windows before the last ones are forgotten.
  private var used: [Int: Int] = [:]
  /// Letters on their way.
  private var open: [Open] = []
  /// The window in whose middle the last moment was, to know it again.
  private var middle: (window: Int, range: Range<Date>)?

  private struct Open {
    var moment: Date
    var windows: ClosedRange<Int>
  }

  /// Seconds by which the host's clock may differ from ours.
  static let guardTime: TimeInterval = 3
  /// Nothing is on its way for longer.
  private static let longest: TimeInterval = DeliveryEngine.longestAttempt

  init(count: Int, length: TimeInterval, start: WindowStart) {
    self.count = count
    self.length = length
    self.start = start
  }

  /// Seconds of use that a window which has just begun may have to know: the longest day, and its boundaries.
  static func memory(_ length: TimeInterval) -> TimeInterval { length + 7200 + 2 * guardTime }

  mutating func next(at now: Date) -> Date {
    var moment = now
    for _ in 0..<8 {
      guard let full = windows(from: moment, to: moment).last(where: { occupied($0) >= count }) else { return moment }
      // Only for letters that may still turn out to belong to the window before.
      if used[full, default: 0] < count { return moment.addingTimeInterval(1) }
      moment = boundary(full + 1).upperBound.addingTimeInterval(Self.guardTime)
    }
    return moment
  }

  /// Places that are free in the present window.
  mutating func left(at now: Date) -> Int {
    max(0, count - (windows(from: now, to: now).map(occupied).max() ?? 0))
  }

  mutating func take(at moment: Date) {
    let windows = windows(from: moment, to: moment)
    for window in windows { used[window, default: 0] += 1 }
    if used.count > 4 { used = used.filter { $0.key >= windows.lowerBound - 1 } }
    open.removeAll { $0.moment < moment.addingTimeInterval(-Self.longest) }
    open.append(Open(moment: moment, windows: windows))
  }

  mutating func giveBack(_ moment: Date) {
    let windows = close(moment)?.windows ?? windows(from: moment, to: moment)
    for window in windows { used[window] = used[window].map { max(0, $0 - 1) } }
  }

  /// The host has counted it by `end`.
  mutating func settle(_ moment: Date, at end: Date) {
    guard let taken = close(moment) else { return }
    for window in windows(from: moment, to: end) where window > taken.windows.upperBound {
      used[window, default: 0] += 1
    }
  }

  /// Our clock was set: what was used in the window that was, is used in the one that is. Nobody knows which of them the
  /// host has.
  mutating func clockWasSet(by seconds: TimeInterval, at before: Date) {
    let old = windows(from: before, to: before).map { used[$0, default: 0] }.max() ?? 0
    let after = before.addingTimeInterval(seconds)
    for window in windows(from: after, to: after) { used[window] = max(used[window, default: 0], old) }
    for index in open.indices {
      open[index].moment += seconds
      open[index].windows = windows(from: open[index].moment, to: open[index].moment)
    }
  }

  private func occupied(_ window: Int) -> Int {
    used[window, default: 0] + open.count { $0.windows.upperBound < window }
  }

  private mutating func close(_ moment: Date) -> Open? {
    // Converted between two clocks, moments are the same to a microsecond.
    let index = open.firstIndex { abs($0.moment.timeIntervalSince(moment)) < 0.000_01 }
    return index.map { open.remove(at: $0) }
  }

  // MARK: Windows

  private func boundary(_ window: Int) -> ClosedRange<Date> {
    LocalMoment.range(of: Double(window) * length + Double(start.minutes) * 60, in: start.zone)
  }

  /// The windows in which the host may count what it sees at some time in between.
  private mutating func windows(from: Date, to: Date) -> ClosedRange<Int> {
    if let middle, middle.range.contains(from), middle.range.contains(to) { return middle.window...middle.window }
    let first = from.addingTimeInterval(-Self.guardTime)
    let last = to.addingTimeInterval(Self.guardTime)
    // From a window that is over at any rate.
    let shown = LocalMoment.shown(at: first, in: start.zone) - Double(start.minutes) * 60
    var window = Int((shown / length).rounded(.down)) - 2
    while boundary(window + 1).upperBound <= first { window += 1 }
    let lowest = window
    while boundary(window + 1).lowerBound <= last { window += 1 }
    if lowest == window {
      let begin = boundary(window).upperBound.addingTimeInterval(Self.guardTime)
      let end = boundary(window + 1).lowerBound.addingTimeInterval(-Self.guardTime)
      if begin < end { middle = (window, begin..<end) }
    }
    return lowest...window
  }
}
