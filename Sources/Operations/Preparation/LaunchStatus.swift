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
  /// Whether only the customer file has changed: `resume --frozen` goes on.
  public var isOnlyCustomerFileChanged: Bool { !changes.isEmpty && changes.allSatisfy(\.isOfCustomerFile) }
  /// Whether a resume would refuse the campaign.
  public var isRefused: Bool { isOver || !changes.isEmpty }

  /// What to do about a change since the launch.
  public static func goingOn(isOnlyCustomerFile: Bool) -> OperatorMessage {
    let undo: OperatorMessage =
      isOnlyCustomerFile
      ? "Undo the change to resume, or go on with the customers as they were frozen: \(step: .resumeFrozen)."
      : "Undo the change to resume."
    return undo + " For other letters or other customers make a new campaign."
  }

  /// A launched campaign whose customer file is gone, or is none any more.
  static func withoutCustomerFile(
    _ name: String, _ frozen: CampaignRecord, _ error: CustomerFileError
  ) -> OperatorMessage {
    """
    \(name) was frozen at \(time: frozen.createdAt), and its customer file cannot be read any more:
      \(error.description.replacing("\n", with: "\n  "))
    \(goingOn(isOnlyCustomerFile: true))
    """
  }

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
    var changes = try await InputComparison(
      record, in: store, loaded.campaign, templates: loaded.templateFiles,
      signer: loaded.frozen(at: record.createdAt).keys.signer, customers: .book(loaded.book)
    ).changes
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
