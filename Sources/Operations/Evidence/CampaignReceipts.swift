import Foundation
import Mail
import Queue
import Receipts

/// The receipts in a campaign's folder, as operations read them: by the campaign's name, and verified before they are
/// shown.
struct CampaignReceipts {
  let campaign: String
  let folder: URL
  var file: URL { folder.appendingPathComponent("receipts.jsonl") }

  init(_ location: CampaignLocation) {
    campaign = location.name
    folder = location.spool.receipts(of: location.name)
  }

  /// Fails with the kind `data` when the file is gone: the store still has its lines.
  func requireFile() throws(OperatorError) {
    guard !FileManager.default.fileExists(atPath: file.path) else { return }
    throw OperatorError(
      .data,
      """
      \(file.path) is not there.
      As long as \(campaign) is in the queue and not purged, \(step: .resume) writes it again from there.
      """)
  }

  /// Fails with the kind `data` when they are not sound, belong to another campaign or plan than the queue has, or
  /// contradict the queue.
  func sound(in opened: LaunchedCampaign) async throws -> (verdict: ReceiptVerifier.Verdict, queue: QueueComparison) {
    let record = opened.record
    try requireFile()
    let verdict = try ReceiptVerifier(folder: folder).verify()
    if let fault = verdict.fault { throw unsound(fault) }
    try requireName(verdict)
    guard verdict.plan == record.plan.planHash.labelled else {
      throw OperatorError(
        .data, "\(folder.path): these are the receipts of another plan than the queue has of \(campaign).")
    }
    do {
      return (verdict, try await QueueComparison.make(file, signedBy: verdict.signedBy, in: opened))
    } catch let fault as ReceiptVerifier.Fault {
      throw unsound(fault)
    }
  }

  private func unsound(_ fault: ReceiptVerifier.Fault) -> OperatorError {
    let place = fault.line == nil ? folder : file
    return OperatorError(.data, "\(place.path): \(fault)\nReceipts that are not sound prove nothing.")
  }

  /// Fails with the kind `data` when they belong to another campaign.
  func requireName(_ verdict: ReceiptVerifier.Verdict) throws(OperatorError) {
    guard let named = verdict.campaign, named != campaign else { return }
    throw OperatorError(.data, "\(folder.path): these are the receipts of \(named), not of \(campaign).")
  }

  /// The reason why no delivery can begin with these receipts in the folder; nil when they do not prevent one.
  /// `isLaunched`: the queue knows the campaign, so that receipts of its own are as they should be.
  func objection(isLaunched: Bool) throws -> OperatorMessage? {
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

  /// Nil when there is no whole line: a line that a crash cut short is not a receipt.
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
