public import Foundation
import Mail

/// Looks for letters in the logs of a relay, and judges uncertain attempts by what it finds.
///
/// Reads Postfix, Exim and OpenSMTPD logs (as files of syslog or of their own) and Exchange's message tracking logs,
/// plain or gzip, recognised line by line. The order of the files makes no difference. Every file is read twice, with
/// memory that grows only with the number of letters looked for. Throws ``RelayLogError``; then nothing may be settled.
public struct RelayLogSearch {
  /// The result of a search.
  public struct Findings: Sendable {
    /// The verdicts by the attempt's message.
    public var verdicts: [Int64: LogVerdict]
    /// Files without a single line from a relay's log.
    public var foreign: [String]
  }

  private let files: [LogFile]
  private let zone: TimeZone

  /// Opens every file.
  ///
  /// - Parameter zone: The zone of the time stamps that state none.
  public init(paths: [String], zone: TimeZone) throws {
    files = try paths.map { try LogFile(path: $0) }
    self.zone = zone
  }

  /// - Parameters:
  ///   - accepted: letters of the campaign that the same relays accepted with a reply, best those nearest in time.
  ///   - others: letters of any campaign of the spool that were attempted and have a recipient of the attempts; the
  ///     attempts' own may be among them.
  public func judge(
    _ attempts: [UncertainAttempt], accepted: [AcceptedLetter], others: [AttemptedLetter]
  ) throws -> Findings {
    guard let reference = attempts.map(\.begin).max() else { return Findings(verdicts: [:], foreign: []) }
    var ledger = LogLedger(
      letters: attempts.map { ($0.messageID, $0.recipient) } + accepted.map { ($0.messageID, $0.recipient) })
    var foreign: [String] = []
    var ends: [(path: String, first: Date, last: Date)] = []
    for file in files {
      var reader = LineReader(zone: zone, reference: reference)
      var times: (first: Date, last: Date)?
      var hasLines = false
      try file.forEachLine { line, number in
        hasLines = true
        guard let entry = reader.entry(line) else { return }
        times = (min(times?.first ?? entry.time, entry.time), max(times?.last ?? entry.time, entry.time))
        ledger.note(entry) {
          LogLine(path: file.path, number: number, time: entry.time, bytes: line)
        }
      }
      if let times { ends.append((file.path, times.first, times.last)) } else if hasLines { foreign.append(file.path) }
    }
    // Where two files have lines of one second, those of the older file come first.
    ends.sort { ($0.first, $0.last, $0.path) < ($1.first, $1.last, $1.path) }
    ledger.ranks = Dictionary(ends.enumerated().map { ($1.path, $0) }) { first, _ in first }
    for file in files {
      var reader = LineReader(zone: zone, reference: reference)
      var spans: [[UInt8]: Coverage.Span] = [:]
      try file.forEachLine { line, number in
        guard let entry = reader.entry(line) else { return }
        ledger.follow(entry) {
          LogLine(path: file.path, number: number, time: entry.time, bytes: line)
        }
        guard ledger.sources.contains(entry.source) else { return }
        let span = spans[entry.source] ?? Coverage.Span(first: entry.time, last: entry.time)
        spans[entry.source] = Coverage.Span(first: min(span.first, entry.time), last: max(span.last, entry.time))
      }
      for (source, span) in spans { ledger.spans[source, default: []].append(span) }
    }
    ledger.close()
    let judge = LogJudge(ledger: ledger, attempts: attempts, accepted: accepted, others: others)
    return Findings(
      verdicts: Dictionary(attempts.indices.map { (attempts[$0].message, judge.verdict(on: $0)) }) { first, _ in first
      },
      foreign: foreign)
  }
}

/// The reason a relay log cannot be read. Nothing is settled by a log that was not read to its end.
public struct RelayLogError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The path as it was given.
  public let path: String
  /// An English clause that follows the path.
  public let reason: String

  public var description: String { "\(path): \(reason)" }
}
