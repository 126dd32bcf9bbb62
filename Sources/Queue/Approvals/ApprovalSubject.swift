public import Mail

/// What is approved: a campaign's plan, with the digest of every file it is made of.
public struct ApprovalSubject: Sendable, Hashable {
  public var campaign: String
  public var plan: SHA256Digest
  /// Rows of the customer file whose customers are not told.
  public var rejectedRows: Int
  /// SHA-256 of each file's bytes by its path from the campaign's folder; of keys and certificates, by their setting, a
  /// digest of what is public.
  public var files: [String: SHA256Digest]

  public init(campaign: String, plan: SHA256Digest, rejectedRows: Int, files: [String: SHA256Digest]) {
    self.campaign = campaign
    self.plan = plan
    self.rejectedRows = rejectedRows
    self.files = files
  }

  private static let named = 3

  /// What is different from `earlier`, as one clause; nil when nothing is.
  public func change(since earlier: ApprovalSubject) -> String? {
    guard earlier.campaign == campaign else { return "it is the approval of another campaign, “\(earlier.campaign)”" }
    let differences = Set(files.keys).union(earlier.files.keys).sorted().compactMap { path -> String? in
      switch (files[path], earlier.files[path]) {
      case (nil, _): "\(path) was removed since"
      case (_, nil): "\(path) was added since"
      case (let new, let old): new == old ? nil : "\(path) was changed since"
      }
    }
    guard differences.isEmpty else {
      let more = differences.count - Self.named
      return differences.prefix(Self.named).joined(separator: ", ") + (more > 0 ? ", and \(more) more" : "")
    }
    return earlier == self ? nil : "another plan is made of the same files now: was eilbrief itself replaced?"
  }
}
