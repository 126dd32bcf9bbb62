import Campaigns
import Files
import Foundation
import Letters
import Mail
import Queue
import Receipts
import Synchronization

/// Freezes a plan: hash key, digests, every customer with its outcome, in one transaction. The customers are those that
/// were planned and checked; nothing is frozen when the customer file has been changed since then.
struct PlanFreezer {
  let loaded: LoadedCampaign
  let plan: Plan
  let customers: StagedCustomers
  /// 32 bytes from the system's generator.
  let hashKey: [UInt8]
  /// The approvals that released the plan, where the campaign asks for them.
  var approvals: [FrozenApproval] = []
  /// The campaign that is followed, which the store has; nil for a rehearsal, whose store has no other campaign.
  var follows: Following?

  func freeze(into store: any MessageStore, at now: Date) async throws -> CampaignRecord {
    let campaign = loaded.campaign
    let frozen = FrozenPlan(
      name: campaign.name, planHash: plan.hash, rows: plan.counts.rows, rejectedRows: plan.counts.rejectedRows,
      deadline: campaign.deadline.date, hashKey: hashKey, inputs: try JSONEncoder().encode(loaded.frozenDigests()),
      approvals: approvals, follows: follows)
    let reader = Mutex((customers: customers.reader(), ranks: try LetterRanks(of: customers, in: campaign)))
    let composer = LetterComposer(campaign: campaign, key: hashKey, signer: loaded.keys.signer)
    let codes = VerificationCodes(key: hashKey, campaign: campaign.name)
    let (templates, book) = (loaded.templates, loaded.book)
    let step = StepProgress.begin(.freezing, of: plan.counts.customers)
    defer { step.end() }
    try await store.freeze(
      frozen,
      next: {
        let next = try reader.withLock { reader in
          try reader.customers.next().map { ($0, reader.ranks.next($0)) }
        }
        guard let (customer, ranks) = next else {
          try book.checkUnchanged()
          return nil
        }
        step.advance()
        return try Self.planned(customer, ranks, campaign, templates, composer, codes)
      }, at: now)
    guard let record = try await store.campaign(named: campaign.name) else {
      throw OperatorError(.software, "\(campaign.name): the frozen plan cannot be read back.")
    }
    return record
  }

  private static func planned(
    _ customer: StagedCustomer, _ ranks: [Int], _ campaign: Campaign, _ templates: TemplateSet,
    _ composer: LetterComposer,
    _ codes: VerificationCodes
  ) throws -> PlannedCustomer {
    let outcome = customer.outcome
    var messages: [PlannedMessage] = []
    if let contact = customer.contact {
      for (letter, rank) in zip(outcome.letters, ranks) {
        let digest = templates.digest(of: letter)?.hex.prefix(12) ?? ""
        messages.append(
          PlannedMessage(
            recipient: contact, messageID: try composer.messageID(of: letter, forCustomer: customer.id), letter: letter,
            priority: campaign.priority(of: letter), rank: rank, template: "\(letter)@\(digest)",
            codeIndex: codes.index(of: codes.code(of: letter, forCustomer: customer.id))))
      }
    }
    return PlannedCustomer(
      id: customer.id, kind: outcome.kind, reasons: outcome.reasons, calls: outcome.calls,
      payload: customer.payload, messages: messages)
  }
}
