public import Campaigns
public import Delivery
import Foundation
public import Mail
import Queue
public import Receipts
public import Reports
import Synchronization

/// An observer of a launch or a rehearsal, which may stop it: a terminal, a page, a log.
public protocol DeliveryObserver: Sendable {
  func note(_ event: DeliveryEvent)
  /// Asked before anything is frozen; returns when the launch may begin, throws when it may not.
  func confirm(_ question: LaunchQuestion) throws
  /// The interval at which ``show(_:)`` is called while letters are delivered.
  var progressInterval: Duration { get }
  /// Called with the durable state of the delivery.
  func show(_ progress: CampaignStatus)
  /// Called when no more progress will be shown.
  func endProgress()
  /// Runs the delivery; to stop it, its task is cancelled: see ``DeliveryEngine``.
  func untilStopped<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value
}

extension DeliveryObserver {
  public func untilStopped<Value: Sendable>(
    _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await work()
  }
}

/// An event during a launch, reported when it happens.
public enum DeliveryEvent: Sendable {
  /// Letters that were on the wire when the last process ended: they are uncertain.
  case recovered(lost: Int)
  case nothingToSend
  /// What was left out at the edges of the files with the passwords, passphrase and tokens.
  case secretsTrimmed([SecretFileWarning])
  /// The campaign file asks for another order of letters than the plan was frozen in, which stays.
  case orderKept
  /// What the operator should know, and need not do anything about.
  case remark(OperatorMessage)
  case resuming(remaining: Int, total: Int, relays: [Relay])
  /// The retry schedule has changed, and with it the due times of these deferred letters.
  case rescheduled(letters: Int)
  /// The deferred letters that are tried at once, as the operator said.
  case madeDue(letters: Int)
  /// Some relays cannot be used; the launch continues with the others.
  case relaysUnusable([RelayUnavailable])
  case released([FrozenApproval])
  case launched(letters: Int, relays: [Relay], plan: SHA256Digest)
  case rehearsing(letters: Int)
  /// What the delivery has to tell while it runs.
  case news(DeliveryNews, isRehearsal: Bool)
  /// Not all customers will be told by the deadline, or may not be.
  case late(OperatorMessage)
}

/// What the operator agrees to before a plan is frozen.
public struct LaunchQuestion: Sendable {
  public let letters: Int
  public let relays: [Relay]
  /// When the letters will be accepted, and what the operator should know first.
  public let deadline: DeadlineForecast
}

/// The end of a delivery, and the state of the campaign after it.
public struct DeliveryOutcome: Sendable {
  public let end: DeliveryEngine.End
  public let status: CampaignStatus
  /// Customers with an uncertain letter, each once, in the order of the plan.
  public let uncertain: [String]
  /// Why letters are not accepted, the most frequent first.
  public let reasons: [ReasonGroup]

  init(_ end: DeliveryEngine.End, of record: CampaignRecord, in store: any PurgeableStore, at now: Date) async throws {
    self.end = end
    var status = CampaignStatus(try await store.snapshot(of: record.id), at: now)
    try await status.readWaiting(of: record.id, in: store, at: now)
    status.setProcess(nil)
    status.setCalls(try await CallFigures.read(of: record, in: store, at: now))
    self.status = status
    reasons = try await store.reasonGroups(in: record.id, status)
    uncertain = try await store.uncertainCustomers(in: record.id)
  }
}

extension MessageStore {
  /// Why letters are not accepted, the most frequent first. Nothing is read where all are.
  func reasonGroups(in campaign: Int64, _ status: CampaignStatus) async throws -> [ReasonGroup] {
    let states: [MessageState] = [.deferred, .refused, .expired, .uncertain, .excluded]
    guard status.purge == nil, states.contains(where: { status.count($0) > 0 }) else { return [] }
    let groups = Mutex(ReasonGroups())
    try await forEachUnaccepted(in: campaign) { message in groups.withLock { $0.add(message) } }
    return groups.withLock { $0.sorted }
  }

  /// Customers with an uncertain letter, each once, in the order of the plan.
  func uncertainCustomers(in campaign: Int64) async throws -> [String] {
    var ids: [String] = []
    for message in try await uncertain(in: campaign) where !ids.contains(message.customer) {
      ids.append(message.customer)
    }
    return ids
  }
}
