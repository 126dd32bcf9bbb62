import Campaigns
import Foundation
import Testing

@testable import Delivery

/// Which letter goes next, and when: with a clock of the test's own.
@Suite struct LanesTests {
  private let start = Date(timeIntervalSince1970: 1_800_000_000)

  private func lanes(
    _ rules: [DestinationRule] = [], order: Lanes<Int>.Order = .turns, connections: Int = 1, past: [[Date]] = []
  ) -> Lanes<Int> {
    Lanes(rules: DestinationRules(rules), order: order, connections: connections, past: past)
  }

  /// Takes letters until none can go at this moment; each ends at once.
  private func drain(_ lanes: inout Lanes<Int>, at now: Date, _ end: LetterEnd = .accepted) -> [Int] {
    var items: [Int] = []
    while case .letter(let ticket) = lanes.next(at: now) {
      items.append(ticket.item)
      lanes.ended(ticket, end, at: now)
    }
    return items
  }

  private func isEmpty(_ next: Lanes<Int>.Next) -> Bool { if case .empty = next { true } else { false } }

  @Test func destinationsTakeTurnsAndOneDomainsLettersKeepTheirOrder() {
    var lanes = lanes()
    for item in 1...4 { lanes.add(item, to: "a.example") }
    for item in 5...6 { lanes.add(item, to: "b.example") }
    lanes.add(7, to: "c.example")
    #expect(drain(&lanes, at: start) == [1, 5, 7, 2, 6, 3, 4])
    #expect(isEmpty(lanes.next(at: start)))
  }

  @Test func inFileOrderTheEarliestGoesThatMay() {
    var lanes = lanes([DestinationRule(.below("firm.example"), limits: [limit("2/min")])], order: .file)
    lanes.add(1, to: "a.firm.example")
    lanes.add(2, to: "b.example")
    for item in 3...4 { lanes.add(item, to: "b.firm.example") }
    lanes.add(5, to: "a.firm.example")
    lanes.add(6, to: "c.example")
    #expect(drain(&lanes, at: start) == [1, 2, 3, 6])
    #expect(drain(&lanes, at: start + 61) == [4, 5])
  }

  @Test func inFileOrderAGroupIsJudgedByTheLetterThatMayGo() {
    var lanes = lanes([DestinationRule(.below("firm.example"))], order: .file)
    lanes.add(1, to: "a.firm.example")
    lanes.add(2, to: "b.example")
    lanes.add(3, to: "b.firm.example")
    lanes.throttled("a.firm.example", at: start)
    #expect(drain(&lanes, at: start + 30) == [2, 3])
    #expect(drain(&lanes, at: start + 61) == [1])
  }

  @Test func aReturnedLetterIsTheFirstOfItsDomainAndHasUsedNoPlace() throws {
    var lanes = lanes([DestinationRule(.domain("a.example"), limits: [limit("1/h")])])
    for item in 1...2 { lanes.add(item, to: "a.example") }
    let ticket = try #require(take(&lanes, at: start))
    lanes.returned(ticket, at: start)
    #expect(drain(&lanes, at: start) == [1])
    #expect(drain(&lanes, at: start + 3500).isEmpty)
    #expect(drain(&lanes, at: start + 3620) == [2])
  }

  private func take(_ lanes: inout Lanes<Int>, at now: Date) -> Lanes<Int>.Ticket? {
    if case .letter(let ticket) = lanes.next(at: now) { ticket } else { nil }
  }

  @Test(arguments: [
    (LimitCount.accepted, LetterEnd.tried, 5), (.accepted, .recipientTaken, 2), (.attempts, .tried, 2),
    (.attempts, .unsent, 5), (.accepted, .accepted, 2),
  ])
  func whatWasRefusedGivesItsPlaceBack(count: LimitCount, end: LetterEnd, sent: Int) {
    var lanes = lanes([DestinationRule(.domain("a.example"), limits: [limit("2/h")], count: count)])
    for item in 1...5 { lanes.add(item, to: "a.example") }
    #expect(drain(&lanes, at: start, end).count == sent)
  }

  /// Others of the rule had been told to wait for the end of the window.
  @Test(arguments: [LetterEnd.tried, .unsent])
  func aPlaceThatIsGivenBackIsFreeForAllDomainsOfTheRule(end: LetterEnd) throws {
    var lanes = lanes([DestinationRule(.below("firm.example"), limits: [limit("2/h")])], connections: 4)
    for item in 1...6 { lanes.add(item, to: "d\(item % 3).firm.example", kind: item % 2) }
    func next() -> Lanes<Int>.Next { lanes.next(at: start + 1, kinds: [0, 1]) }
    guard case .letter(let first) = lanes.next(at: start, kinds: [0, 1]), case .letter = next(), case .wait = next()
    else { throw Unexpected() }
    lanes.ended(first, end, at: start + 1)
    guard case .letter(let third) = next(), case .wait = next() else { throw Unexpected() }
    lanes.returned(third, at: start + 1)
    guard case .letter = next(), case .wait(let until) = next() else { throw Unexpected() }
    #expect(until >= start + 3600)
  }

  private struct Unexpected: Error {}

  /// A thousand domains of one provider share one limit; others are not touched by it.
  @Test func theDomainsOfOneRuleShareItsLimits() {
    var lanes = lanes([DestinationRule(.mx("provider.example"), limits: [limit("20/min")])], connections: 4)
    for item in 0..<3000 { lanes.add(item, to: "d\(item % 1000).example") }
    for item in 3000..<3010 { lanes.add(item, to: "other.example") }
    // Nobody goes before it is known where they belong.
    #expect(drain(&lanes, at: start).isEmpty)
    let unknown = lanes.takeUnknownDomains()
    #expect(unknown.count == 1001 && lanes.takeUnknownDomains().isEmpty)
    for domain in unknown {
      lanes.setExchangers(domain == "other.example" ? [] : ["MX1.Provider.example."], of: domain, at: start)
    }
    #expect(drain(&lanes, at: start).filter { $0 >= 3000 }.count == 10)
    var sent: [Date] = Array(repeating: start, count: 20)
    var now = start
    while now < start + 3600, case .wait(let until) = lanes.next(at: now) {
      now = until
      sent += drain(&lanes, at: now).map { _ in now }
    }
    for (index, moment) in sent.enumerated().dropFirst(20) {
      #expect(moment.timeIntervalSince(sent[index - 20]) >= 60)
    }
    #expect(Double(sent.count) >= 0.98 * 20 * 60)
  }

  @Test func theFirstRuleInTheFileThatFitsCounts() {
    var lanes = lanes([
      DestinationRule(.domain("a.example"), limits: [limit("3/h")]),
      DestinationRule(.mx("provider.example"), limits: [limit("4/h")]),
      DestinationRule(.domain("b.example"), limits: [limit("1/h")]),
    ])
    for item in 1...9 { for domain in ["a", "b", "c"] { lanes.add(item, to: "\(domain).example") } }
    // Where a's letters belong nothing can change.
    let unknown = lanes.takeUnknownDomains()
    #expect(unknown.sorted() == ["b.example", "c.example"])
    for domain in unknown { lanes.setExchangers(["mx.provider.example"], of: domain, at: start) }
    #expect(drain(&lanes, at: start).count == 3 + 4)
  }

  @Test func lettersOfALowerRankGoFirst() {
    var lanes = lanes([DestinationRule(.below("firm.example"))])
    lanes.add(4, to: "c.firm.example", rank: 2)
    lanes.add(1, to: "a.example")
    lanes.add(3, to: "a.example", rank: 1)
    lanes.add(2, to: "b.firm.example")
    lanes.add(5, to: "a.example", rank: 2)
    #expect(drain(&lanes, at: start) == [1, 2, 3, 4, 5] || lanes.waiting == 0)
    lanes.add(7, to: "c.example", rank: 5)
    lanes.add(6, to: "d.firm.example", rank: 4)
    #expect(drain(&lanes, at: start) == [6, 7])
  }

  @Test func useThatIsRememberedCounts() {
    let rule = DestinationRule(.domain("a.example"), limits: [limit("3/h")])
    var lanes = lanes([rule], past: [[start - 100, start - 50]])
    for item in 1...5 { lanes.add(item, to: "a.example") }
    #expect(drain(&lanes, at: start) == [1])
  }

  @Test func noMoreAreOnTheWireThanTheRuleAllows() throws {
    var lanes = lanes([DestinationRule(.below("firm.example"), connections: 2)], connections: 20)
    for item in 0..<50 { lanes.add(item, to: "d\(item).firm.example") }
    var onWire = 0
    var most = 0
    var now = start
    var tickets: [Lanes<Int>.Ticket] = []
    for _ in 0..<200 {
      while let ticket = take(&lanes, at: now) {
        tickets.append(ticket)
        onWire += 1
        most = max(most, onWire)
      }
      guard let ticket = tickets.popLast() else { break }
      now += 0.1
      lanes.ended(ticket, .accepted, at: now)
      onWire -= 1
    }
    #expect(most == 2 && lanes.waiting == 0)
  }

  @Test func aDomainThatAsksForLessIsLeftAloneAndItsProviderOnceASecondOneDoes() {
    var lanes = lanes([DestinationRule(.below("firm.example"))], connections: 8)
    for domain in ["a", "b", "c"] { for item in 1...9 { lanes.add(item, to: "\(domain).firm.example") } }
    lanes.throttled("a.firm.example", at: start)
    guard let ticket = take(&lanes, at: start + 1) else {
      Issue.record("the others of the provider do not go")
      return
    }
    lanes.throttled("b.firm.example", at: start + 2)
    lanes.ended(ticket, .tried, at: start + 2)
    #expect(take(&lanes, at: start + 3) == nil)
    #expect(take(&lanes, at: start + 63) != nil)
  }

  @Test func aSuffixIsEveryDomainBelowAndNotTheDomainItself() {
    let rules = DestinationRules([
      DestinationRule(.below("firm.example")), DestinationRule(.domain("firm.example")),
      DestinationRule(.mx("protection.provider.example")),
    ])
    #expect(rules.fitting("firm.example") == 1)
    #expect(rules.fitting("a.firm.example") == 0)
    #expect(rules.fitting("a.b.firm.example") == 0)
    #expect(rules.fitting("afirm.example") == nil)
    #expect(rules.fitting("x.example", exchangers: ["x-example.mail.protection.provider.example."]) == 2)
    #expect(rules.fitting("x.example", exchangers: ["protection.provider.example"]) == 2)
    #expect(rules.fitting("x.example", exchangers: ["notprotection.provider.example", "", "."]) == nil)
  }

  /// What is forgotten is nobody's limit, and nobody's place.
  @Test func manyDomainsAreForgottenAndNothingOfThemIsLost() {
    var lanes = lanes([DestinationRule(.below("firm.example"), limits: [limit("10/h")])], connections: 4)
    var sent = 0
    for round in 0..<50 {
      for item in 0..<200 { lanes.add(item, to: "d\(round)-\(item).example") }
      lanes.add(0, to: "d\(round).firm.example")
      sent += drain(&lanes, at: start + Double(round)).count
    }
    #expect(sent == 50 * 200 + 10 && lanes.waiting == 40)
    #expect(lanes.domainNumbers.count < 2100)
    #expect(drain(&lanes, at: start + 3640 + 50).count == 10)
  }

  // MARK: Connections

  /// Letters over some connections, each answered after the seconds that its domain takes; when those of each domain
  /// were all answered.
  private func deliver(
    _ letters: [String], connections: Int, seconds: (String) -> Double
  ) -> [String: Double] {
    var lanes = Lanes<Int>(connections: connections)
    for (index, domain) in letters.enumerated() { lanes.add(index, to: domain) }
    var ends = MinHeap<Date, Lanes<Int>.Ticket>()
    var now = start
    var finished: [String: Double] = [:]
    while true {
      while ends.count < connections, let ticket = take(&lanes, at: now) {
        ends.push(now + seconds(letters[ticket.item]), ticket)
      }
      var moment = ends.first?.key
      switch lanes.next(at: now) {
      case .letter(let ticket):
        lanes.returned(ticket, at: now)
      case .wait(let until): if ends.count < connections { moment = min(moment ?? until, until) }
      case .held(let until): if ends.count < connections, let until { moment = min(moment ?? until, until) }
      case .empty: break
      }
      guard let moment else { return finished }
      now = max(now, moment)
      while let (end, ticket) = ends.first, end <= now {
        _ = ends.pop()
        lanes.ended(ticket, .accepted, at: end)
        finished[letters[ticket.item]] = end.timeIntervalSince(start)
      }
    }
  }

  /// A provider that takes long over each letter costs the others a twentieth at most, however many connections there
  /// are, and gets them all when nobody else wants them.
  @Test(arguments: [2, 4, 8, 20], [2.0, 30])
  func aSlowDestinationCostsOthersLittle(connections: Int, seconds: Double) {
    let letters = (0..<20_000).map { "d\($0 % 10).example" }
    let usual = 0.2
    let before = deliver(letters.filter { $0 != "d3.example" }, connections: connections) { _ in usual }
    let with = deliver(letters, connections: connections) { $0 == "d3.example" ? seconds : usual }
    let others = with.filter { $0.key != "d3.example" }.values.max() ?? 0
    let base = before.values.max() ?? 1
    #expect(others <= base * 1.05, "\(others) s instead of \(base) s")
    // Alone it has all of them: 2000 letters.
    let alone = (with["d3.example"] ?? 0) - others
    #expect(alone <= 2000 * seconds / Double(connections) * 1.1 + 20 * seconds)
  }

  /// Where all are slow none is slow beside the others.
  @Test(arguments: [1, 4, 8]) func aSlowRelayHasAllItsConnectionsInUse(connections: Int) {
    let letters = (0..<2000).map { "d\($0 % 10).example" }
    let end = deliver(letters, connections: connections) { _ in 5 }.values.max() ?? 0
    #expect(end <= 2000 * 5 / Double(connections) * 1.05)
  }

  @Test func oneDomainAloneHasAllConnections() {
    let end = deliver(Array(repeating: "a.example", count: 2000), connections: 16) { _ in 0.1 }.values.max() ?? 0
    #expect(end <= 2000 * 0.1 / 16 * 1.03 + 1)
  }

  private func limit(_ text: String) -> RateLimit { RateLimit(text)! }
}
