import Campaigns
import Delivery
import Foundation
import Letters
import Mail
import Queue
import Reports

/// What `receipts prove` does: one customer's letter made again, held against each of the customer's receipts.
struct LetterProof {
  let options: CampaignOptions
  let madeFrom: MadeFrom
  let customer: String
  let output: String?
  let json: Bool

  func run() async throws {
    let (store, record) = try await ReadCampaign(options).launchedWithCustomers()
    let found = try await LetterCustomer.find(customer, in: store, record)
    let (frozen, message) = (found.customer, found.message)
    let receipts = CampaignReceipts(options)
    let verdict = try receipts.sound(of: record)
    let hash = KeyedHash(key: record.plan.hashKey)
    let attempts = try CustomerReceipts(of: hash.digest(of: customer), in: receipts.file).attempts
    guard !attempts.isEmpty, let date = message.firstAttemptAt else {
      throw Failure(
        .data, "no letter to customer “\(customer)” was attempted yet: it is \(message.state.rawValue).")
    }
    let remake = try LetterRemake(
      record: record, folder: madeFrom.folder(options), frozen: frozen, message: message, date: date)
    for attempt in attempts {
      guard attempt.receipt.recipient == hash.digest(of: message.recipient.key),
        attempt.receipt.messageID == message.messageID.description
      else {
        throw Failure(
          .data, "line \(attempt.line): the receipt has another address or Message-ID than the spool for this customer."
        )
      }
    }
    let matches = attempts.map { attempt in remake.letters.first { $0.digest == attempt.receipt.sha256 } }
    if json {
      Console.print(
        try ReportEncoding.json(
          LetterProofResult(record, message, customer: customer, verdict, attempts: Array(zip(attempts, matches)))))
    } else {
      Console.print(heading(record, message, verdict))
    }
    var letters: [[UInt8]] = []
    for (attempt, match) in zip(attempts, matches) {
      if !json { Console.print(Self.text(attempt, match)) }
      guard let match else { throw Failure(.data, remake.difference(from: attempt)) }
      letters.append(match.bytes)
    }
    if !json { Console.print("The same: the letter made again is byte for byte the one that was sent.") }
    if let output, let letter = Self.chosen(letters, attempts) { try write(letter, to: output) }
  }

  private func heading(
    _ record: CampaignRecord, _ message: MessageRecord, _ verdict: ReceiptVerifier.Verdict
  ) -> String {
    """
    Customer \(customer), message \(message.messageID): \(message.state.rawValue)
      plan      sha256:\(record.plan.planHash.hex), frozen \(RFC3339.string(record.createdAt))
      receipts  \(verdict.reach), chain unbroken
    """
  }

  private static func text(_ attempt: CustomerReceipts.Attempt, _ match: LetterRemake.Letter?) -> String {
    let receipt = attempt.receipt
    var lines = ["Attempt \(receipt.attempt ?? 0), line \(attempt.line)"]
    lines.append("  when      \(RFC3339.string(receipt.at)) through \(receipt.relay ?? "?")")
    for outcome in attempt.outcomes {
      var words = [outcome.event.rawValue]
      if let resolution = outcome.resolution { words.append("as \(resolution)") }
      if let code = outcome.code { words.append("\(code)") }
      if let reply = outcome.reply, !reply.isEmpty { words.append("“\(reply.replacing("\n", with: " / "))”") }
      lines.append("  outcome   \(words.joined(separator: " ")), line \(outcome.seq)")
    }
    if attempt.outcomes.isEmpty { lines.append("  outcome   none yet") }
    lines.append("  receipt   sha256 \(receipt.sha256?.hex ?? "none")")
    if let match { lines.append("  letter    sha256 \(match.digest) (\(match.encoding.rawValue)): the same") }
    return lines.joined(separator: "\n")
  }

  /// The letter of the attempt that was accepted, else of the last one.
  private static func chosen(_ letters: [[UInt8]], _ attempts: [CustomerReceipts.Attempt]) -> [UInt8]? {
    let accepted = zip(letters, attempts).first { _, attempt in
      attempt.outcomes.contains { $0.event == .accepted || $0.resolution == "accepted" }
    }
    return accepted?.0 ?? letters.last
  }

  private func write(_ letter: [UInt8], to path: String) throws {
    guard !FileManager.default.fileExists(atPath: path) else {
      throw Failure(.cannotWrite, "\(path) exists already; nothing was written.")
    }
    let file = try ReportOutput(path: path)
    try file.write(letter)
    try file.close()
    if !json { Console.print("Wrote \(path)") }
  }
}
