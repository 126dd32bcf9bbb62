import Foundation
import TestSupport
import Testing

@testable import Campaigns

/// Cells of the column that letters are ordered by.
@Suite struct OrderCellTests {
  @Test(arguments: [
    // Numbers by their value, whatever their form, then texts, then empty cells.
    [
      "-10", "-2,5", "-1.12", "-1,1", "-0,5", "0", "0,05", "0.5", "1", "01,5", "+2", "3", "10", "100", "hoch", "mittel",
      "",
    ],
    ["9", "999", "1.000,5", "1,001.5", "1.234.567", "12345678901234567890", "12345678901234567891"],
    // Dates as ISO text, with those that German spreadsheets write.
    [
      "2025-12-31", "1.1.2026", "2026-01-02", "02.11.2026", "2026-11-02T08:00:00", "20.11.2026 09:30",
      "2026-11-20 10:00",
    ],
    ["a", "Abteilung 1", "abteilung 10", "B", "Äpfel"],
    // What is no number is a text.
    ["7", "1.2.3", "1.23.456", "12-3", "1e5", "2 h", "3%", "x"],
    ["Aktenzeichen 2026/000122", "Aktenzeichen 2026/000123", "aktenzeichen 2026/0001230", "Aktenzeichen 2026/1"],
  ])
  func sortFromTheLowestToTheHighest(_ cells: [String]) {
    #expect(cells.shuffled().map { ($0, OrderCell($0)) }.sorted { $0.1 < $1.1 }.map(\.0) == cells)
  }

  @Test(arguments: [
    ("1", "1,0"), ("01", "1"), ("-0", "0"), ("1.000,50", "1000.5"), ("Hoch", "hoch"), ("20.11.2026", "2026-11-20"),
    ("+3", "3"), ("0,10", ".1".replacing(".1", with: "0.1")),
  ])
  func areTheSame(_ left: String, _ right: String) {
    #expect(OrderCell(left) == OrderCell(right))
  }
}

/// The way of the order's column from the customer file to the customer.
@Suite struct OrderColumnTests {
  private static let header = CustomerTable.header + ";Rang"

  private static func row(_ id: String, _ rang: String, contact: String = "", box: String = "", access: String = "imap")
    -> String
  {
    "\(id);F;V;N;de;\(contact.isEmpty ? "\(id)@kanzlei.example" : contact);;\(box.isEmpty ? "post@\(id).example" : box);\(access);\(rang)"
  }

  private static func book(_ rows: [String], orderedBy column: String?) throws -> CustomerBook {
    let table = try CustomerTable(([header] + rows).map { $0 + "\r\n" }.joined().utf8)
    return try CustomerBook(table.source, segments: CustomerTable.segments, orderedBy: column)
  }

  private static func complaint(_ column: String, header: String = header) throws -> String {
    let table = try CustomerTable(([header, row("1", "")]).map { $0 + "\r\n" }.joined().utf8)
    let error = #expect(throws: CustomerFileError.self) {
      try CustomerBook(table.source, segments: CustomerTable.segments, orderedBy: column)
    }
    return error?.description ?? ""
  }

  @Test func aColumnThatIsNotThereIsNamedWithTheNearestOne() throws {
    #expect(
      try Self.complaint("Ranq") == "kunden.csv:1: there is no column \"Ranq\" for \"order\", did you mean \"Rang\"?")
    #expect(
      try Self.complaint("Dringlichkeit")
        == "kunden.csv:1: there is no column \"Dringlichkeit\" for \"order\"; correct the header, or order.column in campaign.yaml"
    )
    #expect(try Self.complaint("Rang", header: Self.header.replacing("Vorname", with: "Rang")).contains("Rang"))
    #expect(
      try Self.complaint("Rang", header: CustomerTable.header.replacing("Telefon", with: "Telefon;Rang") + ";Rang")
        .contains("column \"Rang\" is there more than once, as columns 8 and 11"))
  }

  @Test func aCustomerHasTheLowestCellOfItsRows() throws {
    let rows = [
      Self.row("1", " 7 "), Self.row("2", "hoch", box: "a@2.example"), Self.row("2", "12", box: "b@2.example"),
      Self.row("3", ""), Self.row("2", "", box: "c@2.example"),
    ]
    let customers = try Self.book(rows, orderedBy: "Rang").all()
    #expect(customers.map(\.need.cell) == [OrderCell("7"), OrderCell("12"), .empty])
    #expect(customers.map(\.mailboxes.count) == [1, 3, 1], "rows that differ in it do not contradict each other")
    #expect(try Self.book(rows, orderedBy: nil).all().allSatisfy { $0.need.cell == .empty })
  }

  /// A column that is a field too may decide.
  @Test func aFieldOrders() throws {
    let customers = try Self.book([Self.row("12", ""), Self.row("9", "")], orderedBy: "Kundennummer").all()
    #expect(customers.map(\.need.cell) == [OrderCell("12"), OrderCell("9")])
  }

  @Test func anAffectedContactIsAMailboxOfAnybodyWhoseLetterAsksForAChange() throws {
    let rows = [
      Self.row("1", "", contact: "post@1.example", box: "post@1.example"),
      Self.row("2", "", contact: "POST@1.example"),
      Self.row("3", "", contact: "post@4.example"),
      Self.row("4", "", access: "e2e"),
      Self.row("5", "", contact: "b@5.example", box: "a@5.example"),
      Self.row("5", "", contact: "", box: "b@5.example").replacing("5@kanzlei.example", with: ""),
    ]
    let customers = try Self.book(rows, orderedBy: nil).all()
    #expect(customers.filter(\.need.hasAffectedContact).map(\.id) == ["1", "2", "5"])
  }

  @Test func theNeedIsNoPartOfTheFrozenCustomer() throws {
    let customer = try #require(try Self.book([Self.row("1", "7")], orderedBy: "Rang").all().first)
    let payload = String(decoding: try JSONEncoder().encode(customer), as: UTF8.self)
    #expect(!payload.contains("need") && !payload.contains("cell"))
    #expect(try JSONDecoder().decode(Customer.self, from: Data(payload.utf8)).need == Customer.Need())
  }
}
