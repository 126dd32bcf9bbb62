public import Campaigns
import Delivery
import Mail

/// An event of a launch in words.
public struct DeliveryEventText: Sendable, Hashable {
  public let message: OperatorMessage
  /// It belongs on standard error.
  public let isWarning: Bool

  /// - Parameter campaign: its name.
  public init(_ event: DeliveryEvent, of campaign: String) {
    switch event {
    case .recovered(let lost): self.init(warning: OperatorMessage(Self.recovered(lost)))
    case .nothingToSend: self.init("Nothing to send: no letter of \(campaign) is waiting.")
    case .remark(let remark): self.init(remark)
    case .orderKept:
      self.init(warning: "warning: `order` has changed; letters leave in the order they were launched with.")
    case .resuming(let remaining, let total, let relays):
      let names = relays.map(\.name).joined(separator: ", ")
      self.init("Resuming \(campaign): \(remaining) of \(total) letters left, through \(names).")
    case .rescheduled(let letters):
      self.init("Another due time, by `retry` in campaign.yaml: \(pluralized(letters, "deferred letter")).")
    case .madeDue(let letters): self.init("Due now: \(pluralized(letters, "deferred letter")).")
    case .secretsTrimmed(let warnings):
      self.init(warning: OperatorMessage(warnings.map { "warning: \($0)" }.joined(separator: "\n")))
    case .relaysUnusable(let troubles):
      self.init(
        warning: OperatorMessage(troubles.map(\.message).joined(separator: "\n") + "\nContinuing with the others."))
    case .released(let approvals): self.init("Released by \(approvals.message).")
    case .launched(let letters, let relays, let plan):
      self.init(
        """
        Launched \(campaign): \(pluralized(letters, "letter")) through \(Self.names(relays)), plan \
        sha256:\(plan.hex.prefix(12))…
        """)
    case .news(let news, let isRehearsal): self.init(news.message(isRehearsal: isRehearsal))
    case .late(let warning): self.init(warning: "warning: \(warning)")
    case .rehearsing(let letters):
      self.init("Rehearsing \(campaign): \(pluralized(letters, "letter")), nothing leaves this machine.")
    }
  }

  private init(_ message: OperatorMessage) { (self.message, isWarning) = (message, false) }
  private init(warning message: OperatorMessage) { (self.message, isWarning) = (message, true) }

  /// Letters that a process left on the wire.
  public static func recovered(_ count: Int) -> String {
    count == 1
      ? "1 letter was on the wire when the last process ended: it is uncertain."
      : "\(count) letters were on the wire when the last process ended: they are uncertain."
  }

  /// `main (relay.example:465) and backup (…)`
  public static func names(_ relays: [Relay]) -> String {
    relays.map { "\($0.name) (\($0.host):\($0.port))" }.joined(separator: " and ")
  }
}

extension LaunchQuestion {
  /// What is asked before a launch.
  public var text: OperatorMessage {
    let lines = ForecastTexts.moments(deadline.forecast) + [deadline.gap].compactMap { $0 }
    let forecast = lines.map { "  \($0)\n" as OperatorMessage }.joined(separator: "")
    return "Forecast\n\(forecast)Send \(pluralized(letters, "letter")) through \(DeliveryEventText.names(relays))?"
  }
}
