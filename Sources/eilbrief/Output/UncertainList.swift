import Foundation
import Queue

/// Names every customer whose letter is uncertain, and what to type next.
enum UncertainList {
  static func print(_ store: any MessageStore, _ record: CampaignRecord, _ options: CampaignOptions) async throws {
    var ids: [String] = []
    for message in try await store.uncertain(in: record.id) where !ids.contains(message.customer) {
      ids.append(message.customer)
    }
    guard !ids.isEmpty else { return }
    let words = options.words
    Console.print(
      """
        uncertain: \(ids.joined(separator: ", "))
          \(words("resolve", "--relay-log FILE"))                    settle them by the relay's log
          Or look for their Message-IDs yourself (`\(words("report"))` lists them), then:
          \(words("resolve", "--customer ID --assume-accepted"))    it was taken
          \(words("resolve", "--customer ID --resend"))             send it again
      """)
  }
}
