import Queue
import Receipts

/// What is said to who wants to go on with a campaign that was cancelled: it is over for good, and some were told already.
enum CancelledCampaign {
  static func failure(_ snapshot: CampaignSnapshot, _ words: CommandWords) -> Failure {
    let name = snapshot.campaign.plan.name
    let accepted = snapshot.messages[.accepted] ?? 0
    let uncertain = snapshot.messages[.uncertain] ?? 0
    var told = "\(accepted) \(accepted == 1 ? "letter was" : "letters were") accepted before"
    if uncertain > 0 { told += ", \(uncertain) \(uncertain == 1 ? "is" : "are") uncertain" }
    return Failure(
      .usage,
      """
      \(name) was cancelled and does not go on; \(told).
      For the others make a new campaign: a new folder with campaign.yaml, the customer file and templates/, without \
      receipts/. Take the customers who were told already out of its customer file, or they are told twice: \
      `\(words("report"))` lists them.
      """)
  }
}
