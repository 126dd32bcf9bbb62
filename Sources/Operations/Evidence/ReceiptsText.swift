import Files
import Mail
import Queue
public import Receipts
import Reports

/// The text of receipts and of what was checked in them.
public enum ReceiptsText {
  public static func text(_ verification: ReceiptsVerification, _ nextCommand: NextCommand) -> String {
    let verdict = verification.verdict
    var lines = ["Receipts of \(verification.campaign): \(verdict.reach); chain unbroken, states in order."]
    if let plan = verdict.plan { lines.append("  plan  \(plan)") }
    if let followed = verification.followed {
      let line = "line \(followed.chain.seq) of its receipts"
      lines.append(
        "  follows \(followed.chain.campaign): "
          + (followed.isCompared ? "\(line) is as it was then" : "not compared with \(line), which is not here"))
    }
    if !verdict.approvals.isEmpty { lines.append("  released by \(nextCommand.text(verdict.approvals.message))") }
    if let head = verdict.head { lines.append("  head  \(head)") }
    if let signed = verdict.signedLines, let at = verdict.checkpointAt {
      lines.append("  signed up to line \(signed) at \(LocalTime.full(at))")
      if let key = verdict.signedBy { lines.append("  by key  \(key)\(whose(verification.queue))") }
      if signed < verdict.lines {
        lines.append("  \(verdict.lines - signed) later lines are chained but not signed yet")
      }
    } else {
      lines.append(
        """
          without the signed checkpoint, written at every pause and at the end, nothing shows whether lines were cut off
          at the end or all of them were written again
        """)
    }
    if verdict.bounced > 0 {
      lines.append("  bounced  \(verdict.bounced) of the accepted letters")
    }
    if !verdict.calls.isEmpty { lines.append("  calls  \(CallTexts.counts(verdict.calls))") }
    if !verdict.mailboxes.isEmpty { lines.append("  mailboxes  \(MailboxTexts.counts(verdict.mailboxes))") }
    if let purged = verdict.purgedAt {
      lines.append("  purged at \(LocalTime.full(purged)): the key that linked the receipts to customers is destroyed")
    }
    if verification.queue?.lines != nil { lines.append("  every line is as in the queue's database") }
    lines += verification.queue?.missing.map { "  not compared with \($0)" } ?? []
    if let behind = verification.behind { lines.append("  \(nextCommand.text(behind))") }
    return lines.joined(separator: "\n")
  }

  private static func whose(_ queue: QueueComparison?) -> String {
    queue?.key == nil ? "\n    compare this fingerprint with one you were told another way" : ", this queue's own"
  }

  public static func text(_ export: ReceiptExport, in folder: String) -> String {
    """
    Wrote \(folder): \(export.verdict.reach).
    Signed by the key with the fingerprint \(export.verdict.signedBy?.hex ?? "").
    Tell it to whoever gets the folder another way, by phone or on paper: the folder alone cannot show whose key it is.
    `sh verify.sh` in it checks everything with sha256sum and openssl alone; README.txt says how to do it by hand.
    """
  }

  /// A receipt on one line.
  public static func line(_ receipt: Receipt) -> String {
    var parts = ["\(receipt.seq)", RFC3339.string(receipt.at), receipt.event.rawValue]
    if let attempt = receipt.attempt { parts.append("attempt \(attempt)") }
    if let relay = receipt.relay { parts.append("through \(relay)") }
    if let phase = receipt.phase { parts.append("at \(phase)") }
    if let code = receipt.code { parts.append("\(code)") }
    if let reply = receipt.reply, !reply.isEmpty { parts.append("“\(reply.replacing("\n", with: " / "))”") }
    if let resolution = receipt.resolution { parts.append("as \(resolution)") }
    if let call = receipt.call { parts.append("\(CallTexts.word(call.outcome)) at \(RFC3339.string(call.at))") }
    if receipt.mailbox != nil {
      parts.append("a mailbox of this customer" + (receipt.mailbox?.at.map { " at \(RFC3339.string($0))" } ?? ""))
    }
    if let evidence = receipt.evidence { parts.append("by \(evidence.replacing("\n", with: " / "))") }
    if let reason = receipt.reason { parts.append(reason) }
    if let sha256 = receipt.sha256 { parts.append("sha256 \(sha256)") }
    return VisibleText.line(parts.joined(separator: "  "))
  }
}
