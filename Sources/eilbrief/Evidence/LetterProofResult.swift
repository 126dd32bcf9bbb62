import Foundation
import Mail
import Queue
import Receipts

/// The document of `receipts prove --json` (schema 1). What comes from a receipt has the receipt's names.
struct LetterProofResult: Encodable {
  struct Attempt: Encodable {
    let attempt: CustomerReceipts.Attempt
    /// The letter made again; nil when neither encoding gives the receipt's digest.
    let letter: LetterRemake.Letter?

    private enum Key: String, CodingKey { case line, attempt, at, relay, sha256, outcomes, proved, encoding }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      let receipt = attempt.receipt
      try container.encode(attempt.line, forKey: .line)
      try container.encode(receipt.attempt, forKey: .attempt)
      try container.encode(receipt.at, forKey: .at)
      try container.encode(receipt.relay, forKey: .relay)
      try container.encode(receipt.sha256?.hex, forKey: .sha256)
      try container.encode(attempt.outcomes.map { Outcome(receipt: $0) }, forKey: .outcomes)
      try container.encode(letter != nil, forKey: .proved)
      try container.encode(letter?.encoding.rawValue, forKey: .encoding)
    }
  }

  struct Outcome: Encodable {
    let receipt: Receipt

    private enum Key: String, CodingKey { case line, at, event, phase, code, enhanced, reply, resolution, evidence }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(receipt.seq, forKey: .line)
      try container.encode(receipt.at, forKey: .at)
      try container.encode(receipt.event.rawValue, forKey: .event)
      try container.encode(receipt.phase, forKey: .phase)
      try container.encode(receipt.code, forKey: .code)
      try container.encode(receipt.enhanced, forKey: .enhanced)
      try container.encode(receipt.reply, forKey: .reply)
      try container.encode(receipt.resolution, forKey: .resolution)
      try container.encode(receipt.evidence, forKey: .evidence)
    }
  }

  struct Letter: Encodable {
    let proved: ProvedLetter

    private enum Key: String, CodingKey {
      case letter, state, attempts, proved
      case messageID = "message_id"
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(proved.message.letter, forKey: .letter)
      try container.encode(proved.message.messageID.description, forKey: .messageID)
      try container.encode(proved.message.state, forKey: .state)
      try container.encode(proved.attempts.map { Attempt(attempt: $0, letter: $1) }, forKey: .attempts)
      try container.encode(proved.difference == nil && !proved.attempts.isEmpty, forKey: .proved)
    }
  }

  let schema = 1
  let campaign: String
  let plan: String
  let frozenAt: Date
  let customer: String
  let lines: Int64
  let signedLines: Int64?
  let letters: [Letter]

  init(_ record: CampaignRecord, customer: String, _ verdict: ReceiptVerifier.Verdict, letters: [ProvedLetter]) {
    campaign = record.plan.name
    plan = "sha256:\(record.plan.planHash.hex)"
    frozenAt = record.createdAt
    self.customer = customer
    lines = verdict.lines
    signedLines = verdict.signedLines
    self.letters = letters.map { Letter(proved: $0) }
  }

  private enum Key: String, CodingKey {
    case schema, campaign, plan, customer, lines, letters, proved
    case frozenAt = "frozen_at"
    case signedLines = "signed_lines"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(schema, forKey: .schema)
    try container.encode(campaign, forKey: .campaign)
    try container.encode(plan, forKey: .plan)
    try container.encode(frozenAt, forKey: .frozenAt)
    try container.encode(customer, forKey: .customer)
    try container.encode(lines, forKey: .lines)
    // Absent values are written as null: a reader sees every key of the schema.
    try container.encode(signedLines, forKey: .signedLines)
    try container.encode(letters, forKey: .letters)
    try container.encode(letters.allSatisfy { $0.proved.difference == nil }, forKey: .proved)
  }
}
