import Foundation
import Mail

/// Judges attempts by a log without Message-IDs (OpenSMTPD's): a line is the letter's when its session is ours.
///
/// A session is ours when letters of the campaign are found in it: a process delivers one campaign, and its connections
/// carry nothing else. In such a session a line with the letter's envelope, at its time by the clock those letters show, is
/// the letter, unless another letter of the spool may be meant. A line with its recipient anywhere else may be anybody's
/// (the operator's own answer to the customer, another program with our sender), or the letter in a connection that was
/// opened for it; so it settles nothing either way.
struct SessionJudge {
  /// Times within one session differ from ours by no more than this.
  static let spread: TimeInterval = 10
  /// A letter found without its number stands for its session alone only when both clocks agree so well.
  static let agreement: TimeInterval = 5

  private struct Line {
    var session: Int
    var taken: RelaySession.Taken
  }

  private let ledger: LogLedger
  private let witnesses: Witnesses
  private let others: [String: [AttemptedLetter]]
  private let lines: [String: [Line]]
  /// The letters found in each session.
  private let found: [Int: [Witnesses.Witness]]

  init(ledger: LogLedger, witnesses: Witnesses, others: [AttemptedLetter]) {
    self.ledger = ledger
    self.witnesses = witnesses
    self.others = Dictionary(grouping: others, by: \.recipient.key)
    var lines: [String: [Line]] = [:]
    for (index, session) in ledger.sessions.enumerated() {
      for taken in session.taken { lines[taken.recipient, default: []].append(Line(session: index, taken: taken)) }
    }
    self.lines = lines
    found = Dictionary(grouping: witnesses.found.values.filter { $0.session != nil }) { $0.session ?? 0 }
  }

  /// Nil when no line may be about the attempt.
  func verdict(on attempt: UncertainAttempt, _ coverage: Coverage) -> LogVerdict? {
    let others = (others[attempt.recipient.key] ?? []).filter { $0.messageID != attempt.messageID }
    let possible = (lines[attempt.recipient.key] ?? []).filter { line in
      let source = ledger.sessions[line.session].key.source
      return !isAnothers(line, source, others)
        && coverage.mayBelong(line.taken.line.time, in: source, from: attempt.first, to: attempt.end)
    }
    guard let first = possible.first else { return nil }
    var ours: [Line] = []
    var doubt: LogGap?
    for line in possible {
      if let reason = objection(to: line, attempt, others) { doubt = doubt ?? reason } else { ours.append(line) }
    }
    guard let line = ours.first else { return .open(doubt ?? .strangeSession(first.taken.line)) }
    // An attempt may have been lost before, and the letter sent again.
    guard ours.count <= attempt.attempts else { return .open(.severalLines(line.taken.line)) }
    let session = ledger.sessions[line.session]
    return .taken(
      LogEvidence(
        identity: .session,
        finding: .inSession(
          id: session.id, client: session.opened?.address ?? "", witnesses: found[line.session]?.count ?? 0),
        messageID: "\(attempt.messageID)", lines: (session.opened.map { [$0.line] } ?? []) + [line.taken.line]))
  }

  /// A letter of ours is known to be this line: its reply names the number.
  private func isAnothers(_ line: Line, _ source: [UInt8], _ others: [AttemptedLetter]) -> Bool {
    witnesses.claimed.contains(LogLedger.QueueKey(source: source, id: line.taken.message))
      || others.contains { $0.reply.map { RelayReply.names(line.taken.message, $0) } ?? false }
  }

  private func objection(
    to line: Line, _ attempt: UncertainAttempt, _ others: [AttemptedLetter]
  ) -> LogGap? {
    let session = ledger.sessions[line.session]
    let found = found[line.session] ?? []
    guard session.opened != nil else { return .cutSession(line.taken.line) }
    let offsets = found.map(\.offset)
    guard let least = offsets.min(), let most = offsets.max() else { return .strangeSession(line.taken.line) }
    guard most - least <= Self.spread else { return .clocks(spread: most - least) }
    guard found.contains(where: \.byReply) || found.count > 1 || max(abs(least), abs(most)) <= Self.agreement else {
      return .strangeSession(line.taken.line)
    }
    guard line.taken.sender == attempt.sender.key else { return .strangeSession(line.taken.line) }
    func isInTime(_ from: Date, _ to: Date) -> Bool {
      let time = line.taken.line.time
      return from.addingTimeInterval(least - Coverage.slack) <= time
        && time <= to.addingTimeInterval(most + Self.spread)
    }
    guard isInTime(attempt.first, attempt.end) else { return .otherTime(line.taken.line) }
    // A letter whose reply names another number has its own line.
    let rivals = others.filter {
      isInTime($0.from, $0.to) && !($0.reply.map { RelayReply.isOpenSMTPD($0) } ?? false)
    }
    return rivals.isEmpty ? nil : .sharedRecipient(line.taken.line)
  }
}
