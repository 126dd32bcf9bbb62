public import Campaigns
public import Delivery
public import Foundation
import Letters
import Mail
public import Rehearsal
import Reports

/// Plays a whole campaign on a simulated clock against the script of a rehearsal relay, in seconds: limits, hours,
/// greylisting, refusals, retries, destinations.
///
/// No letter is made a message, no connection opened and no queue folder written. The letters go by the forecast's own run
/// (``ForecastRun``), and what the relay says is judged as in a delivery.
public struct RehearsalAtSpeed: Sendable {
  public struct Outcome: Sendable {
    public let campaign: String
    public let letters: Int
    public let deadline: Date
    public let start: Date
    public let outcome: ForecastOutcome
    public let relays: [Relay]
    /// How often each fault acted, by its word.
    public let faults: [String: Int]
    /// The customers that are not told by the deadline, in the order of the plan.
    public let lateCustomers: [String]
    /// The number of rejected rows, because of which a launch would not begin.
    public let rejectedRows: Int
    /// Seconds that a letter is taken to keep a connection.
    public let secondsPerLetter: TimeInterval

    public var isEveryoneToldInTime: Bool {
      outcome.accepted == letters && outcome.late.letters == 0
    }
    public var isPaused: Bool { !outcome.relays.isEmpty && outcome.relays.allSatisfy(\.isPaused) }
  }

  private let location: CampaignLocation
  private let faults: FaultPlan
  private let dependencies: Dependencies

  public init(_ location: CampaignLocation, faults: FaultPlan, _ dependencies: Dependencies) {
    self.location = location
    self.faults = faults
    self.dependencies = dependencies
  }

  /// Fails with the kind `usage` when a fault of the plan cannot be played at speed, and as a rehearsal does when a launch
  /// would not begin because of the files.
  public func run() async throws -> Outcome {
    try await location.requireUnpurged(dependencies)
    let now = dependencies.now
    let loaded = try LoadedCampaign(location, credentials: dependencies.credentials, at: now)
    let campaign = loaded.campaign
    let script: FaultScript
    do throws(FaultScript.Unsupported) { script = try FaultScript(faults) } catch {
      throw OperatorError(.usage, "\(error).")
    }
    if script.connectionLimit != nil, campaign.relays.count > 1 {
      throw OperatorError(
        .usage,
        """
        the fault connections cannot be played at speed for several relays, which share them: leave it out, or rehearse \
        over a connection, without --at-speed.
        """)
    }
    var staging = PlanStaging(in: FileManager.default.temporaryDirectory)
    let (plan, check) = try LetterCheck.run(loaded, date: campaign.localTime(now)) { try staging.append($0, $1) }
    try check.requireNoErrors()
    let planned = try PlannedLetters(campaign, inOrderOf: staging.finish())
    var relays = campaign.relays
    if let most = script.connectionLimit { relays[0].connections = min(relays[0].connections, most) }
    let assumptions = ForecastAssumptions(.likely, ForecastExperience(), connections: 1)
    let store = location.readableStore(dependencies)
    var used: [ForecastPlan.Relay] = []
    for relay in relays { used.append(try await ForecastPlan.Relay(relay, from: store, dependencies.time)) }
    let forecast = ForecastPlan(
      at: now, letters: planned.letters, relays: used, retry: campaign.retry, hours: campaign.hours,
      destinations: campaign.destinations, deadline: campaign.deadline.date,
      stopsAtDeadline: campaign.afterDeadline == .stop, canary: campaign.canary,
      resendsUncertain: campaign.uncertain == .resend)
    let outcome = forecast.outcome(
      of: ScriptAnswers(
        script, planned.recipients, from: campaign.sender.from.address, start: now, seconds: assumptions.seconds),
      jitter: assumptions.jitter)
    return Outcome(
      campaign: campaign.name, letters: plan.counts.messages, deadline: campaign.deadline.date, start: now,
      outcome: outcome, relays: campaign.relays, faults: script.faults,
      lateCustomers: try loaded.book.ids(of: outcome.late.customers), rejectedRows: loaded.book.rejected.count,
      secondsPerLetter: assumptions.seconds)
  }
}

/// The answers of the script, as a session would have them.
private struct ScriptAnswers: ForecastAnswers {
  private let script: FaultScript
  private let recipients: [EmailAddress]
  private let sender: String
  private let start: Date
  private let seconds: TimeInterval

  init(
    _ script: FaultScript, _ recipients: [EmailAddress], from sender: EmailAddress, start: Date, seconds: TimeInterval
  ) {
    self.script = script
    self.recipients = recipients
    self.sender = sender.description
    self.start = start
    self.seconds = seconds
  }

  func answer(
    to letter: Int, attempt: Int, over relay: Int, knownFrom _: Int?, at now: Date
  ) -> (answer: ForecastAnswer, seconds: TimeInterval) {
    let recipient = recipients[letter]
    let answer = script.answer(to: recipient.description, from: sender, at: duration(now))
    switch answer {
    case .taken(let delay):
      let ok = Reply(code: 250, enhanced: EnhancedStatus(2, 0, 0), text: "2.0.0 Ok")
      return (.said(.answered(.final, ok), recipient: recipient), seconds + delay.seconds)
    case .reply(let phase, let code, let text):
      let reply = Reply(code: code, enhanced: EnhancedStatus(prefixOf: text), text: text)
      return (.said(.answered(Phase(rawValue: phase.rawValue) ?? .rcpt, reply), recipient: recipient), seconds)
    case .lostAfterDot:
      return (.said(.lost(.final, reason: "connection closed", dotSent: true), recipient: recipient), seconds)
    case .lostInLetter:
      return (.said(.lost(.data, reason: "connection closed", dotSent: false), recipient: recipient), seconds)
    }
  }

  func awayUntil(_ relay: Int, at now: Date) -> Date? {
    script.awayUntil(at: duration(now)).map { start.addingTimeInterval($0.seconds) }
  }

  private func duration(_ now: Date) -> Duration {
    .milliseconds(Int((now.timeIntervalSince(start) * 1000).rounded()))
  }
}

extension CustomerBook {
  /// The ids of customers by their numbers in the order of the plan, ascending.
  fileprivate func ids(of numbers: NumberSet) throws -> [String] {
    var ids: [String] = []
    var rest = numbers.makeIterator()
    var next = rest.next()
    var reader = customers()
    var number: UInt32 = 0
    while next != nil, let customer = try reader.next() {
      if number == next {
        ids.append(customer.id)
        next = rest.next()
      }
      number += 1
    }
    return ids
  }
}
