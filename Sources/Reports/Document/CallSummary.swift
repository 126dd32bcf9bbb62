import Campaigns
import Foundation
public import Letters
public import Queue
import Receipts

/// Who is to be called and not told yet, and why.
public struct CallSummary: Sendable, Hashable, Encodable {
  /// One customer with what a caller needs to know them by.
  public struct Row: Sendable, Hashable, Encodable {
    public var customer: String
    public var company: String
    public var name: String
    public var phone: String
    public var causes: [CallCause]
    /// Calls that were made to them.
    public var calls: Int
    @OrNull public var lastCall: CallMade?

    private enum CodingKeys: String, CodingKey {
      case customer, company, name, phone, causes, calls
      case lastCall = "last_call"
    }
  }

  /// Letters that are not accepted and not sent any more by themselves.
  public struct Letters: Sendable, Hashable, Encodable {
    /// Of customers who are not told on the telephone: uncertain ones, and those that are lost.
    public var uncertain = 0
    public var lost = 0
    /// Of customers who are.
    public var toldByCall = 0

    private enum CodingKeys: String, CodingKey {
      case uncertain, lost
      case toldByCall = "told_by_call"
    }
  }

  /// Customers that are named; `report calls` has all of them.
  public static let mostListed = 200

  /// How far the list is worked off, as `status --json` has it.
  public private(set) var figures: CallFigures
  public private(set) var letters = Letters()
  /// Customers who are open, by reason; one with two reasons is in both.
  public private(set) var reasons: [CallCause.Kind: Int] = [:]
  /// The first of them, in the order of the plan; empty for the authority.
  public private(set) var listed: [Row] = []

  /// - Parameter histories: The calls of the campaign, one history for each customer.
  public init(_ histories: some Sequence<CallHistory>) { figures = CallFigures(histories) }

  /// Customers to be called, or to be written to, and not told yet.
  public var customers: Int { figures.open }

  mutating func add(
    _ record: CustomerRecord, _ history: CallHistory, _ causes: [CallCause], listing: Bool
  ) throws {
    let isTold = history.told != nil
    for message in record.messages {
      switch message.state {
      case .excluded where message.exclusion?.isNeedless == true: break
      case .uncertain where !isTold: letters.uncertain += 1
      case .refused where !isTold, .expired where !isTold, .excluded where !isTold, .cancelled where !isTold:
        letters.lost += 1
      case .accepted where message.bounce != nil:
        if isTold { letters.toldByCall += 1 } else { letters.lost += 1 }
      case .uncertain, .refused, .expired, .excluded, .cancelled: letters.toldByCall += 1
      case .queued, .sending, .deferred, .accepted: break
      }
    }
    figures.count(causes, history)
    guard !causes.isEmpty, !isTold else { return }
    for kind in Set(causes.map(\.kind)) { reasons[kind, default: 0] += 1 }
    guard listing, listed.count < Self.mostListed else { return }
    let details = try JSONDecoder().decode(Customer.self, from: record.payload)
    listed.append(
      Row(
        customer: record.id, company: details.company, name: details.fullName, phone: details.phone, causes: causes,
        calls: history.calls.count, lastCall: history.last.map(CallMade.init)))
  }

  private enum CodingKeys: CodingKey { case customers, figures, letters, reasons, listed }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(customers, forKey: .customers)
    try container.encode(figures, forKey: .figures)
    try container.encode(letters, forKey: .letters)
    var figures: [String: Int] = [:]
    for kind in CallCause.Kind.allCases { figures[kind.rawValue] = reasons[kind] ?? 0 }
    try container.encode(figures, forKey: .reasons)
    try container.encode(listed, forKey: .listed)
  }
}
