import ArgumentParser
import Mail
import Operations

struct SendTestCommand: AsyncParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "send-test",
    abstract: "Sends one customer's real letter to an address of yours, as a test, and waits for the relay's answer.",
    discussion: """
      The letter is made and signed as for the customer, with [TEST] in its subject, and goes through the real relay. It is
      not part of the campaign and counts in the relay's limits. Exit codes: 0 accepted, 69 refused or no relay can be
      used, 75 put off, 1 nobody knows.

        eilbrief send-test summer --to me@firm.example --customer 1002
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @Option(help: ArgumentHelp("The address that gets the letter: one of yours.", valueName: "address")) var to: String
  @Option(help: ArgumentHelp("The customer whose letter is sent.", valueName: "id")) var customer: String
  @Option(help: ArgumentHelp("Which letter, where the customer gets several.", valueName: "name")) var letter: String?
  @Option(help: ArgumentHelp("The relay to use (default: the first that can be).", valueName: "name")) var relay:
    String?

  func run() async throws {
    let run = try TestLetterRun(
      options.location(), .init(to: to, customer: customer, letter: letter, relay: relay), Machine.dependencies())
    let result = try await StopSignal.cancelling(run.run) { Console.error("Stopping.") }
    for trouble in result.troubles { Console.error(trouble) }
    let explanation = result.explanation.map { [ExplainText(.english).text($0)] } ?? []
    Console.print((result.lines + explanation).joined(separator: "\n"))
    guard result.outcome != .accepted else { return }
    throw SilentFailure(status: result.outcome.kind.map(ExitStatus.init) ?? .someNotAccepted, keepsStatus: true)
  }
}
