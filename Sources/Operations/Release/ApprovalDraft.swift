public import Campaigns
import Foundation
import Queue
public import Receipts

/// The subject of an approval: everything is read and checked as a launch does it, and one person is asked.
///
/// ```swift
/// let draft = try await ApprovalDraft.prepare(location, withoutRejected: false, dependencies)
/// let release = try draft.approve(as: name, dependencies)
/// ```
public struct ApprovalDraft: Sendable {
  public let campaign: Campaign
  public let plan: Plan
  public let letters: LetterCheck
  public let keys: CampaignKeys
  /// The rejected rows: the first of them, and what becomes of their customers.
  public let rejected: [String]
  public let deadline: DeadlineForecast
  public let release: CampaignRelease
  private let location: CampaignLocation

  /// Fails with the kind `usage` when the campaign asks for no approval or was launched, with `data` when a launch
  /// would not begin because of the files.
  public static func prepare(
    _ location: CampaignLocation, withoutRejected: Bool, _ dependencies: Dependencies
  ) async throws -> ApprovalDraft {
    try await requireDraft(location, dependencies)
    let now = dependencies.now
    let loaded = try LoadedCampaign(location, credentials: dependencies.credentials, at: now)
    _ = try loaded.keys.requiredSigner()
    var planned = PlannedLetters(loaded.campaign)
    let (plan, letters) = try LetterCheck.run(loaded, date: loaded.campaign.localTime(now)) { planned.add($0, $1) }
    guard let release = try CampaignRelease.read(loaded, plan, location) else {
      throw OperatorError(
        .usage,
        """
        campaign.yaml of \(location.name) asks for no approval; nothing was done. Write “release: two” there, and \
        `launch` needs the approvals of two people.
        """)
    }
    try letters.requireNoErrors()
    let rejected = RejectedCustomers(loaded, plan)
    try rejected.requireNone(unless: withoutRejected, verb: "approve")
    guard plan.counts.letter > 0 else {
      throw OperatorError(.data, "no customer gets a letter; there is nothing to approve.")
    }
    if let objection = try CampaignReceipts(location).objection(isLaunched: false) {
      throw OperatorError(.data, objection)
    }
    return ApprovalDraft(
      campaign: loaded.campaign, plan: plan, letters: letters, keys: loaded.keys, rejected: try rejected.notice(),
      deadline: try await DeadlineForecast(
        loaded.campaign, planned.letters, from: location.readableStore(dependencies), dependencies.time),
      release: release,
      location: location)
  }

  /// The approval under this name that counts already; nil when there is none.
  public func earlierApproval(by name: ApproverName) -> Approval? { release.state.approval(by: name) }

  /// Adds an approval; it is on disk when this returns.
  public func approve(as name: ApproverName, _ dependencies: Dependencies) throws -> CampaignRelease {
    try release.adding(Approval(of: release.subject, by: name, at: dependencies.now), location)
  }

  private static func requireDraft(_ location: CampaignLocation, _ dependencies: Dependencies) async throws {
    let store: any MessageStore
    do throws(StoreError) {
      store = try dependencies.stores.open(queue: location.queue, access: .reader, lock: nil)
    } catch {
      // A fault of the store is reported by the operation that needs the store.
      return
    }
    guard let record = try await store.campaign(named: location.name) else { return }
    try record.requireCustomers()
    throw OperatorError(
      .usage,
      """
      \(location.name) was frozen at \(time: record.createdAt) and is \(record.state.rawValue): what is approved is approved \
      before the launch. Nothing was done.
      """)
  }
}
