import Foundation
import Mail

/// Judges uncertain attempts by what was found in the logs.
///
/// A line settles a letter only with an identity: its Message-ID (here), or a session of ours (``SessionJudge``). A line
/// that might be about the letter and has none keeps it uncertain, and so does a log that does not demonstrably cover the
/// attempt (``Coverage``). The rule and its reasons: `docs/decisions/0024-a-line-needs-an-identity.md`.
struct LogJudge {
  private let ledger: LogLedger
  private let attempts: [UncertainAttempt]
  private let witnesses: Witnesses
  private let sessions: SessionJudge
  /// The coverage by relay.
  private let coverage: [String: Coverage]

  /// - Parameter ledger: with passages and sessions, of the attempts and the accepted letters in this order.
  init(ledger: LogLedger, attempts: [UncertainAttempt], accepted: [AcceptedLetter], others: [AttemptedLetter]) {
    self.ledger = ledger
    self.attempts = attempts
    witnesses = Witnesses(
      accepted, first: attempts.count,
      senders: Set((attempts.map(\.sender) + accepted.compactMap(\.sender)).map(\.key)),
      in: ledger)
    sessions = SessionJudge(ledger: ledger, witnesses: witnesses, others: others)
    var sightings: [String: [Coverage.Sighting]] = [:]
    for (index, letter) in accepted.enumerated() {
      let witness = witnesses.found[index]
      sightings[letter.relay, default: []].append(
        Coverage.Sighting(acceptedAt: letter.at, found: witness.map { ($0.source, $0.time) }))
    }
    coverage = sightings.mapValues { Coverage(sightings: $0, spans: ledger.spans, losses: ledger.losses) }
  }

  func verdict(on index: Int) -> LogVerdict {
    let attempt = attempts[index]
    let coverage = coverage[attempt.relay] ?? Coverage(sightings: [], spans: [:], losses: [])
    let passages = ledger.passages[index] ?? []
    var doubt: LogGap?
    for passage in passages {
      guard let proof = passage.proof else { continue }
      guard let reason = objection(to: passage, attempt, coverage) else {
        let lines = passage.mention == proof ? [proof] : [passage.mention, proof]
        return .taken(evidence(.messageID, .named, attempt, lines))
      }
      doubt = doubt ?? reason
    }
    if let line = passages.lazy.compactMap(\.setAside).first { return .open(.setAside(line)) }
    let asides = (ledger.setAsides[index] ?? []).filter {
      !coverage.hasOneClock || coverage.mayBelong($0.time, from: attempt.begin, to: attempt.end)
    }
    if let line = asides.first { return .open(.setAside(line)) }
    if let doubt { return .open(doubt) }
    if ledger.crowded.contains(index) { return .open(.tooManyLines) }
    if let verdict = sessions.verdict(on: attempt, coverage) { return verdict }
    if let refused = refusal(passages, attempt, coverage) { return .notTaken(refused) }
    let near = passages.filter {
      coverage.mayBelong($0.mention.time, in: $0.key.source, from: attempt.begin, to: attempt.end)
    }
    // A letter that the relay began to read late may be accepted later still. Only mentions near the attempt count: others
    // belong to attempts whose outcome is known.
    let last = near.map { coverage.ours($0.mention.time) }.max() ?? attempt.end
    if let gap = coverage.gap(from: attempt.begin, to: attempt.end, last: last) { return .open(gap) }
    guard let begun = near.last else {
      return .notTaken(evidence(.messageID, .absent(witnesses: coverage.found), attempt, []))
    }
    return .notTaken(
      evidence(
        .messageID, .begun(witnesses: coverage.found), attempt, [begun.mention] + (begun.refused.map { [$0] } ?? [])))
  }

  private func evidence(
    _ identity: LogIdentity, _ finding: LogEvidence.Finding, _ attempt: UncertainAttempt, _ lines: [LogLine]
  ) -> LogEvidence {
    LogEvidence(identity: identity, finding: finding, messageID: "\(attempt.messageID)", lines: lines)
  }

  /// The reason a message that has the letter's Message-ID and was taken may not be the letter. Whoever received a letter
  /// knows its Message-ID, so the envelope must be the letter's as far as the log shows it, and the time that of an
  /// attempt.
  private func objection(
    to passage: LogLedger.Passage, _ attempt: UncertainAttempt, _ coverage: Coverage
  ) -> LogGap? {
    // What was put aside may have been released since, and is then seen again.
    if let aside = passage.setAside, let proof = passage.proof, proof.time <= aside.time { return .setAside(aside) }
    if let reason = witnesses.contradiction(passage, recipient: attempt.recipient) { return reason }
    guard witnesses.isConfirmed(passage) else { return .unconfirmed(passage.mention) }
    guard
      coverage.mayBelong(passage.mention.time, in: passage.key.source, from: attempt.first, to: attempt.end)
    else { return .otherTime(passage.mention) }
    return nil
  }

  /// This is the only attempt ever made, and the relay refused it: with its envelope, in its time, by a clock that is known.
  private func refusal(
    _ passages: [LogLedger.Passage], _ attempt: UncertainAttempt, _ coverage: Coverage
  ) -> LogEvidence? {
    guard attempt.attempts == 1, passages.count == 1, let refused = passages[0].refused,
      let sender = passages[0].sender,
      witnesses.senders.contains(sender), passages[0].recipients == [attempt.recipient.key], coverage.hasOneClock,
      coverage.mayBelong(refused.time, in: passages[0].key.source, from: attempt.begin, to: attempt.end)
    else { return nil }
    return evidence(.messageID, .refused, attempt, [passages[0].mention, refused])
  }
}
