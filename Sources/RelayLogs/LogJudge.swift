public import Foundation
import Mail

/// Judges uncertain attempts by what was found in the logs.
struct LogJudge {
  private let ledger: LogLedger
  private let attempts: [UncertainAttempt]
  private let accepted: [AcceptedLetter]
  /// The coverage by relay.
  private let coverage: [String: Coverage]

  init(ledger: LogLedger, attempts: [UncertainAttempt], accepted: [AcceptedLetter]) {
    var ledger = ledger
    ledger.close()
    self.ledger = ledger
    self.attempts = attempts
    self.accepted = accepted
    var sightings: [String: [Coverage.Sighting]] = [:]
    for relay in Set(attempts.map(\.relay)) { sightings[relay] = [] }
    for (index, letter) in accepted.enumerated() {
      sightings[letter.relay]?.append(
        Coverage.Sighting(acceptedAt: letter.at, found: Self.found(attempts.count + index, letter, in: ledger)))
    }
    coverage = sightings.mapValues { Coverage(sightings: $0, spans: ledger.spans, losses: ledger.losses) }
  }

  private static func found(
    _ index: Int, _ letter: AcceptedLetter, in ledger: LogLedger
  ) -> (source: [UInt8], time: Date)? {
    if let proof = ledger.proof(of: index) { return (proof.sighting.source, proof.sighting.line.time) }
    // Where the log has no Message-IDs, the line nearest to the reply.
    let nearest = ledger.envelopes[index]?.min {
      abs($0.line.time.timeIntervalSince(letter.at)) < abs($1.line.time.timeIntervalSince(letter.at))
    }
    return nearest.map { ($0.source, $0.line.time) }
  }

  func verdict(on index: Int) -> LogVerdict {
    let attempt = attempts[index]
    guard let coverage = coverage[attempt.relay] else { return .open(.noOtherLetters) }
    if let proof = ledger.proof(of: index) {
      return .taken(
        LogEvidence(words: "the relay's log names \(attempt.messageID) and shows it taken", lines: proof.lines))
    }
    let passages = ledger.passages(of: index).map(\.passage)
    if let line = passages.lazy.compactMap(\.setAside).first { return .open(.setAside(line)) }
    let asides = (ledger.setAsides[index] ?? []).filter {
      !coverage.hasOneClock || coverage.mayBelong($0.time, from: attempt.begin, to: attempt.end)
    }
    if let line = asides.first { return .open(.setAside(line)) }
    if let verdict = verdict(byEnvelope: index, attempt, coverage) { return verdict }
    // This is the only attempt ever made, and the relay refused it.
    if attempt.attempts == 1, passages.count == 1, let refused = passages[0].refused {
      return .notTaken(
        LogEvidence(
          words: "the relay's log names \(attempt.messageID) and shows it refused",
          lines: [passages[0].mention, refused]))
    }
    if let gap = coverage.gap(from: attempt.begin, to: max(attempt.end, lastMention(passages, attempt, coverage))) {
      return .open(gap)
    }
    let witnesses = "\(coverage.found) letters it accepted before and after"
    guard let last = passages.last(where: { coverage.mayBelong($0.mention.time, from: attempt.begin, to: attempt.end) })
    else {
      return .notTaken(
        LogEvidence(
          words: "the relay's log covers the attempt, shows \(witnesses), and has no line of \(attempt.messageID)",
          lines: []))
    }
    return .notTaken(
      LogEvidence(
        words: "the relay's log covers the attempt, shows \(witnesses), and of \(attempt.messageID) only its beginning",
        lines: [last.mention] + (last.refused.map { [$0] } ?? [])))
  }

  /// A letter that the relay began to read late may be accepted later still. Only mentions near the attempt count:
  /// others belong to attempts whose outcome is known.
  private func lastMention(
    _ passages: [LogLedger.Passage], _ attempt: UncertainAttempt, _ coverage: Coverage
  ) -> Date {
    let near = passages.map(\.mention.time).filter { coverage.mayBelong($0, from: attempt.begin, to: attempt.end) }
    return near.max().map { coverage.ours($0) } ?? attempt.end
  }

  /// Nil when no line names the attempt's envelope in its time.
  private func verdict(byEnvelope index: Int, _ attempt: UncertainAttempt, _ coverage: Coverage) -> LogVerdict? {
    guard let all = ledger.envelopes[index], !all.isEmpty else { return nil }
    // Earlier attempts and other letters to the same address have their own times.
    let near = all.map(\.line).filter { coverage.mayBelong($0.time, from: attempt.begin, to: attempt.end) }
    guard let line = near.first else { return nil }
    guard near.count == 1, !attempt.sharesRecipient, coverage.hasOneClock else { return .open(.ambiguous(line)) }
    return .taken(
      LogEvidence(
        words: "the relay's log has no Message-IDs; one line fits \(attempt.messageID) by sender, recipient and time",
        lines: [line]))
  }
}

/// The logs' answer about one attempt.
public enum LogVerdict: Sendable, Hashable {
  /// The relay took the letter.
  case taken(LogEvidence)
  /// It did not: the log shows it refusing, or covers the time of the attempt and does not show it taking the letter.
  case notTaken(LogEvidence)
  /// The log cannot tell.
  case open(LogGap)
}

/// A line of a log, as evidence.
public struct LogLine: Sendable, Hashable, CustomStringConvertible {
  /// The file's path as it was given.
  public let path: String
  /// The line's number, from 1.
  public let number: Int
  /// The time it states.
  public let time: Date
  /// Cut at 400 bytes, with `…` in place of the rest; what is not UTF-8 is U+FFFD.
  public let text: String

  init(path: String, number: Int, time: Date, bytes: ArraySlice<UInt8>) {
    self.path = path
    self.number = number
    self.time = time
    var end = min(bytes.endIndex, bytes.startIndex + Self.limit)
    while end < bytes.endIndex, end > bytes.startIndex, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    text = String(decoding: bytes[..<end], as: UTF8.self) + (end < bytes.endIndex ? "…" : "")
  }

  static let limit = 400

  /// The file's name without its folders, the number and the line.
  public var description: String { "\(URL(fileURLWithPath: path).lastPathComponent):\(number): \(text)" }

  /// Of two lines that say the same the earlier one is kept; the order the files are read in makes no difference.
  func comes(before other: LogLine) -> Bool {
    (time, path, number) < (other.time, other.path, other.number)
  }
}

/// The grounds of a verdict.
public struct LogEvidence: Sendable, Hashable, CustomStringConvertible {
  /// The meaning of the lines, in words; and how it was found out where a single line cannot show it.
  public let words: String
  public let lines: [LogLine]

  public var description: String { ([words] + lines.map(\.description)).joined(separator: "\n") }
}

/// The reason a log cannot tell.
public enum LogGap: Sendable, Hashable, CustomStringConvertible {
  /// The relay accepted no other letter with a reply, so nothing shows whose log this is.
  case noOtherLetters
  /// None of the letters the relay accepted is in it: it is another relay's log, or of another time.
  case notThisRelay(letters: Int)
  /// Letters the relay accepted while the log ran are not in it.
  case incomplete(missing: Int, letters: Int)
  /// The log's times and ours do not fit together.
  case clocks(spread: TimeInterval)
  /// The log must cover the time from `from` to `to`, by our clock.
  case notCovered(from: Date, to: Date)
  case linesLost
  /// The relay put the letter aside or threw it away.
  case setAside(LogLine)
  /// Several lines may be the one, or the letter shares its address with another one.
  case ambiguous(LogLine)

  public var description: String {
    switch self {
    case .noOtherLetters: "the relay accepted no other letter, so nothing shows that this is its log"
    case .notThisRelay(let letters):
      "none of \(letters) letters that the relay accepted is in the log: it is another relay's, or of another time"
    case .incomplete(let missing, let letters):
      "the log is not whole: \(missing) of \(letters) letters that the relay accepted at that time are not in it"
    case .clocks(let spread):
      "the log's clock cannot be relied on: against ours it moves by \(Int(spread.rounded(.up))) s"
    case .notCovered: "the log does not cover the time of the attempt"
    case .linesLost: "the log itself says that lines of that time were lost"
    case .setAside(let line): "a rule of the relay put it aside or threw it away: \(line)"
    case .ambiguous(let line): "the log has no Message-IDs, and its addresses do not tell which letter this is: \(line)"
    }
  }
}
