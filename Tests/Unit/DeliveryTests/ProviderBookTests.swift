import Campaigns
import DeliverySupport
import Foundation
import Queue
import Testing

@testable import Delivery

/// Where the mail of a domain goes, as it was looked up.
@Suite struct ProviderBookTests {
  @Test func anAnswerThatCannotBeKeptHolds() async throws {
    let rule = DestinationRule(.mx("provider.example"), limits: [], connections: 1)
    let book = try await ProviderBook(
      lookup: OneProvider(), store: FullDisk(), campaign: 1, rules: DestinationRules([rule]), time: TestClock())
    #expect(await book.find("firm.example") == ["mx.provider.example"])
  }

  private struct OneProvider: ExchangerLookup {
    func exchangers(of domain: String) async -> [String]? { ["mx.provider.example", "mx.other.example"] }
  }

  private struct FullDisk: DestinationStore {
    func mailPlaces(in campaign: Int64) async throws -> [MailPlace] { [] }
    func keep(_ places: [MailPlace], in campaign: Int64) async throws { throw StoreError.invariant("full") }
  }
}
