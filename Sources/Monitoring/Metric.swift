/// What is measured: the name, the words and the kind of a metric, as Prometheus shows them.
///
/// All there are stand in ``all``; `docs/monitoring.md` names each. No label of any holds an address, a name or an id of a
/// customer.
public struct Metric: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, CaseIterable { case gauge, counter, histogram }

  public let name: String
  public let help: String
  public let kind: Kind

  private init(_ name: String, _ kind: Kind, _ help: String) {
    (self.name, self.kind, self.help) = ("eilbrief_" + name, kind, help)
  }
}

extension Metric {
  // MARK: A campaign, as its store has it

  public static let campaignState = Metric(
    "campaign_state", .gauge, "1 for the state of the campaign, 0 for the others.")
  public static let isDelivering = Metric(
    "campaign_delivering", .gauge, "1 while a process delivers the campaign, 0 when none does or it is stopped.")
  public static let hasTrouble = Metric(
    "campaign_trouble", .gauge, "1 while the worker cannot deliver the campaign, 0 otherwise.")
  public static let letters = Metric(
    "letters", .gauge,
    "Letters by state and by the relay of the last attempt; no relay where none was tried, or where the operator's word counts."
  )
  public static let deadline = Metric("deadline_timestamp_seconds", .gauge, "The deadline of the campaign.")
  public static let forecastEnd = Metric(
    "forecast_end_timestamp_seconds", .gauge,
    "When all letters that wait will be accepted by the forecast: earliest, likely, latest. Absent while none can be made."
  )
  public static let forecastLate = Metric(
    "forecast_late_customers", .gauge, "Customers who will not be told by the deadline by the forecast.")
  public static let lastAccepted = Metric(
    "last_accepted_timestamp_seconds", .gauge, "When the relay last accepted a letter of the campaign.")
  public static let relayState = Metric("relay_state", .gauge, "1 for the state of the relay, 0 for the others.")
  public static let limit = Metric("relay_limit_letters", .gauge, "Letters that a limit of the relay allows.")
  public static let limitLeft = Metric(
    "relay_limit_left_letters", .gauge, "Letters that a limit of the relay still allows in its present window.")

  // MARK: A delivery, as its process counts it

  public static let replies = Metric(
    "replies_total", .counter, "Answers of the relay that decided an attempt, by class; no-reply where none came.")
  public static let phases = Metric(
    "phase_duration_seconds", .histogram, "Time that each phase of a delivery took, whatever came of it.")
  public static let measuredAt = Metric(
    "delivery_measured_timestamp_seconds", .gauge, "When the delivering process last wrote its figures down.")

  // MARK: The queue folder

  public static let unreadable = Metric(
    "campaigns_unreadable", .gauge, "Campaigns whose figures could not be read for this answer.")

  public static let all: [Metric] = [
    campaignState, isDelivering, hasTrouble, letters, deadline, forecastEnd, forecastLate, lastAccepted, relayState,
    limit,
    limitLeft, replies, phases, measuredAt, unreadable,
  ]
}
