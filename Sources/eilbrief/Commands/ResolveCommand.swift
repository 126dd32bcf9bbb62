import ArgumentParser
import Foundation
import Queue
import Receipts

struct ResolveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve",
    abstract: "Settles uncertain letters: taken by the relay, or to be sent again.",
    discussion: """
      A letter is uncertain when the connection was lost after its last byte and before the relay's answer, or when the
      process was lost while it was on the wire. --relay-log settles each letter by the log of the relay that eilbrief
      connects to (Postfix, Exim, OpenSMTPD, or Exchange's message tracking log; plain or gzip; give every file of the
      time, in any order): as accepted where the log shows that the relay took it, back to the queue where the log covers
      the time and shows that it did not. The log line becomes part of the receipt. What the log cannot tell stays
      uncertain, with the reason.

      Without a log, look for the Message-IDs yourself (`eilbrief report` lists them). With --resend a customer may get
      the letter twice, both times with the same Message-ID, so that most mail programs show it once. The receipts record
      your decision.

      Ends with 1 when letters stay uncertain.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @Option(
    help: ArgumentHelp("Only this customer; may be given several times. Default: every uncertain one.", valueName: "id")
  )
  var customer: [String] = []
  @Option(
    help: ArgumentHelp(
      "Only this letter, where customers get several. Default: every uncertain one.", valueName: "name"))
  var letter: String?
  @Option(help: ArgumentHelp("Judge by this log of the relay; may be given several times.", valueName: "file"))
  var relayLog: [String] = []
  @Flag(help: "They go out again with the same Message-ID at the next resume.") var resend = false
  @Flag(help: "The relay's log shows that it took them.") var assumeAccepted = false

  func validate() throws {
    guard [!relayLog.isEmpty, resend, assumeAccepted].count(where: { $0 }) == 1 else {
      throw ValidationError("Say one of --relay-log, --resend and --assume-accepted.")
    }
    guard letter == nil || relayLog.isEmpty else {
      throw ValidationError("--relay-log judges every letter by itself; --letter goes with the other two.")
    }
  }

  func run() async throws {
    let (_, record) = try await ReadCampaign(options).launchedWithCustomers()
    let owned = try OwnedSpool(options)
    let now = Date()
    let lost = try await owned.store.recover(campaign: record.id, at: now)
    if lost > 0 {
      Console.error("\(lost) letters were on the wire when the last process ended: they are uncertain now.")
      // A log is looked through for each letter, so it does not matter whether anybody has seen them.
      if customer.isEmpty, relayLog.isEmpty {
        try await owned.writeReceipts(of: record, at: now)
        throw Failure(
          .stopped, "nothing was settled: look at all uncertain letters with `eilbrief status`, then run this again.")
      }
    }
    try await ChosenCustomers.insist(on: customer, in: record, of: owned, at: now)
    guard relayLog.isEmpty else {
      try await LogResolution(options: options, owned: owned, record: record, customers: customer, logs: relayLog)
        .run(at: now)
      return
    }
    try await resolveAll(owned, record, now)
  }

  private func resolveAll(_ owned: OwnedSpool, _ record: CampaignRecord, _ now: Date) async throws {
    let resolution: Resolution = resend ? .resend : .accepted
    var settled: [String] = []
    for id in customer.isEmpty ? [nil] : customer.map(Optional.some) {
      settled += try await owned.store.resolve(
        in: record.id, customer: id, letter: letter, as: resolution, evidence: "operator", at: now)
    }
    try await owned.writeReceipts(of: record, at: now)
    for id in settled { Console.print("\(id): \(resend ? "queued again" : "accepted, as you say")") }
    if settled.isEmpty {
      Console.print("No letter \(letter.map { "“\($0)” " } ?? "")of \(options.campaign) is uncertain.")
    }
    if resend, !settled.isEmpty { Console.print("`\(options.words("resume"))` sends them.") }
  }
}
