import Campaigns
import Delivery
import Files
import Foundation
import Reports

/// A rehearsal at speed in words, as lines, and as a document.
extension RehearsalAtSpeed.Outcome {
  private static let mostNamed = 20

  /// At most 80 columns, but for lines that name customers and reasons.
  public var lines: [OperatorMessage] {
    var lines: [OperatorMessage] = [
      "Rehearsed \(campaign) at speed: \(pluralized(letters, "letter")), from \(time: start) on a simulated clock.",
      "Assumed: a letter keeps a connection for \(secondsPerLetter) s. Nothing was sent.",
    ]
    lines += chartLines
    lines.append("")
    lines += figures
    if rejectedRows > 0 {
      lines.append(
        """
        `launch` would not begin without --without-rejected: \(pluralized(rejectedRows, "row")) rejected, and their \
        customers would get no letter.
        """)
    }
    return lines
  }

  private var chartLines: [OperatorMessage] {
    let chart = TimelineChart(outcome)
    guard !chart.rows.isEmpty else { return [] }
    let width = chart.rows.map { String($0.accepted).count }.max() ?? 1
    return ["", "Accepted, by \(span: chart.step):"]
      + chart.rows.map { row in
        let count = DisplayWidth.padded(String(row.accepted), to: width, right: true)
        let label: OperatorMessage = chart.hasDays ? "\(time: row.from)" : "\(clock: row.from)"
        return "  " + label + OperatorMessage("  \(count)\(row.bar.isEmpty ? "" : " \(row.bar)")")
      }
  }

  private var figures: [OperatorMessage] {
    let counts = [
      ("accepted", outcome.accepted), ("refused", outcome.refused), ("uncertain", outcome.uncertain),
      ("given up", outcome.expired), ("not sent", outcome.left),
    ].filter { $0.1 > 0 || $0.0 == "accepted" }
    var lines: [OperatorMessage] = [
      OperatorMessage(counts.map { "\($0.0) \($0.1)" }.joined(separator: ", "))
    ]
    let moments = outcome.moments
    for (name, moment) in [("50 %", moments.half), ("90 %", moments.most), ("99 %", moments.nearlyAll)] {
      if let moment { lines.append("\(name) of them at \(time: moment), in \(span: moment.timeIntervalSince(start))") }
    }
    if let last = moments.all {
      lines.append("the last at \(time: last), in \(span: last.timeIntervalSince(start))")
    }
    lines.append("all letters settled at \(time: outcome.end), in \(span: outcome.end.timeIntervalSince(start))")
    for (relay, use) in zip(relays, outcome.relays) { lines.append(Self.text(relay, use)) }
    if !faults.isEmpty {
      let acted = faults.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
      lines.append("the relay made trouble: \(acted)")
    }
    return lines + late
  }

  private static func text(_ relay: Relay, _ use: ForecastOutcome.RelayUse) -> OperatorMessage {
    let limits = relay.limits.isEmpty ? "no limits" : relay.limits.map(\.description).joined(separator: " and ")
    let waits: [OperatorMessage] = [
      use.waited.limits >= 1 ? "\(span: use.waited.limits) for its limits" : nil,
      use.waited.pace >= 1 ? "\(span: use.waited.pace) for the pace it was found to allow" : nil,
      use.waited.hours >= 1 ? "\(span: use.waited.hours) for the hours" : nil,
      use.waited.rests >= 1 ? "\(span: use.waited.rests) while it rested" : nil,
      use.waited.canary >= 1 ? "\(span: use.waited.canary) for the look after the canary" : nil,
    ].compactMap { $0 }
    let waited: OperatorMessage = waits.isEmpty ? "" : "; waited \(waits.joined(separator: ", "))"
    let paused = use.isPaused ? "; paused, it refuses us" : ""
    return "relay \(relay.name) (\(limits)): \(pluralized(use.attempts, "attempt"))\(paused)" + waited
  }

  private var late: [OperatorMessage] {
    guard outcome.late.letters > 0 else {
      if letters == 0 { return ["no customer gets a letter"] }
      return outcome.accepted == letters ? ["everybody is told by the deadline, \(time: deadline)"] : []
    }
    let named = lateCustomers.prefix(Self.mostNamed).joined(separator: ", ")
    let more = lateCustomers.count - min(lateCustomers.count, Self.mostNamed)
    return [
      "at the deadline, \(time: deadline), \(pluralized(outcome.late.customers.count, "customer")) would not be told:"
    ]
      + outcome.late.sortedReasons.map {
        OperatorMessage("  \(pluralized($0.letters, "letter")) \(ForecastTexts.text($0.reason))")
      } + [
        OperatorMessage("  \(named)\(more > 0 ? " and \(more) more (all of them with --json)" : "")")
      ]
  }

  public var document: RehearsalDocument { RehearsalDocument(self) }
}

/// The document of `rehearse --at-speed --json` (schema 1).
public struct RehearsalDocument: Sendable, Encodable {
  private struct RelayRow: Sendable, Encodable {
    var name: String
    var limits: [String]
    var attempts: Int
    var accepted: Int
    var paused: Bool
    var waited: [String: Double]
  }

  private let played: RehearsalAtSpeed.Outcome

  init(_ played: RehearsalAtSpeed.Outcome) { self.played = played }

  private enum Key: String, CodingKey {
    case schema, campaign, letters, start, deadline, finished, accepted, refused, expired, uncertain, unsent, relays
    case faults, timeline
    case half = "accepted_50"
    case most = "accepted_90"
    case nearlyAll = "accepted_99"
    case all = "accepted_all"
    case lateLetters = "late_letters"
    case lateCustomers = "late_customers"
    case lateReasons = "late_reasons"
    case rejectedRows = "rejected_rows"
    case secondsPerLetter = "seconds_per_letter"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    let outcome = played.outcome
    try container.encode(1, forKey: .schema)
    try container.encode(played.campaign, forKey: .campaign)
    try container.encode(played.letters, forKey: .letters)
    try container.encode(played.start, forKey: .start)
    try container.encode(played.deadline, forKey: .deadline)
    try container.encode(outcome.end, forKey: .finished)
    try container.encode(outcome.accepted, forKey: .accepted)
    try container.encode(outcome.refused, forKey: .refused)
    try container.encode(outcome.expired, forKey: .expired)
    try container.encode(outcome.uncertain, forKey: .uncertain)
    try container.encode(outcome.left, forKey: .unsent)
    try container.encode(outcome.moments.half, forKey: .half)
    try container.encode(outcome.moments.most, forKey: .most)
    try container.encode(outcome.moments.nearlyAll, forKey: .nearlyAll)
    try container.encode(outcome.moments.all, forKey: .all)
    try container.encode(outcome.late.letters, forKey: .lateLetters)
    try container.encode(played.lateCustomers, forKey: .lateCustomers)
    try container.encode(ForecastReport.reasons(outcome), forKey: .lateReasons)
    try container.encode(ForecastReport.timeline(outcome), forKey: .timeline)
    try container.encode(played.rejectedRows, forKey: .rejectedRows)
    try container.encode(played.secondsPerLetter, forKey: .secondsPerLetter)
    try container.encode(played.faults, forKey: .faults)
    let relays = zip(played.relays, outcome.relays).map { relay, use in
      RelayRow(
        name: relay.name, limits: relay.limits.map(\.description), attempts: use.attempts, accepted: use.accepted,
        paused: use.isPaused,
        waited: [
          "limits": use.waited.limits, "pace": use.waited.pace, "hours": use.waited.hours, "rests": use.waited.rests,
          "canary": use.waited.canary,
        ].mapValues { ($0 * 1000).rounded() / 1000 })
    }
    try container.encode(relays, forKey: .relays)
  }
}
