public import Foundation
public import Receipts

/// A call to a customer, as somebody has reported it.
public struct CallRecord: Sendable, Hashable {
  /// The customer's id.
  public var customer: String
  /// When the customer was called.
  public var at: Date
  public var outcome: CallOutcome
  /// Who called: a name as it was typed.
  public var caller: String
  /// Empty without one. It may hold personal data.
  public var note: String

  public init(customer: String, at: Date, outcome: CallOutcome, caller: String, note: String = "") {
    self.customer = customer
    // As the store keeps it.
    self.at = Milliseconds(at).date
    self.outcome = outcome
    self.caller = caller
    self.note = note
  }

  /// Of the same call: reported twice, it is one. Notes may differ.
  public func isSame(as other: CallRecord) -> Bool {
    customer == other.customer && at == other.at && outcome == other.outcome && caller == other.caller
  }
}

/// The calls to one customer, in the order in which they were made.
public struct CallHistory: Sendable, Hashable {
  public private(set) var calls: [CallRecord] = []

  public init() {}

  /// - Parameter calls: In the order in which they were recorded; of the same time the later one counts as later.
  public init(_ calls: [CallRecord]) {
    self.calls = calls.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
  }

  public var last: CallRecord? { calls.last }

  /// The call that told the customer; nil while nobody has. What comes after it takes nothing back, but for a wrong
  /// number: then it was not the customer who was told.
  public var told: CallRecord? { told(by: .distantFuture) }

  /// The same, by the calls until `moment`.
  public func told(by moment: Date) -> CallRecord? {
    var told: CallRecord?
    for call in calls where call.at <= moment {
      switch call.outcome {
      case .reached: told = told ?? call
      case .wrongNumber: told = nil
      case .noAnswer, .letterWanted: break
      }
    }
    return told
  }

  /// The customer was spoken to last, is not told, and waits for something in writing.
  public var wantsLetter: Bool { told == nil && calls.last { $0.outcome != .noAnswer }?.outcome == .letterWanted }
}

/// The calls of campaigns: the part of a store that is about the telephone. Delivery does not need it.
///
/// Any process may record calls, also while another one delivers (``StoreAccess/control``): a call and its receipt
/// `called` are one transaction.
public protocol CallStore: Sendable {
  /// Records calls, in this order, each with its receipt, in one transaction. A call that is known already adds nothing,
  /// whatever its note says. Returns those that were added.
  ///
  /// - Parameter admit: Called for each new one with what was recorded of its customer before, in the same transaction;
  ///   when it throws, nothing is recorded and its error is rethrown. The history is nil when the campaign has no such
  ///   customer.
  func record(
    _ calls: [CallRecord], in campaign: Int64, at now: Date,
    admit: @escaping @Sendable (_ call: CallRecord, _ earlier: CallHistory?) throws -> Void
  ) async throws -> [CallRecord]

  /// All calls of the campaign by the customers' ids.
  func calls(in campaign: Int64) async throws -> [String: CallHistory]

  /// The customer with this id; nil when the campaign has none.
  func customer(_ id: String, in campaign: Int64) async throws -> CustomerRecord?

  /// Every customer who may be on the call list, in plan order, as a stream with constant memory: all who get no letter,
  /// who are called anyway, whose letter is not accepted any more or uncertain, and with `late` those whose letter waits.
  /// In time that grows with their number.
  func forEachCustomerToCall(
    in campaign: Int64, late: Bool, _ body: @Sendable (CustomerRecord) throws -> Void
  ) async throws
}
