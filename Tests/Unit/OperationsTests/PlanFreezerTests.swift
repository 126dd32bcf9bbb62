import Foundation
import Letters
import Mail
import Queue
import Receipts
import Synchronization
import TestSupport
import Testing

@testable import Campaigns
@testable import Operations

/// A plan is frozen from the customers that were planned and checked.
@Suite struct PlanFreezerTests {
  private static let now = Date(timeIntervalSince1970: 1_795_420_800)

  private struct Scene {
    let folder: TemporaryFolder
    let files: TestCampaign
    let loaded: LoadedCampaign
    let plan: Plan
    let planned: [String: Outcome]
    let customers: StagedCustomers

    init() throws {
      folder = try TemporaryFolder()
      files = try TestCampaign(
        in: folder.url, customers: GeneratedCustomer.customers(60, seed: 8, everyoneGetsALetter: false),
        relay: ["name: main", "url: \"smtp://localhost:25\""])
      loaded = try LoadedCampaign(
        CampaignLocation(name: files.name, queue: folder.url), credentials: nil, at: now)
      var staging = PlanStaging(in: folder.url)
      var planned: [String: Outcome] = [:]
      (plan, _) = try LetterCheck.run(loaded, date: loaded.campaign.localTime(now)) { customer, outcome in
        planned[customer.id] = outcome
        try staging.append(customer, outcome)
      }
      self.planned = planned
      customers = staging.finish()
    }

    func freeze(_ campaign: Campaign) async throws -> (SQLiteStore, CampaignRecord) {
      let store = try SQLiteStore.open(spool: folder.url, access: .owner)
      let loaded = LoadedCampaign(
        campaign: campaign, templates: loaded.templates, book: loaded.book, keys: loaded.keys)
      let freezer = PlanFreezer(
        loaded: loaded, plan: plan, customers: customers, hashKey: [UInt8](repeating: 7, count: 32))
      return (store, try await freezer.freeze(into: store, at: now))
    }
  }

  @Test func freezingParsesAndPlansNobodyAgain() async throws {
    let scene = try Scene()
    let parsed = scene.loaded.book.file.parsedRows.count
    // Once in the survey, where the rows of a customer agree, and once for plan and check.
    #expect(parsed == 2 * scene.plan.counts.rows)
    var campaign = scene.loaded.campaign
    // Planning would find no segment for any access value.
    campaign.segments = [:]
    let (store, record) = try await scene.freeze(campaign)
    #expect(scene.loaded.book.file.parsedRows.count == parsed)
    let frozen = Mutex<[String: CustomerRecord]>([:])
    try await store.forEachCustomer(in: record.id) { customer in frozen.withLock { $0[customer.id] = customer } }
    let found = frozen.withLock { $0 }
    #expect(found.count == 60 && found.count == scene.plan.counts.customers)
    for (id, customer) in found {
      let outcome = try #require(scene.planned[id])
      #expect(customer.kind.rawValue == outcome.kind.rawValue && customer.messages.map(\.letter) == outcome.letters)
      #expect(try JSONDecoder().decode(Customer.self, from: customer.payload).id == id)
    }
  }

  @Test func aFileChangedSinceTheCheckIsNotFrozen() async throws {
    let scene = try Scene()
    let handle = try FileHandle(forWritingTo: scene.files.customerFile)
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("\r\n".utf8))
    try handle.close()
    await #expect(throws: CustomerFileError.self) { _ = try await scene.freeze(scene.loaded.campaign) }
    let store = try SQLiteStore.open(spool: scene.folder.url, access: .owner)
    #expect(try await store.campaigns().isEmpty)
  }
}
