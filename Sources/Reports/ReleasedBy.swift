public import Foundation
import Queue
public import Receipts

/// Who approved a plan and when, as the documents of `status`, `receipts verify` and an export have it.
public struct ReleasedBy: Sendable, Hashable, Encodable {
  public let name: String
  public let at: Date

  public init(_ approval: FrozenApproval) {
    name = approval.name.text
    at = approval.at
  }
}
