public import Foundation
public import Mail
import Synchronization

/// Picks, out of all campaigns of a spool, the letters a relay's log is judged by: those of the campaign itself that the
/// same relay accepted with a reply, nearest before and after each uncertain attempt; and all that were attempted and have
/// an attempt's recipient. Keeps a bounded number per attempt (decision records 0011 and 0024).
///
/// Every letter is noted once, in any order; then ``accepted`` and ``others`` answer.
public final class LogNeighbours: Sendable {
  /// Letters kept on either side of each moment at which an attempt begins or ends.
  static let kept = 20

  /// The letters accepted between two such moments: the first and the last of them.
  private struct Interval {
    var first: [AcceptedLetter] = []
    var last: [AcceptedLetter] = []
  }

  /// One relay's moments in order, and the intervals before, between and after them.
  private struct Relay {
    var moments: [Date]
    var intervals: [Interval]

    init(_ moments: Set<Date>) {
      self.moments = moments.sorted()
      intervals = Array(repeating: Interval(), count: moments.count + 1)
    }

    mutating func note(_ letter: AcceptedLetter) {
      var (low, high) = (0, moments.count)
      while low < high {
        let middle = (low + high) / 2
        if moments[middle] < letter.at { low = middle + 1 } else { high = middle }
      }
      // Before the first moment only the last letters are near, after the last moment only the first.
      if low > 0 { LogNeighbours.insert(letter, into: &intervals[low].first) { $0.at < $1.at } }
      if low < moments.count { LogNeighbours.insert(letter, into: &intervals[low].last) { $0.at > $1.at } }
    }
  }

  private struct State {
    var relays: [String: Relay]
    var others: [AttemptedLetter] = []
  }

  private let state: Mutex<State>
  private let recipients: Set<String>

  public init(of attempts: [(relay: String, begin: Date, end: Date)], recipients: [EmailAddress]) {
    self.recipients = Set(recipients.map(\.key))
    let byRelay = Dictionary(grouping: attempts, by: \.relay)
    state = Mutex(State(relays: byRelay.mapValues { Relay(Set($0.flatMap { [$0.begin, $0.end] })) }))
  }

  /// Notes a letter that a relay accepted with a reply in the campaign itself: an operator's decision shows nothing about
  /// a log, and another campaign's relay of the same name may be another one.
  public func note(accepted letter: AcceptedLetter) {
    state.withLock { $0.relays[letter.relay]?.note(letter) }
  }

  /// Notes a letter of any campaign that was attempted.
  public func note(attempted letter: AttemptedLetter) {
    guard recipients.contains(letter.recipient.key) else { return }
    state.withLock { $0.others.append(letter) }
  }

  /// Keeps the list in order, and the first ones of it.
  private static func insert(
    _ letter: AcceptedLetter, into list: inout [AcceptedLetter], _ precedes: (AcceptedLetter, AcceptedLetter) -> Bool
  ) {
    if list.count == kept, let last = list.last, !precedes(letter, last) { return }
    list.insert(letter, at: list.firstIndex { precedes(letter, $0) } ?? list.endIndex)
    if list.count > kept { list.removeLast() }
  }

  /// The letters kept, oldest first.
  public var accepted: [AcceptedLetter] {
    state.withLock { state in
      Array(Set(state.relays.values.flatMap { $0.intervals.flatMap { $0.first + $0.last } })).sorted { $0.at < $1.at }
    }
  }

  /// The letters that were attempted and have a recipient of the attempts.
  public var others: [AttemptedLetter] { state.withLock { $0.others } }
}
