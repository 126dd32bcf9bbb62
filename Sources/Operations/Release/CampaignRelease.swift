import Campaigns
import Foundation
import Letters
import Mail
import Queue
public import Receipts

/// The release of a campaign that asks for two approvals: which were given, and whether they count for what would be
/// launched now.
public struct CampaignRelease: Sendable {
  public let subject: ApprovalSubject
  public let state: ReleaseState

  private init(_ subject: ApprovalSubject, _ approvals: [Approval]) {
    self.subject = subject
    state = ReleaseState(approvals, of: subject)
  }

  /// Nil when the campaign file asks for none. Fails when a line of the approvals is invalid.
  static func read(_ loaded: LoadedCampaign, _ plan: Plan, _ location: CampaignLocation) throws -> CampaignRelease? {
    guard loaded.campaign.release == .two else { return nil }
    return CampaignRelease(subject(loaded, plan), try ApprovalFile(folder: location.folder).read())
  }

  /// The release with one more approval, which is on disk when this returns.
  func adding(_ approval: Approval, _ location: CampaignLocation) throws -> CampaignRelease {
    CampaignRelease(subject, try ApprovalFile(folder: location.folder).add(approval))
  }

  /// Fails with the kind `stopped` when two have not approved what would be launched.
  func requireReleased() throws(OperatorError) {
    guard !state.isReleased else { return }
    throw OperatorError(
      .stopped,
      """
      \(subject.campaign) is not released: “release: two” in campaign.yaml asks for two approvals, and \(count). Nothing \
      was frozen.\(lines.map { "\n  \($0)" as OperatorMessage }.joined(separator: ""))
      Next, \(nextStep)
      """)
  }

  /// The reason why a launch would not begin; nil when it would.
  public var objection: OperatorMessage? {
    state.isReleased
      ? nil
      : "“release: two” asks for two approvals, and \(count): next, \(step(withoutRejected: false))"
  }

  /// The next approval to give, for an operator who has agreed to leave rejected rows out.
  public var nextStep: OperatorMessage { step(withoutRejected: subject.rejectedRows > 0) }

  private func step(withoutRejected: Bool) -> OperatorMessage {
    let who = state.counting.isEmpty ? "by two people, each" : "by another person"
    return "\(who): \(step: .approve(withoutRejected: withoutRejected))"
  }

  /// One line per approval, the oldest first.
  public var lines: [OperatorMessage] {
    state.approvals.map { approval, standing in
      let given: OperatorMessage = "of \(approval.name) at \(time: approval.at)"
      return switch standing {
      case .counts: "the approval \(given) counts"
      case .again: "the approval \(given) is by a name that counts already, and so does not count again"
      case .void(let change): "the approval \(given) is void: \(change.text)"
      }
    }
  }

  private var count: String {
    switch state.counting.count {
    case 0: "none counts yet"
    case 1: "one counts"
    default: "\(state.counting.count) count"
    }
  }

  // MARK: What is approved

  private static func subject(_ loaded: LoadedCampaign, _ plan: Plan) -> ApprovalSubject {
    let campaign = loaded.campaign
    let root = campaign.folder.path(percentEncoded: false)
    let customers = campaign.customers.file.path(percentEncoded: false)
    var files = [
      customers.hasPrefix(root) ? String(customers.dropFirst(root.count)) : customers: loaded.book.file.digest
    ]
    files[CampaignFile.name] = campaign.digest
    for file in loaded.templateFiles {
      files[(loaded.templates.isBundled ? "bundled:" : "templates/") + file.path] = file.digest
    }
    // Keys and certificates: what is public of them is in the plan, under the setting that names their file.
    for (setting, digest) in loaded.digests.settings where setting.isKeyFile {
      files[setting.name] = SHA256Digest(hex: digest)
    }
    return ApprovalSubject(
      campaign: campaign.name, plan: plan.hash, rejectedRows: loaded.book.rejected.count, files: files)
  }
}

extension Sequence<FrozenApproval> {
  /// `Anna Beispiel (2026-11-26 10:00) and Bernd Muster (2026-11-26 10:05)`
  public var message: OperatorMessage {
    map { "\($0.name) (\(time: $0.at))" as OperatorMessage }.joined(separator: " and ")
  }
}
