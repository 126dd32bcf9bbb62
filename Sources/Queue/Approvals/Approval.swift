public import Foundation
public import Mail

/// That one person has approved a campaign, as a line of ``ApprovalFile``: who, when, and what exactly.
///
/// The line has one form only. Reading is strict (``ReceiptSyntaxError``): what would not be written like this, to the last
/// byte, is no approval.
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

  /// Without line feed.
  public var line: [UInt8] {
    var bytes = Array("{\"at\":\"".utf8)
    RFC3339.append(at, to: &bytes)
    bytes += "\",\"campaign\":\"".utf8
    bytes += ReceiptEncoder.escaped(subject.campaign.utf8)
    bytes += "\",\"approved_by\":\"".utf8
    bytes += ReceiptEncoder.escaped(name.text.utf8)
    bytes += "\",\"plan\":\"sha256:\(subject.plan.hex)\",\"rejected\":\(subject.rejectedRows),\"files\":{".utf8
    for (index, file) in subject.files.sorted(by: { $0.key < $1.key }).enumerated() {
      bytes += (index == 0 ? "\"" : ",\"").utf8
      bytes += ReceiptEncoder.escaped(file.key.utf8)
      bytes += "\":\"\(file.value.hex)\"".utf8
    }
    bytes += "}}".utf8
    return bytes
  }

  /// As it goes with the plan.
  public var frozen: FrozenApproval { FrozenApproval(name: name, at: at, line: SHA256.digest(of: line)) }

  init(line: [UInt8]) throws(ReceiptSyntaxError) {
    var fields = try ReceiptFields(line)
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
    guard plan.hasPrefix("sha256:"), let hash = SHA256Digest(hex: String(plan.dropFirst(7))) else {
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
