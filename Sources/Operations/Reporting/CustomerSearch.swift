import Campaigns
import Foundation
import Letters
import Mail
public import Queue
import Receipts
import Synchronization

/// The customers of a campaign whose id, name, firm or one of whose addresses has a text in it.
///
/// One pass in plan order with constant memory, which ends with the last customer that is shown. Fails with the kind
/// `usage` for a campaign that was never launched or is purged.
public struct CustomerSearch: Sendable {
  public struct Match: Sendable {
    public let record: CustomerRecord
    public let company: String
    public let name: String
    /// Where letters go; empty where none can.
    public let address: String
    let mailboxes: [String]
  }

  public let matches: [Match]
  /// There are more of them.
  public let hasMore: Bool

  /// - Parameters:
  ///   - text: Whatever the case of its letters; empty for all customers.
  ///   - most: How many are shown.
  public static func run(
    _ text: String, in location: CampaignLocation, most: Int, _ dependencies: Dependencies
  ) async throws -> CustomerSearch {
    struct Enough: Error {}
    let opened = try await OpenedCampaign(location, dependencies).launchedWithCustomers()
    let (store, record) = (opened.store, opened.record)
    let wanted = text.trimmingCharacters(in: .whitespaces).lowercased()
    // Who asks for an id wants that customer, and at once.
    if !wanted.isEmpty, let exact = try await store.customer(text.trimmingCharacters(in: .whitespaces), in: record.id) {
      return CustomerSearch(matches: [try Match(exact)], hasMore: false)
    }
    let found = Mutex<[Match]>([])
    do {
      try await store.forEachCustomer(in: record.id) { customer in
        let match = try Match(customer)
        guard wanted.isEmpty || match.has(wanted) else { return }
        let count = found.withLock {
          $0.append(match)
          return $0.count
        }
        if count > most { throw Enough() }
      }
    } catch is Enough {}
    let matches = found.withLock { $0 }
    return CustomerSearch(matches: Array(matches.prefix(most)), hasMore: matches.count > most)
  }
}

extension CustomerSearch.Match {
  fileprivate init(_ record: CustomerRecord) throws {
    let details = try JSONDecoder().decode(Customer.self, from: record.payload)
    self.init(
      record: record, company: details.company, name: details.fullName,
      address: record.messages.first?.recipient.displayText ?? details.contact?.displayText ?? "",
      mailboxes: details.mailboxes.map(\.address.displayText))
  }

  fileprivate func has(_ text: String) -> Bool {
    let words = [record.id, company, name, address] + mailboxes + record.messages.map(\.recipient.displayText)
    return words.contains { $0.lowercased().contains(text) }
  }
}
