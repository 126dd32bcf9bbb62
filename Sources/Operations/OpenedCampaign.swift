import Campaigns
import Foundation
public import Queue
import Reports

/// A campaign opened for reading only, during a delivery or without one.
///
/// Fails with ``StoreError`` when the store cannot be read, and with ``CampaignFileError`` when there is neither a
/// launched campaign of that name nor a folder with a campaign file.
public struct OpenedCampaign: Sendable {
  public let location: CampaignLocation
  /// Nil while there is no store yet.
  let store: (any PurgeableStore)?
  /// Nil while the campaign was never launched.
  public let record: CampaignRecord?

  public init(_ location: CampaignLocation, _ dependencies: Dependencies) async throws {
    self.location = location
    store = try Self.store(of: location.queue, dependencies)
    record = try await store?.campaign(named: location.name)
    if record == nil { _ = try CampaignFile.read(folder: location.folder) }
  }

  /// The store of a queue folder; nil while there is none.
  private static func store(of queue: URL, _ dependencies: Dependencies) throws(StoreError) -> (any PurgeableStore)? {
    do throws(StoreError) {
      return try dependencies.stores.open(queue: queue, access: .reader, lock: nil)
    } catch {
      if case .noSpool = error { return nil }
      throw error
    }
  }

  /// The campaign with its store; fails with the kind `usage` when it was never launched.
  func launched() throws(OperatorError) -> LaunchedCampaign {
    guard let store, let record else {
      throw OperatorError(
        .usage, "\(location.name) was never launched: \(step: .launch(withoutRejected: false)) begins it.")
    }
    return LaunchedCampaign(location: location, store: store, record: record)
  }

  /// The same for a campaign whose customers are still there; fails with the kind `usage` when they were purged.
  func launchedWithCustomers() throws(OperatorError) -> LaunchedCampaign {
    let found = try launched()
    try found.record.requireCustomers()
    return found
  }
}

/// A campaign that was launched, with the store that has it.
struct LaunchedCampaign: Sendable {
  let location: CampaignLocation
  let store: any PurgeableStore
  let record: CampaignRecord
}

extension CampaignLocation {
  /// Fails with the kind `usage` when the campaign was purged. For operations that need no store: where there is none,
  /// or one that cannot be read, nothing is known to be purged, and the operation that needs the store says what is
  /// wrong.
  func requireUnpurged(_ dependencies: Dependencies) async throws {
    let store: any MessageStore
    do throws(StoreError) {
      store = try dependencies.stores.open(queue: queue, access: .reader, lock: nil)
    } catch {
      return
    }
    try await store.campaign(named: name)?.requireCustomers()
  }
}

extension CampaignLocation {
  /// The store, for what would only be good to know; nil where there is none, or it cannot be read.
  func readableStore(_ dependencies: Dependencies) -> (any MessageStore)? {
    try? dependencies.stores.open(queue: queue, access: .reader, lock: nil)
  }
}

extension CampaignRecord {
  /// Fails with the kind `usage` when the customers were purged.
  func requireCustomers() throws(OperatorError) {
    guard let purge else { return }
    throw OperatorError(.usage, "\(plan.name): \(purge.message)")
  }
}

extension CampaignRecord.Purge {
  /// The message about a purged campaign: what is left of it, and what to do.
  public var message: OperatorMessage {
    guard let finishedAt else {
      return """
        A purge began at \(time: begunAt) and is not finished: the customers are gone from the queue. \
        \(step: .purge) finishes it.
        """
    }
    return """
      Purged at \(time: finishedAt): customers, letters and the key of the receipts are gone; the receipts remain \
      (\(step: .verifyReceipts)).
      """
  }
}
