import Bounces
import Delivery

/// The words of `bounces explain`: three lines for each recipient.
public enum BounceText {
  public static func text(_ explanation: BounceExplanation) -> String {
    let report = explanation.report
    var lines = [explanation.file, "  \(report.recipient ?? "nobody is named"): \(verdict(report))"]
    if let reply = report.reply {
      lines.append("    \(reply.split(whereSeparator: \.isNewline).joined(separator: " / "))")
    }
    return lines.joined(separator: "\n")
  }

  private static func verdict(_ report: RecipientReport) -> String {
    let details = [report.status?.description, report.class?.rawValue].compactMap { $0 }.joined(separator: " ")
    let what =
      switch report.kind {
      case .bounce where report.permanent == true: "bounced, there is no such address"
      case .bounce: "bounced, the address may be right"
      case .delay: "delayed, the server goes on trying"
      case .success: "delivered, or passed on"
      case .autoReply: "answered by a program"
      case .complaint: "called unwanted"
      case .other: "no report on a delivery"
      }
    return details.isEmpty ? what : "\(what) (\(details))"
  }
}
