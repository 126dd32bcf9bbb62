import Campaigns
import Delivery
import Foundation
import Letters
import Mail
import Queue

/// A letter made again from the spool, the campaign file and the templates, in both encodings it may have travelled in.
///
/// A letter that cannot be made any more is no error here: ``difference(from:)`` says why.
struct LetterRemake {
  struct Letter {
    let encoding: TransferEncoding
    let bytes: [UInt8]
    let digest: SHA256Digest
  }

  private(set) var letters: [Letter] = []
  /// What was changed since the launch, one clause each.
  private let changes: [InputChange]
  private var trouble: String?

  /// `folder` has the campaign file and perhaps templates. `date` is that of the first attempt.
  init(
    record: CampaignRecord, folder: URL, frozen: CustomerRecord, message: MessageRecord, date: Date
  ) throws {
    var campaign = try CampaignFile.read(folder: folder)
    // Message-ID and boundary depend on it, and the folder may have been renamed or copied.
    campaign.name = record.plan.name
    let signer = try Self.signer(campaign, frozenAt: record.createdAt)
    let templates = try TemplateSet.load(folder: folder.appendingPathComponent("templates", isDirectory: true))
    let inputs = try MadeFrom.digests(of: record)
    // The customer file is not needed: the spool has the customer.
    let customerFile = SHA256Digest(hex: inputs.customerFile) ?? SHA256.digest(of: [])
    changes = InputDigests(
      campaign, customerFile: customerFile, templates: PreparedCampaign.templateFiles(campaign, templates),
      signer: signer
    ).changes(since: inputs)
    let due = DueMessage(
      message: message.message, fence: 0, attempts: message.attempts, turn: .again, recipient: message.recipient,
      messageID: message.messageID, relay: message.relay, firstAttemptAt: date, customer: frozen.id,
      letter: message.letter, payload: frozen.payload)
    do {
      let source = LetterMessageSource(
        sender: campaign.sender,
        renderer: try LetterRenderer(
          campaign: campaign, templates: templates, date: campaign.localTime(record.createdAt),
          codes: VerificationCodes(key: record.plan.hashKey, campaign: record.plan.name)),
        composer: LetterComposer(campaign: campaign, key: record.plan.hashKey, signer: signer))
      letters = try TransferEncoding.allCases.map { encoding in
        let bytes = try source.bytes(for: due, date: date, encoding: encoding)
        return Letter(encoding: encoding, bytes: bytes, digest: SHA256.digest(of: bytes))
      }
    } catch let error where error is TemplateError || error is LetterError || error is MessageError {
      trouble = "\(error)"
    }
  }

  private static func signer(_ campaign: Campaign, frozenAt: Date) throws -> LetterSigner? {
    do throws(Failure) {
      // A certificate that has expired since still makes the letter it signed.
      return try CampaignSigning(campaign, at: nil, frozenAt: frozenAt).required()
    } catch {
      throw Failure(.campaign, "\(error.message)\nWithout the key a signed letter cannot be made again.")
    }
  }

  /// Why no letter made again is the one of `attempt`, in words.
  func difference(from attempt: CustomerReceipts.Attempt) -> String {
    var lines = ["line \(attempt.line): the letter made again is not the one that was sent."]
    lines += letters.map { "  made again (\($0.encoding.rawValue)): sha256 \($0.digest)" }
    if let trouble { lines.append("  it cannot be made any more: \(trouble)") }
    if changes.isEmpty {
      lines.append(
        "Campaign file and templates are those of the launch: another version of eilbrief may have made the letter, "
          + "or the customer was changed in the spool.")
    } else {
      lines.append("Changed since the launch:")
      lines += changes.map { "  \($0.text)" }
      lines.append("Undo the change, or name a folder that has them as they were with --made-from.")
    }
    return lines.joined(separator: "\n")
  }
}
