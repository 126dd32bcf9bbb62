public import Campaigns
public import Foundation
import Queue
public import Receipts
import Reports

/// The stored state of a campaign that is checked and was launched, and whether a resume would continue it.
public struct LaunchStatus: Sendable {
  public let state: CampaignState
  public let frozenAt: Date
  /// Letters that are still to be sent.
  public let remaining: Int
  /// The differences from the input that was frozen, as a resume would name them.
  public let changes: [InputChange]

  public var isOver: Bool { state == .cancelled }
  /// Whether a resume would refuse the campaign.
  public var isRefused: Bool { isOver || !changes.isEmpty }

  /// Nil when the campaign was never launched.
  static func read(
    _ location: CampaignLocation, _ loaded: LoadedCampaign, _ dependencies: Dependencies
  ) async throws -> LaunchStatus? {
    let store: any MessageStore
    do throws(StoreError) {
      store = try dependencies.stores.open(queue: location.queue, access: .reader, lock: nil)
    } catch {
      switch error {
      case .noSpool: return nil
      // A launch converts it, and compares then.
      case .olderVersion: return nil
      default: throw error
      }
    }
    guard let record = try await store.campaign(named: location.name) else { return nil }
    let now = loaded.frozen(at: record.createdAt).digests
    var changes = now.changes(since: try record.plan.digests())
    // Whether the keys are still the same cannot be told without them; that they are missing is said elsewhere.
    if !loaded.keys.troubles.isEmpty {
      changes.removeAll(where: \.isForSigning)
    }
    let status = CampaignStatus(try await store.snapshot(of: record.id), at: dependencies.now)
    return LaunchStatus(
      state: record.state, frozenAt: record.createdAt, remaining: status.remaining, changes: changes)
  }
}

extension FrozenPlan {
  /// The digests of what the plan was made of.
  func digests() throws -> InputDigests { try JSONDecoder().decode(InputDigests.self, from: inputs) }
}
