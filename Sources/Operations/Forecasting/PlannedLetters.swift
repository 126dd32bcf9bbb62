import Campaigns
import Delivery
import Foundation
import Letters
import Mail

/// The letters of a plan that is not frozen yet, for a forecast, in the order in which they leave.
///
/// Sixteen bytes for each letter. Customers are numbered in the order of the plan.
struct PlannedLetters: Sendable {
  private var kinds: [Int: [WaitingLetters.Letter]] = [:]
  private var customers: UInt32 = 0
  private let campaign: Campaign
  private let destinations: DestinationNumbers

  init(_ campaign: Campaign) {
    self.campaign = campaign
    destinations = DestinationNumbers(campaign.destinations)
  }

  /// Called for every customer with its outcome, in order.
  mutating func add(_ customer: Customer, _ outcome: Outcome) {
    defer { customers += 1 }
    guard let contact = customer.contact else { return }
    for letter in outcome.letters {
      let priority = PlanFreezer.priority(of: letter, in: campaign)
      kinds[priority, default: []].append(
        WaitingLetters.Letter(
          customer: customers, destination: destinations.number(of: contact.domain.ascii),
          priority: UInt16(clamping: priority)))
    }
  }

  var waiting: WaitingLetters {
    WaitingLetters(kinds.sorted { $0.key < $1.key }.flatMap(\.value))
  }
}

/// The rules for destinations by the domains they are about: the first that fits counts in a forecast.
///
/// Rules for mail exchangers (`mx:`) fit nothing here: a forecast asks no name server.
struct DestinationNumbers: Sendable {
  private var domains: [String: UInt16] = [:]
  private var parents: [(suffix: String, number: UInt16)] = []

  init(_ rules: [DestinationRule]) {
    for (index, rule) in rules.enumerated().reversed() {
      let number = UInt16(clamping: index + 1)
      switch rule.destination {
      case .domain(let name): domains[name] = number
      case .below(let name): parents.append((".\(name)", number))
      case .mx: break
      }
    }
  }

  func number(of domain: String) -> UInt16 {
    domains[domain] ?? parents.last { domain.hasSuffix($0.suffix) }?.number ?? 0
  }
}
