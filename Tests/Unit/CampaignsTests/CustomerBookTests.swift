import Campaigns
import Foundation
import Mail
import TestSupport
import Testing

@Suite struct CustomerBookTests {
  @Test func rowsOfOneIdAreOneCustomer() throws {
    let book = try CustomerTable(rows: [
      " 100 ;Müller GmbH ;Jörg;Groß;;info@example.org;;a@example.org;imap",
      "200;Zweite;;;en;zwei@example.org;;z@example.org;e2e",
      "",
      "100;;;;de;INFO@example.org;089 1;\"b@example.org\";pop3",
      ";;;;;;;;",
      "100;Mu\u{308}ller GmbH;;;deutsch;;;c@example.org;mx",
    ]).book()
    #expect(
      try book.all() == [
        Customer(
          id: "100", company: "Müller GmbH", salutation: "", title: "", firstName: "Jörg", lastName: "Groß",
          language: "de",
          contact: EmailAddress("info@example.org"), phone: "089 1",
          mailboxes: [
            Customer.Mailbox(address: EmailAddress("a@example.org"), access: "imap"),
            Customer.Mailbox(address: EmailAddress("b@example.org"), access: "pop3"),
            Customer.Mailbox(address: EmailAddress("c@example.org"), access: "mx"),
          ], lines: [2, 5, 7]),
        Customer(
          id: "200", company: "Zweite", salutation: "", title: "", firstName: "", lastName: "", language: "en",
          contact: EmailAddress("zwei@example.org"), phone: "",
          mailboxes: [Customer.Mailbox(address: EmailAddress("z@example.org"), access: "e2e")], lines: [3]),
      ])
    #expect(book.rows == 4)
    #expect(book.customerCount == 2)
    #expect(try book.addsUp())
    #expect(try book.customer(id: "100")?.lines == [2, 5, 7])
    #expect(try book.customer(id: "200")?.lines == [3])
    #expect(try book.customer(id: "300") == nil)
  }

  @Test func aCellOfSeveralLinesIsOneLine() throws {
    let book = try CustomerTable(rows: [
      "100;\"Müller \r\n und \n\nSöhne\";;;;;;a@example.org;imap", "200;;;;;;;b@example.org;imap",
    ]).book()
    #expect(try book.all().map(\.company) == ["Müller und Söhne", ""])
    #expect(try book.all().map(\.lines) == [[2], [6]])
  }

  @Test(arguments: [
    ("de", "de"), ("DE", "de"), ("deu", "de"), ("German", "de"), ("deutsch", "de"), ("en", "en"), ("eng", "en"),
    ("English", "en"), ("Englisch", "en"), ("", "de"), (" en ", "en"), ("de-AT", "de"), ("en_US.UTF-8", "en"),
    ("Deutsch (Schweiz)", "de"), ("D", "de"), ("E", "en"), ("1031", "de"), ("2057", "en"), ("k.A.", "de"),
    ("NULL", "de"),
  ])
  func languages(text: String, expected: String) throws {
    #expect(try CustomerTable(rows: ["1;;;;\(text);;;a@example.org;imap"]).book().all().map(\.language) == [expected])
  }

  @Test(
    arguments: [
      (
        "100;;;;;;a@example.org;imap",
        "line 2: the row has 8 columns, the header has 9; every row needs all columns, empty ones too"
      ),
      (
        "100;;;;;;;a@example.org;imap; x",
        "line 2: the row has 10 columns, the header has 9, and column 10 holds \"x\"; put a value that holds \";\" in quotes"
      ),
      ("100", "line 2: the row has 1 column, the header has 9; every row needs all columns, empty ones too"),
      (";;;;;;;a@example.org;imap", "line 2: the id is empty"),
      ("\(String(repeating: "x", count: 129));;;;;;;a@example.org;imap", nil),
      ("1\u{200B}0;;;;;;;a@example.org;imap", "line 2: the id \"1\\u{200B}0\" has an invisible character"),
      (
        "1,23E+10;;;;;;;a@example.org;imap",
        "line 2: the id \"1,23E+10\" was made a number by a spreadsheet program; format the column as text and enter the value "
          + "again"
      ),
      (
        "100;;;;;;4,98912E+11;a@example.org;imap",
        "line 2, customer \"100\": the telephone number was made a number by a spreadsheet program; format the column as text "
          + "and enter the value again"
      ),
      ("100;;;;;;;;imap", "line 2, customer \"100\": the mailbox address is missing"),
      ("100;;;;;;; ;imap", "line 2, customer \"100\": the mailbox address is missing"),
      (
        "100;;;;fr;;;a@example.org;imap",
        "line 2, customer \"100\": unknown language \"fr\"; known are de (also de-DE, de_AT, deutsch, German, D) and en (also "
          + "en-GB, en_US, englisch, English, E); an empty cell is the language of the campaign"
      ),
      (
        "100;;;;;;;a b@example.org;imap",
        "line 2, customer \"100\": the mailbox address \"a b@example.org\" has a space at character 2: something is beside \"b@example.org\"; leave in the cell only the address that is meant"
      ),
      (
        "100;;;;;;;a @ example.org ;imap",
        "line 2, customer \"100\": the mailbox address \"a @ example.org\" has a space at character 2; remove it"
      ),
      (
        "100;;;;;;;a@example..org;imap",
        "line 2, customer \"100\": the mailbox address \"a@example..org\" has two dots in a row; correct the address"
      ),
      (
        "100;;;;;q;;y;imap",
        "line 2, customer \"100\": the contact address \"q\" has no @; enter an e-mail address, or leave the cell empty, "
          + "then the customer is called; the mailbox address \"y\" has no @; enter the address of the mailbox"
      ),
      (
        "100;A \"B\" C;;;;;;a@example.org;imap",
        "line 2, customer \"100\": column \"Firma\" has a quotation mark inside but does not begin with one; double it and put the value in quotes"
      ),
      (
        "100;\"A\" B;;;;;;a@example.org;imap",
        "line 2, customer \"100\": column \"Firma\" has text behind its closing quotation mark; double quotation marks that belong to the text"
      ),
      (
        "100;A\u{7}B;;;;;;a@example.org;imap",
        "line 2, customer \"100\": \"company\" has the control character \\u{7}"
      ),
      (
        "100;A\u{202E}B;\u{2067}C\u{2069};;;;;a@example.org;imap",
        "line 2, customer \"100\": \"company\" has \\u{202E}, an invisible character that turns the direction of the writing "
          + "behind it; remove it; \"first_name\" has \\u{2067}, an invisible character that turns the direction of the "
          + "writing behind it; remove it"
      ),
      (
        "100;\(String(repeating: "x", count: 70_000));;;;;;a@example.org;imap",
        "line 2, customer \"100\": column \"Firma\" holds more than 64 KB"
      ),
    ] as [(String, String?)])
  func rejectsARowAndSaysWhy(row: String, reason: String?) throws {
    let book = try CustomerTable(rows: [row, "200;;;;;;;b@example.org;imap"]).book()
    let lines = try book.rejected.all.map(\.description)
    #expect(lines.count == 1)
    if let reason { #expect(lines == [reason]) }
    #expect(try book.all().map(\.id) == ["200"])
    #expect(try book.addsUp())
  }

  /// Telephones put them around every number that is copied from them.
  @Test func aTelephoneNumberLosesItsDirectionMarks() throws {
    let book = try CustomerTable(rows: ["1;;;;;;\u{202D}+49 9999 555-0\u{202C};a@example.org;imap"]).book()
    #expect(book.rejected.isEmpty)
    #expect(try book.all().map(\.phone) == ["+49 9999 555-0"])
  }

  @Test func namesOfTwoScriptsKeepTheirMarks() throws {
    let book = try CustomerTable(rows: ["1;;\u{200F}דוד;می\u{200C}خواهم;;;;a@example.org;imap"]).book()
    #expect(try book.all().map(\.firstName) == ["\u{200F}דוד"])
    #expect(try book.all().map(\.lastName) == ["می\u{200C}خواهم"])
  }

  @Test func invisibleCharactersInAddressesAreShown() throws {
    let book = try CustomerTable(rows: [
      "1;;;;;;;a\u{A0}@example.org;imap", "2;;;;;;;a\u{200B}b@example.org;imap",
      "3;;;;;;;\"a@example.org\r\nBcc: x@example.org\";imap",
    ]).book()
    let reasons = try book.rejected.all.map(\.reason)
    #expect(reasons[0].hasPrefix("the mailbox address \"a\\u{A0}@example.org\" has "))
    #expect(reasons[1].hasPrefix("the mailbox address \"a\\u{200B}b@example.org\" has "))
    #expect(reasons[2].hasPrefix("the mailbox address \"a@example.org\\r\\nBcc: x@example.org\" holds 2 addresses"))
    #expect(try book.addsUp())
  }

  @Test(arguments: ["E10", "1E", "1E+", "E+10", "1e10", "1.2.3E+4", "ABC-E+1", "2E-Mail"])
  func idsThatOnlyLookLikeNumbersStay(_ id: String) throws {
    #expect(try CustomerTable(rows: ["\(id);;;;;;;a@example.org;imap"]).book().all().map(\.id) == [id])
  }

  @Test func oneRejectedRowRejectsItsCustomer() throws {
    let book = try CustomerTable(rows: [
      "100;;;;;;;a@example.org;imap", "200;;;;;;;z@example.org;imap", "100;;;;;;;kaputt;imap",
      "100;;;;;;;c@example.org;e2e",
    ]).book()
    #expect(
      try book.rejected.all.map(\.description) == [
        "line 2, customer \"100\": the row in line 4 of the same customer is rejected",
        "line 4, customer \"100\": the mailbox address \"kaputt\" has no @; enter the address of the mailbox",
        "line 5, customer \"100\": the row in line 4 of the same customer is rejected",
      ])
    #expect(try book.all().map(\.id) == ["200"])
    #expect(try book.customer(id: "100") == nil)
    #expect(try book.addsUp())
  }

  @Test func contradictionsAreNamedWithTheirLines() throws {
    let book = try CustomerTable(rows: [
      "100;Müller;A;;de;a@example.org;030 1;a@example.org;imap",
      "100;Meier;A;;en;b@example.org;030 2;b@example.org;imap",
      "200;;;;;;;z@example.org;imap", "100;;;;;;;c@example.org;imap",
    ]).book()
    let reason =
      "the rows of this customer contradict each other: company is \"Müller\" in line 2 and \"Meier\" in line 3; "
      + "language is \"de\" in line 2 and \"en\" in line 3; contact is \"a@example.org\" in line 2 and \"b@example.org\" in "
      + "line 3; phone is one in line 2 and another in line 3"
    #expect(try book.rejected.all == [2, 3, 5].map { RejectedRow(line: $0, customerID: "100", reason: reason) })
    #expect(try book.all().map(\.id) == ["200"])
    #expect(try book.addsUp())
  }

  @Test func aThousandCustomersInAnyOrder() throws {
    var random = SeededGenerator(seed: 7)
    var rows: [(id: Int, row: String)] = []
    for id in 0..<1000 {
      for mailbox in 0..<Int.random(in: 1...5, using: &random) {
        let bad = Int.random(in: 0..<50, using: &random) == 0
        rows.append(
          (id, "K\(id);Firma \(id);;;;kontakt\(id)@example.org;;\(bad ? "@" : "m\(mailbox)@k\(id).example");imap"))
      }
    }
    rows.shuffle(using: &random)
    let book = try CustomerTable(rows: rows.map(\.row)).book()
    var lines: [Int: [Int]] = [:]
    var order: [Int] = []
    var bad: Set<Int> = []
    for (number, row) in rows.enumerated() {
      if lines[row.id] == nil { order.append(row.id) }
      lines[row.id, default: []].append(number + 2)
      if row.row.contains(";@;") { bad.insert(row.id) }
    }
    let customers = try book.all()
    #expect(customers.map(\.id) == order.filter { !bad.contains($0) }.map { "K\($0)" })
    #expect(customers.map(\.lines) == order.filter { !bad.contains($0) }.map { lines[$0] })
    #expect(!bad.isEmpty)
    #expect(try book.addsUp())
    #expect(try book.all() == customers, "a second reading gives the same")
  }
}
