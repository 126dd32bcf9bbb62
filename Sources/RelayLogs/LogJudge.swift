import Foundation
import Mail

/// Judges uncertain attempts by what the logs were found to say.
struct LogJudge {
  private let ledger: LogLedger
  private let attempts: [UncertainAttempt]
  private let accepted: [AcceptedLetter]
  /// By relay.
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
    // The only attempt there ever was, and the relay said no to it.
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

  /// A letter that the relay began to read late may be taken later still. Only mentions near the attempt count: others
  /// are of attempts whose outcome is known.
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
