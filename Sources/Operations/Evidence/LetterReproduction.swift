import Campaigns
import Delivery
import Foundation
import Letters
public import Mail
import Queue

/// A letter reproduced from the store, the campaign file and the templates, in both encodings it may have travelled in.
///
/// A letter that can no longer be made is not an error here: ``difference(from:)`` says why.
public struct LetterReproduction: Sendable {
  public struct Letter: Sendable {
    public let encoding: TransferEncoding
    public let bytes: [UInt8]
    public let digest: SHA256Digest
  }

  private(set) var letters: [Letter] = []
  /// The changes since the launch, one clause per change.
  private let changes: [InputChange]
  private var trouble: String?

  /// - Parameters:
  ///   - source: The folder with the campaign file and perhaps templates.
  ///   - date: The time of the first attempt.
  init(
    record: CampaignRecord, source: SourceFolder, credentials: URL?, frozen: CustomerRecord, message: MessageRecord,
    date: Date
  ) throws {
    var campaign = try CampaignFile.read(folder: source.folder)
    // Message-ID and boundary depend on it, and the folder may have been renamed or copied.
    campaign.name = record.plan.name
    let signer = try Self.signer(campaign, credentials: credentials, frozenAt: record.createdAt)
    let templates = try TemplateSet.load(folder: source.templates)
    let inputs = try record.plan.digests()
    // The customer file is not needed: the queue has the customer.
    let customerFile = SHA256Digest(hex: inputs.customerFile) ?? SHA256.digest(of: [])
    changes = InputDigests(
      campaign, customerFile: customerFile, templates: templates.files(of: campaign),
      signer: signer
    ).changes(since: inputs)
    let due = DueMessage(
      message: message.message, fence: 0, attempts: message.attempts, turn: .again, recipient: message.recipient,
      messageID: message.messageID, relay: message.relay, firstAttemptAt: date, customer: frozen.id,
      letter: message.letter, payload: frozen.payload)
    do {
      let letterSource = try LetterMessageSource(
        campaign: campaign, templates: templates, frozenAt: record.createdAt, key: record.plan.hashKey, signer: signer)
      letters = try TransferEncoding.allCases.map { encoding in
        let bytes = try letterSource.bytes(for: due, date: date, encoding: encoding)
        return Letter(encoding: encoding, bytes: bytes, digest: SHA256.digest(of: bytes))
      }
    } catch let error where error is TemplateError || error is LetterError || error is MessageError {
      trouble = "\(error)"
    }
  }

  private static func signer(
    _ campaign: Campaign, credentials: URL?, frozenAt: Date
  ) throws(OperatorError) -> LetterSigner? {
    do throws(CampaignKeysError) {
      // A certificate that has expired since still makes the letter it signed.
      return try CampaignKeys(campaign, credentials: credentials, at: nil, frozenAt: frozenAt).requiredSigner()
    } catch {
      throw OperatorError(.campaignFile, "\(error)\nWithout the key a signed letter cannot be made again.")
    }
  }

  /// The reason, in words, why no reproduced letter is the one of `attempt`.
  func difference(from attempt: CustomerReceipts.Attempt) -> String {
    var lines = ["line \(attempt.line): the letter made again is not the one that was sent."]
    lines += letters.map { "  made again (\($0.encoding.rawValue)): sha256 \($0.digest)" }
    if let trouble { lines.append("  it cannot be made any more: \(trouble)") }
    if changes.isEmpty {
      lines.append(
        "Campaign file and templates are those of the launch: another version of eilbrief may have made the letter, "
          + "or the customer was changed in the queue.")
    } else {
      lines.append("Changed since the launch:")
      lines += changes.map { "  \($0.text)" }
      lines.append("Undo the change, or name a folder that has them as they were with --made-from.")
    }
    return lines.joined(separator: "\n")
  }
}
