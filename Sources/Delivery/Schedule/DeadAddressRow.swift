import Foundation

/// Dead addresses in a row at each destination: receiving providers judge a sender by the unknown recipients it tries one
/// after another, so that a row of them is broken by letters to others, or by a wait.
///
/// Pure value. After two dead addresses in a row the next letter there waits until as many letters elsewhere were accepted,
/// or until a wait of seconds is over that grows with the row; then one goes alone, and the others wait for what becomes of
/// it. One that is accepted there ends the row; what is put off says nothing. Every wait ends by itself, so that a list of
/// nothing but dead addresses comes to its end. Letters that are on the wire when the row becomes too long are not called
/// back. Nothing is kept over a restart.
struct DeadAddressRow: Sendable {
  /// Dead addresses in a row that are taken for chance.
  static let length = 2
  /// Seconds that the wait lasts at first, and at most.
  static let firstWait: TimeInterval = 1
  static let longestWait: TimeInterval = 10

  /// Whether a letter may go to a destination.
  enum Leave: Sendable, Hashable {
    case go
    /// Not before this moment of the monotonic clock, or before letters elsewhere are accepted.
    case wait(until: Date)
    /// Not before it is known what becomes of the letter that goes alone.
    case waitForAnswer
  }

  private struct Row {
    var dead = 0
    /// The end of the wait, by time or by the number of accepted letters.
    var until = Date.distantPast
    var untilAccepted = 0
    /// The message that goes alone.
    var alone: Int64?

    var isTooLong: Bool { dead >= DeadAddressRow.length }
  }

  /// Rows that are known at most, unless more are being waited for.
  private static let most = 4096

  private var rows: [String: Row] = [:]
  /// Letters accepted anywhere. What is accepted at a destination ends its row, so that for the others all of them count.
  private var accepted = 0

  var count: Int { rows.count }

  func leave(to destination: String, at now: Date) -> Leave {
    guard let row = rows[destination], row.isTooLong else { return .go }
    if row.alone != nil { return .waitForAnswer }
    return accepted < row.untilAccepted && now < row.until ? .wait(until: row.until) : .go
  }

  /// A letter goes to the destination.
  mutating func begin(_ message: Int64, to destination: String) {
    if let row = rows[destination], row.isTooLong, row.alone == nil { rows[destination]?.alone = message }
  }

  /// The letter is no longer in hand.
  mutating func end(_ message: Int64, to destination: String) {
    if rows[destination]?.alone == message { rows[destination]?.alone = nil }
  }

  /// The destination refused a letter because its address is dead.
  mutating func noteDead(at destination: String, at now: Date) {
    if rows.count >= Self.most { rows = rows.filter { $0.value.alone != nil || now < $0.value.until } }
    var row = rows[destination] ?? Row()
    row.dead += 1
    let doublings = min(max(row.dead - Self.length, 0), 10)
    row.until = now.addingTimeInterval(min(Self.longestWait, Self.firstWait * pow(2, Double(doublings))))
    row.untilAccepted = accepted + Self.length
    rows[destination] = row
  }

  /// The destination took a letter.
  mutating func noteAccepted(at destination: String) {
    accepted += 1
    if !rows.isEmpty { rows[destination] = nil }
  }

  /// Refusals were not about their customers: nothing is known of any address.
  mutating func forget() { rows = [:] }
}
