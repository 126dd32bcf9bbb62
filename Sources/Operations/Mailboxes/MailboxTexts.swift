import Campaigns
import Foundation
public import Receipts
public import Reports

/// Words about who has changed the password.
public enum MailboxTexts {
  /// `changed 96, locked 3, customer reached by telephone 4, still to be changed 47`: what no export was read of is left
  /// out.
  public static func figures(_ figures: MailboxFigures) -> String {
    var parts = MailboxChange.allCases.compactMap { change in
      figures.count(change).map { "\(change.rawValue) \($0)" }
    }
    if figures.reached > 0 { parts.append("customer reached by telephone \(figures.reached)") }
    parts.append(figures.count(.changed) == nil ? "others \(figures.open)" : "still to be changed \(figures.open)")
    return parts.joined(separator: ", ")
  }

  /// Lines of `status`.
  public static func lines(_ figures: MailboxFigures) -> [OperatorMessage] {
    let read = MailboxChange.allCases.compactMap { change in
      figures.readAt[change].map { date -> OperatorMessage in "\(change.rawValue) at \(time: date)" }
    }
    var lines: [OperatorMessage] = [
      "mailboxes \(figures.total): \(Self.figures(figures))",
      "  the mail server's exports were read last: " + read.joined(separator: ", "),
    ]
    if figures.isOver { lines.append(over) }
    return lines
  }

  private static let over: OperatorMessage =
    "over: every mailbox is changed, locked, or its customer was reached by telephone"

  /// What came of reading an export.
  public static func imported(_ result: MailboxImport.Result) -> OperatorMessage {
    let form = result.form == .table ? "a table" : result.form.rawValue
    var lines: [OperatorMessage] = ["\(result.file): \(form), \(pluralized(result.rows, "row"))."]
    if let zone = result.zone {
      let whose = zone.isCampaigns ? "the campaign's time zone" : "--time-zone"
      lines.append("Times without a zone are read as of \(zone.identifier) (\(whose)).")
    }
    if result.days > 0 {
      lines.append(
        "\(result.days == 1 ? "1 time is a day" : "\(result.days) times are days") without a time: its beginning counts."
      )
    }
    lines.append(
      result.namesNobody
        ? "It has no mailbox of the campaign, so nothing was recorded: is it the right server's, and are the names whole (--domain)?"
        : "Recorded: \(pluralizedMailboxes(result.added)) \(result.change.rawValue).")
    let left: [(Int, OperatorMessage)] = [
      (result.known, "known already"),
      (result.early, "changed before \(time: result.discovered), when the incident was discovered: not counted"),
      (result.unaffected, "of this campaign without need of a change"),
    ]
    for (count, words) in left where count > 0 { lines.append("  \(pluralizedMailboxes(count)) " + words) }
    if result.untimed > 0 { lines.append("  \(pluralized(result.untimed, "row")) without a time: not counted") }
    if !result.rejected.isEmpty { lines.append("  \(pluralized(result.rejected.count, "row")) left out") }
    if result.unknownCount > 0 {
      lines.append("  \(pluralizedMailboxes(result.unknownCount)) that the campaign has not, which changes nothing:")
      lines += result.unknown.map { "    line \($0.line): \($0.mailbox)" }
      let more = result.unknownCount - result.unknown.count
      if more > 0 { lines.append("    and \(more) more") }
    }
    if let figures = result.figures {
      lines.append("Mailboxes \(figures.total): \(Self.figures(figures)).")
      if figures.isOver { lines.append(over) }
    }
    if let behind = result.behind { lines.append(behind) }
    return lines.joined(separator: "\n")
  }

  /// `12 changed, 3 locked`
  public static func counts(_ receipts: [MailboxChange: Int]) -> String {
    MailboxChange.allCases.compactMap { change in receipts[change].map { "\($0) \(change.rawValue)" } }
      .joined(separator: ", ")
  }

  private static func pluralizedMailboxes(_ count: Int) -> String { count == 1 ? "1 mailbox" : "\(count) mailboxes" }
}
