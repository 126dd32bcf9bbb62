import Campaigns
import Delivery
import Foundation
import Letters
import Mail

/// The letters of a plan that is not frozen yet, for a forecast: by kind, in the order of the file, or in the order in which
/// they leave.
///
/// Sixteen bytes for each letter, and the address where it is asked for. Customers are numbered in the order of the plan.
struct PlannedLetters: Sendable {
  private var letters = WaitingLetters()
  /// Of each letter, where they are in the order in which they leave.
  private(set) var recipients: [EmailAddress] = []
  private var customers: UInt32 = 0
  private let campaign: Campaign
  private let destinations: DestinationRules

  init(_ campaign: Campaign) {
    self.campaign = campaign
    destinations = DestinationRules(campaign.destinations)
  }

  /// In the order in which they will leave.
  init(_ campaign: Campaign, inOrderOf customers: StagedCustomers) throws {
    self.init(campaign)
    var ranks = try LetterRanks(of: customers, in: campaign)
    var places: [(priority: UInt8, rank: Int, index: Int)] = []
    var reader = customers.reader()
    while let customer = try reader.next() {
      let own = ranks.next(customer)
      guard let contact = customer.contact else {
        add(nil, [])
        continue
      }
      for rank in own {
        places.append((0, rank, places.count))
        recipients.append(contact)
      }
      add(contact, customer.outcome.letters)
    }
    for index in places.indices { places[index].priority = letters.letters[index].priority }
    places.sort { ($0.priority, $0.rank, $0.index) < ($1.priority, $1.rank, $1.index) }
    letters.letters = places.map { [letters] in letters.letters[$0.index] }
    recipients = places.map { [recipients] in recipients[$0.index] }
  }

  /// Called for every customer with its outcome, in order.
  mutating func add(_ customer: Customer, _ outcome: Outcome) { add(customer.contact, outcome.letters) }

  private mutating func add(_ contact: EmailAddress?, _ kinds: [String]) {
    defer { customers += 1 }
    guard let contact else { return }
    for letter in kinds {
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
