import ArgumentParser
import Delivery
import Operations
import Preflight
import Reports

struct CheckCommand: AsyncParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Reads everything, sends nothing, and shows what the campaign would do and what prevents it.",
    discussion: """
      Shows the encoding found in the customer file with three of its umlaut rows to look at, the customers by outcome,
      the rejected rows, every letter's faults, and the time that the relays' limits need, compared with the deadline.
      For a campaign that was launched it shows the state, and what has changed since it was frozen.

      A password or key that is missing here is named and makes the campaign not ready, but the exit code stays 0: a
      campaign may be checked on a machine that does not have its secrets.

      --online looks outside as well, and still sends nothing: whether DNS lets receivers believe your letters (SPF,
      DKIM, DMARC), whether answers and bounces arrive (MX), and whether the relays take them (TLS, certificate, login,
      size). For what is missing it prints what to publish. `launch` does not look at DNS: run `check --online` before
      it.

      Exit codes:
        0   nothing is wrong; there may be warnings
        65  the files are wrong; or, with --online, DNS is
        69  with --online: no relay can be used, or one cannot take the letters
        75  with --online: something could not be found out; try again later
      Where several apply, the first in this order is used.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @OptionGroup var log: LogOptions
  @Flag(help: "Look at DNS and the relays as well.") var online = false
  @Option(
    help: ArgumentHelp(
      "With --online: ask this name server instead of the system's, as 192.0.2.53 or [2001:db8::53]:5300.",
      valueName: "address[:port]"))
  var resolver: String?
  @Flag(help: "Print what was found as JSON.") var json = false
  @Option(
    help: ArgumentHelp(
      "Write the rejected and the warned rows with their reasons to this file (.xlsx: a workbook, else CSV).",
      valueName: "file"))
  var rejected: String?
  @Flag(help: "With --rejected: replace another file as well.") var force = false

  func run() async throws {
    let server = try nameServer()
    let dependencies = try Machine.dependencies(log: log.format)
    guard !force || rejected != nil else { throw OperatorError(.usage, "--force goes with --rejected.") }
    let rows = try rejected.map { try RejectedRowsFile($0, force: force, of: options.location(), dependencies) }
    let report = try await CheckReport.make(
      options.location(), online: online ? .init(resolver: server) : nil, dependencies)
    if json {
      try CheckDocument(report, options.nextCommand).write { Console.print($0, terminator: "") }
    } else {
      Console.print(CheckText(report: report, nextCommand: options.nextCommand, now: dependencies.time.now).text)
    }
    if let rows { Console.error(options.nextCommand.text(try rows.write(report))) }
    if !report.isFit { throw SilentFailure(status: .data) }
    if let fault = report.online?.fault { throw SilentFailure(status: ExitStatus(fault)) }
  }

  private func nameServer() throws -> NameServer? {
    guard let resolver else { return nil }
    guard online else { throw OperatorError(.usage, "--resolver is for --online: without it no name server is asked.") }
    guard let server = NameServer(resolver) else {
      throw OperatorError(
        .usage,
        """
        --resolver: “\(resolver)” is not the address of a name server: write 192.0.2.53, 192.0.2.53:5300 or \
        [2001:db8::53]:5300.
        """)
    }
    return server
  }
}
