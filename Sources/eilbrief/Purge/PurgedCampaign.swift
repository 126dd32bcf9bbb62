import Foundation
import Queue

/// What commands say about a campaign whose personal data was removed.
enum PurgedCampaign {
  /// As one clause a line of `status`.
  static func words(_ purge: CampaignRecord.Purge, _ words: CommandWords) -> String {
    guard let finished = purge.finishedAt else {
      return """
        A purge began at \(LocalTime.full(purge.begunAt)) and is not finished: the customers are gone from the queue. \
        `\(words("purge"))` finishes it.
        """
    }
    return """
      Purged at \(LocalTime.full(finished)): customers, letters and the key of the receipts are gone; the receipts remain \
      (`\(words("receipts verify"))`).
      """
  }

  /// Fails when the campaign was purged.
  static func refuse(_ record: CampaignRecord, _ words: CommandWords) throws {
    guard let purge = record.purge else { return }
    throw Failure(.usage, "\(record.plan.name): \(Self.words(purge, words))")
  }

  /// The same for a command that does not need the spool; one without a spool or in an older format has nothing purged.
  static func refuse(_ options: CampaignOptions) async throws {
    let store: SQLiteStore
    do throws(StoreError) {
      store = try SQLiteStore.open(spool: options.spool.folder, access: .reader)
    } catch {
      // What is wrong with the spool is said by the command that needs it.
      return
    }
    if let record = try await store.campaign(named: options.campaign) { try refuse(record, options.words) }
  }
}
