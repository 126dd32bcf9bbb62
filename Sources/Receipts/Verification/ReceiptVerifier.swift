import Files
public import Foundation
public import Mail

/// Checks a receipts file: form, sequence, chain, one campaign, state rules, the plan's figures, and the signed
/// checkpoint.
///
/// Reads it once, with some 40 bytes per message. Every changed bit, and every line that was deleted, doubled, swapped
/// or cut off, is found as far as the checkpoint reaches; the first broken line is named. Lines after the checkpoint
/// are chained but not yet signed: ``Verdict/reach`` says so. Among those lines, three things cannot be found: a change
/// of the last line that makes sense, lines cut off at the end, and a chain that was rewritten. What is wrong with the
/// file is a value; only ``FileError`` is thrown.
public struct ReceiptVerifier: Sendable {
  public struct Verdict: Sendable, Hashable {
    /// Whole lines read before the first broken one.
    public var lines: Int64 = 0
    public var campaign: String?
    /// `sha256:…` as `plan-frozen` has it.
    public var plan: String?
    /// SHA-256 of the last line.
    public var head: SHA256Digest?
    /// Lines the signed checkpoint vouches for; nil when there is no checkpoint.
    public var signedLines: Int64?
    public var checkpointAt: Date?
    /// The fingerprint of the key that the checkpoint was checked with; nil when there is no checkpoint.
    public var signedBy: SHA256Digest?
    /// The plan's letters.
    public var letters = 0
    /// The letters that have receipts, by state.
    public var messages: [MessageState: Int] = [:]
    /// Calls to customers, by what came of them.
    public var calls: [CallOutcome: Int] = [:]
    /// Accepted letters of which a report says that they did not reach the mailbox.
    public var bounced = 0
    /// Receipts of mailboxes, by what was said of them.
    public var mailboxes: [MailboxChange: Int] = [:]
    /// The approvals that released the plan; empty when none were required.
    public var approvals: [FrozenApproval] = []
    /// The chain that this one follows.
    public var followed: FollowedChain?
    /// When the campaign's personal data was removed; nil when it was not.
    public var purgedAt: Date?
    /// The first thing that is wrong; nil when everything is right.
    public var fault: Fault?

    public var isSound: Bool { fault == nil }

    /// How far the proof reaches: `998 lines, all of them signed`.
    public var reach: String {
      guard let signedLines else { return "\(lines) lines, not signed" }
      return "\(lines) lines, \(signedLines == lines ? "all" : "\(signedLines)") of them signed"
    }
  }

  public struct Fault: Error, Hashable, CustomStringConvertible {
    /// 1 for the first line; nil when it is the checkpoint.
    public var line: Int64?
    public var reason: String

    public init(line: Int64?, reason: String) {
      self.line = line
      self.reason = reason
    }

    public var description: String { line.map { "line \($0): \(reason)" } ?? "checkpoint: \(reason)" }
  }

  public let folder: URL
  private let publicKey: Ed25519PublicKey?

  /// `folder` holds `receipts.jsonl` and perhaps the checkpoint. With a `publicKey` that was kept elsewhere the
  /// signature is checked against that one, and a checkpoint must be there; otherwise against the one in the folder.
  public init(folder: URL, publicKey: Ed25519PublicKey? = nil) {
    self.folder = folder
    self.publicKey = publicKey
  }

  /// The fingerprint of the key that signed the checkpoint in `folder`, by `receipts-public.pem` there; nil when there is
  /// no checkpoint. Throws ``Fault`` when the signature does not fit, and ``FileError``.
  public static func signer(in folder: URL) throws -> SHA256Digest? {
    do {
      return try SignedCheckpoint.read(in: folder, publicKey: nil)?.key.fingerprint
    } catch let fault as SignedCheckpoint.Fault {
      throw Fault(line: nil, reason: fault.reason)
    }
  }

  public func verify() throws -> Verdict { try read(after: nil, keepsPart: false).verdict }

  /// Verifies as ``verify()`` does, but reads no line of `part` that an earlier reading has verified, as long as the file
  /// still begins with the very bytes of it.
  ///
  /// - Returns: The verdict, and what the next reading may take as read: what is signed now.
  package func verify(after part: VerifiedPart?) throws -> (verdict: Verdict, part: VerifiedPart?) {
    let found = try read(after: part, keepsPart: true)
    // What is wrong is told as whoever reads all of it finds it.
    if part != nil, !found.verdict.isSound { return try read(after: nil, keepsPart: true) }
    return found
  }

  private func read(
    after known: VerifiedPart?, keepsPart: Bool
  ) throws -> (verdict: Verdict, part: VerifiedPart?) {
    var verdict = Verdict()
    let signed: SignedCheckpoint?
    do {
      signed = try SignedCheckpoint.read(in: folder, publicKey: publicKey)
    } catch let fault as SignedCheckpoint.Fault {
      verdict.fault = Fault(line: nil, reason: fault.reason)
      return (verdict, nil)
    }
    let checkpoint = signed?.checkpoint
    let reader = ReceiptReader(file: folder.appendingPathComponent(ReceiptReader.fileName))
    var judge = ReceiptJudge(checkpoint: checkpoint)
    var beginning = VerifiedPart.Beginning()
    var part: VerifiedPart?
    if let known, let going = known.judge.goingOn(to: checkpoint), let same = try known.beginning(of: reader.file) {
      (judge, beginning) = (going, same)
      if going.lines == checkpoint?.count { part = known }
    }
    let step = StepProgress.begin(.verifyingReceipts, of: checkpoint.map { Int($0.count) })
    defer { step.end() }
    do {
      try reader.forEachLine(from: beginning.bytes) { line, isWhole in
        try judge.take(ReceiptLink(line, isWhole: isWhole))
        step.advance()
        guard keepsPart, part == nil, checkpoint != nil else { return }
        beginning.append(line)
        if judge.lines == checkpoint?.count { part = VerifiedPart(judge, beginning) }
      }
      try judge.finish()
    } catch let broken as BrokenReceipt {
      verdict.fault = Fault(line: broken.line, reason: broken.reason)
    } catch let error as FileError {
      guard case .lineTooLong(let line, _) = error.cause else { throw error }
      verdict.fault = Fault(line: Int64(line), reason: "it is longer than any receipt")
    }
    verdict.lines = verdict.fault?.line.map { $0 - 1 } ?? judge.lines
    verdict.campaign = judge.replay.campaign
    verdict.plan = judge.replay.plan
    verdict.head = judge.head
    verdict.letters = judge.replay.letters
    verdict.messages = judge.replay.tally
    verdict.calls = judge.replay.calls
    verdict.bounced = judge.replay.bounced
    verdict.mailboxes = judge.replay.mailboxes
    verdict.approvals = judge.replay.approvals
    verdict.followed = judge.replay.followed
    verdict.purgedAt = judge.replay.purgedAt
    verdict.signedLines = verdict.fault == nil ? checkpoint?.count : nil
    verdict.checkpointAt = checkpoint?.at
    verdict.signedBy = signed?.key.fingerprint
    return (verdict, verdict.isSound ? part : nil)
  }
}
