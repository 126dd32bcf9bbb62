@testable import Campaigns

/// A customer file: encoding, dialect, header, rows, the customers made of them, and the outcome of each.
struct CustomerTable: FuzzTarget {
  private let file = ScratchFile("csv")
  private let campaign: Campaign

  init() {
    var campaign = Samples.campaign
    campaign.customers = CustomerSource(
      file: file.url,
      columns: [
        .id: "Nr", .company: "Firma", .salutation: "Anrede", .title: "Titel", .firstName: "Vorname",
        .lastName: "Nachname", .language: "Sprache", .contact: "E-Mail", .phone: "Telefon", .mailbox: "Postfach",
        .access: "Zugang", .program: "Programm",
      ])
    self.campaign = campaign
  }

  func run(_ bytes: [UInt8]) {
    file.fill(bytes)
    do {
      let book = try CustomerBook(campaign)
      var rows = 0
      var customers = book.customers()
      while let customer = try customers.next() {
        rows += customer.lines.count
        _ = try? Planner.outcome(for: customer, in: campaign)
      }
      precondition(rows == book.usedRows, "\(rows) rows of customers, \(book.usedRows) used")
      try book.rejected.visit { _ = $0.description }
      _ = book.warnings.map { "\($0)" }
    } catch {
      _ = "\(error)"
    }
  }
}
