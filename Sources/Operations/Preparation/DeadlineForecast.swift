import Campaigns
public import Delivery
import Files
public import Foundation
import Queue
import Reports

/// Whether the deadline that is printed in every letter can be kept, and what would help where it cannot.
public struct DeadlineForecast: Sendable {
  public let deadline: Date
  public let forecast: Forecast
  /// Each alone would be enough; none is looked for while the deadline can be kept.
  public let remedies: [ForecastRemedy]
  /// Rules by mail exchanger, where nobody has asked about some domains, so that the forecast does not know them.
  private let unknown: [DestinationPattern]
  /// The letters to these domains, and all that such rules may fit.
  private let unknownLetters: (to: Int, of: Int)
  private let now: Date

  public init(_ plan: ForecastPlan, deadline: Date) {
    self.deadline = deadline
    now = plan.now
    let step = StepProgress.begin(.forecasting)
    defer { step.end() }
    forecast = Forecast(plan)
    remedies = forecast.isTooLate ? plan.remedies(for: forecast.likely) : []
    let counts = plan.letters.countsByDomain.filter { DestinationRules(plan.destinations).needExchangers(of: $0.key) }
    let left = counts.filter { plan.letters.exchangers[$0.key] == nil }.values.reduce(0, +)
    unknownLetters = (left, counts.values.reduce(0, +))
    unknown = left > 0 ? plan.destinations.filter(\.isByExchanger).map(\.destination) : []
  }

  /// The forecast of a campaign that is not launched.
  ///
  /// - Parameter lookup: Where rules are by mail exchangers, those of the domains with the most letters are looked up with it;
  ///   nil: nobody is asked.
  init(
    _ campaign: Campaign, _ letters: WaitingLetters, from store: (any MessageStore)?,
    lookup: (any ExchangerLookup)? = nil, _ time: any DeliveryClock
  ) async throws {
    var relays: [ForecastPlan.Relay] = []
    for relay in campaign.relays { relays.append(try await ForecastPlan.Relay(relay, from: store, time)) }
    var letters = letters
    let rules = DestinationRules(campaign.destinations)
    if let lookup, rules.needExchangers {
      let counts = letters.countsByDomain.filter { rules.needExchangers(of: $0.key) }
      letters.exchangers = await ExchangerSurvey(lookup: lookup, time: time).find(counts)
    }
    var plan = ForecastPlan(
      at: time.now, letters: letters, relays: relays, retry: campaign.retry, hours: campaign.hours,
      destinations: campaign.destinations, deadline: campaign.deadline.date,
      stopsAtDeadline: campaign.afterDeadline == .stop, takesTurns: campaign.order.by == .spread,
      canary: campaign.canary,
      resendsUncertain: campaign.uncertain == .resend)
    if let store { try await plan.readLearned(from: store, time) }
    self.init(plan, deadline: campaign.deadline.date)
  }

  /// The forecast of what is left of a campaign that was launched.
  init(
    _ campaign: Campaign, _ record: CampaignRecord, in store: any MessageStore, _ time: any DeliveryClock
  ) async throws {
    var status = CampaignStatus(try await store.snapshot(of: record.id), at: time.now)
    try await status.readWaiting(of: record.id, in: store, at: time.now)
    self.init(
      try await ForecastPlan(ForecastSettings(campaign), status, of: record, in: store, time),
      deadline: record.plan.deadline)
  }

  /// The likely time by which the last letter is accepted.
  public var finish: Date { forecast.likely.moments.all ?? now }

  public var isPast: Bool { deadline <= now }
  /// Even where all goes well, letters are accepted after the deadline.
  public var isUnreachable: Bool { !isPast && forecast.isTooLate }
  /// It depends on the relays' answers.
  public var isUncertain: Bool { !isPast && !isUnreachable && forecast.mayBeLate }

  /// Fails with the kind `stopped` when the deadline has passed and nothing is sent after it.
  static func requireSending(_ campaign: Campaign, at now: Date) throws(OperatorError) {
    let deadline = campaign.deadline.date
    guard campaign.afterDeadline == .stop, deadline <= now else { return }
    throw OperatorError(
      .stopped,
      """
      The deadline, \(time: deadline), passed \(span: now.timeIntervalSince(deadline)) ago, and campaign.yaml says \
      “after_deadline: stop”: no letter would be sent. Set a later deadline, or “after_deadline: continue”. Nothing was \
      frozen.
      """)
  }

  /// What the operator should know before they agree to send; nil when the deadline can be kept.
  public var objection: OperatorMessage? {
    if isPast {
      return
        "The deadline in every letter, \(time: deadline), passed \(span: now.timeIntervalSince(deadline)) ago."
    }
    if isUnreachable {
      return """
        The deadline in every letter, \(time: deadline), cannot be kept: the last letter would be accepted at \
        \(time: finish), and \(ForecastTexts.late(forecast.likely)).
        """
    }
    return nil
  }

  /// What the forecast leaves out; nil when that is nothing.
  public var gap: OperatorMessage? {
    guard !unknown.isEmpty else { return nil }
    let rules = unknown.map(\.description).joined(separator: " and ")
    if unknownLetters.to < unknownLetters.of {
      return """
        Without the limits of \(rules) for \(pluralized(unknownLetters.to, "letter")) to domains whose mail exchangers are \
        not known: they are looked up while letters leave.
        """
    }
    return "Without the limits of \(rules): whose mail they are for is looked up while letters leave."
  }

  /// The same, or who may be told late where the relays are slow; nil when everybody is told in time.
  public var note: OperatorMessage? { objection ?? ForecastTexts.deadline(forecast) }

  /// The refusal of a launch that cannot keep the deadline; nil when it can.
  func refusal(withoutRejected: Bool) -> OperatorError? {
    guard let objection else { return nil }
    var lines: [OperatorMessage] = [objection]
    if isPast {
      lines.append("Set another one in campaign.yaml: it is printed in every letter.")
    } else {
      lines += ForecastTexts.remedies(remedies)
      lines.append(
        """
        Or telephone: \(pluralized(forecast.likely.late.customers.count, "customer")) would not be told by the \
        deadline. \(step: .rehearseAtSpeed) names them now; after a launch, from the deadline on, \(step: .calls) has them.
        """)
    }
    lines.append("Nothing was frozen. To launch all the same: \(step: .launchLate(withoutRejected: withoutRejected)).")
    return OperatorError(.stopped, lines.joined(separator: "\n"))
  }
}
