import Campaigns
public import Foundation
import Queue
public import Receipts
import Reports

/// Copies what proves a campaign into one folder that can be checked without eilbrief.
///
/// The receipts are verified on the way, and refused (kind `data`) when they are not sound. The folder appears whole or
/// not at all. Template files that are no longer those of the plan are left out, and reported.
public struct ReceiptExport: Sendable {
  public let verdict: ReceiptVerifier.Verdict
  /// The message about receipts that are not in the file yet; nil when all are.
  public let behind: OperatorMessage?
  /// Template files that are left out, each with the reason.
  public let missingTemplates: [String]
  /// The names of approvers whose approval is no longer in the file as it was given.
  public let missingApprovals: [String]

  public static func write(
    _ location: CampaignLocation, source: SourceFolder, to destination: URL, _ dependencies: Dependencies
  ) async throws -> ReceiptExport {
    let opened = try await OpenedCampaign(location, dependencies).launched()
    let record = opened.record
    let inputs = try record.plan.digests()
    let plan = PlanSummary(try await opened.store.snapshot(of: record.id), inputs: inputs)
    let (templates, missing) = source.frozenTemplates(inputs)
    let receipts = CampaignReceipts(location)
    try receipts.requireFile()
    try OutputPath(location, credentials: nil).requireUnreserved(destination.path)
    var folder = try ExportFolder(destination)
    do {
      let verdict = try folder.addReceipts(from: receipts.folder)
      guard verdict.plan == plan.plan, verdict.campaign == plan.campaign else {
        throw OperatorError(
          .data, "\(receipts.folder.path): these are the receipts of another campaign or plan; nothing was written.")
      }
      let queue = try await QueueComparison.make(folder.receipts, signedBy: verdict.signedBy, in: opened)
      let approvals = releasing(record, source)
      if !approvals.lines.isEmpty { try folder.add(ApprovalFile.name, approvals.lines) }
      for file in templates { try folder.add("templates/\(file.path)", file.bytes) }
      let omitted = missing.isEmpty ? "" : "\nTemplates left out here:\(missing.map { "\n  \($0)" }.joined())\n"
      try folder.add("plan.json", Array((ReportEncoding.json(plan) + "\n").utf8))
      try folder.add("plan.txt", Array((plan.text + omitted).utf8))
      let contents = ExportTexts.Contents(
        plan: plan, verdict: verdict, missingTemplates: missing.count, hasApprovals: !approvals.lines.isEmpty,
        missingApprovals: approvals.missing.count)
      try folder.add("README.txt", Array(ExportTexts.readme(contents).utf8))
      try folder.add("verify.sh", Array(ExportTexts.verifyScript.utf8), mode: 0o700)
      try folder.add("SHA256SUMS", Array(folder.checksums.utf8))
      try folder.finish()
      return ReceiptExport(
        verdict: verdict, behind: queue.behindMessage(in: location), missingTemplates: missing,
        missingApprovals: approvals.missing)
    } catch let fault as ReceiptVerifier.Fault {
      folder.discard()
      throw OperatorError(
        .data,
        "\(receipts.folder.path): \(fault)\nNothing was written: only sound and signed receipts are exported.")
    } catch {
      folder.discard()
      throw error
    }
  }

  /// The lines of the approvals that released the plan, as far as they are still there, and the names of the others.
  private static func releasing(
    _ record: CampaignRecord, _ source: SourceFolder
  ) -> (lines: [UInt8], missing: [String]) {
    // A file that has been damaged since then does not prevent the export of sound receipts.
    let kept = (try? ApprovalFile(folder: source.folder).read()) ?? []
    let found = kept.filter { record.plan.approvals.contains($0.frozen) }
    return (
      found.flatMap { $0.line + [UInt8(ascii: "\n")] },
      record.plan.approvals.filter { approval in !found.contains { $0.frozen == approval } }.map(\.name.text)
    )
  }
}
