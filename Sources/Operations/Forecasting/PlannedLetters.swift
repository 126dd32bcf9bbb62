import Campaigns
import Delivery
import Foundation
import Letters
import Mail

/// The letters of a plan that is not frozen yet, for a forecast, in the order in which they leave.
///
/// Sixteen bytes for each letter. Customers are numbered in the order of the plan.
struct PlannedLetters: Sendable {
  private var letters = WaitingLetters()
  private var customers: UInt32 = 0
  private let campaign: Campaign
  private let destinations: DestinationRules

  init(_ campaign: Campaign) {
    self.campaign = campaign
    destinations = DestinationRules(campaign.destinations)
  }

  /// Called for every customer with its outcome, in order.
  mutating func add(_ customer: Customer, _ outcome: Outcome) {
    defer { customers += 1 }
    guard let contact = customer.contact else { return }
    for letter in outcome.letters {
      letters.letters.append(
        WaitingLetters.Letter(
          customer: customers, domain: letters.number(of: contact.domain.ascii, under: destinations),
          priority: UInt8(clamping: campaign.priority(of: letter))))
    }
  }

  var waiting: WaitingLetters {
    var waiting = letters
    waiting.sortByPriority()
    return waiting
  }
}
