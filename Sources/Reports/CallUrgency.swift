import Campaigns
public import Foundation
public import Letters
import Mail
public import Queue
import Receipts

/// How much a call matters, the most urgent first: who was told nothing and whose mailbox is still open, then who may be
/// told yet, then who knows a part, then who may know.
public enum CallUrgency: String, Sendable, Hashable, Encodable, CaseIterable, Comparable {
  /// No letter was taken or may have been, and none will be: the call is the only way.
  case untold
  /// The deadline has passed, and the letter still waits.
  case late
  /// One letter was accepted, and another one was not, or a call belongs to it.
  case partlyTold = "partly-told"
  /// Nobody knows whether the letter was taken.
  case uncertain
  /// Spoken to, and waits for something in writing: nothing for the telephone.
  case letterWanted = "letter-wanted"

  public static func < (left: Self, right: Self) -> Bool { left.place < right.place }
  private var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  public init(_ record: CustomerRecord, _ causes: [CallCause], _ history: CallHistory) {
    let kinds = Set(causes.map(\.kind))
    let mayKnow: Set<CallCause.Kind> = [.uncertain, .uncertainCancelled]
    if history.wantsLetter {
      self = .letterWanted
    } else if record.messages.contains(where: { $0.state == .accepted && $0.bounce == nil }) {
      self = .partlyTold
    } else if !kinds.isDisjoint(with: mayKnow) {
      self = .uncertain
    } else if record.messages.contains(where: { [.queued, .sending, .deferred].contains($0.state) }) {
      self = .late
    } else {
      self = .untold
    }
  }
}

/// A customer's place in the list of those to be called.
public struct CallPlace: Sendable, Hashable, Comparable {
  public let customer: String
  public let urgency: CallUrgency
  /// Whoever has no number can be called only once somebody has found one.
  private let hasPhone: Bool
  /// Letters go to a mailbox that an intruder may read.
  private let readsAffectedMailbox: Bool
  /// Who was never tried comes first, then whose last call is the longest ago.
  private let lastCall: Date
  /// Since when the customer waits for the call.
  private let since: Date
  private let number: Int

  /// Nil when the customer is not to be called, or told already.
  ///
  /// - Parameter number: In the order of the plan.
  public init?(
    _ record: CustomerRecord, _ history: CallHistory, number: Int, frozenAt: Date, deadline: Date, at now: Date
  ) throws {
    let causes = CallReport.causes(record, deadline: deadline, at: now)
    guard !causes.isEmpty, history.told == nil else { return nil }
    let details = try JSONDecoder().decode(Customer.self, from: record.payload)
    customer = record.id
    urgency = CallUrgency(record, causes, history)
    hasPhone = !details.phone.isEmpty
    readsAffectedMailbox =
      details.contact.map { contact in details.mailboxes.contains { $0.address == contact } } ?? false
    lastCall = history.last?.at ?? .distantPast
    let isPlanned = causes.contains { !$0.kind.isAboutLetter }
    let waits =
      causes.contains { $0.kind == .late } ? deadline : record.messages.map { $0.bounce?.at ?? $0.changedAt }.min()
    since = isPlanned ? frozenAt : waits ?? frozenAt
    self.number = number
  }

  public static func < (left: Self, right: Self) -> Bool {
    if left.urgency != right.urgency { return left.urgency < right.urgency }
    if left.hasPhone != right.hasPhone { return left.hasPhone }
    if left.lastCall != right.lastCall { return left.lastCall < right.lastCall }
    if left.readsAffectedMailbox != right.readsAffectedMailbox { return left.readsAffectedMailbox }
    return (left.since, left.number) < (right.since, right.number)
  }
}
