import Campaigns
import Delivery
import Files
public import Foundation
import Letters
public import Mail
public import Queue
public import Receipts

/// One customer's letters, reproduced and compared with each of the customer's receipts, and the calls to the customer,
/// compared with theirs.
public struct LetterProof: Sendable {
  /// One letter with the result of reproducing it.
  public struct Letter: Sendable {
    public let message: MessageRecord
    /// Each attempt with the reproduced letter; nil where neither encoding gives the receipt's digest. Empty for a
    /// letter that was not attempted yet.
    public let attempts: [(attempt: CustomerReceipts.Attempt, letter: LetterReproduction.Letter?)]
    /// The reason why the letter is not the one that was sent; nil when it is.
    public let difference: String?

    /// The bytes sent in the attempt that was accepted, else in the last one.
    public var bytes: [UInt8]? {
      let accepted = attempts.first { attempt, _ in
        attempt.outcomes.contains { $0.event == .accepted || $0.resolution == "accepted" }
      }
      return (accepted ?? attempts.last)?.letter?.bytes
    }
  }

  public let campaign: String
  public let plan: SHA256Digest
  public let frozenAt: Date
  public let customer: String
  public let verdict: ReceiptVerifier.Verdict
  /// The message about receipts that are not in the file yet; nil when all are.
  public let behind: OperatorMessage?
  public let letters: [Letter]
  /// The calls that the receipts have, with what the queue says of them.
  public let calls: [Call]

  /// A call, by its receipt.
  public struct Call: Sendable {
    public let receipt: Receipt
    /// Nil where the queue has no call of this outcome and time, by this caller and with this note.
    public let made: CallRecord?

    var difference: String? {
      made == nil ? "line \(receipt.seq): the queue has no call of this outcome, time, caller and note" : nil
    }
  }

  /// The reason why a letter is not the one that was sent, or a call not the one in the queue; nil when all are.
  public var difference: String? {
    letters.lazy.compactMap(\.difference).first ?? calls.lazy.compactMap(\.difference).first
  }

  /// Fails with the kind `data` when the receipts are not sound or the customer has none, and with `usage` when one
  /// letter is to be written and the customer gets several.
  ///
  /// - Parameters:
  ///   - letter: The only letter to prove; nil for all of the customer's letters.
  ///   - needsOne: The proof is about one letter.
  public static func make(
    _ location: CampaignLocation, source: SourceFolder, customer: String, letter: String?, needsOne: Bool,
    _ dependencies: Dependencies
  ) async throws -> LetterProof {
    let opened = try await OpenedCampaign(location, dependencies).launchedWithCustomers()
    let record = opened.record
    let whole = try await LetterCustomer.record(customer, in: opened.store, record)
    let receipts = CampaignReceipts(location)
    let (verdict, queue) = try await receipts.sound(in: opened)
    let hash = KeyedHash(key: record.plan.hashKey)
    let all = try CustomerReceipts(of: hash.digest(of: customer), in: receipts.file)
    let isCallAlone = whole.messages.isEmpty && letter == nil && !needsOne && !all.calls.isEmpty
    let found =
      isCallAlone
      ? LetterCustomer(customer: whole, messages: [])
      : try await LetterCustomer.find(customer, letter: letter, in: opened.store, record)
    guard !needsOne || found.messages.count == 1 else {
      let names = found.messages.map(\.letter).joined(separator: " and ")
      throw OperatorError(.usage, "customer “\(customer)” gets \(names): name the one to write with --letter.")
    }
    guard
      isCallAlone
        || found.messages.contains(where: { message in
          all.attempts.contains { $0.receipt.message == message.message }
        })
    else { throw found.withoutReceipts(queue, in: location) }
    let made = try await opened.store.calls(in: record.id)[customer]?.calls ?? []
    return LetterProof(
      campaign: record.plan.name, plan: record.plan.planHash, frozenAt: record.createdAt, customer: customer,
      verdict: verdict, behind: queue.behindMessage(in: location),
      letters: try found.messages.map { message in
        let attempts = all.attempts.filter { $0.receipt.message == message.message }
        return try prove(message, attempts, of: found.customer, record, hash, source, dependencies)
      },
      calls: all.calls.map { receipt in
        Call(
          receipt: receipt,
          made: made.first {
            CallReceipt($0.outcome, at: $0.at, caller: $0.caller, note: $0.note, by: hash) == receipt.call
          })
      })
  }

  /// Reproduces one letter and compares it with each of its attempts.
  private static func prove(
    _ message: MessageRecord, _ attempts: [CustomerReceipts.Attempt], of customer: CustomerRecord,
    _ record: CampaignRecord, _ hash: KeyedHash, _ source: SourceFolder, _ dependencies: Dependencies
  ) throws -> Letter {
    for attempt in attempts {
      guard attempt.receipt.recipient == hash.digest(of: message.recipient.key),
        attempt.receipt.messageID == message.messageID.description
      else {
        throw OperatorError(
          .data, "line \(attempt.line): the receipt has another address or Message-ID than the queue for this customer."
        )
      }
    }
    guard !attempts.isEmpty, let date = message.firstAttemptAt else {
      return Letter(message: message, attempts: [], difference: nil)
    }
    let reproduction = try LetterReproduction(
      record: record, source: source, credentials: dependencies.credentials, frozen: customer, message: message,
      date: date)
    let matches = attempts.map { attempt in
      (attempt, reproduction.letters.first { $0.digest == attempt.receipt.sha256 })
    }
    return Letter(
      message: message, attempts: matches,
      difference: matches.first { $0.1 == nil }.map { reproduction.difference(from: $0.0) })
  }

  /// Writes the proved letter into a new file that only its owner can read; fails with `cannotWrite` when the file
  /// exists, or its name belongs to the queue folder.
  public func write(to path: String, of location: CampaignLocation) throws {
    guard let bytes = letters.first?.bytes else { return }
    try OutputPath(location, credentials: nil).requireNew(path, advice: "nothing was written")
    try NewPrivateFile.write(bytes, to: URL(fileURLWithPath: path))
  }
}
