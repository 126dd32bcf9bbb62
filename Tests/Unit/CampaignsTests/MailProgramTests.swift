import Foundation
import Mail
import Testing

@testable import Campaigns

/// The optional column `program`: what is read of it, what is said about it, and what it changes.
@Suite struct MailProgramTests {
  private static let header = CustomerTable.header + ";Programm"
  private static let columns = CustomerTable.columns.merging([.program: "Programm"]) { $1 }

  /// A table whose only customer has these mailboxes with their access and program cells.
  private static func table(_ mailboxes: [(String, String, String)]) throws -> CustomerTable {
    let rows = mailboxes.map { "1;;;;;k@example.org;;\($0.0)@example.org;\($0.1);\($0.2)" }
    return try CustomerTable(([header] + rows).map { $0 + "\r\n" }.joined().utf8, columns: columns)
  }

  private static func warnings(_ table: CustomerTable) throws -> [CustomerWarning] {
    try table.book().warnings.filter { $0.kind == .unknownProgram }
  }

  @Test(
    arguments: [
      ("", [], []),
      (" , / + ", [], []),
      ("outlook", [.outlook], []),
      ("Outlook (klassisch)", [.outlook], []),
      ("Outlook (classic)", [.outlook], []),
      ("OUTLOOK 2019", [.outlook], []),
      ("Thunderbird", [.thunderbird], []),
      ("Apple Mail", [.appleMail], []),
      ("Mail (macOS)", [.appleMail], []),
      ("iOS", [.ios], []),
      ("iPhone / iPad", [.ios], []),
      ("thunderbird android", [.thunderbirdAndroid], []),
      ("Thunderbird für Android", [.thunderbirdAndroid], []),
      ("K-9 Mail", [.thunderbirdAndroid], []),
      ("Gmail-App", [.gmail], []),
      ("gmail\u{A0}app", [.gmail], []),
      ("Outlook, iPhone", [.outlook, .ios], []),
      ("iPhone+Outlook, Outlook", [.outlook, .ios], []),
      ("Andere", [.other], []),
      ("Outlook (neu)", [.other], ["Outlook (neu)"]),
      ("Lotus Notes / Outlook / Lotus Notes", [.outlook, .other], ["Lotus Notes"]),
    ] as [(String, [MailProgram], [String])])
  func readsACellAsPeopleWriteIt(text: String, programs: [MailProgram], unknown: [String]) {
    let cell = MailProgram.Cell(text)
    #expect(cell.programs == programs)
    #expect(cell.unknown == unknown)
  }

  @Test func aMailboxHasTheProgramsOfAllItsRows() throws {
    let table = try Self.table([
      ("a", "imap", "Outlook"), ("b", "imap", ""), ("A", "imap", "iPhone, Outlook"), ("a", "fax", "Notes"),
    ])
    let customer = try #require(try table.book().all().first)
    #expect(customer.mailboxes.map(\.access) == ["imap", "imap", "fax"])
    #expect(customer.mailboxes.map(\.programs) == [[.outlook, .ios, .other], [], [.outlook, .ios, .other]])
  }

  @Test func unknownProgramsAreCountedAndRejectNothing() throws {
    let table = try Self.table([
      ("a", "imap", "Notes"), ("b", "imap", "Outlook, Notes"), ("c", "imap", "evil\u{7}\u{202E}\u{1B}[2J"),
      ("d", "imap", "iPhone"),
    ])
    #expect(
      try Self.warnings(table) == [
        CustomerWarning(
          kind: .unknownProgram, lines: [2],
          message:
            "2 rows name the mail program \"Notes\", which has no instructions of its own; the general text is for it "
            + "(first in line 2)"),
        CustomerWarning(
          kind: .unknownProgram, lines: [4],
          message:
            "1 row names the mail program \"evil\\u{7}\\u{202E}\\u{1B}[2J\", which has no instructions of its own; "
            + "the general text is for it (line 4)"),
      ])
    #expect(try table.book().rejected.isEmpty)
    #expect(try table.book().addsUp())
  }

  @Test func ofManyUnknownProgramsTheFirstAreNamed() throws {
    let table = try Self.table((0..<30).map { ("m\($0)", "imap", "Programm \($0)") })
    let warnings = try Self.warnings(table)
    #expect(warnings.count == 21)
    #expect(warnings.last?.message == "10 more names of mail programs have no instructions of their own")
  }

  @Test func aFileWithoutTheColumnHasNoPrograms() throws {
    let table = try CustomerTable(rows: ["1;;;;;k@example.org;;a@example.org;imap"])
    #expect(try table.book().all()[0].mailboxes[0].programs.isEmpty)
    #expect(try Self.warnings(table).isEmpty)
  }

  /// The plan knows each mailbox's programs; without the column it is what it was before there was one.
  @Test func thePlanKnowsThePrograms() throws {
    func hash(_ cell: String, columns: [CustomerSource.Field: String] = Self.columns) throws -> SHA256Digest {
      let rows = [Self.header, "1;;;;;k@example.org;;a@example.org;imap;\(cell)"]
      let table = try CustomerTable(rows.map { $0 + "\r\n" }.joined().utf8, columns: columns)
      let campaign = try PlanTests.campaign(table.source)
      return try Plan(CustomerBook(campaign), campaign: campaign, templates: [], signer: nil).hash
    }
    let hashes = [try hash(""), try hash("Outlook"), try hash("iPhone"), try hash("Outlook, iPhone")]
    #expect(Set(hashes).count == 4)
    #expect(try hash("iPad+Outlook") == hashes[3])
    let without = CustomerTable.columns
    #expect(try hash("Outlook", columns: without) == hash("", columns: without))
    #expect(try hash("", columns: without) != hashes[0])
  }

  /// As campaigns stand in a spool that were launched before there were programs.
  @Test func frozenMailboxesWithoutProgramsAreRead() throws {
    let mailbox = Customer.Mailbox(
      address: try EmailAddress("a@example.org"), access: "imap", programs: [.ios, .other])
    let encoded = try JSONEncoder().encode(mailbox)
    #expect(try JSONDecoder().decode(Customer.Mailbox.self, from: encoded) == mailbox)
    var fields = try #require(JSONSerialization.jsonObject(with: encoded) as? [String: Any])
    #expect(fields.removeValue(forKey: "programs") as? [String] == ["ios", "other"])
    let older = try JSONSerialization.data(withJSONObject: fields)
    #expect(try JSONDecoder().decode(Customer.Mailbox.self, from: older).programs == [])
  }
}
