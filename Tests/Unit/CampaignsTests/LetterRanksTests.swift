import Foundation
import Mail
import TestSupport
import Testing

@testable import Campaigns

/// The ranks that a plan's letters get.
@Suite struct LetterRanksTests {
  struct Person {
    var domain = "kanzlei.example"
    var cell = ""
    var isAffected = false
    var letters = ["password-change"]
  }

  private static func stage(_ people: [Person], _ folder: TemporaryFolder) throws -> StagedCustomers {
    var staging = PlanStaging(in: folder.url)
    for (number, person) in people.enumerated() {
      var customer = try PlanTests.customer(["imap"], contact: "k\(number)@\(person.domain)")
      customer.id = "\(number)"
      customer.need.cell = OrderCell(person.cell)
      customer.need.hasAffectedContact = person.isAffected
      let outcome =
        person.letters.isEmpty
        ? Outcome(kind: .phone, reasons: [.segment("x")]) : Outcome(kind: .letter, letters: person.letters)
      try staging.append(customer, outcome)
    }
    return staging.finish()
  }

  /// The numbers of the people in the order in which their letters of one name leave.
  private static func order(
    _ people: [Person], _ order: SendingOrder, of letter: String = "password-change"
  ) throws -> [Int] {
    let folder = try TemporaryFolder()
    let customers = try stage(people, folder)
    var campaign = try PlanTests.campaign()
    campaign.letters = [SegmentLetter(letter: "notice", segments: nil)]
    campaign.order = order
    var ranks = try LetterRanks(of: customers, in: campaign)
    var reader = customers.reader()
    var found: [(rank: Int, number: Int)] = []
    var number = 0
    while let customer = try reader.next() {
      let all = ranks.next(customer)
      #expect(all.count == customer.outcome.letters.count && all.allSatisfy { (0...Int(UInt32.max)).contains($0) })
      for (name, rank) in zip(customer.outcome.letters, all) where name == letter { found.append((rank, number)) }
      number += 1
    }
    return found.sorted { ($0.rank, $0.number) < ($1.rank, $1.number) }.map(\.number)
  }

  @Test func fileOrderIsThatOfTheFile() throws {
    let people = (0..<50).map { Person(domain: "d\($0 % 3).example", cell: "\(50 - $0)", isAffected: $0 % 4 == 0) }
    #expect(try Self.order(people, SendingOrder(by: .file)) == Array(0..<50))
  }

  @Test(arguments: [SendingOrder.By.file, .spread, .column("Rang")])
  func affectedContactsGoFirstOrLast(_ by: SendingOrder.By) throws {
    let people = (0..<60).map {
      Person(
        domain: "d\($0 % 3).example", cell: "\($0 * 7 % 60)", isAffected: $0 % 4 == 0,
        letters: $0 % 5 == 0 ? [] : ["password-change"])
    }
    let first = try Self.order(people, SendingOrder(by: by, affectedContacts: .first))
    let last = try Self.order(people, SendingOrder(by: by, affectedContacts: .last))
    #expect(first.map { people[$0].isAffected } == first.map { people[$0].isAffected }.sorted { $0 && !$1 })
    #expect(Array(last.suffix(12)) == Array(first.prefix(12)) && Array(last.prefix(36)) == Array(first.suffix(36)))
    #expect(Set(first).count == 48)
    // Among themselves they have the order that is asked for.
    switch by {
    case .file: #expect(first.prefix(12) == first.prefix(12).sorted()[...])
    case .column: #expect(first.prefix(12).map { $0 * 7 % 60 } == first.prefix(12).map { $0 * 7 % 60 }.sorted())
    case .spread:
      #expect((0..<4).allSatisfy { Set(first[($0 * 3)..<($0 * 3 + 3)].map { people[$0].domain }).count == 3 })
    }
  }

  @Test func aColumnSortsAsItsCellsDoAndStably() throws {
    // Cells of all kinds and lengths, many of them equal, many that differ late.
    var generator = SeededGenerator(seed: 5)
    let stems = ["", "1", "2,5", "-3", "2026-11-2", "Aktenzeichen 2026/0001", String(repeating: "lang ", count: 40)]
    let people = (0..<3000).map { _ in
      let stem = stems.randomElement(using: &generator) ?? ""
      return Person(
        cell: stem.count < 5 ? stem : "\(stem)\(Int.random(in: 0..<40, using: &generator))",
        letters: Bool.random(using: &generator) ? ["password-change"] : [])
    }
    let expected = people.indices.filter { !people[$0].letters.isEmpty }
      .map { ($0, OrderCell(people[$0].cell)) }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.0)
    #expect(try Self.order(people, SendingOrder(by: .column("Rang"))) == expected)
  }

  /// Every provider has its share of every stretch of the way, whatever the sizes and the order of the file.
  @Test(arguments: [1, 2, 3, 4, 5, 6])
  func domainsHaveTheirShareFromTheFirstLetterOn(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var people: [Person] = []
    let large = (0..<4).map { _ in Int.random(in: 50...900, using: &generator) }
    for (number, count) in large.enumerated() {
      people += Array(repeating: Person(domain: "gross\(number).example"), count: count)
    }
    for number in 0..<60 {
      people += Array(
        repeating: Person(domain: "mittel\(number).example"), count: Int.random(in: 2...9, using: &generator))
    }
    let singles = 700
    people += (0..<singles).map { Person(domain: "klein\($0).example") }
    if seed % 2 == 0 { people.shuffle(using: &generator) }
    let order = try Self.order(people, SendingOrder())
    #expect(Set(order) == Set(people.indices) && order.count == people.count)
    for (name, total) in large.enumerated().map({ ("gross\($0.offset)", $0.element) }) + [("klein", singles)] {
      let places = order.indices.filter { people[order[$0]].domain.hasPrefix(name) }
      #expect(places.count == total)
      let share = Double(total) / Double(order.count)
      // So many should have gone by then; a few more or less for the sizes that share the way.
      let most = places.enumerated().map { abs(Double($0.offset + 1) - Double($0.element + 1) * share) }.max() ?? 0
      #expect(most < 5, "\(name)")
      // No run of letters, where another provider could come between.
      if share < 0.4 {
        let gaps = zip(places, places.dropFirst()).map { $1 - $0 }
        #expect(zip(gaps, zip(gaps.dropFirst(), gaps.dropFirst(2))).allSatisfy { $0 + $1.0 + $1.1 > 3 })
      }
    }
    // The many with a letter each leave as in the file.
    let small = order.filter { people[$0].domain.hasPrefix("klein") }
    #expect(small == small.sorted())
    // Letters to one of the mid-sized are far from each other.
    let middle = Dictionary(grouping: order.indices.filter { people[order[$0]].domain.hasPrefix("mittel") }) {
      people[order[$0]].domain
    }
    let uneven = middle.values.flatMap { places in
      let even = Double(order.count) / Double(places.count)
      return zip(places, places.dropFirst()).map { abs(Double($1 - $0) - even) }
    }
    #expect((uneven.max() ?? 0) < 40)
  }

  /// Each kind of letter is spread by itself.
  @Test func everyKindIsSpreadByItself() throws {
    // Of the first domain few get the notice.
    let people = (0..<200).map { number in
      Person(
        domain: number < 100 ? "a.example" : "b.example",
        letters: number < 90 ? ["password-change"] : number < 100 ? ["password-change", "notice"] : ["notice"])
    }
    let notice = try Self.order(people, SendingOrder(), of: "notice")
    #expect(notice.count == 110)
    let places = notice.indices.filter { notice[$0] < 100 }
    #expect(places.count == 10)
    #expect(zip(places, places.dropFirst()).allSatisfy { (10...12).contains($1 - $0) })
    #expect(try Self.order(people, SendingOrder()) == Array(0..<100))
  }

  @Test func equalDomainsTakeTurns() throws {
    let people = (0..<30).map { Person(domain: "d\($0 / 10).example") }
    #expect(try Self.order(people, SendingOrder()) == (0..<10).flatMap { [$0, $0 + 10, $0 + 20] })
    #expect(try Self.order([], SendingOrder()).isEmpty)
    #expect(try Self.order([Person()], SendingOrder()) == [0])
  }
}
