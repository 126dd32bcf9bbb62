public import Foundation
public import Receipts

/// What keeps campaigns, messages and receipts durable.
///
/// Owns the state of every message and the receipts outbox. Promises: a call that returned is on disk; a state change and
/// its receipt are one transaction; an impossible transition, a stale fencing token or a broken invariant changes nothing.
/// One process delivers from a store at a time (``SpoolLock``); any number may read. Fails by throwing ``StoreError``.
/// Every store passes the same conformance suite.
public protocol MessageStore: DueMessages {
  /// Freezes a plan: the campaign, all its customers, a queued message for each that gets a letter, and the receipt
  /// `plan-frozen`, followed by `approved` for each of its approvals, in one transaction with constant memory. Fails with `campaignExists` when the name is taken.
  ///
  /// - Parameter next: gives the customers in the order of the plan, nil after the last. When it throws, nothing is frozen
  ///   and its error is thrown on.
  func freeze(
    _ plan: FrozenPlan, next: @escaping @Sendable () throws -> PlannedCustomer?, at now: Date
  ) async throws

  func campaign(named name: String) async throws -> CampaignRecord?
  func campaigns() async throws -> [CampaignRecord]

  /// Changes the campaign's state and writes the receipt for it (`started`, `paused`, `resumed`, `completed`, …).
  func setState(_ state: CampaignState, of campaign: Int64, at now: Date) async throws

  /// Group commit: all steps in one transaction and one fsync, each with its own result, in order. A step that finds its
  /// message gone on (stale fence, cancelled meanwhile) has the result `.stale` and changes nothing.
  func commit(_ steps: [Step]) async throws -> [StepResult]

  /// Prolongs the lease of every message `worker` is sending.
  func heartbeat(worker: String, leaseUntil: Date) async throws
  /// Messages left in `sending` by a process that is gone become `uncertain`, with a receipt each and a new fence.
  /// Only the holder of the spool's lock may call it. Returns how many.
  func recover(campaign: Int64, at now: Date) async throws -> Int
  /// Queued and deferred messages become `cancelled`, with a receipt each, and so does the campaign, in one transaction.
  /// Returns how many messages.
  func cancel(campaign: Int64, at now: Date) async throws -> Int
  /// The operator settles uncertain messages (all, those of one customer id, or of one letter):
  /// to `accepted` or back to `queued`, with a receipt `resolved` each. Returns the customers' ids.
  func resolve(
    in campaign: Int64, customer: String?, letter: String?, as resolution: Resolution, evidence: String?, at now: Date
  ) async throws -> [String]

  /// The uncertain messages in the order of the plan, in time that grows with their number alone.
  func uncertain(in campaign: Int64) async throws -> [UncertainMessage]
  /// Settles uncertain messages, each on its own evidence, in one transaction with a receipt `resolved` each. One that is
  /// no longer uncertain, or was attempted again since it was read, is left alone. Returns the messages settled.
  func settle(_ settlements: [Settlement], in campaign: Int64, at now: Date) async throws -> [Int64]

  /// Sending times counted against the relay's limits since `since`, oldest first, over all campaigns of the spool.
  func use(of relay: String, since: Date) async throws -> [Date]

  /// A consistent snapshot of one campaign's figures, in time that does not grow with the number of messages.
  func snapshot(of campaign: Int64) async throws -> CampaignSnapshot
  /// Every customer with the state of its message, in plan order, as a stream with constant memory.
  func forEachCustomer(in campaign: Int64, _ body: @Sendable (CustomerRecord) throws -> Void) async throws

  /// Asks the delivering process, or the next one, to pause or cancel; `nil` takes the request back.
  func request(_ request: ControlRequest?, of campaign: Int64, at now: Date) async throws
  func pendingRequest(of campaign: Int64) async throws -> ControlRequest?

  /// Receipt lines (without line feed) after `seq`, at most `limit`, in order: the outbox.
  func receipts(of campaign: Int64, after seq: Int64, limit: Int) async throws -> [ReceiptLine]
}

/// What the operator asks of a delivery that another process runs.
public enum ControlRequest: String, Sendable, Hashable, Codable, CaseIterable { case pause, cancel }
