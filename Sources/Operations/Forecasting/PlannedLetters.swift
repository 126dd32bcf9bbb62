import Campaigns
import Delivery
import Foundation
import Letters
import Mail

/// The letters of a plan that is not frozen yet, for a forecast: by kind, in the order of the file, or in the order in which
/// they leave.
///
/// As few bytes for each as ``WaitingLetters`` keeps, and the address where it is asked for. Customers are numbered in the order of the plan.
struct PlannedLetters: Sendable {
  private(set) var letters = WaitingLetters()
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
    var places: [(letter: WaitingLetters.Letter, rank: Int, index: Int)] = []
    var reader = customers.reader()
    while let customer = try reader.next() {
      let own = ranks.next(customer)
      for (letter, rank) in zip(made(customer.contact, customer.outcome.letters), own) {
        places.append((letter, rank, places.count))
        if let contact = customer.contact { recipients.append(contact) }
      }
    }
    places.sort { ($0.letter.priority, $0.rank, $0.index) < ($1.letter.priority, $1.rank, $1.index) }
    for place in places { letters.append(place.letter) }
    recipients = places.map { [recipients] in recipients[$0.index] }
  }

  /// Called for every customer with its outcome, in order.
  mutating func add(_ customer: Customer, _ outcome: Outcome) {
    for letter in made(customer.contact, outcome.letters) { letters.append(letter) }
  }

  /// The letters of the next customer.
  private mutating func made(_ contact: EmailAddress?, _ kinds: [String]) -> [WaitingLetters.Letter] {
    defer { customers += 1 }
    guard let contact else { return [] }
    return kinds.map { letter in
      WaitingLetters.Letter(
        customer: customers, domain: letters.number(of: contact.domain.ascii, under: destinations),
        priority: UInt8(clamping: campaign.priority(of: letter)))
    }
  }
}
