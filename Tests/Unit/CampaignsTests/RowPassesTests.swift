import Foundation
import Mail
import TestSupport
import Testing

@testable import Campaigns

/// How often a row is parsed on its way into a plan: once in the survey, once to plan.
@Suite struct RowPassesTests {
  /// Two rows a customer that say the same of it.
  static let agreeing = (1...100).flatMap { id in
    (0..<2).map { "K\(id);Firma \(id);;;;kontakt\(id)@example.org;;m\($0)@k\(id).example;e2e" }
  }

  @Test func rowsThatAgreeAreParsedOnceInTheSurvey() throws {
    let book = try CustomerTable(rows: Self.agreeing).book()
    #expect(book.customerCount == 100 && book.rejected.isEmpty)
    #expect(book.file.parsedRows.count == 200)
  }

  @Test(arguments: [
    (["K1;Firma 1;;;;;;x@k1.example;e2e"], 3),
    (["K1;Andere;;;;kontakt1@example.org;;x@k1.example;e2e"], 3),
    (["K1;Firma 1;;;;kontakt1@example.org;;m0@k1.example;e2e"], 3),
    (["K1;Firma 1;;;;kontakt1@example.org;;@;e2e"], 3),
    (["K1;Firma 1;;;en;kontakt1@example.org;;x@k1.example;e2e", "K2;;;;;;;x@k2.example;e2e"], 6),
  ])
  func onlyCustomersWhoseRowsDifferAreParsedAgain(rows: [String], again: Int) throws {
    let book = try CustomerTable(rows: Self.agreeing + rows).book()
    // The warnings name a mailbox without reading it.
    #expect(book.file.parsedRows.count == 200 + rows.count + again)
  }

  /// The mailbox of another customer stands between.
  @Test func aMailboxIsFoundAgainBehindThatOfAnotherCustomer() throws {
    let book = try CustomerTable(rows: [
      "1;;;;;;;a@example.org;e2e", "2;;;;;;;a@example.org;e2e", "1;;;;;;;a@example.org;e2e",
    ]).book()
    #expect(
      book.warnings.filter { $0.kind == .repeatedMailbox }.map(\.message) == [
        "mailbox \"a@example.org\" of customer \"1\" stands in lines 2 and 4; it is counted once"
      ])
  }

  /// The survey's short way, by hashes, finds what putting all rows of every customer beside each other finds.
  @Test func theSurveyMissesNothing() throws {
    var random = SeededGenerator(seed: 22)
    func any(_ values: [String]) -> String { values.randomElement(using: &random) ?? "" }
    for _ in 0..<200 {
      let rows = (0..<Int.random(in: 1...12, using: &random)).map { _ in
        let contact = any(["k@example.org", "k@example.org", "K@example.org", "l@example.org", ""])
        let mailbox = any(["a@example.org", "A@example.org", "b@example.org", "c@example.org", "@"])
        return "\(any(["1", "2", "3"]));\(any(["A", "A", "A", "B", ""]));;;\(any(["de", "de", "deutsch", ""]));"
          + "\(contact);;\(mailbox);\(any(["imap", "e2e"]))"
      }
      let table = try CustomerTable(rows: rows)
      let book = try table.book()
      let expected = try Self.compare(book)
      #expect(book.customerCount == expected.customers, "\(rows)")
      #expect(Set(try book.rejected.all.map(\.line)) == expected.rejected, "\(rows)")
      #expect(book.warnings.filter { $0.kind == .repeatedMailbox }.map(\.lines) == expected.repeats, "\(rows)")
      #expect(try book.addsUp(), "\(rows)")
    }
  }

  /// Parses every row and merges every customer.
  private static func compare(
    _ book: CustomerBook
  ) throws -> (customers: Int, rejected: Set<Int>, repeats: [[Int]]) {
    let parser = RowParser(file: book.file, segments: try CustomerTable.segments)
    var reader = book.file.reader()
    var record = TableRecord()
    var order: [String] = []
    var groups: [String: [CustomerRow]] = [:]
    var badLines: [String: [Int]] = [:]
    while try reader.next(into: &record) {
      let result = parser.parse(record)
      let id = try #require(result.id)
      if groups[id] == nil {
        order.append(id)
        groups[id] = []
      }
      if let row = result.row { groups[id]?.append(row) } else { badLines[id, default: []].append(record.line) }
    }
    var found: (customers: Int, rejected: Set<Int>, repeats: [[Int]]) = (0, [], [])
    for id in order {
      let rows = groups[id] ?? []
      let bad = badLines[id] ?? []
      found.rejected.formUnion(bad)
      guard !rows.isEmpty else { continue }
      let merged = CustomerMerge(rows, language: "de")
      if bad.isEmpty, merged.contradictions.isEmpty {
        found.customers += 1
        found.repeats += merged.repeats.map(\.lines)
      } else {
        found.rejected.formUnion(rows.map(\.line))
      }
    }
    return found
  }

  @Test func aRowIsParsedTwiceOnItsWayToAFrozenPlan() throws {
    let table = try CustomerTable(rows: Self.agreeing)
    var campaign = try PlanTests.campaign(table.source)
    let book = try CustomerBook(campaign)
    var staging = PlanStaging(in: table.folder.url)
    var planned: [Customer] = []
    _ = try Plan(book, campaign: campaign, templates: [], signer: nil) { customer, outcome in
      planned.append(customer)
      try staging.append(customer, outcome)
    }
    let customers = staging.finish()
    // Whoever planned again would fail.
    campaign.segments = [:]
    var reader = customers.reader()
    var staged: [StagedCustomer] = []
    while let customer = try reader.next() { staged.append(customer) }
    try book.checkUnchanged()
    #expect(book.file.parsedRows.count == 400)
    #expect(
      staged.map(\.outcome) == Array(repeating: Outcome(kind: .none, reasons: [.segment("Ende-zu-Ende")]), count: 100))
    #expect(try staged.map { try JSONDecoder().decode(Customer.self, from: $0.payload) } == planned)
  }
}
