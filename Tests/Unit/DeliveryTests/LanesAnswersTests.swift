import Campaigns
import Foundation
import Testing

@testable import Delivery

/// What answers, and answers of name servers, change for letters that wait.
@Suite struct LanesAnswersTests {
  private let start = Date(timeIntervalSince1970: 1_800_000_000)

  private func ticket(_ lanes: inout Lanes<Int>, at now: Date) -> Lanes<Int>.Ticket? {
    if case .letter(let ticket) = lanes.next(at: now) { ticket } else { nil }
  }

  /// 1_800_000_000 is a full hour.
  @Test func aLimitByTheClockIsFreeAgainInTheNextWindow() {
    let limit = RateLimit(count: 2, window: .seconds(3600), start: WindowStart(minutes: 0, zone: .gmt))
    var lanes = Lanes<Int>(rules: DestinationRules([DestinationRule(.domain("a.example"), limits: [limit])]))
    for item in 1...6 { lanes.add(item, to: "a.example") }
    for hour in 0..<3 {
      for second in [600, 601] {
        let now = start + Double(hour * 3600 + second)
        guard let next = ticket(&lanes, at: now) else { return #expect(Bool(false), "no place in hour \(hour)") }
        lanes.ended(next, .accepted, at: now + 0.2)
      }
      if hour < 2 { #expect(ticket(&lanes, at: start + Double(hour * 3600 + 700)) == nil) }
    }
  }

  /// Until its letters are back, the domain waits; then it keeps the rule's connections, and no gate is left behind.
  @Test func anAnswerThatComesLateMovesADomainWhenNothingIsOnTheWire() {
    let rules = [
      DestinationRule(.mx("provider.example"), connections: 1), DestinationRule(.below("example"), connections: 1),
    ]
    var lanes = Lanes<Int>(rules: DestinationRules(rules), connections: 4)
    for item in 1...3 { lanes.add(item, to: "a.example") }
    lanes.add(4, to: "b.example")
    #expect(lanes.takeUnknownDomains().sorted() == ["a.example", "b.example"])
    lanes.setExchangers([], of: "b.example", at: start)
    lanes.setExchangers([], of: "a.example", at: start)
    guard let first = ticket(&lanes, at: start) else { return #expect(Bool(false), "no letter") }
    #expect(ticket(&lanes, at: start) == nil)
    for domain in ["a.example", "b.example"] where domain == "a.example" {
      lanes.setExchangers(["mx.provider.example"], of: domain, at: start)
    }
    #expect(ticket(&lanes, at: start) == nil)
    lanes.ended(first, .accepted, at: start + 1)
    // One for each of the two rules now.
    let both = [ticket(&lanes, at: start + 1), ticket(&lanes, at: start + 1)].compactMap { $0 }
    #expect(both.count == 2 && ticket(&lanes, at: start + 1) == nil)
    for letter in both { lanes.ended(letter, .accepted, at: start + 2) }
    guard let last = ticket(&lanes, at: start + 2) else { return #expect(Bool(false), "a letter is left") }
    #expect(ticket(&lanes, at: start + 2) == nil)
    lanes.ended(last, .accepted, at: start + 3)
    if case .empty = lanes.next(at: start + 3) {} else { #expect(Bool(false), "not empty") }
  }

  /// Its lane was put aside for ever; the letter on the wire takes it back.
  @Test func aDomainThatIsGoneAroundIsBackWhenItTakesALetter() {
    var lanes = Lanes<Int>(order: .file, connections: 4)
    for item in 1...3 { lanes.add(item, to: "a.example") }
    for item in 4...9 { lanes.add(item, to: "b.example") }
    guard let first = ticket(&lanes, at: start) else { return #expect(Bool(false), "no letter") }
    lanes.avoid("a.example")
    guard let other = ticket(&lanes, at: start) else { return #expect(Bool(false), "no letter") }
    #expect(first.item == 1 && other.item == 4)
    lanes.ended(other, .accepted, at: start + 0.1)
    lanes.clear("a.example", at: start + 0.2)
    lanes.ended(first, .accepted, at: start + 0.2)
    #expect(ticket(&lanes, at: start + 0.2)?.item == 2)
  }
}
