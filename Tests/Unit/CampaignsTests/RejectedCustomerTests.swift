import Foundation
import Mail
import TestSupport
import Testing

@testable import Campaigns

/// Whom rejected rows show: these customers are called.
@Suite struct RejectedCustomerTests {
  private func read(_ rows: [String]) throws -> (customers: [Customer], unnamed: RejectedCustomerReader.Unnamed) {
    let book = try CustomerTable(rows: rows).book()
    var reader = book.rejectedCustomers()
    var customers: [Customer] = []
    while let customer = try reader.next() { customers.append(customer) }
    #expect(customers.map(\.lines.count).reduce(0, +) + reader.unnamed.count == book.rejected.count)
    #expect(Set(customers.map(\.id)).count == customers.count)
    #expect(try Set(customers.map(\.id)).isDisjoint(with: book.all().map(\.id)))
    return (customers, reader.unnamed)
  }

  private func one(_ row: String) throws -> Customer {
    let found = try read(["1;;;;;k@example.org;;ok@example.org;imap", row]).customers
    try #require(found.count == 1, "\(found)")
    return found[0]
  }

  /// A letter that lists one of three mailboxes says by its silence that the others are safe.
  @Test func aRowWithAStrayQuoteIsOfItsCustomer() throws {
    let rows = [
      "7;Kanzlei;;;;k@example.org;;a@example.org;imap", "7;Kanzlei \"Groß\";;;;k@example.org;;b@example.org;imap",
      "8;;;;;l@example.org;;c@example.org;imap",
    ]
    let book = try CustomerTable(rows: rows).book()
    #expect(try book.all().map(\.id) == ["8"])
    #expect(try read(rows).customers.map(\.id) == ["7"])
  }

  /// An id of the file that looks like one of ours is the file's.
  @Test func anIDOfTheFileIsNotMadeByUs() throws {
    let customer = try one("line 3;Bauhof;;;;;030 1;;imap")
    #expect(customer.id == "line 3" && !customer.hasMadeID)
  }

  @Test func everyValueThatCanBeReadIsKept() throws {
    let customer = try one("7;Kanzlei Groß;Zoë;Müller;en;zoe@gross.example;+49 9999 1;;imap")
    #expect(customer.id == "7" && customer.company == "Kanzlei Groß" && customer.fullName == "Zoë Müller")
    #expect(customer.language == "en" && customer.contact?.description == "zoe@gross.example")
    #expect(customer.phone == "+49 9999 1" && customer.mailboxes.isEmpty && customer.lines == [3])
    #expect(customer.rejections == [.init(line: 3, reason: "the mailbox address is missing")] && !customer.hasMadeID)
  }

  @Test func aValueThatIsWrongIsEmptyAndTheOthersAreNot() throws {
    for (row, missing) in [
      ("7;Bauhof;A;B;de;kaputt;030 1;m@example.org;imap", \Customer.contact?.description),
      ("7;Bauhof;A;B;de;k@example.org;1,23E+10;m@example.org;imap", \.phoneOrNil),
      ("7;Fir\u{202E}ma;A;B;de;k@example.org;030 1;m@example.org;imap", \.companyOrNil),
    ] as [(String, KeyPath<Customer, String?>)] {
      let customer = try one(row)
      #expect(customer[keyPath: missing] == nil, "\(row)")
      let others = [customer.contact?.description, customer.phoneOrNil, customer.companyOrNil, customer.fullName]
      #expect(others.compactMap { $0 }.count == 3 && customer.mailboxes.count == 1, "\(row)")
    }
    #expect(try one("7;Firma;A;B;klingonisch;;030 1;m@example.org;imap").language == "de")
  }

  @Test func aRowWithoutAnIDGetsOneThatNobodyHas() throws {
    let (customers, unnamed) = try read([
      "line 3;;;;;k@example.org;;ok@example.org;imap", ";Firma;;;;;030 1;m@example.org;imap",
      ";Firma;;;;;030 2;n@example.org;imap",
    ])
    #expect(customers.map(\.id) == ["line 3*", "line 4"] && unnamed.count == 0)
    #expect(customers.allSatisfy { $0.hasMadeID })
  }

  @Test func rowsThatShowNobodyAreCounted() throws {
    let (customers, unnamed) = try read([
      "1;;;;;k@example.org;;ok@example.org;imap", ";;;;;;;m@example.org;imap", ";;;;;;;;imap", ";;;;de;;;;e2e",
    ])
    #expect(customers.isEmpty && unnamed.count == 3 && unnamed.first == [3, 4, 5])
    for row in [";F;;;;;;;imap", ";;;N;;;;;imap", ";;;;;k@k.example;;;imap", ";;;;;;030 1;;imap", "9;;;;;;;;imap"] {
      #expect(try one(row).rejections?.count == 1)
    }
  }

  @Test func rowsOfOneCustomerAreOneWithWhatTheyAgreeOn() throws {
    let (customers, _) = try read([
      "7;Eins;;Müller;;k@example.org;030 1;a@example.org;imap", "8;;;;;k8@example.org;;x@example.org;imap",
      "7;Zwei;;Müller;;k@example.org;030 1;b@example.org;pop3", "7;;;;;;;b@example.org;pop3",
    ])
    let customer = try #require(customers.first)
    #expect(customers.count == 1 && customer.id == "7" && customer.lines == [2, 4, 5])
    #expect(customer.company == "" && customer.lastName == "Müller" && customer.phone == "030 1")
    #expect(customer.mailboxes.map(\.address.local) == ["a", "b"])
    #expect(
      customer.rejections == [
        .init(
          line: 2,
          reason:
            "the rows of this customer contradict each other: company is \"Eins\" in line 2 and \"Zwei\" in line 4")
      ])
  }

  /// The reason is that of the bad row, not that another row is bad.
  @Test func aGoodRowBesideABadOneIsCalledForTheBadOne() throws {
    let (customers, _) = try read([
      "7;Eins;;;;k@example.org;030 1;a@example.org;imap", "7;;;;;;;kaputt;imap", "7;;;;;;;;imap",
    ])
    #expect(customers.first?.lines == [2, 3, 4] && customers.first?.rejections?.map(\.line) == [3, 4])
  }

  /// Of a row with a surplus cell nobody knows in which column it is: number and address are found where they are.
  @Test func aRowWithASurplusCellShowsNumberAndAddress() throws {
    let before = try one("7;Müller; Partner;Zoë;Müller;de;k@example.org;030 1234;a@example.org;imap")
    #expect(before.id == "7" && before.phone == "030 1234" && before.contact?.description == "k@example.org")
    let behind = try one("7;Müller;Zoë;Müller;de;k@example.org;030 1234;a@example.org;imap;mehr")
    #expect(behind.phone == "030 1234" && behind.contact?.description == "k@example.org" && behind.lastName == "Müller")
    // Its id is that of a customer whose other row is used.
    let taken = try one("1;Müller;Zoë;Müller;de;k@example.org;030 1234;a@example.org;imap;mehr")
    #expect(taken.id == "line 3" && taken.phone == "030 1234")
  }

  @Test func rowsOfAnotherShapeWithOneIDAreOneCustomer() throws {
    let stray = "7;Müller;Zoë;Müller;de;k@example.org;030 1234;a@example.org;imap;mehr"
    let (customers, _) = try read([stray, "8;;;;;l@example.org;;c@example.org;imap", stray])
    #expect(customers.map(\.id) == ["7"] && customers[0].lines == [2, 4])
    #expect(customers[0].phone == "030 1234" && customers[0].rejections?.count == 1)
  }

  /// What is in the wrong column contradicts nobody.
  @Test func aRowOfAnotherShapeBelongsToTheRejectedRowsOfItsID() throws {
    let (customers, _) = try read([
      "7;Müller; Partner;Zoë;Müller;de;k@example.org;030 1234;a@example.org;imap",
      "7;Kanzlei;Anna;Groß;de;;;kaputt;imap",
    ])
    let customer = try #require(customers.first)
    #expect(customers.count == 1 && customer.id == "7" && customer.lines == [2, 3] && !customer.hasMadeID)
    #expect(customer.company == "Kanzlei" && customer.fullName == "Anna Groß" && customer.phone == "030 1234")
    #expect(customer.rejections?.map(\.line) == [2, 3])
  }

  @Test func aPlanHasThemAsCustomersToBeCalled() throws {
    let table = try CustomerTable(rows: PlanTests.rows + [";;;;;;;m@example.org;imap"])
    var seen: [String] = []
    let plan = try Plan(
      table.book(), campaign: PlanTests.campaign(table.source), templates: PlanTests.templates, signer: nil
    ) { seen.append("\($0.id) \($1.kind.rawValue) \($1.reasons)") }
    #expect(seen.suffix(2).allSatisfy { $0.hasSuffix("phone [Campaigns.OutcomeReason.rejectedRow]") })
    #expect(seen.suffix(2).map { $0.prefix(1) } == ["4", "5"])
    let counts = plan.counts
    #expect(counts.customers == 5 && counts.phone == 3 && counts.calledForRejection == 2)
    // What an old verifier wants of receipts: each customer has a row that is not rejected.
    #expect(counts.rows == 7 && counts.usedRows == 6 && counts.rejectedRows == 1 && plan.unnamedLines == [8])
    #expect(counts.customers <= counts.rows - counts.rejectedRows)
  }

  @Test func theReasonIsKeptAsJSONBesideTheOthers() throws {
    let reasons: [OutcomeReason] = [.noAddress, .rejectedRow, .segment("x")]
    let json = try JSONEncoder().encode(reasons)
    #expect(try JSONDecoder().decode([OutcomeReason].self, from: json) == reasons)
    #expect(String(decoding: json, as: UTF8.self).contains("rejected_row"))
    // Customers without rejections are encoded as ever.
    let plain = try JSONEncoder().encode(PlanTests.customer(["imap"]))
    #expect(!String(decoding: plain, as: UTF8.self).contains("rejections"))
  }
}

extension Customer {
  fileprivate var phoneOrNil: String? { phone.isEmpty ? nil : phone }
  fileprivate var companyOrNil: String? { company.isEmpty ? nil : company }
}

/// The rows that somebody has to look at, as they are in the file.
@Suite struct NotedRowTests {
  @Test func rejectedRowsAreGivenWithEveryCellAsItIs() throws {
    let rows = [
      "1;;;;;k@example.org;;ok@example.org;imap", "7;\" Eins \";;;;k@example.org;+49 1;kaputt;imap",
      "7;;;;;;;a@example.org;imap", "8;zu;wenig", "9;=1+1;;;;k@example.org;;b@example.org;imap;mehr", "",
    ]
    let book = try CustomerTable(rows: rows).book()
    var found: [NotedRow] = []
    try book.visitNotedRows { found.append($0) }
    let rejected = try book.rejected.all
    let noted = found.filter { $0.kind == .rejected }
    #expect(noted.map(\.line) == rejected.map(\.line) && noted.count >= 3)
    #expect(noted.map { $0.reasons.first } == rejected.map(\.reason))
    let first = try #require(found.first { $0.line == 3 })
    #expect(first.cells == ["7", " Eins ", "", "", "", "k@example.org", "+49 1", "kaputt", "imap"])
    #expect(found.first { $0.line == 4 }?.reasons.first == "the row in line 3 of the same customer is rejected")
    #expect(found.first { $0.line == 6 }?.cells.count == 10)
  }
}
