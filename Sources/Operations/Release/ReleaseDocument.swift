import Foundation
import Mail
import Queue
import Receipts
import Reports

/// The document of `approve --json` (schema 1).
public struct ApprovalDocument: Encodable {
  var schema = 1
  var campaign: String
  var plan: String
  var files: [String: String]
  var release: ReleaseDocument

  public init(_ release: CampaignRelease) {
    campaign = release.subject.campaign
    plan = release.subject.plan.labelled
    files = release.subject.files.mapValues(\.hex)
    self.release = ReleaseDocument(release)
  }
}

/// A release in the documents of `check --json` and `approve --json`.
public struct ReleaseDocument: Encodable {
  struct Approval: Encodable {
    var name: String
    var at: Date
    /// `counts`, `again` or `void`.
    var standing: String
    /// The reason why it is void; null when it is not.
    @OrNull var reason: String?
  }

  var needed = ReleaseState.needed
  var released: Bool
  var approvals: [Approval]

  public init(_ release: CampaignRelease) {
    released = release.state.isReleased
    approvals = release.state.approvals.map { approval, standing in
      let (word, reason): (String, String?) =
        switch standing {
        case .counts: ("counts", nil)
        case .again: ("again", nil)
        case .void(let change): ("void", change.text)
        }
      return Approval(name: approval.name.text, at: approval.at, standing: word, reason: reason)
    }
  }
}
