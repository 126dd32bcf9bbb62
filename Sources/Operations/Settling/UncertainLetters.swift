public import Queue

/// The uncertain letters of a campaign, which an operator has to settle: ``Settling``.
public enum UncertainLetters {
  /// In plan order; empty for a campaign that was never launched or is purged.
  public static func read(
    _ location: CampaignLocation, _ dependencies: Dependencies
  ) async throws -> [UncertainMessage] {
    let opened = try await OpenedCampaign(location, dependencies)
    guard let store = opened.store, let record = opened.record, record.purge == nil else { return [] }
    return try await store.uncertain(in: record.id)
  }
}
