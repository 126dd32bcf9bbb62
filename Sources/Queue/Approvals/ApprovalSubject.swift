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

  /// What is different from `earlier`; nil when nothing is.
  public func change(since earlier: ApprovalSubject) -> ApprovalChange? {
    guard earlier.campaign == campaign else { return .otherCampaign(earlier.campaign) }
    let changes = Set(files.keys).union(earlier.files.keys).sorted().compactMap { path in
      files[path] == earlier.files[path]
        ? nil
        : ApprovalChange.File(
          path: path, files[path] == nil ? .removed : earlier.files[path] == nil ? .added : .changed)
    }
    guard changes.isEmpty else { return .files(changes) }
    return earlier == self ? nil : .otherPlan
  }
}

/// Why an approval is not one of what would be launched now.
public enum ApprovalChange: Sendable, Hashable {
  public struct File: Sendable, Hashable {
    public enum Difference: String, Sendable { case added, removed, changed }
    public var path: String
    public var difference: Difference

    public init(path: String, _ difference: Difference) {
      self.path = path
      self.difference = difference
    }
  }

  /// The one it was given for.
  case otherCampaign(String)
  /// At least one, in the order of their paths.
  case files([File])
  /// The files are the same, the plan is not.
  case otherPlan

  private static let named = 3

  /// For people, as one clause.
  public var text: String {
    switch self {
    case .otherCampaign(let name): return "it is the approval of another campaign, “\(name)”"
    case .files(let files):
      let more = files.count - Self.named
      return files.prefix(Self.named).map { "\($0.path) was \($0.difference.rawValue) since" }.joined(separator: ", ")
        + (more > 0 ? ", and \(more) more" : "")
    case .otherPlan: return "another plan is made of the same files now: was eilbrief itself replaced?"
    }
  }
}
