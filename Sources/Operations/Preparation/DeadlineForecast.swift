public import Campaigns
import Delivery
public import Foundation

/// Whether the deadline that is printed in every letter can be kept, as far as the relays' limits allow.
public struct DeadlineForecast: Sendable, Hashable {
  public let deadline: Date
  /// The earliest time by which every letter can have been tried once.
  public let finish: Date
  private let now: Date

  public init(_ campaign: Campaign, letters: Int, at now: Date) {
    deadline = campaign.deadline.date
    finish = LimitForecast(sending: letters, through: campaign.relays, at: now).finish
    self.now = now
  }

  public var isPast: Bool { deadline <= now }
  public var isUnreachable: Bool { !isPast && finish > deadline }

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
        The deadline in every letter, \(time: deadline), cannot be kept: the relays' limits allow the last letter at \
        \(time: finish).
        """
    }
    return nil
  }
}
