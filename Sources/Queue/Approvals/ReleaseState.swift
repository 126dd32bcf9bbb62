/// Which of a campaign's approvals count for what would be launched now. Two, by people of different names, release it.
public struct ReleaseState: Sendable {
  public enum Standing: Sendable, Hashable {
    case counts
    /// The same name stands in an earlier one that counts.
    case again
    /// Given for something else than what would be launched now.
    case void(ApprovalChange)
  }

  public static let needed = 2

  /// In the order in which they were given.
  public let approvals: [(approval: Approval, standing: Standing)]

  public init(_ approvals: [Approval], of subject: ApprovalSubject) {
    var names: Set<String> = []
    self.approvals = approvals.map { approval in
      if let change = subject.change(since: approval.subject) { return (approval, .void(change)) }
      return (approval, names.insert(approval.name.key).inserted ? .counts : .again)
    }
  }

  /// Each by another name.
  public var counting: [Approval] { approvals.filter { $0.standing == .counts }.map(\.approval) }
  public var isReleased: Bool { counting.count >= Self.needed }

  /// The approval of the same name that counts already.
  public func approval(by name: ApproverName) -> Approval? { counting.first { $0.name.key == name.key } }
}
