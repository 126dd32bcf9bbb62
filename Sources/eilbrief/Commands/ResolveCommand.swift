import ArgumentParser
import Operations
import Queue
import Receipts

struct ResolveCommand: AsyncParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve",
    abstract: "Settles uncertain letters: accepted, or to be sent again; reopens refused and expired ones.",
    discussion: """
      A letter is uncertain when the connection was lost after its last byte and before the relay's answer, or when the
      process was lost while it was on the wire. --relay-log settles each letter by the log of the relay that eilbrief
      connects to (Postfix, Exim, OpenSMTPD, or Exchange's message tracking log; plain or gzip; give every file of the
      time, in any order): accepted where the log shows that the relay took it, back in the queue where the log covers
      the time and shows that it did not. A line counts with the letter's Message-ID, or in a session with the relay in
      which other letters of the campaign are found; sender, recipient and time are not enough. The log line becomes part
      of the receipt. A letter that the log cannot decide stays uncertain, with the reason.

      Without a log, look for the Message-IDs yourself (`eilbrief report` lists them). With --resend a customer may get
      the letter twice, both times with the same Message-ID, so that most mail programs show it once. The receipts
      record your decision.

      With --resend and --customer the customer's refused and expired letters are sent again too: the relay was at fault
      and is mended, or the mailbox takes letters now. Nobody gets such a letter twice. They have as many attempts as they
      need until the give-up time, which counts anew.

      The exit code is 1 when letters stay uncertain.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @Option(
    help: ArgumentHelp(
      "Only this customer; may be given several times. Default: all with an uncertain letter.", valueName: "id"))
  var customer: [String] = []
  @Option(
    help: ArgumentHelp(
      "Only this letter, where customers get several. Default: every uncertain one.", valueName: "name"))
  var letter: String?
  @Option(help: ArgumentHelp("Settle letters by this log of the relay; may be given several times.", valueName: "file"))
  var relayLog: [String] = []
  @Flag(help: "Send them again, with the same Message-ID, at the next resume.") var resend = false
  @Flag(help: "Record them as accepted: you have seen in the relay's log that it took them.") var assumeAccepted = false

  func validate() throws {
    guard [!relayLog.isEmpty, resend, assumeAccepted].count(where: { $0 }) == 1 else {
      throw ValidationError("Say one of --relay-log, --resend and --assume-accepted.")
    }
    guard letter == nil || relayLog.isEmpty else {
      throw ValidationError("--relay-log judges every letter by itself; --letter goes with the other two.")
    }
  }

  func run() async throws {
    let settling = Settling(try options.location(), customers: customer, try Machine.dependencies())
    if relayLog.isEmpty {
      try await decide(settling)
    } else {
      try await settleByLogs(settling)
    }
  }

  private func decide(_ settling: Settling) async throws {
    let settled = try await settling.decide(resend ? .resend : .accepted, letter: letter, report: show)
    if settled.isEmpty {
      let others = resend && !customer.isEmpty ? ", refused or expired" : ""
      Console.print("No letter \(letter.map { "“\($0)” " } ?? "")of \(options.campaign) is uncertain\(others).")
    } else {
      Console.print(SettledLettersText(letters: settled).text)
    }
    if resend, !settled.isEmpty { Console.print("`\(options.nextCommand.line(.resume))` sends them.") }
  }

  private func settleByLogs(_ settling: Settling) async throws {
    let result = try await settling.byLogs(relayLog, report: show)
    for path in result.foreign { Console.error("\(path): this file has no line of a relay's log known here.") }
    guard !result.letters.isEmpty else {
      Console.print("No letter of \(options.campaign) is uncertain.")
      return
    }
    Console.print(LogSettlingText(settling: result, nextCommand: options.nextCommand).text)
    if !result.uncertain.isEmpty { throw SilentFailure(status: .someNotAccepted) }
  }

  private func show(_ event: Settling.Event) {
    switch event {
    case .recovered(let lost): Console.error(DeliveryEventText.recovered(lost))
    }
  }
}
