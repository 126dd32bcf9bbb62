public import Foundation

/// A store that can forget a campaign for good. Delivering needs nothing of it.
public protocol PurgeableStore: MessageStore {
  /// Begins a purge, in one transaction: removes the campaign's customers, messages, pace and requests, and empties its
  /// key. State, tallies and receipts stay. From then on nothing but ``finishPurge(of:at:)`` is done with the
  /// campaign. Nothing happens when it has begun before. Fails with `cannotPurge` unless the campaign is completed or
  /// cancelled and no message is open or uncertain.
  ///
  /// - Parameter files: how many files of the campaign's folder are to be removed along with it, for the receipt.
  func beginPurge(of campaign: Int64, files: Int, at now: Date) async throws
  /// Makes sure that no file of the store holds a byte of what ``beginPurge(of:files:at:)`` removed, then writes the
  /// receipt `purged`, the campaign's last. The caller has removed the files meanwhile. Nothing happens when it was
  /// finished before. Fails with `cannotPurge` when no purge has begun, with `busy` while another process reads.
  func finishPurge(of campaign: Int64, at now: Date) async throws
}
