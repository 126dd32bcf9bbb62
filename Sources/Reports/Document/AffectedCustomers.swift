public import Campaigns

/// Who was affected, by segment.
public struct AffectedCustomers: Sendable, Hashable {
  /// The one with the most mailboxes first.
  public var segments: [SegmentOutcome]

  public init(segments: [SegmentOutcome]) { self.segments = segments }
}

/// The customers with a mailbox in one segment. A customer with mailboxes in two segments is in both.
public struct SegmentOutcome: Sendable, Hashable, Encodable {
  /// A value of the access column.
  public var segment: String
  public var plan: SegmentPlan?
  public var mailboxes = 0
  public var customers: [CustomerStanding: Int] = [:]

  public init(segment: String) { self.segment = segment }

  public var total: Int { customers.values.reduce(0, +) }

  private enum CodingKeys: CodingKey { case segment, plan, mailboxes, customers }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(segment, forKey: .segment)
    try container.encode(plan, forKey: .plan)
    try container.encode(mailboxes, forKey: .mailboxes)
    var figures = ["total": total]
    for standing in CustomerStanding.allCases { figures[standing.rawValue] = customers[standing] ?? 0 }
    try container.encode(figures, forKey: .customers)
  }
}

/// What the campaign file says of a segment.
public struct SegmentPlan: Sendable, Hashable, Encodable {
  public enum Kind: String, Sendable, Hashable, Encodable, CaseIterable { case letter, phone, none }
  public var kind: Kind
  /// The letter's name, or the reason for a call or for nothing.
  public var detail: String

  public init(_ segment: Segment) {
    switch segment {
    case .letter(let template, _, _): (kind, detail) = (.letter, template)
    case .phone(let reason): (kind, detail) = (.phone, reason)
    case .none(let reason): (kind, detail) = (.none, reason)
    }
  }
}
