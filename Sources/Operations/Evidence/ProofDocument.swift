import Foundation
import Mail
import Queue
import Receipts
import Reports

/// The document of `receipts prove --json` (schema 1). What comes from a receipt has the receipt's names.
public struct ProofDocument: Encodable {
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

  public init(_ proof: LetterProof) {
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
