import Foundation
import Mail
import Queue
import Receipts

/// The receipts in a campaign's folder, as commands read them: by the campaign's name, and verified before they are shown.
struct CampaignReceipts {
  let campaign: String
  let folder: URL
  private let words: CommandWords
  var file: URL { folder.appendingPathComponent("receipts.jsonl") }

  init(_ options: CampaignOptions) {
    campaign = options.campaign
    folder = Spool(folder: options.spool.folder).receipts(of: options.campaign)
    words = options.words
  }

  /// Fails with exit 65 where the file is gone: the spool has its lines.
  func insist() throws {
    guard !FileManager.default.fileExists(atPath: file.path) else { return }
    throw Failure(
      .data,
      """
      \(file.path) is not there.
      As long as \(campaign) is in the queue and not purged, `\(words("resume"))` writes it anew from there.
      """)
  }

  /// Fails with exit 65 when they are not sound, or another campaign's or plan's than `record`.
  func sound(of record: CampaignRecord) throws -> ReceiptVerifier.Verdict {
    try insist()
    let verdict = try ReceiptVerifier(folder: folder).verify()
    if let fault = verdict.fault {
      let place = fault.line == nil ? folder : file
      throw Failure(.data, "\(place.path): \(fault)\nReceipts that are not sound prove nothing.")
    }
    try insistOnName(verdict)
    guard verdict.plan == "sha256:\(record.plan.planHash.hex)" else {
      throw Failure(.data, "\(folder.path): these are the receipts of another plan than the queue has of \(campaign).")
    }
    return verdict
  }

  /// Fails with exit 65 when they are another campaign's.
  func insistOnName(_ verdict: ReceiptVerifier.Verdict) throws {
    guard let named = verdict.campaign, named != campaign else { return }
    throw Failure(.data, "\(folder.path): these are the receipts of \(named), not of \(campaign).")
  }

  /// Why no delivery can begin beside these receipts; nil when none stands in its way. `isLaunched`: the queue knows the
  /// campaign, so that receipts of its own are as they should be.
  func objection(isLaunched: Bool) throws -> String? {
    guard let first = try firstLine() else { return nil }
    return switch (try? Receipt(line: first))?.campaign {
    case campaign? where isLaunched: nil
    case campaign?:
      """
      \(folder.path) has receipts of \(campaign), which this queue does not know: letters have gone out that it would \
      send again. Find the queue.sqlite that belongs to them, or make a new campaign for those who were not told yet
      """
    case let other?: "\(folder.path) belongs to campaign \(other): move it away, or remove it if it is a copy"
    case nil: "\(folder.path) has lines that are no receipts: move it away"
    }
  }

  /// Nil when there is no whole line: what a crash cut short is no receipt.
  private func firstLine() throws -> [UInt8]? {
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    struct Enough: Error {}
    var first: [UInt8]?
    do {
      try ReceiptReader(file: file).forEachLine { line, isWhole in
        if isWhole { first = line }
        throw Enough()
      }
    } catch is Enough {}
    return first
  }
}
