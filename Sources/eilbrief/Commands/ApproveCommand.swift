import ArgumentParser
import Campaigns
import Foundation
import Letters
import Mail
import Queue
import Receipts
import Reports

struct ApproveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve",
    abstract: "Approves what would be launched; where campaign.yaml says “release: two”, `launch` needs two names.",
    discussion: """
      Reads and checks everything as `launch` does, shows what is approved and asks once. The approval counts for exactly
      this: when a byte of campaign.yaml, the customer file, a template or a key changes, it is void, and is shown as that.
      The names go into the receipts. Nobody checks that they are your own: it guards against mistakes, not against a person
      who can write to the campaign's folder.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @Option(name: .customLong("as"), help: ArgumentHelp("Your name, as it goes into the receipts.", valueName: "name"))
  var name: String
  @Flag(help: "Do not ask.") var yes = false
  @Flag(help: "Approve although rows are rejected; their customers are not told.") var withoutRejected = false
  @Flag(help: "Print what was approved and who has approved it as JSON (schema 1); needs --yes.") var json = false

  func validate() throws {
    guard !json || yes else { throw ValidationError("--json needs --yes: a question has no place in it.") }
  }

  func run() async throws {
    let approver: ApproverName
    do throws(ApproverNameError) {
      approver = try ApproverName(name)
    } catch {
      throw Failure(.usage, "--as: this is not a name that can be put into the receipts: \(error).")
    }
    try await Approve(
      options: options, approver: approver, asks: !yes, withoutRejected: withoutRejected, json: json
    ).run()
  }
}

/// What `approve` does.
struct Approve {
  let options: CampaignOptions
  let approver: ApproverName
  let asks: Bool
  let withoutRejected: Bool
  let json: Bool

  func run() async throws {
    try await insistOnDraft()
    let now = Date()
    let prepared = try PreparedCampaign.read(options.folder, at: now)
    _ = try prepared.signing.required()
    let (plan, check) = try LetterCheck.run(prepared, date: prepared.campaign.localTime(now))
    guard let release = try CampaignRelease.read(prepared, plan, options) else {
      throw Failure(
        .usage,
        """
        campaign.yaml of \(options.campaign) asks for no approval; nothing was done. Write “release: two” there, and \
        `launch` needs the approvals of two people.
        """)
    }
    try check.insist()
    try RejectedRows.insistOnNone(prepared, plan, unless: withoutRejected, verb: "approve")
    guard plan.counts.letter > 0 else {
      throw Failure(.data, "no customer gets a letter; there is nothing to approve.")
    }
    if let objection = try CampaignReceipts(options).objection(isLaunched: false) { throw Failure(.data, objection) }
    if !json { Console.print(ApprovalText.subject(prepared, plan, check, release, at: now)) }
    if let earlier = release.state.approval(by: approver) {
      let words = "\(earlier.name) has approved this already, at \(LocalTime.full(earlier.at)), and counts once."
      return try tell(release, nothingNew: words)
    }
    if asks {
      try Question.confirm("Approve plan \(plan.hash.hex.prefix(12)) of \(options.campaign) as \(approver)?")
    }
    let approval = Approval(of: release.subject, by: approver, at: Date())
    try tell(release.adding(approval, options), nothingNew: nil)
  }

  private func insistOnDraft() async throws {
    let store: SQLiteStore
    do throws(StoreError) {
      store = try SQLiteStore.open(spool: options.spool.folder, access: .reader)
    } catch {
      // What is wrong with the spool is said by the command that needs it.
      return
    }
    guard let record = try await store.campaign(named: options.campaign) else { return }
    try PurgedCampaign.refuse(record, options.words)
    throw Failure(
      .usage,
      """
      \(options.campaign) was frozen at \(LocalTime.full(record.createdAt)) and is \(record.state.rawValue): what is \
      approved is approved before the launch. Nothing was done.
      """)
  }

  /// - Parameter nothingNew: why nothing was added; nil when an approval was.
  private func tell(_ release: CampaignRelease, nothingNew: String?) throws {
    guard !json else {
      Console.print(try ReportEncoding.json(ApprovalReport(release)))
      return
    }
    Console.print(nothingNew ?? "Approved \(options.campaign) as \(approver); it is on disk.")
    if release.state.isReleased {
      let flag = release.subject.rejectedRows > 0 ? "--without-rejected" : ""
      Console.print(
        """
        Released by \(CampaignRelease.names(release.state.counting.map(\.frozen))).
        Next: \(options.words("launch", flag))
        """)
    } else {
      Console.print("Next, \(release.nextStep)")
    }
  }
}

/// The document of `approve --json` (schema 1).
private struct ApprovalReport: Encodable {
  var schema = 1
  var campaign: String
  var plan: String
  var files: [String: String]
  var release: ReleaseReport

  init(_ release: CampaignRelease) {
    campaign = release.subject.campaign
    plan = "sha256:\(release.subject.plan.hex)"
    files = release.subject.files.mapValues(\.hex)
    self.release = ReleaseReport(release)
  }
}
