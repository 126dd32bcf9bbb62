import Campaigns
import Delivery
import Foundation

/// Whether the deadline that is printed in every letter can be kept, as far as the relays' limits go.
struct DeadlineOutlook {
  let deadline: Date
  /// When the last letter can have been tried once.
  let finish: Date
  let now: Date

  init(_ prepared: PreparedCampaign, letters: Int, at now: Date) {
    deadline = prepared.campaign.deadline.date
    finish = Limiter.finish(
      sending: letters, through: prepared.campaign.relays.map { Limiter(limits: $0.limits) }, from: now)
    self.now = now
  }

  var isPast: Bool { deadline <= now }
  var isUnreachable: Bool { !isPast && finish > deadline }

  /// What the operator should know before they agree to send; nil when the deadline can be kept.
  var objection: String? {
    let named = "The deadline in every letter, \(LocalTime.full(deadline)),"
    if isPast { return "\(named) passed \(LocalTime.span(now.timeIntervalSince(deadline))) ago." }
    if isUnreachable {
      return "\(named) cannot be kept: the relays' limits allow the last letter at \(LocalTime.full(finish))."
    }
    return nil
  }
}
