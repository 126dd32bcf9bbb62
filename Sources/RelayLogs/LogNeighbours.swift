public import Foundation
public import Mail
import Synchronization

/// Picks, out of a whole campaign, the letters a relay's log is checked by: those the same relay accepted with a reply
/// nearest to the uncertain attempts. Keeps a bounded number for each group of attempts (decision record 0011).
///
/// Every letter of the campaign is noted once, in any order; then ``accepted`` and ``letters(to:)`` answer.
public final class LogNeighbours: Sendable {
  /// Letters accepted after a group of attempts that are kept; before and during it twice as many.
  private static let kept = 20
  /// Attempts no further apart than this have their neighbours in common.
  private static let apart = Coverage.after

  private struct Group {
    var relay: String
    var begin: Date
    var end: Date
    /// Accepted until the group's end, the latest last; and after it, the earliest last.
    var before: [AcceptedLetter] = []
    var after: [AcceptedLetter] = []
  }

  private struct State {
    var groups: [Group] = []
    var letters: [String: Int]
  }

  private let state: Mutex<State>

  public init(of attempts: [(relay: String, begin: Date, end: Date)], recipients: [EmailAddress]) {
    var groups: [Group] = []
    for attempt in attempts.sorted(by: { ($0.relay, $0.begin) < ($1.relay, $1.begin) }) {
      if let last = groups.last, last.relay == attempt.relay,
        attempt.begin.timeIntervalSince(last.end) <= Self.apart
      {
        groups[groups.count - 1].end = max(last.end, attempt.end)
      } else {
        groups.append(Group(relay: attempt.relay, begin: attempt.begin, end: attempt.end))
      }
    }
    state = Mutex(
      State(groups: groups, letters: Dictionary(recipients.map { ($0.key, 0) }) { first, _ in first }))
  }

  /// Notes one letter of the campaign. `accepted` is nil unless a relay accepted it with a reply: an operator's
  /// decision shows nothing about a log.
  public func note(recipient: EmailAddress, accepted letter: AcceptedLetter?) {
    state.withLock { state in
      if let count = state.letters[recipient.key] { state.letters[recipient.key] = count + 1 }
      guard let letter else { return }
      for index in state.groups.indices where state.groups[index].relay == letter.relay {
        if letter.at <= state.groups[index].end {
          Self.insert(letter, into: &state.groups[index].before, most: 2 * Self.kept) { $0.at < $1.at }
        } else {
          Self.insert(letter, into: &state.groups[index].after, most: Self.kept) { $0.at > $1.at }
        }
      }
    }
  }

  /// Keeps the list in order and the last ones of it.
  private static func insert(
    _ letter: AcceptedLetter, into list: inout [AcceptedLetter], most: Int,
    _ precedes: (AcceptedLetter, AcceptedLetter) -> Bool
  ) {
    if list.count == most, let first = list.first, !precedes(first, letter) { return }
    list.insert(letter, at: list.firstIndex { precedes(letter, $0) } ?? list.endIndex)
    if list.count > most { list.removeFirst() }
  }

  /// The letters kept, oldest first.
  public var accepted: [AcceptedLetter] {
    state.withLock { state in Array(Set(state.groups.flatMap { $0.before + $0.after })).sorted { $0.at < $1.at } }
  }

  /// Letters of the campaign that go to the address.
  public func letters(to recipient: EmailAddress) -> Int { state.withLock { $0.letters[recipient.key] ?? 0 } }
}
