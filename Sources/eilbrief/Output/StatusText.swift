import Foundation
import Queue
import Receipts
import Reports

/// A campaign's figures for people: the text of `status` and the table at the end of `launch`.
enum StatusText {
  static func text(_ status: CampaignStatus, words: CommandWords, now: Date) -> String {
    guard status.state != .draft || status.plan != nil else {
      return "Campaign \(status.campaign): draft, never launched. `\(words("check"))` reads it through."
    }
    var table = TextTable()
    table.add(
      "rows", String(status.rows.total),
      status.rows.rejected == 0 ? "" : "\(status.rows.rejected) rejected: their customers were not told")
    table.add(
      "customers", String(status.customers.total),
      "letter \(status.customers.letter), phone \(status.customers.phone), none \(status.customers.none)")
    table.add("letters", String(status.total), "")
    for state in MessageState.allCases where status.count(state) > 0 {
      table.add("  \(state.rawValue)", String(status.count(state)), meaning(of: state))
    }
    var lines = ["Campaign \(status.campaign): \(status.state.rawValue)", table.text()]
    if !status.releasedBy.isEmpty {
      let names = status.releasedBy.map { "\($0.name) (\(LocalTime.full($0.at)))" }
      lines.append("  released by \(names.joined(separator: " and "))")
    }
    if let line = timing(status, now: now) { lines.append("  \(line)") }
    if let purge = status.purge { lines.append("  \(PurgedCampaign.words(purge, words))") }
    return lines.joined(separator: "\n")
  }

  static func meaning(of state: MessageState) -> String {
    switch state {
    case .queued: "waiting to be sent"
    case .sending: "on the wire, or in doubt if nothing is running"
    case .deferred: "not accepted yet, to be tried again"
    case .accepted: "by the relay; not proof that it was delivered or read"
    case .refused: "for good: call these customers"
    case .expired: "given up after repeated attempts: call these customers"
    case .uncertain: "the relay may or may not have taken it"
    case .excluded: "not sent, with a reason: call these customers"
    case .cancelled: "not sent, or not again, because the campaign was cancelled"
    }
  }

  private static func timing(_ status: CampaignStatus, now: Date) -> String? {
    var parts: [String] = []
    if status.state == .running, status.remaining > 0 {
      parts.append(ProgressDisplay.line(status, now: now))
    }
    if let deadline = status.deadline {
      let left = deadline.timeIntervalSince(now)
      parts.append(
        "deadline \(LocalTime.full(deadline)), "
          + (left > 0 ? "in \(LocalTime.span(left))" : "passed \(LocalTime.span(-left)) ago"))
    }
    if let finishedAt = status.finishedAt { parts.append("finished \(LocalTime.full(finishedAt))") }
    return parts.isEmpty ? nil : parts.joined(separator: "\n  ")
  }
}
