import Campaigns
import Foundation
import Letters
import Mail
import Queue
import Receipts

/// The release of a campaign that asks for two approvals: which were given, and whether they count for what would be
/// launched now.
struct CampaignRelease {
  let subject: ApprovalSubject
  let state: ReleaseState
  private let words: CommandWords

  private init(_ subject: ApprovalSubject, _ approvals: [Approval], _ words: CommandWords) {
    self.subject = subject
    state = ReleaseState(approvals, of: subject)
    self.words = words
  }

  /// Nil when the campaign file asks for none. Fails with exit 65 when the approvals cannot be read for what they are.
  static func read(_ prepared: PreparedCampaign, _ plan: Plan, _ options: CampaignOptions) throws -> CampaignRelease? {
    guard prepared.campaign.release == .two else { return nil }
    return CampaignRelease(
      subject(prepared, plan), try ApprovalFile(folder: options.folder).read(), options.words)
  }

  /// With one more, which is on disk when this returns.
  func adding(_ approval: Approval, _ options: CampaignOptions) throws -> CampaignRelease {
    CampaignRelease(subject, try ApprovalFile(folder: options.folder).add(approval), words)
  }

  /// Fails with exit 75 when two have not approved what would be launched.
  func insist() throws {
    guard !state.isReleased else { return }
    throw Failure(
      .stopped,
      """
      \(subject.campaign) is not released: “release: two” in campaign.yaml asks for two approvals, and \
      \(Self.count(state.counting.count)). Nothing was frozen.\(lines.map { "\n  \($0)" }.joined())
      Next, \(nextStep)
      """)
  }

  /// Why `launch` would not begin; nil when it would.
  var objection: String? {
    state.isReleased
      ? nil
      : "“release: two” asks for two approvals, and \(Self.count(state.counting.count)): next, \(step(""))"
  }

  /// For who has agreed to leave rejected rows out: `by another person: eilbrief approve summer --as NAME`
  var nextStep: String { step(subject.rejectedRows > 0 ? "--without-rejected " : "") }

  private func step(_ flags: String) -> String {
    let who = state.counting.isEmpty ? "by two people, each" : "by another person"
    return "\(who): \(words("approve", flags + "--as NAME"))"
  }

  /// One for each approval, the oldest first.
  var lines: [String] {
    state.approvals.map { approval, standing in
      let given = "of \(approval.name) at \(LocalTime.full(approval.at))"
      return switch standing {
      case .counts: "the approval \(given) counts"
      case .again: "the approval \(given) is by a name that counts already, and so does not count again"
      case .void(let change): "the approval \(given) is void: \(change)"
      }
    }
  }

  /// `Anna Beispiel (2026-11-26 10:00) and Bernd Muster (2026-11-26 10:05)`
  static func names(_ approvals: [FrozenApproval]) -> String {
    approvals.map { "\($0.name) (\(LocalTime.full($0.at)))" }.joined(separator: " and ")
  }

  private static func count(_ count: Int) -> String {
    switch count {
    case 0: "none counts yet"
    case 1: "one counts"
    default: "\(count) count"
    }
  }

  // MARK: What is approved

  private static func subject(_ prepared: PreparedCampaign, _ plan: Plan) -> ApprovalSubject {
    let campaign = prepared.campaign
    let root = campaign.folder.path(percentEncoded: false)
    let customers = campaign.customers.file.path(percentEncoded: false)
    var files = [
      customers.hasPrefix(root) ? String(customers.dropFirst(root.count)) : customers: prepared.book.file.digest
    ]
    files[CampaignFile.name] = campaign.digest
    for file in prepared.templateFiles {
      files[(prepared.templates.isBundled ? "bundled:" : "templates/") + file.path] = file.digest
    }
    // Keys and certificates: what is public of them is in the plan, under the setting that names their file.
    let digests = InputDigests(
      campaign, customerFile: prepared.book.file.digest, templates: [], signer: prepared.signing.signer)
    for (setting, digest) in digests.settings where setting.hasSuffix("_file") {
      files[setting] = SHA256Digest(hex: digest)
    }
    return ApprovalSubject(
      campaign: campaign.name, plan: plan.hash, rejectedRows: plan.counts.rejectedRows, files: files)
  }
}

/// A release in the documents of `check --json` and `approve --json`.
struct ReleaseReport: Encodable {
  struct Line: Encodable {
    var name: String
    var at: Date
    /// `counts`, `again` or `void`.
    var standing: String
    /// Why it is void; null when it is not.
    var reason: String?

    enum CodingKeys: String, CodingKey { case name, at, standing, reason }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
      try container.encode(at, forKey: .at)
      try container.encode(standing, forKey: .standing)
      try container.encode(reason, forKey: .reason)
    }
  }

  /// In words, for people.
  let lines: [String]
  var needed = ReleaseState.needed
  var released: Bool
  var approvals: [Line]

  enum CodingKeys: String, CodingKey { case needed, released, approvals }

  init(_ release: CampaignRelease) {
    lines = release.lines
    released = release.state.isReleased
    approvals = release.state.approvals.map { approval, standing in
      let (word, reason): (String, String?) =
        switch standing {
        case .counts: ("counts", nil)
        case .again: ("again", nil)
        case .void(let change): ("void", change)
        }
      return Line(name: approval.name.text, at: approval.at, standing: word, reason: reason)
    }
  }
}
