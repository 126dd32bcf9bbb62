import Campaigns
import Foundation
import Letters
import Mail
import Queue
import Receipts
import Synchronization

/// Freezes a plan: hash key, digests, every customer with its outcome, in one transaction.
struct CampaignFreezing {
  let prepared: PreparedCampaign
  let plan: Plan
  /// 32 bytes from the system's generator.
  let hashKey: [UInt8]
  /// By whom it was released, where that is asked for.
  var approvals: [FrozenApproval] = []

  func freeze(into store: any MessageStore, at now: Date) async throws -> CampaignRecord {
    let campaign = prepared.campaign
    let digests = InputDigests(
      campaign, customerFile: prepared.book.file.digest, templates: prepared.templateFiles,
      signer: prepared.signing.signer)
    let frozen = FrozenPlan(
      name: campaign.name, planHash: plan.hash, rows: plan.counts.rows, rejectedRows: plan.counts.rejectedRows,
      deadline: campaign.deadline.date, hashKey: hashKey, inputs: try JSONEncoder().encode(digests),
      approvals: approvals)
    let reader = Mutex(prepared.book.customers())
    let composer = LetterComposer(campaign: campaign, key: hashKey, signer: prepared.signing.signer)
    let templates = prepared.templates
    try await store.freeze(
      frozen,
      next: {
        guard let customer = try reader.withLock({ try $0.next() }) else { return nil }
        return try Self.planned(customer, campaign, templates, composer)
      }, at: now)
    guard let record = try await store.campaign(named: campaign.name) else {
      throw Failure(.software, "\(campaign.name): the frozen plan cannot be read back.")
    }
    return record
  }

  private static func planned(
    _ customer: Customer, _ campaign: Campaign, _ templates: TemplateSet, _ composer: LetterComposer
  ) throws -> PlannedCustomer {
    let outcome = try Planner.outcome(for: customer, in: campaign)
    var messages: [PlannedMessage] = []
    if let contact = customer.contact {
      for letter in outcome.letters {
        let digest = templates.digest(of: letter)?.hex.prefix(12) ?? ""
        messages.append(
          PlannedMessage(
            recipient: contact, messageID: try composer.messageID(of: letter, forCustomer: customer.id), letter: letter,
            order: order(of: letter, in: campaign), template: "\(letter)@\(digest)"))
      }
    }
    let kind: OutcomeKind =
      switch outcome.kind {
      case .letter: .letter
      case .phone: .phone
      case .none: .none
      }
    return PlannedCustomer(
      id: customer.id, kind: kind, reason: outcome.reason, callReason: outcome.callReason,
      payload: try JSONEncoder().encode(customer), messages: messages)
  }

  /// What mailboxes ask for leaves first, whoever gets it: there somebody has to act. Then the letters for whole segments,
  /// one after the other.
  private static func order(of letter: String, in campaign: Campaign) -> Int {
    campaign.letters.firstIndex { $0.letter == letter }.map { $0 + 1 } ?? 0
  }
}
