public import Foundation
public import Mail

/// The fact that one person has approved a campaign, as a line of ``ApprovalFile``: who, when, and what exactly.
///
/// The line has one form only. Reading is strict (``ReceiptSyntaxError``): what would not be written like this, to the
/// last byte, is not an approval.
public struct Approval: Sendable, Hashable {
  /// Whole milliseconds.
  public var at: Date
  public var name: ApproverName
  public var subject: ApprovalSubject

  public init(of subject: ApprovalSubject, by name: ApproverName, at: Date) {
    self.at = Milliseconds(at).date
    self.name = name
    self.subject = subject
  }

  /// The line, without line feed.
  public var line: [UInt8] {
    var json = StrictJSONWriter()
    json.begin()
    json.field("at", at: Milliseconds(at))
    json.field("campaign", subject.campaign)
    json.field("approved_by", name.text)
    json.field("plan", subject.plan.labelled)
    json.field("rejected", Int64(subject.rejectedRows))
    json.field("files", texts: subject.files.sorted { $0.key < $1.key }.map { ($0.key, $0.value.hex) })
    json.end()
    return json.bytes
  }

  /// The approval as it goes with the plan.
  public var frozen: FrozenApproval { FrozenApproval(name: name, at: at, line: SHA256.digest(of: line)) }

  init(line: [UInt8]) throws(ReceiptSyntaxError) {
    var fields = try StrictJSONReader(line)
    let at = try fields.take("at").moment()
    let campaign = try fields.take("campaign").text()
    let name = try fields.take("approved_by").approver()
    let plan = try fields.take("plan").text()
    let rejected = Int(try fields.take("rejected").number())
    var files: [String: SHA256Digest] = [:]
    for (path, text) in try fields.take("files").texts() {
      guard let digest = SHA256Digest(hex: text) else {
        throw ReceiptSyntaxError("the digest of a file is not 64 hexadecimal digits")
      }
      files[path] = digest
    }
    try fields.end()
    guard let hash = SHA256Digest(labelled: plan) else {
      throw ReceiptSyntaxError("“plan” is not sha256: with 64 hexadecimal digits")
    }
    self.init(
      of: ApprovalSubject(campaign: campaign, plan: hash, rejectedRows: rejected, files: files), by: name, at: at)
    guard self.line == line else { throw ReceiptSyntaxError("it is not in the form in which approvals are written") }
  }
}

/// An approval by which a plan was released, as the plan and the receipts keep it.
public struct FrozenApproval: Sendable, Hashable {
  public var name: ApproverName
  public var at: Date
  /// SHA-256 of its line in ``ApprovalFile``, without line feed.
  public var line: SHA256Digest

  public init(name: ApproverName, at: Date, line: SHA256Digest) {
    self.name = name
    self.at = at
    self.line = line
  }
}

/// The subject of an approval: a campaign's plan, with the digest of every file it is made of.
public struct ApprovalSubject: Sendable, Hashable {
  public var campaign: String
  public var plan: SHA256Digest
  /// Rows of the customer file whose customers are not notified.
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

  /// One for each subject: of two that differ in anything it differs.
  public var digest: String {
    let files = files.sorted { $0.key < $1.key }.map { "\($0.value.hex) \($0.key.utf8.count) \($0.key)" }
    let parts = [campaign, plan.hex, String(rejectedRows)] + files
    return SHA256.digest(of: Array(parts.joined(separator: "\n").utf8)).hex
  }

  /// The differences from `earlier`; nil when there are none.
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

/// The reason an approval does not count for what would be launched now.
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

  /// The reason as one clause, for people.
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

/// Which of a campaign's approvals count for what would be launched now. Two, by people of different names, release it.
public struct ReleaseState: Sendable {
  public enum Standing: Sendable, Hashable {
    case counts
    /// An earlier approval that counts has the same name.
    case again
    /// Given for something other than what would be launched now.
    case void(ApprovalChange)
  }

  public static let needed = 2

  /// The approvals in the order in which they were given.
  public let approvals: [(approval: Approval, standing: Standing)]

  public init(_ approvals: [Approval], of subject: ApprovalSubject) {
    var names: Set<String> = []
    self.approvals = approvals.map { approval in
      if let change = subject.change(since: approval.subject) { return (approval, .void(change)) }
      return (approval, names.insert(approval.name.key).inserted ? .counts : .again)
    }
  }

  /// The approvals that count, each by another name.
  public var counting: [Approval] { approvals.filter { $0.standing == .counts }.map(\.approval) }
  public var isReleased: Bool { counting.count >= Self.needed }

  /// The approval of the same name that counts already.
  public func approval(by name: ApproverName) -> Approval? { counting.first { $0.name.key == name.key } }
}
