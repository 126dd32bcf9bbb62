import Campaigns
import Foundation
import Mail

/// What is approved, in words: everything somebody should have looked at before they put their name to it.
enum ApprovalText {
  static func subject(
    _ prepared: PreparedCampaign, _ plan: Plan, _ check: LetterCheck, _ release: CampaignRelease, at now: Date
  ) -> String {
    let campaign = prepared.campaign
    var facts = TextTable()
    facts.add("plan", "sha256:\(plan.hash.hex)")
    facts.add("from", name(campaign.sender.from))
    if let replyTo = campaign.sender.replyTo { facts.add("reply to", name(replyTo)) }
    facts.add("through", campaign.relays.map { "\($0.name) (\($0.host):\($0.port))" }.joined(separator: " and "))
    facts.add("deadline", LocalTime.full(campaign.deadline.date))
    facts.add("DKIM", CampaignSigning.dkim(of: campaign))
    facts.add("S/MIME", prepared.signing.smime(of: campaign))
    facts.add(
      "customers",
      "\(plan.counts.customers): letter \(plan.counts.letter), phone \(plan.counts.phone), none \(plan.counts.none)")
    var letters = TextTable()
    for (kind, sample) in check.samples.sorted(by: { $0.key < $1.key }) {
      letters.add(
        String(sample.count), kind, "“\(sample.subject)”" + (sample.isOnlySubject ? "" : " and other subjects"))
    }
    var parts = [
      "Campaign \(campaign.name)\n\(facts.text())", "Letters, and the subject of the first of each\n\(letters.text())",
    ]
    if plan.counts.rejectedRows > 0 {
      parts.append(
        (["Rejected rows: \(plan.counts.rejectedRows) of \(plan.counts.rows). Their customers are not told."]
          + RejectedRows.list(prepared)).joined(separator: "\n"))
    }
    if let objection = DeadlineOutlook(prepared, letters: plan.counts.messages, at: now).objection {
      parts.append(objection)
    }
    let lines = release.lines.isEmpty ? ["none yet"] : release.lines
    parts.append("Approvals\n" + lines.map { "  \($0)" }.joined(separator: "\n"))
    return parts.joined(separator: "\n\n") + "\n"
  }

  private static func name(_ address: NamedAddress) -> String {
    guard let name = address.displayName else { return address.address.displayText }
    return "\(name) <\(address.address.displayText)>"
  }
}
