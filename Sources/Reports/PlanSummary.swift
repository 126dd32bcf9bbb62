public import Campaigns
public import Foundation
import Mail
public import Queue

/// A frozen plan without personal data: figures and digests, as they go with the exported receipts.
///
/// ``ReportEncoding`` writes it as JSON with the keys below; ``text`` is the same for people.
public struct PlanSummary: Sendable, Hashable, Encodable {
  public struct Rows: Sendable, Hashable, Encodable {
    public let total: Int
    public let rejected: Int
  }

  public struct Customers: Sendable, Hashable, Encodable {
    public let total: Int
    public let letter: Int
    public let phone: Int
    public let none: Int
  }

  public let schema: Int
  public let campaign: String
  /// `sha256:…`
  public let plan: String
  public let frozenAt: Date
  /// Empty when no approval was required.
  public let releasedBy: [ReleasedBy]
  public let deadline: Date
  public let rows: Rows
  public let customers: Customers
  /// Letters of all customers.
  public let letters: Int
  /// SHA-256 of the customer file.
  public let customerFile: String
  /// SHA-256 of each template file that letters are made of, by its path.
  public let templates: [String: String]
  /// Digests of each segment's settings, and of the other settings that are printed in letters or decide which
  /// customers get one.
  public let segments: [String: String]
  public let settings: [String: String]

  enum CodingKeys: String, CodingKey {
    case schema, campaign, plan
    case frozenAt = "frozen_at"
    case releasedBy = "released_by"
    case deadline, rows, customers, letters
    case customerFile = "customer_file"
    case templates, segments, settings
  }

  public init(_ snapshot: CampaignSnapshot, inputs: InputDigests) {
    let record = snapshot.campaign
    schema = 1
    campaign = record.plan.name
    plan = record.plan.planHash.labelled
    frozenAt = record.createdAt
    releasedBy = record.plan.approvals.map(ReleasedBy.init)
    deadline = record.plan.deadline
    rows = Rows(total: record.plan.rows, rejected: record.plan.rejectedRows)
    let kinds = snapshot.customers
    customers = Customers(
      total: kinds.values.reduce(0, +), letter: kinds[.letter] ?? 0, phone: kinds[.phone] ?? 0, none: kinds[.none] ?? 0)
    letters = snapshot.messages.values.reduce(0, +)
    customerFile = inputs.customerFile
    templates = inputs.templates
    var segments: [String: String] = [:]
    var settings: [String: String] = [:]
    for (key, digest) in inputs.settings {
      if case .segment(let name) = key { segments[name] = digest } else { settings[key.name] = digest }
    }
    self.segments = segments
    self.settings = settings
  }

  public var text: String {
    """
    Plan of the campaign \(campaign)

    plan          \(plan)
    frozen        \(RFC3339.string(frozenAt))\(releases)
    deadline      \(RFC3339.string(deadline))

    rows          \(rows.total), of them rejected: \(rows.rejected)
    customers     \(customers.total)
      letter      \(customers.letter)
      telephone   \(customers.phone)
      nothing     \(customers.none)
    letters       \(letters)

    SHA-256 of the customer file
      \(customerFile)

    SHA-256 of each template file
    \(Self.list(templates))

    Digest of each segment's settings (who gets a letter, with which servers in it)
    \(Self.list(segments))

    Digest of each other setting that is printed in the letters or decides who gets one
    \(Self.list(settings))

    """
  }

  private var releases: String {
    releasedBy.map { "\napproved by   \($0.name), \(RFC3339.string($0.at))" }.joined()
  }

  private static func list(_ digests: [String: String]) -> String {
    digests.sorted { $0.key < $1.key }.map { "  \($1)  \($0)" }.joined(separator: "\n")
  }
}
