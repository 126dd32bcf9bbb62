import Foundation
import Mail
import TestSupport
import Testing

@testable import Campaigns

@Suite struct PlanStagingTests {
  static func customer(_ number: Int) throws -> (Customer, Outcome) {
    let customer = Customer(
      id: "Küche \(number)", company: String(repeating: "ü", count: number % 300), salutation: "", title: "",
      firstName: "", lastName: "", language: "de",
      contact: number % 3 == 0 ? nil : try EmailAddress("k\(number)@müller.example"), phone: "",
      mailboxes: [.init(address: try EmailAddress("a@example.org"), access: "imap")], lines: [number])
    let outcome =
      number % 3 == 0
      ? Outcome(kind: .phone, reasons: [.segment("Grund \(number % 5)")])
      : Outcome(kind: .letter, letters: ["password-change"])
    return (customer, outcome)
  }

  static func stage(_ count: Int, in folder: URL) throws -> StagedCustomers {
    var staging = PlanStaging(in: folder)
    for number in 0..<count {
      let (customer, outcome) = try customer(number)
      try staging.append(customer, outcome)
    }
    return staging.finish()
  }

  /// From nobody, over what memory holds, to several pieces of the file.
  @Test(arguments: [0, 1, 100, 5_000])
  func customersComeBackInOrder(count: Int) throws {
    let folder = try TemporaryFolder()
    let customers = try Self.stage(count, in: folder.url)
    #expect(customers.count == count)
    for _ in 0..<2 {
      var reader = customers.reader()
      for number in 0..<count {
        let (customer, outcome) = try Self.customer(number)
        let staged = try #require(try reader.next())
        #expect(staged.id == customer.id && staged.contact == customer.contact && staged.outcome == outcome)
        #expect(try JSONDecoder().decode(Customer.self, from: staged.payload) == customer)
      }
      #expect(try reader.next() == nil)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == [], "no file has a name")
  }

  @Test func aCustomerLargerThanAPieceComesBack() throws {
    let folder = try TemporaryFolder()
    var (customer, outcome) = try Self.customer(1)
    customer.company = String(repeating: "x", count: PlanStaging.pieceSize + 1)
    var staging = PlanStaging(in: folder.url)
    try staging.append(customer, outcome)
    try staging.append(customer, outcome)
    var reader = staging.finish().reader()
    for _ in 0..<2 {
      let payload = try #require(try reader.next()).payload
      #expect(try JSONDecoder().decode(Customer.self, from: payload) == customer)
    }
    #expect(try reader.next() == nil)
  }

  @Test func fewCustomersAreNotWritten() throws {
    let customers = try Self.stage(100, in: URL(fileURLWithPath: "/nonexistent"))
    #expect(customers.count == 100)
  }

  @Test func aFolderThatTakesNothingIsAnError() throws {
    #expect {
      try Self.stage(5_000, in: URL(fileURLWithPath: "/nonexistent"))
    } throws: {
      "\($0)"
        == "/nonexistent: cannot be written: No such file or directory; make room there or give this user the right to "
        + "write, then run the command again"
    }
  }
}
