import Campaigns
import Testing

@Suite struct CustomerWarningTests {
  /// The warnings without those about segments that this test's few rows do not use.
  func warnings(_ rows: [String]) throws -> [CustomerWarning] {
    try CustomerTable(rows: rows).book().warnings.filter { $0.kind != .unusedSegment }
  }

  @Test func unusedSegments() throws {
    let book = try CustomerTable(rows: ["1;;;;;;;a@example.org;imap", "2;;;;;;1;b@example.org;fax"]).book()
    #expect(
      book.warnings.filter { $0.kind == .unusedSegment }.map(\.message)
        == ["central", "e2e", "mx", "pop3", "webmail"].map { "segment \"\($0)\" is not used by any row" })
  }

  @Test func linesOfDelimiters() throws {
    #expect(
      try warnings(["1;;;;;;;a@example.org;e2e", ";;;;;;;;", "; ;;;;;;;"])
        == [
          CustomerWarning(
            kind: .blankRows, lines: [3],
            message: "2 lines hold nothing but delimiters and are left out, the first is line 3")
        ])
  }

  @Test func aMailboxTwiceForOneCustomer() throws {
    let rows = ["1;;;;;;;a@example.org;e2e", "2;;;;;;;b@example.org;e2e", "1;;;;;;;A@example.org;e2e"]
    let book = try CustomerTable(rows: rows).book()
    #expect(
      try warnings(rows) == [
        CustomerWarning(
          kind: .repeatedMailbox, lines: [2, 4],
          message: "mailbox \"a@example.org\" of customer \"1\" stands in lines 2 and 4; it is counted once")
      ])
    #expect(try book.all().map(\.mailboxes.count) == [1, 1])
    #expect(try book.addsUp())
  }

  @Test func aMailboxWithTwoKindsOfAccessLosesNeither() throws {
    let rows = ["1;;;;;k@example.org;030 1;a@example.org;imap", "1;;;;;;;a@example.org;fax"]
    #expect(
      try warnings(rows).map(\.message) == [
        "mailbox \"a@example.org\" of customer \"1\" stands in lines 2 and 3; its access differs (\"imap\", \"fax\"), each is "
          + "followed"
      ])
    #expect(try CustomerTable(rows: rows).book().all()[0].mailboxes.map(\.access) == ["imap", "fax"])
  }

  @Test func aMailboxUnderTwoCustomers() throws {
    let rows = ["1;;;;;;;a@example.org;e2e", "2;;;;;;;b@example.org;e2e", "3;;;;;;;A@Example.org;e2e"]
    #expect(
      try warnings(rows) == [
        CustomerWarning(
          kind: .sharedMailbox, lines: [2, 4],
          message: "mailbox \"a@example.org\" stands under 2 customers, in lines 2 and 4; each is told about it")
      ])
    #expect(try CustomerTable(rows: rows).book().rejected.isEmpty)
  }

  @Test func aContactOfSeveralCustomers() throws {
    let rows = (1...12).map { "\($0);;;;;k@example.org;;a\($0)@example.org;e2e" }
    #expect(
      try warnings(rows) == [
        CustomerWarning(
          kind: .sharedContact, lines: Array(2...13),
          message:
            "12 customers have the contact address \"k@example.org\", in lines 2, 3, 4, 5, 6, 7, 8, 9, 10 and 3 more; "
            + "each letter goes there")
      ])
  }

  @Test func aContactThatIsAffectedItself() throws {
    #expect(
      try warnings([
        "1;;;;;a@example.org;;a@example.org;imap", "2;;;;;a2@example.org;;b@example.org;imap",
        "3;;;;;c@example.org;;c@example.org;e2e", "4;;;;;x@example.org;;a2@example.org;pop3",
      ]) == [
        CustomerWarning(
          kind: .contactAffected, lines: [2, 3],
          message: "2 customers get the letter at a mailbox that is affected itself, where an intruder may be reading: "
            + "\"1\" (line 2), \"2\" (line 3)")
      ])
  }

  @Test func customersWhoAreCalled() throws {
    #expect(
      try warnings([
        "1;;;;;;030 1;a@example.org;imap", "2;;;;;;;b@example.org;imap", "3;;;;;k@example.org;;c@example.org;fax",
      ])
      .map(\.message) == [
        "2 customers are called in place of a letter, for want of an e-mail address: \"1\" (line 2), \"2\" (line 3)",
        "2 customers to be called have no telephone number in the file: \"2\" (line 3), \"3\" (line 4)",
      ])
  }

  @Test func rejectedCustomersNeedNoWarning() throws {
    #expect(
      try warnings([
        "1;;;;;;;a@example.org;imap", "1;;;;;;;kaputt;imap", "2;;;;;k@example.org;;a@example.org;imap",
      ]).isEmpty)
  }

  @Test func manyAreCounted() throws {
    let rows = (1...250).flatMap { ["\($0);;;;;;;a\($0)@example.org;e2e", "x\($0);;;;;;;a\($0)@example.org;e2e"] }
    let found = try warnings(rows)
    #expect(found.count == 101)
    #expect(found.last?.message == "150 more rows share their mailbox with another customer")
  }
}
