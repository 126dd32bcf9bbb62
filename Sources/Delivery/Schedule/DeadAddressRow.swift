import Foundation

/// Dead addresses in a row at each destination: receiving providers judge a sender by the unknown recipients it tries one
/// after another, so that a row of them is broken by letters to others, or by a wait.
///
/// Pure value; ``Lanes/hold(_:until:)`` makes the destination wait. After two dead addresses in a row the next letter there
/// waits until as many letters elsewhere were accepted, or until a wait of seconds is over that grows with the row; from
/// then on letters there go one by one. One that is accepted ends the row; what is put off says nothing. Every wait ends by
/// itself, so that a list of nothing but dead addresses comes to its end. Letters that are on the wire when the row becomes
/// too long are not called back. Nothing is kept over a restart.
struct DeadAddressRow: Sendable {
  /// Dead addresses in a row that are taken for chance.
  static let length = 2
  /// Seconds that the wait lasts at first, and at most.
  static let firstWait: TimeInterval = 1
  static let longestWait: TimeInterval = 10

  private struct Row {
    var dead = 0
    /// The end of the wait, by time or by the number of accepted letters.
    var until = Date.distantPast
    var untilAccepted = 0
  }

  /// Rows that are known at most, unless more are being waited for.
  private static let most = 4096

  private var rows: [String: Row] = [:]
  /// Letters accepted anywhere. What is accepted at a destination ends its row, so that for the others all of them count.
  private var accepted = 0
  /// Rows that are too long by the number of accepted letters at which their wait ends, ascending.
  private var ends: [(accepted: Int, destination: String)] = []

  var count: Int { rows.count }

  /// The destination refused a letter because its address is dead. Returns the end of the wait that follows; nil: none.
  mutating func noteDead(at destination: String, at now: Date) -> Date? {
    if rows.count >= Self.most { rows = rows.filter { now < $0.value.until } }
    var row = rows[destination] ?? Row()
    row.dead += 1
    let doublings = min(max(row.dead - Self.length, 0), 10)
    row.until = now.addingTimeInterval(min(Self.longestWait, Self.firstWait * pow(2, Double(doublings))))
    row.untilAccepted = accepted + Self.length
    rows[destination] = row
    guard row.dead >= Self.length else { return nil }
    ends.append((row.untilAccepted, destination))
    return row.until
  }

  /// The destination took a letter. Returns the destinations whose wait has ended with it.
  mutating func noteAccepted(at destination: String) -> [String] {
    accepted += 1
    if rows.isEmpty { return [] }
    rows[destination] = nil
    let ended = ends.prefix { $0.accepted <= accepted }
    ends.removeFirst(ended.count)
    return ended.filter { rows[$0.destination]?.untilAccepted == $0.accepted }.map(\.destination)
  }

  /// Refusals were not about their customers: nothing is known of any address. Returns the destinations that were held.
  mutating func forget() -> [String] {
    let held = rows.filter { $0.value.dead >= Self.length }.map(\.key)
    rows = [:]
    ends = []
    return held
  }
}
