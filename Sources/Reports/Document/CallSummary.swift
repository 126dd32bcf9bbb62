import Campaigns
import Foundation
public import Letters
import Queue

/// Who is to be called, and why.
public struct CallSummary: Sendable, Hashable, Encodable {
  /// One customer with what a caller needs to know them by.
  public struct Row: Sendable, Hashable, Encodable {
    public var customer: String
    public var company: String
    public var name: String
    public var phone: String
    public var causes: [CallCause]
  }

  /// Customers that are named; `report calls` has all of them.
  public static let mostListed = 200

  /// Customers to be called; one with two reasons is in both.
  public private(set) var customers = 0
  public private(set) var reasons: [CallCause.Kind: Int] = [:]
  /// The first of them, in the order of the plan; empty for the authority.
  public private(set) var listed: [Row] = []

  public init() {}

  mutating func add(
    _ record: CustomerRecord, _ causes: [CallCause], listing: Bool, _ language: DocumentLanguage
  ) throws {
    customers += 1
    for kind in Set(causes.map(\.kind)) { reasons[kind, default: 0] += 1 }
    guard listing, listed.count < Self.mostListed else { return }
    let details = try JSONDecoder().decode(Customer.self, from: record.payload)
    listed.append(
      Row(
        customer: record.id, company: details.company, name: details.fullName, phone: details.phone, causes: causes))
  }

  private enum CodingKeys: CodingKey { case customers, reasons, listed }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(customers, forKey: .customers)
    var figures: [String: Int] = [:]
    for kind in CallCause.Kind.allCases { figures[kind.rawValue] = reasons[kind] ?? 0 }
    try container.encode(figures, forKey: .reasons)
    try container.encode(listed, forKey: .listed)
  }
}
