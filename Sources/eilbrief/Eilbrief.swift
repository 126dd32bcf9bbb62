import ArgumentParser
import FaultPoints
import Files
import Foundation
import Operations

/// The command line. It alone knows which store, which transport and which clock are used: see ``Machine``.
@main
struct Eilbrief: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eilbrief",
    abstract: "Tells every customer what to do after a breach, once, and can prove it.",
    discussion: """
      A campaign is a folder below the queue folder: campaign.yaml, a customer file and, if you change them, templates.

        eilbrief init summer        make Queue/summer with everything to start from
        eilbrief check summer       read everything, send nothing
        eilbrief rehearse summer    the whole campaign against a built-in relay
        eilbrief send-test summer   one customer's letter to yourself
        eilbrief approve summer     one of two approvals, for “release: two”
        eilbrief launch summer      send; run again it resumes

      Exit codes:
        0   done, and every letter was accepted
        1   done, but some are refused, expired, excluded or uncertain
        64  wrong use of the command
        65  customer or template data wrong
        69  relay not reachable, or it refuses us
        73  cannot write
        75  stopped before the end, or not released yet; resume later
        78  campaign file wrong
      """.flowing,
    version: "0.1.0",
    subcommands: [
      InitCommand.self, CheckCommand.self, PreviewCommand.self, RehearseCommand.self, SendTestCommand.self,
      ApproveCommand.self, LaunchCommand.self, ResumeCommand.self, PauseCommand.self, CancelCommand.self,
      WorkerCommand.self, ServeCommand.self, StatusCommand.self, ResolveCommand.self, ExplainCommand.self,
      BouncesCommand.self, ReceiptsCommand.self, ReportCommand.self, CallsCommand.self, ChangedCommand.self,
      LockedCommand.self, RemindCommand.self, FollowUpCommand.self, VerifyCommand.self, PurgeCommand.self,
      DKIMKeyCommand.self, QueueCommand.self,
    ])

  static func main() async {
    // Every file of a queue folder is personal data: created for its owner alone, whatever the shell's umask is.
    umask(0o077)
    PrintStream.reserveDescriptors()
    // A reader that goes away ends the output, not the work: see PrintStream.
    signal(SIGPIPE, SIG_IGN)
    // A file that may not grow (`ulimit -f`) is an error of that write, like a full disk.
    signal(SIGXFSZ, SIG_IGN)
    Machine.requireDescriptors()
    let parsed: any ParsableCommand
    do {
      if let mistake = FaultPoint.mistake { throw OperatorError(.usage, "\(mistake)") }
      parsed = try parseAsRoot()
    } catch {
      end(error, NextCommand(campaign: "CAMPAIGN", queue: nil))
    }
    do {
      // Nobody else uses it while it runs.
      nonisolated(unsafe) let given = parsed
      try await StepDisplay.showing {
        var command = given
        if var asynchronous = command as? any AsyncParsableCommand {
          try await asynchronous.run()
        } else {
          try command.run()
        }
      }
    } catch {
      let options = (parsed as? any CampaignCommand)?.options
      end(error, options?.nextCommand ?? NextCommand(campaign: "CAMPAIGN", queue: nil))
    }
    finish(.done)
  }

  private static func end(_ error: any Error, _ nextCommand: NextCommand) -> Never {
    let end = shown(error, nextCommand)
    finish(end.status, keepsFailure: end.keepsStatus)
  }

  /// Prints what went wrong. Returns how the process is to end for it.
  static func shown(_ error: any Error, _ nextCommand: NextCommand) -> SilentFailure {
    if error is OutputEnded { return SilentFailure(status: .done) }
    if let silent = error as? SilentFailure { return silent }
    // A request for help, or a mistake on the command line: what the parser knows how to say.
    let code = exitCode(for: error)
    guard code == .failure else {
      let text = fullMessage(for: error)
      guard code.isSuccess else {
        Console.error(text)
        return SilentFailure(status: .usage, keepsStatus: true)
      }
      if !text.isEmpty { Console.print(text) }
      return SilentFailure(status: .done)
    }
    let failure =
      OperatorError(describing: error)
      ?? OperatorError(
        .software, "a fault of this program: \(error)\nNothing that was recorded is lost; please report it.")
    Console.error("eilbrief: \(nextCommand.text(failure.message))")
    return SilentFailure(status: ExitStatus(failure.kind), keepsStatus: true)
  }

  /// Ends the process; with 73 when a part of the output could not be written, unless a failure is to be kept.
  private static func finish(_ status: ExitStatus, keepsFailure: Bool = false) -> Never {
    guard let loss = Console.loss else { Foundation.exit(status.rawValue) }
    Console.error(
      """
      eilbrief: \(loss.path): cannot be written: \(loss.cause). A part of the output is missing, and nothing else: what \
      was done is done, and recorded.
      """)
    Foundation.exit((keepsFailure && status != .done ? status : .cannotWrite).rawValue)
  }
}
