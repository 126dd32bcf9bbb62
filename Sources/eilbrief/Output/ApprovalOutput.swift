import Campaigns
import Foundation
import Mail
import Operations
import Queue
import Receipts
import Reports

/// The text of what is approved: everything a person should have looked at before they put their name to it.
enum ApprovalOutput {
  static func text(_ draft: ApprovalDraft, _ nextCommand: NextCommand) -> String {
    let campaign = draft.campaign
    let counts = draft.plan.counts
    var facts = TextTable()
    facts.add("plan", draft.plan.hash.labelled)
    facts.add("from", name(campaign.sender.from))
    if let replyTo = campaign.sender.replyTo { facts.add("reply to", name(replyTo)) }
    facts.add("through", campaign.relays.map { "\($0.name) (\($0.host):\($0.port))" }.joined(separator: " and "))
    facts.add("deadline", LocalTime.full(campaign.deadline.date))
    facts.add("DKIM", SigningText.dkim(of: campaign))
    facts.add("S/MIME", SigningText.smime(of: campaign, draft.keys))
    facts.add(
      "customers", "\(counts.customers): letter \(counts.letter), phone \(counts.phone), none \(counts.none)")
    var letters = TextTable()
    for (kind, sample) in draft.letters.samples.sorted(by: { $0.key < $1.key }) {
      letters.add(
        String(sample.count), kind, "“\(sample.subject)”" + (sample.isOnlySubject ? "" : " and other subjects"))
    }
    var parts = [
      "Campaign \(campaign.name)\n\(facts.text())", "Letters, and the subject of the first of each\n\(letters.text())",
    ]
    if !draft.rejected.isEmpty {
      let rows = draft.release.subject.rejectedRows
      parts.append(
        (["Rejected rows: \(rows) of \(counts.rows). Their customers get no letter."] + draft.rejected)
          .joined(separator: "\n"))
    }
    if let objection = draft.deadline.objection { parts.append(nextCommand.text(objection)) }
    parts.append("Approvals\n" + lines(draft.release, nextCommand))
    return parts.joined(separator: "\n\n") + "\n"
  }

  static func lines(_ release: CampaignRelease, _ nextCommand: NextCommand) -> String {
    let lines = release.lines.isEmpty ? ["none yet"] : release.lines.map(nextCommand.text)
    return lines.map { "  \($0)" }.joined(separator: "\n")
  }

  private static func name(_ address: NamedAddress) -> String {
    guard let name = address.displayName else { return address.address.displayText }
    return "\(name) <\(address.address.displayText)>"
  }
}

/// Who signs the letters, as text.
enum SigningText {
  static func dkim(of campaign: Campaign) -> String {
    switch campaign.dkim {
    case nil: "not signed"
    case .relay: "signed by the relay"
    case .here(let settings):
      "signed for \(settings.domain) with "
        + [("RSA", settings.rsa), ("Ed25519", settings.ed25519)].compactMap { name, key in
          key.map { "\(name) (\($0.selector))" }
        }.joined(separator: " and ")
    }
  }

  /// The S/MIME signer, as text, and the end of the certificate's validity.
  static func smime(of campaign: Campaign, _ keys: CampaignKeys) -> String {
    guard campaign.smime != nil else { return "not signed" }
    guard let identity = keys.identity else { return "not signed, see the warnings" }
    return "signed by \(campaign.sender.from.address.displayText) until \(LocalTime.full(identity.notAfter)), "
      + "issued by \(identity.certificate.issuer)"
  }
}
