import ArgumentParser
import Campaigns
import Mail
import Operations
import Queue
import Receipts
import Reports

struct ApproveCommand: AsyncParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve",
    abstract: "Approves a campaign; where campaign.yaml says “release: two”, `launch` needs two approvals.",
    discussion: """
      Reads and checks everything as `launch` does, shows what is approved and asks once. The approval counts for
      exactly this: when a byte of campaign.yaml, the customer file, a template or a key changes, it is void, and is
      shown as void. The names go into the receipts. Nobody checks that a name is your own: approvals guard against
      mistakes, not against a person who can write to the campaign's folder.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @Option(name: .customLong("as"), help: ArgumentHelp("Your name, as it goes into the receipts.", valueName: "name"))
  var name: String
  @Flag(help: "Do not ask.") var yes = false
  @Flag(help: "Approve although rows are rejected; their customers are called.") var withoutRejected = false
  @Flag(help: "Print what was approved and who has approved it as JSON (schema 1); needs --yes.") var json = false

  func validate() throws {
    guard !json || yes else { throw ValidationError("--json needs --yes: a question has no place in it.") }
  }

  func run() async throws {
    let approver: ApproverName
    do throws(ApproverNameError) {
      approver = try ApproverName(name)
    } catch {
      throw OperatorError(.usage, "--as: this is not a name that can be put into the receipts: \(error).")
    }
    let dependencies = try Machine.dependencies()
    let draft = try await ApprovalDraft.prepare(options.location(), withoutRejected: withoutRejected, dependencies)
    if !json { Console.print(ApprovalOutput.text(draft, options.nextCommand)) }
    if let earlier = draft.earlierApproval(by: approver) {
      return try show(
        draft.release,
        "\(earlier.name) has approved this already, at \(LocalTime.full(earlier.at)), and counts once.")
    }
    if !yes {
      try Question.confirm("Approve plan \(draft.plan.hash.hex.prefix(12)) of \(options.campaign) as \(approver)?")
    }
    try show(
      draft.approve(as: approver, dependencies), "Approved \(options.campaign) as \(approver); it is on disk.")
  }

  private func show(_ release: CampaignRelease, _ result: String) throws {
    guard !json else {
      Console.print(try ReportEncoding.json(ApprovalDocument(release)))
      return
    }
    Console.print(result)
    let nextCommand = options.nextCommand
    if release.state.isReleased {
      let launch = nextCommand.line(.launch(withoutRejected: release.subject.rejectedRows > 0))
      Console.print(
        "Released by \(nextCommand.text(release.state.counting.map(\.frozen).message)).\nNext: \(launch)")
    } else {
      Console.print("Next, \(nextCommand.text(release.nextStep))")
    }
  }
}
