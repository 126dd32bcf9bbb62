import Foundation
public import Mail
import Queue
public import Receipts

/// The facts that the receipts of a campaign state and how far they prove them: the document of `eilbrief receipts
/// verify --json` (schema 1). Figures, times and states have the names of ``CampaignStatus``.
public struct ReceiptsStatus: Sendable, Encodable {
  private let campaign: String
  private let verdict: ReceiptVerifier.Verdict
  private let queueKey: SHA256Digest?
  private let queueLines: Int64?

  /// - Parameters:
  ///   - queueKey: The fingerprint of the queue's own key; nil when it was not compared.
  ///   - queueLines: Receipts in the queue's database; nil when they were not compared.
  public init(
    _ verdict: ReceiptVerifier.Verdict, of campaign: String, queueKey: SHA256Digest?, queueLines: Int64?
  ) {
    self.campaign = campaign
    self.verdict = verdict
    self.queueKey = queueKey
    self.queueLines = queueLines
  }

  private enum Key: String, CodingKey {
    case schema, campaign, plan, sound, fault, lines, head, messages, calls, bounced, follows
    case signedLines = "signed_lines"
    case checkpointAt = "checkpoint_at"
    case purgedAt = "purged_at"
    case releasedBy = "released_by"
    case signedBy = "signed_by"
    case queueKey = "queue_key"
    case queueLines = "queue_lines"
  }

  private struct Fault: Encodable {
    private enum Key: String, CodingKey { case line, reason }
    let fault: ReceiptVerifier.Fault

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(fault.line, forKey: .line)
      try container.encode(fault.reason, forKey: .reason)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(1, forKey: .schema)
    try container.encode(campaign, forKey: .campaign)
    // Absent values are written as null: a reader sees every key of the schema.
    try container.encode(verdict.plan, forKey: .plan)
    try container.encode(verdict.isSound, forKey: .sound)
    try container.encode(verdict.fault.map { Fault(fault: $0) }, forKey: .fault)
    try container.encode(verdict.lines, forKey: .lines)
    try container.encode(verdict.signedLines, forKey: .signedLines)
    try container.encode(verdict.head?.hex, forKey: .head)
    try container.encode(verdict.checkpointAt, forKey: .checkpointAt)
    try container.encode(verdict.signedBy?.hex, forKey: .signedBy)
    try container.encode(queueKey?.hex, forKey: .queueKey)
    try container.encode(queueLines, forKey: .queueLines)
    try container.encode(verdict.approvals.map(ReleasedBy.init), forKey: .releasedBy)
    try container.encode(figures, forKey: .messages)
    let calls = CallOutcome.allCases.map { ($0.figure, verdict.calls[$0] ?? 0) }
    try container.encode(Dictionary(uniqueKeysWithValues: calls), forKey: .calls)
    try container.encode(verdict.bounced, forKey: .bounced)
    try container.encode(verdict.followed?.campaign, forKey: .follows)
    try container.encode(verdict.purgedAt, forKey: .purgedAt)
  }

  /// Letters without a receipt of their own are queued.
  private var figures: [String: Int] {
    let known = verdict.messages.values.reduce(0, +)
    var figures = ["total": verdict.letters]
    for state in MessageState.allCases {
      figures[state.rawValue] = (verdict.messages[state] ?? 0) + (state == .queued ? verdict.letters - known : 0)
    }
    return figures
  }
}
