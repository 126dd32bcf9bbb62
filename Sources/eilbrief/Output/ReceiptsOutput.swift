import Files
import Foundation
import Mail
import Operations
import Queue
import Receipts
import Reports

/// The text of receipts and of what was checked in them.
enum ReceiptsText {
  static func text(_ verification: ReceiptsVerification, _ nextCommand: NextCommand) -> String {
    let verdict = verification.verdict
    var lines = ["Receipts of \(verification.campaign): \(verdict.reach); chain unbroken, states in order."]
    if let plan = verdict.plan { lines.append("  plan  \(plan)") }
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
    if !verdict.calls.isEmpty { lines.append("  calls  \(CallTexts.counts(verdict.calls))") }
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

  static func text(_ export: ReceiptExport, in folder: String) -> String {
    """
    Wrote \(folder): \(export.verdict.reach).
    Signed by the key with the fingerprint \(export.verdict.signedBy?.hex ?? "").
    Tell it to whoever gets the folder another way, by phone or on paper: the folder alone cannot show whose key it is.
    `sh verify.sh` in it checks everything with sha256sum and openssl alone; README.txt says how to do it by hand.
    """
  }

  /// A receipt on one line.
  static func line(_ receipt: Receipt) -> String {
    var parts = ["\(receipt.seq)", RFC3339.string(receipt.at), receipt.event.rawValue]
    if let attempt = receipt.attempt { parts.append("attempt \(attempt)") }
    if let relay = receipt.relay { parts.append("through \(relay)") }
    if let phase = receipt.phase { parts.append("at \(phase)") }
    if let code = receipt.code { parts.append("\(code)") }
    if let reply = receipt.reply, !reply.isEmpty { parts.append("“\(reply.replacing("\n", with: " / "))”") }
    if let resolution = receipt.resolution { parts.append("as \(resolution)") }
    if let call = receipt.call { parts.append("\(CallTexts.word(call.outcome)) at \(RFC3339.string(call.at))") }
    if let evidence = receipt.evidence { parts.append("by \(evidence.replacing("\n", with: " / "))") }
    if let reason = receipt.reason { parts.append(reason) }
    if let sha256 = receipt.sha256 { parts.append("sha256 \(sha256)") }
    return VisibleText.line(parts.joined(separator: "  "))
  }
}

/// A proof, as text.
enum ProofText {
  static func text(_ proof: LetterProof) -> String {
    let heading = """
      Customer \(proof.customer)
        plan      sha256:\(proof.plan.hex), frozen \(RFC3339.string(proof.frozenAt))
        receipts  \(proof.verdict.reach), chain unbroken
      """
    return ([heading] + proof.letters.map(text) + proof.calls.map(text)).joined(separator: "\n")
  }

  private static func text(_ call: LetterProof.Call) -> String {
    let outcome = call.receipt.call.map { "\($0.outcome.rawValue) at \(RFC3339.string($0.at))" } ?? ""
    return "Call \(outcome), line \(call.receipt.seq)" + (call.made.map { ", by \($0.caller): as in the queue" } ?? "")
  }

  private static func text(_ letter: LetterProof.Letter) -> String {
    let message = letter.message
    let state = letter.attempts.isEmpty ? "\(message.state.rawValue), not attempted yet" : message.state.rawValue
    return (["Letter \(message.letter), message \(message.messageID): \(state)"] + letter.attempts.flatMap(lines))
      .joined(separator: "\n")
  }

  private static func lines(
    _ attempt: CustomerReceipts.Attempt, _ match: LetterReproduction.Letter?
  ) -> [String] {
    let receipt = attempt.receipt
    var lines = ["  Attempt \(receipt.attempt ?? 0), line \(attempt.line)"]
    lines.append("    when      \(RFC3339.string(receipt.at)) through \(receipt.relay ?? "?")")
    for outcome in attempt.outcomes {
      var words = [outcome.event.rawValue]
      if let resolution = outcome.resolution { words.append("as \(resolution)") }
      if let code = outcome.code { words.append("\(code)") }
      if let reply = outcome.reply, !reply.isEmpty { words.append("“\(reply.replacing("\n", with: " / "))”") }
      lines.append("    outcome   \(words.joined(separator: " ")), line \(outcome.seq)")
    }
    if attempt.outcomes.isEmpty { lines.append("    outcome   none yet") }
    lines.append("    receipt   sha256 \(receipt.sha256?.hex ?? "none")")
    if let match { lines.append("    letter    sha256 \(match.digest) (\(match.encoding.rawValue)): the same") }
    return lines
  }
}

/// The document of `receipts prove --json` (schema 1). What comes from a receipt has the receipt's names.
struct ProofDocument: Encodable {
  struct Letter: Encodable {
    var letter: String
    var messageID: String
    var state: MessageState
    var attempts: [Attempt]
    var proved: Bool

    enum CodingKeys: String, CodingKey {
      case letter, state, attempts, proved
      case messageID = "message_id"
    }

    init(_ letter: LetterProof.Letter) {
      self.letter = letter.message.letter
      messageID = letter.message.messageID.description
      state = letter.message.state
      attempts = letter.attempts.map(Attempt.init)
      proved = letter.difference == nil && !letter.attempts.isEmpty
    }
  }

  struct Attempt: Encodable {
    var line: Int64
    @OrNull var attempt: Int?
    var at: Date
    @OrNull var relay: String?
    @OrNull var sha256: String?
    var outcomes: [Outcome]
    var proved: Bool
    /// The encoding of the reproduced letter; null when neither encoding gives the receipt's digest.
    @OrNull var encoding: String?

    init(_ attempt: CustomerReceipts.Attempt, _ letter: LetterReproduction.Letter?) {
      line = attempt.line
      self.attempt = attempt.receipt.attempt
      at = attempt.receipt.at
      relay = attempt.receipt.relay
      sha256 = attempt.receipt.sha256?.hex
      outcomes = attempt.outcomes.map(Outcome.init)
      proved = letter != nil
      encoding = letter?.encoding.rawValue
    }
  }

  struct Outcome: Encodable {
    var line: Int64
    var at: Date
    var event: String
    @OrNull var phase: String?
    @OrNull var code: Int?
    @OrNull var enhanced: String?
    @OrNull var reply: String?
    @OrNull var resolution: String?
    @OrNull var evidence: String?

    init(_ receipt: Receipt) {
      line = receipt.seq
      at = receipt.at
      event = receipt.event.rawValue
      phase = receipt.phase
      code = receipt.code
      enhanced = receipt.enhanced
      reply = receipt.reply
      resolution = receipt.resolution
      evidence = receipt.evidence
    }
  }

  struct Call: Encodable {
    var line: Int64
    @OrNull var at: Date?
    @OrNull var outcome: String?
    var proved: Bool

    init(_ call: LetterProof.Call) {
      line = call.receipt.seq
      at = call.receipt.call?.at
      outcome = call.receipt.call?.outcome.rawValue
      proved = call.made != nil
    }
  }

  var schema = 1
  var campaign: String
  var plan: String
  var frozenAt: Date
  var customer: String
  var lines: Int64
  @OrNull var signedLines: Int64?
  var letters: [Letter]
  var calls: [Call]
  var proved: Bool

  enum CodingKeys: String, CodingKey {
    case schema, campaign, plan, customer, lines, letters, calls, proved
    case frozenAt = "frozen_at"
    case signedLines = "signed_lines"
  }

  init(_ proof: LetterProof) {
    campaign = proof.campaign
    plan = proof.plan.labelled
    frozenAt = proof.frozenAt
    customer = proof.customer
    lines = proof.verdict.lines
    signedLines = proof.verdict.signedLines
    letters = proof.letters.map(Letter.init)
    calls = proof.calls.map(Call.init)
    proved = proof.difference == nil
  }
}
