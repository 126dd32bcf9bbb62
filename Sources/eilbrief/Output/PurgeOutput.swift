import Campaigns
import Foundation
import Operations
import Queue
import Receipts

/// The text of what a purge will do, printed before it asks.
enum PurgeText {
  private static let shown = 20

  static func plan(_ snapshot: CampaignSnapshot, _ files: PurgeFiles) -> String {
    let record = snapshot.campaign
    let customers = snapshot.customers.values.reduce(0, +)
    let letters = snapshot.messages.values.reduce(0, +)
    let ended = record.finishedAt.map { " at \(LocalTime.full($0))" } ?? ""
    var lines = ["Purging \(record.plan.name), \(record.state.rawValue)\(ended). Removed for good:"]
    lines.append("  from the queue: \(pluralized(customers, "customer")) and all that is known of them,")
    lines.append("  \(pluralized(letters, "letter")) with their addresses and the relay's replies,")
    lines.append("  the key without which no receipt can be linked to a customer")
    lines += list(files.removed.map { "  \($0.url.path)  \($0.what)" })
    lines.append("Not removed:")
    lines.append("  campaign.yaml, the templates and the receipts, which hold no customer's data")
    lines += list(files.leftAlone.map { "  \($0.path)  \($0.why)" })
    lines.append("  what lies elsewhere: exported tables, other copies of the customer file, backups, the relay's log")
    return lines.joined(separator: "\n")
  }

  private static func list(_ all: [String]) -> [String] {
    all.firstFew(shown) {
      $0
    } more: {
      "  … and \($0) more"
    }
  }
}
