import Campaigns
import Foundation
import Receipts

/// Words about campaigns that follow another one.
public enum FollowingTexts {
  /// What was made, and what is to be done next.
  public static func made(_ result: FollowingCampaign.Result) -> OperatorMessage {
    let (found, followed) = (result.customers, result.follows.campaign)
    var lines: [OperatorMessage] = [
      "Made \(result.location.folder.path), the \(result.follows.kind.rawValue) of \(followed):"
    ]
    let whose =
      result.follows.kind == .reminder ? " with \(mailboxes(found.mailboxes)) to be changed" : " who were told"
    lines.append("  \(pluralized(found.customers, "customer"))\(whose): letter “\(result.letter)”")
    if found.withoutAddress > 0 {
      lines.append("  \(found.withoutAddress) of them were told by telephone alone, and are to be called again")
    }
    if result.follows.kind == .reminder { lines.append("  " + known(result)) }
    lines += left(found, followed).map { "  left out: " + $0 }
    lines.append("  deadline: \(result.deadline)")
    if result.isOrderDropped {
      lines.append("  order: spread; the column that \(followed) is ordered by is not in the new file")
    }
    lines.append(
      result.follows.kind == .reminder
        ? "A letter that is still to be sent is left out once its customer has changed everything, or was reached."
        : "Change the facts in campaign.yaml, and the letter in templates/\(result.letter)/, to what is known now.")
    let name = result.location.name
    lines.append(
      "Next: \(step: .other(campaign: name, .check)), then \(step: .other(campaign: name, .launch(withoutRejected: false)))"
    )
    return lines.joined(separator: "\n")
  }

  static func nobody(_ found: FollowedCustomers, _ kind: Following.Kind) -> OperatorMessage {
    let why = left(found, nil).joined(separator: "; ")
    return found.safe + found.reached + found.untold == 0
      ? "The campaign has no customer to be written to." : "Nobody is left to be written to: " + why + "."
  }

  private static func known(_ result: FollowingCampaign.Result) -> OperatorMessage {
    guard let readAt = result.readAt else { return "nobody knows who has changed the password: no export was read" }
    let read = MailboxChange.allCases.compactMap { change in
      readAt[change].map { date -> OperatorMessage in "\(change.rawValue) at \(time: date)" }
    }
    return "as the mail server's exports say, read last: " + read.joined(separator: ", ")
  }

  private static func left(_ found: FollowedCustomers, _ followed: String?) -> [OperatorMessage] {
    let list = followed.map { " (the call list of \($0) has them)" } ?? ""
    return [
      (found.safe, "every mailbox changed or closed, or nothing to be changed"),
      (found.reached, "reached by telephone"),
      (found.untold, "not told, or not known to be told\(list)"),
    ].filter { $0.0 > 0 }.map { "\(pluralized($0.0, "customer")): \($0.1)" }
  }

  private static func mailboxes(_ count: Int) -> String { count == 1 ? "1 mailbox" : "\(count) mailboxes" }
}
