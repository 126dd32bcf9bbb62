import Foundation
import Queue

/// Names every customer whose letter is uncertain, and what to type next.
enum UncertainList {
  static func print(_ store: any MessageStore, _ record: CampaignRecord, _ options: CampaignOptions) async throws {
    let ids = try await store.uncertain(in: record.id).map(\.customer)
    guard !ids.isEmpty else { return }
    Console.print(
      """
        uncertain: \(ids.joined(separator: ", "))
          eilbrief resolve \(options.campaign) --relay-log FILE                    settle them by the relay's log
          Or look for their Message-IDs yourself (`eilbrief report \(options.campaign)` lists them), then:
          eilbrief resolve \(options.campaign) --customer ID --assume-accepted    it was taken
          eilbrief resolve \(options.campaign) --customer ID --resend             send it again
      """)
  }
}
