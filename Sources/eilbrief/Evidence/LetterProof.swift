import Campaigns
import Delivery
import Foundation
import Letters
import Mail
import Queue
import Receipts
import Reports

/// What `receipts prove` does: one customer's letter made again, held against each of the customer's receipts.
struct LetterProof {
  let options: CampaignOptions
  let madeFrom: MadeFrom
  let customer: String
  let letter: String?
  let output: String?
  let json: Bool

  func run() async throws {
    let (store, record) = try await ReadCampaign(options).launchedWithCustomers()
    let found = try await LetterCustomer.find(customer, letter: letter, in: store, record)
    guard output == nil || found.messages.count == 1 else {
      let names = found.messages.map(\.letter).joined(separator: " and ")
      throw Failure(.usage, "customer “\(customer)” gets \(names): name the one to write with --letter.")
    }
    let receipts = CampaignReceipts(options)
    let verdict = try receipts.sound(of: record)
    let hash = KeyedHash(key: record.plan.hashKey)
    let all = try CustomerReceipts(of: hash.digest(of: customer), in: receipts.file).attempts
    guard found.messages.contains(where: { message in all.contains { $0.receipt.message == message.message } }) else {
      let states = found.messages.map(\.state.rawValue).joined(separator: " and ")
      throw Failure(.data, "no letter to customer “\(customer)” was attempted yet: it is \(states).")
    }
    let proved = try found.messages.map { message in
      let attempts = all.filter { $0.receipt.message == message.message }
      return try prove(message, attempts, of: found.customer, record, hash)
    }
    let difference = proved.lazy.compactMap(\.difference).first
    if json {
      Console.print(try ReportEncoding.json(LetterProofResult(record, customer: customer, verdict, letters: proved)))
    } else {
      Console.print(([heading(record, verdict)] + proved.map(\.text)).joined(separator: "\n"))
    }
    if let difference { throw Failure(.data, difference) }
    if !json { Console.print("The same: what was made again is byte for byte what was sent.") }
    if let output, let bytes = proved.first?.bytes { try write(bytes, to: output) }
  }

  /// Holds one letter, made again, against each of its attempts.
  private func prove(
    _ message: MessageRecord, _ attempts: [CustomerReceipts.Attempt], of customer: CustomerRecord,
    _ record: CampaignRecord, _ hash: KeyedHash
  ) throws -> ProvedLetter {
    for attempt in attempts {
      guard attempt.receipt.recipient == hash.digest(of: message.recipient.key),
        attempt.receipt.messageID == message.messageID.description
      else {
        throw Failure(
          .data, "line \(attempt.line): the receipt has another address or Message-ID than the spool for this customer."
        )
      }
    }
    guard !attempts.isEmpty, let date = message.firstAttemptAt else {
      return ProvedLetter(message: message, attempts: [], difference: nil)
    }
    let remake = try LetterRemake(
      record: record, folder: madeFrom.folder(options), frozen: customer, message: message, date: date)
    let matches = attempts.map { attempt in
      (attempt, remake.letters.first { $0.digest == attempt.receipt.sha256 })
    }
    return ProvedLetter(
      message: message, attempts: matches,
      difference: matches.first { $0.1 == nil }.map { remake.difference(from: $0.0) })
  }

  private func heading(_ record: CampaignRecord, _ verdict: ReceiptVerifier.Verdict) -> String {
    """
    Customer \(customer)
      plan      sha256:\(record.plan.planHash.hex), frozen \(RFC3339.string(record.createdAt))
      receipts  \(verdict.reach), chain unbroken
    """
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
