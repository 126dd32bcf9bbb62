import Campaigns
import Foundation
import Mail
import Queue
import Synchronization

/// What differs between the input a campaign was frozen from and the input it has now: what a resume refuses.
///
/// A customer file with the same bytes, or with other bytes that say the same, is the same file; where it says something
/// else, its customers are compared with the frozen ones. In both cases the file decides nothing any more: letters are
/// made of the frozen customers.
struct InputComparison {
  /// The customer file that is compared.
  enum CustomerFileNow {
    /// It is read when its bytes are others.
    case file
    /// It was read already.
    case book(CustomerBook)
    /// The frozen customers are enough, as the operator said.
    case ignored
  }

  let changes: [InputChange]
  /// The customer file has the frozen customers in another order, or says the same in other words.
  let hasSameCustomers: Bool
  /// See ``InputDigests/isOrderChanged(since:)``.
  let isOrderChanged: Bool

  /// Fails with a ``CustomerFileError`` when the customer file cannot be read, or is none any more.
  init(
    _ frozen: CampaignRecord, in store: any MessageStore, _ campaign: Campaign,
    templates: [(path: String, digest: SHA256Digest)], signer: LetterSigner?, customers: CustomerFileNow
  ) async throws {
    let earlier = try frozen.plan.digests()
    func digests(_ customerFile: SHA256Digest?) -> InputDigests {
      InputDigests(
        campaign, customerFile: customerFile ?? SHA256.digest(of: []), templates: templates, signer: signer)
    }
    let now: InputDigests =
      switch customers {
      case .file: try .read(campaign, templates: templates, signer: signer)
      case .book(let book): digests(book.file.digest)
      case .ignored: digests(SHA256Digest(hex: earlier.customerFile))
      }
    isOrderChanged = now.isOrderChanged(since: earlier)
    let changes = now.changes(since: earlier)
    guard changes.first?.isOfCustomerFile == true else {
      self.changes = changes
      hasSameCustomers = false
      return
    }
    let others = changes.dropFirst()
    do throws(CustomerFileError) {
      let file: CustomerFile
      if case .book(let book) = customers { file = book.file } else { file = try CustomerFile(campaign.customers) }
      if now.hasSameContactRule(as: earlier), let values = earlier.customerValues,
        try file.valuesDigest(segments: campaign.segments).hex == values
      {
        self.changes = Array(others)
        hasSameCustomers = false
        return
      }
    } catch {
      // A column or a segment that campaign.yaml does not name any more is a change of campaign.yaml.
      guard !others.isEmpty else { throw error }
      self.changes = changes
      hasSameCustomers = false
      return
    }
    let differences: [CustomerDifference]
    do {
      let book: CustomerBook
      if case .book(let read) = customers {
        book = read
      } else {
        book = try CustomerBook(campaign.customers, segments: campaign.segments)
      }
      differences = try await Self.differences(
        of: book, from: frozen, in: store, knowsRejected: earlier.customerValues != nil)
    } catch let error as CustomerFileError {
      guard !others.isEmpty else { throw error }
      self.changes = changes
      hasSameCustomers = false
      return
    }
    self.changes = differences.map { .customers(file: campaign.customers.file.lastPathComponent, $0) } + others
    hasSameCustomers = differences.isEmpty
  }

  private static func differences(
    of book: CustomerBook, from frozen: CampaignRecord, in store: any MessageStore, knowsRejected: Bool
  ) async throws -> [CustomerDifference] {
    let comparison = Mutex(try CustomerComparison(with: book, knowsRejected: knowsRejected))
    let decoder = JSONDecoder()
    try await store.forEachCustomer(in: frozen.id) { record in
      let customer = try decoder.decode(Customer.self, from: record.payload)
      try comparison.withLock { try $0.add(customer) }
    }
    return try comparison.withLock { try $0.finish(unnamed: frozen.plan.rejectedRows) }
  }
}
