import Campaigns
import Foundation
import Queue
import Reports

/// A campaign opened for reading only: beside a running delivery or without one.
struct ReadCampaign {
  let name: String
  private let words: CommandWords
  /// nil while there is no spool yet.
  let store: (any MessageStore)?
  /// nil while the campaign was never launched.
  let record: CampaignRecord?

  /// Fails when there is neither a launched campaign of that name nor a folder with a campaign file.
  init(_ options: CampaignOptions) async throws {
    name = options.campaign
    words = options.words
    do {
      store = try SQLiteStore.open(spool: options.spool.folder, access: .reader)
    } catch StoreError.noSpool {
      store = nil
    }
    record = try await store?.campaign(named: name)
    if record == nil { _ = try CampaignFile.read(folder: options.folder) }
  }

  func status(at now: Date) async throws -> CampaignStatus {
    guard let store, let record else { return CampaignStatus(draft: name, deadline: nil) }
    return CampaignStatus(try await store.snapshot(of: record.id), at: now)
  }

  /// The store and the record of a campaign that was launched.
  func launched() throws -> (store: any MessageStore, record: CampaignRecord) {
    guard let store, let record else {
      throw Failure(.usage, "\(name) was never launched: `\(words("launch"))` begins it.")
    }
    return (store, record)
  }

  /// The same, of a campaign whose customers are still there.
  func launchedWithCustomers() throws -> (store: any MessageStore, record: CampaignRecord) {
    let found = try launched()
    try PurgedCampaign.refuse(found.record, words)
    return found
  }
}
