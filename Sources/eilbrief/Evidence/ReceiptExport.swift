import Campaigns
import Foundation
import Queue
import Receipts
import Reports

/// Copies what proves a campaign into one folder that needs nothing of ours to be checked.
///
/// The receipts are verified on the way, and refused (exit 65) when they are not sound. The folder appears whole or not at
/// all. Template files that are no longer those of the plan are left out, and said so.
struct ReceiptExport {
  let options: CampaignOptions
  let madeFrom: MadeFrom
  let destination: URL

  func run() async throws {
    let (store, record) = try await ReadCampaign(options).launched()
    let inputs = try MadeFrom.digests(of: record)
    let plan = PlanSummary(try await store.snapshot(of: record.id), inputs: inputs)
    let (templates, missing) = madeFrom.frozenTemplates(options, inputs)
    let receipts = CampaignReceipts(options)
    try receipts.insist()
    let source = receipts.folder
    var folder = try ExportFolder(destination)
    let verdict: ReceiptVerifier.Verdict
    do {
      verdict = try folder.addReceipts(from: source)
      guard verdict.plan == plan.plan, verdict.campaign == plan.campaign else {
        throw Failure(.data, "\(source.path): these are the receipts of another campaign or plan; nothing was written.")
      }
      let approvals = releasing(record)
      if !approvals.lines.isEmpty { try folder.add(ApprovalFile.name, approvals.lines) }
      for file in templates { try folder.add("templates/\(file.path)", file.bytes) }
      let omitted = missing.map { "\n  \($0)" }.joined()
      try folder.add("plan.json", Array((ReportEncoding.json(plan) + "\n").utf8))
      try folder.add(
        "plan.txt", Array((plan.text + (missing.isEmpty ? "" : "\nTemplates left out here:\(omitted)\n")).utf8))
      try folder.add(
        "README.txt", Array(ExportTexts.readme(plan, verdict, hasApprovals: !approvals.lines.isEmpty).utf8))
      try folder.add("verify.sh", Array(ExportTexts.verifyScript.utf8), mode: 0o700)
      try folder.add("SHA256SUMS", Array(folder.checksums.utf8))
      try folder.finish()
      if !missing.isEmpty { Console.error("Templates left out:\(omitted)") }
      for name in approvals.missing {
        Console.error("Left out: the approval of \(name), which \(ApprovalFile.name) no longer has as it was given")
      }
    } catch let fault as ReceiptVerifier.Fault {
      folder.discard()
      throw Failure(
        .data, "\(source.path): \(fault)\nNothing was written: only sound and signed receipts are exported.")
    } catch {
      folder.discard()
      throw error
    }
    Console.print(
      """
      Wrote \(destination.path): \(verdict.reach).
      `sh verify.sh` in it checks everything with sha256sum and openssl alone; README.txt says how to do it by hand.
      """)
  }

  /// The lines of the approvals that released the plan, so far as they are still there, and the names of the others.
  private func releasing(_ record: CampaignRecord) -> (lines: [UInt8], missing: [String]) {
    // A file that was damaged since does not hinder the export of sound receipts.
    let kept = (try? ApprovalFile(folder: madeFrom.folder(options)).read()) ?? []
    let found = kept.filter { record.plan.approvals.contains($0.frozen) }
    return (
      found.flatMap { $0.line + [UInt8(ascii: "\n")] },
      record.plan.approvals.filter { approval in !found.contains { $0.frozen == approval } }.map(\.name.text)
    )
  }
}
