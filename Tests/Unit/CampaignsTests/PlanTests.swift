import Campaigns
import Foundation
import Mail
import TestSupport
import Testing

@Suite struct PlanTests {
  static func customer(_ access: [String], contact: String? = "k@example.org") throws -> Customer {
    Customer(
      id: "1", company: "", salutation: "", title: "", firstName: "", lastName: "", language: "de",
      contact: try contact.map { try EmailAddress($0) }, phone: "",
      mailboxes: try access.enumerated().map {
        Customer.Mailbox(address: try EmailAddress("m\($0.offset)@example.org"), access: $0.element)
      }, lines: [2, 9])
  }

  @Test(
    arguments: [
      (["imap"], true, Outcome(kind: .letter, letters: ["password-change"])),
      (["e2e", "imap", "mx"], true, Outcome(kind: .letter, letters: ["password-change"])),
      (["imap", "pop3"], true, Outcome(kind: .letter, letters: ["password-change"])),
      (
        ["central", "imap", "fax", "central"], true,
        Outcome(
          kind: .letter, letters: ["password-change"], calls: [.segment("zentraler Posteingang"), .segment("Faxgerät")])
      ),
      (["e2e"], true, Outcome(kind: .none, reasons: [.segment("Ende-zu-Ende")])),
      (
        ["mx", "e2e", "mx"], true,
        Outcome(kind: .none, reasons: [.segment("eigener Server"), .segment("Ende-zu-Ende")])
      ),
      (["mx", "central"], true, Outcome(kind: .phone, reasons: [.segment("zentraler Posteingang")])),
      (
        ["fax", "central"], false,
        Outcome(kind: .phone, reasons: [.segment("Faxgerät"), .segment("zentraler Posteingang")])
      ),
      (["imap"], false, Outcome(kind: .phone, reasons: [.noAddress])),
      (["fax", "imap"], false, Outcome(kind: .phone, reasons: [.noAddress, .segment("Faxgerät")])),
      (["e2e"], false, Outcome(kind: .none, reasons: [.segment("Ende-zu-Ende")])),
    ] as [([String], Bool, Outcome)])
  func everyCustomerHasOneOutcome(access: [String], hasContact: Bool, expected: Outcome) throws {
    let customer = try Self.customer(access, contact: hasContact ? "k@example.org" : nil)
    #expect(try Planner.outcome(for: customer, in: Self.campaign()) == expected)
  }

  @Test func mailboxesThatAskForDifferentLettersGiveEachOnce() throws {
    let customer = try Self.customer(["imap", "webmail", "pop3"])
    #expect(
      try Planner.outcome(for: customer, in: Self.campaign())
        == Outcome(kind: .letter, letters: ["password-change", "webmail"]))
    for (letter, boxes) in [("password-change", ["m0", "m2"]), ("webmail", ["m1"])] {
      #expect(
        try Planner.mailboxes(of: customer, listedIn: letter, in: Self.campaign()).map(\.address.local) == boxes)
    }
  }

  @Test func anAccessWithoutASegmentIsAnError() throws {
    #expect {
      try Planner.outcome(for: Self.customer(["dial-up"]), in: Self.campaign())
    } throws: {
      "\($0)" == "customer \"1\" (lines 2 and 9): the access value \"dial-up\" has no segment"
    }
  }

  @Test(
    arguments: [
      (["imap"], true, Outcome(kind: .letter, letters: ["password-change", "breach-notice"])),
      (
        ["e2e"], true,
        Outcome(kind: .letter, letters: ["breach-notice", "survey"], reasons: [.segment("Ende-zu-Ende")])
      ),
      (
        ["central"], true,
        Outcome(kind: .letter, letters: ["breach-notice"], calls: [.segment("zentraler Posteingang")])
      ),
      (["central"], false, Outcome(kind: .phone, reasons: [.noAddress, .segment("zentraler Posteingang")])),
      (["e2e"], false, Outcome(kind: .phone, reasons: [.noAddress])),
    ] as [([String], Bool, Outcome)])
  func aLetterForWholeSegmentsComesAfterTheirOwn(access: [String], hasContact: Bool, expected: Outcome) throws {
    var campaign = try Self.campaign()
    campaign.letters = [
      SegmentLetter(letter: "breach-notice", segments: nil), SegmentLetter(letter: "survey", segments: ["e2e"]),
    ]
    let customer = try Self.customer(access, contact: hasContact ? "k@example.org" : nil)
    #expect(try Planner.outcome(for: customer, in: campaign) == expected)
    #expect(Planner.mailboxes(of: customer, listedIn: "breach-notice", in: campaign).isEmpty)
  }

  @Test func theLetterListsLetterMailboxesOnly() throws {
    let found = try Planner.mailboxes(
      of: Self.customer(["e2e", "imap", "fax", "pop3"]), listedIn: "password-change", in: Self.campaign())
    #expect(found.map(\.address.local) == ["m1", "m3"])
    #expect(found.map(\.access) == ["imap", "pop3"])
  }

  static let rows = [
    "1;Eins;;;;k1@example.org;;a@example.org;imap", "2;;;;;k2@example.org;;b@example.org;e2e",
    "3;;;;;;1;c@example.org;imap", "1;;;;;;;d@example.org;fax", "4;;;;;;;kaputt;imap", "5;;;;;;;x@example.org",
  ]
  static var templates: [(path: String, digest: SHA256Digest)] {
    ["de/text", "de/html"].map { ($0, SHA256.digest(of: Array($0.utf8))) }
  }

  static func campaign(_ source: CustomerSource? = nil) throws -> Campaign {
    var campaign = try CampaignFileTests.read(CampaignFileTests.whole)
    if let source { campaign.customers = source }
    campaign.segments = try CustomerTable.segments
    return campaign
  }

  @Test func countsEveryRowAndCustomer() throws {
    let table = try CustomerTable(rows: Self.rows)
    var seen: [String] = []
    let plan = try Plan(table.book(), campaign: Self.campaign(table.source), templates: Self.templates, signer: nil) {
      customer, outcome in
      seen.append("\(customer.id) \(outcome.kind.rawValue)")
    }
    #expect(seen == ["1 letter", "2 none", "3 phone", "4 phone", "5 phone"])
    var expected = Plan.Counts()
    (expected.customers, expected.letter, expected.phone, expected.none) = (5, 1, 3, 1)
    (expected.rows, expected.usedRows, expected.rejectedRows) = (6, 6, 0)
    expected.calledForRejection = 2
    expected.letters = ["password-change": 1]
    #expect(plan.counts == expected)
  }

  @Test func whatDoesNotAddUpStops() throws {
    var counts = Plan.Counts()
    (counts.customers, counts.letter) = (2, 1)
    #expect {
      try counts.reconcile()
    } throws: {
      "\($0)"
        == "the plan does not add up: 2 customers are not 1 letters, 0 calls and 0 with nothing to do. This is a fault of "
        + "eilbrief; nothing was sent"
    }
    counts.none = 1
    try counts.reconcile()
    counts.rows = 3
    #expect(throws: PlanError.doesNotAddUp("3 rows are not 0 used and 0 rejected")) { try counts.reconcile() }
  }

  static func hash(
    _ rows: [String] = rows, templates: [(path: String, digest: SHA256Digest)] = templates,
    change: (inout Campaign) throws -> Void = { _ in }
  ) throws -> SHA256Digest {
    let table = try CustomerTable(rows: rows)
    var campaign = try campaign(table.source)
    try change(&campaign)
    return try Plan(CustomerBook(campaign), campaign: campaign, templates: templates, signer: nil).hash
  }

  @Test func theHashIsTheSameForTheSameInput() throws {
    let hash = try Self.hash()
    #expect(try Self.hash() == hash)
    #expect(try Self.hash(templates: Self.templates.reversed()) == hash)
    #expect(try Self.hash(Self.rows + ["", ";;;;;;;;"]) == hash, "lines without a row do not matter")
    #expect(
      try Self.hash {
        $0.relays = [
          Relay(name: "x", host: "127.0.0.1", port: 25, tls: .none, limits: [RateLimit(count: 1, window: .seconds(1))])
        ]
        $0.retry = RetrySchedule(delays: [.seconds(1)], giveUpAfter: .seconds(2))
        $0.uncertain = .hold
      } == hash, "relays, limits and retries may change")
  }

  /// A plan that was frozen before reasons were values has the same hash: approvals and receipts name it.
  @Test func theHashIsThatOfEarlierVersions() throws {
    let folder = PackageRoot.file("Tests/Support/Spools/format-3/summer")
    let campaign = try CampaignFile.read(folder: folder)
    let templates = try ["breach-notice", "password-change"].flatMap { letter in
      try ["html", "subject", "txt"].map { part in
        let path = "\(letter)/de.\(part).mustache"
        let bytes = try Data(contentsOf: folder.appendingPathComponent("templates/\(path)"))
        return (path: path, digest: SHA256.digest(of: Array(bytes)))
      }
    }
    let plan = try Plan(CustomerBook(campaign), campaign: campaign, templates: templates, signer: nil)
    // As the program that froze it has it in its spool, and `check` of that version prints it.
    #expect(plan.hash.hex == "d750d44dbac7c40dbf089edf9ef045ae7dbecae2e44b79a583b4d1867f3ab20e")
  }

  @Test func theHashKnowsEverythingElse() throws {
    var hashes = [try Self.hash()]
    for (index, row) in Self.rows.enumerated() {
      var rows = Self.rows
      rows[index] =
        index == 5
        ? "5;;;;;;;x@example.org;e2e" : row.replacing("example.org;", with: "example.net;", maxReplacements: 1)
      if index == 4 { rows[index] = "5;;;;;;;kaputt;imap" }
      hashes.append(try Self.hash(rows))
    }
    hashes.append(try Self.hash(Self.rows.reversed()))
    // Only the line of the last row, a rejected one, is another.
    hashes.append(try Self.hash(Self.rows.dropLast() + ["", Self.rows[5]]))
    hashes.append(try Self.hash(["1;;Eins;;;k1@example.org;;a@example.org;imap"] + Self.rows.dropFirst()))
    hashes.append(try Self.hash(templates: []))
    hashes.append(try Self.hash(templates: Self.templates.dropLast()))
    hashes.append(try Self.hash(templates: Self.templates.map { ($0.path, SHA256.digest(of: [1])) }))
    hashes.append(try Self.hash(templates: Self.templates.map { ($0.path + "x", $0.digest) }))
    hashes.append(try Self.hash { $0.incident.what += "!" })
    hashes.append(try Self.hash { $0.letters = [SegmentLetter(letter: "breach-notice", segments: nil)] })
    hashes.append(try Self.hash { $0.letters = [SegmentLetter(letter: "breach-notice", segments: ["imap"])] })
    hashes.append(try Self.hash { $0.letters = [SegmentLetter(letter: "breach-note", segments: ["imap"])] })
    hashes.append(try Self.hash { $0.incident.data = ["Zugangsdaten, Namen, Anschriften"] })
    hashes.append(try Self.hash { $0.incident.authority = nil })
    hashes.append(try Self.hash { $0.sender.replyTo = nil })
    hashes.append(try Self.hash { $0.sender.contact.phone = "1" })
    hashes.append(try Self.hash { $0.deadline = LocalDateTime(date: $0.deadline.date + 1, offset: 3600) })
    hashes.append(try Self.hash { $0.segments["unused"] = .phone(reason: "x") })
    hashes.append(try Self.hash { $0.segments["e2e"] = Segment.none(reason: "anders") })
    #expect(Set(hashes).count == hashes.count)
  }
}
