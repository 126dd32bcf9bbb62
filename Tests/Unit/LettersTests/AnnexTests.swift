import Campaigns
import Testing

@testable import Letters

/// Which annexes a letter has, and to which of them a mailbox refers.
@Suite struct AnnexTests {
  private static let source = """
    {{#mailboxes}}{{number}}{{#programs}} {{name}}={{annex}}{{#is_other}}*{{/is_other}}{{/programs}};{{/mailboxes}}
    {{#annexes}}[{{annex}} {{name}}{{#is_outlook}} O{{/is_outlook}}{{#is_thunderbird_android}} T{{/is_thunderbird_android}}]{{/annexes}}
    """

  private static func annexes(_ programs: [[MailProgram]], accesses: [String]? = nil) throws -> String {
    var customer = Fixtures.customer(
      mailboxes: programs.indices.map { ("m\($0)@ahorn.example", accesses?[$0] ?? "imap") })
    for (index, list) in programs.enumerated() { customer.mailboxes[index].programs = list }
    let renderer = try Fixtures.renderer(Fixtures.campaign(), Fixtures.templates(html: source))
    let letter = try renderer.letter(for: customer)
    #expect(try letter == renderer.plainLetter(for: customer))
    return letter.html
  }

  @Test func onlyThoseThatSomeMailboxUses() throws {
    #expect(
      try Self.annexes([[.ios, .other], [.outlook, .ios]]) == """
        1 iPhone und iPad=B Andere Programme=C*;2 Outlook (klassisch)=A iPhone und iPad=B;
        [A Outlook (klassisch) O][B iPhone und iPad][C Andere Programme]
        """)
  }

  @Test func aMailboxWithoutProgramsNeedsTheGeneralOne() throws {
    #expect(try Self.annexes([[]]) == "1 Alle Programme=A*;\n[A Alle Programme]")
    #expect(
      try Self.annexes([[.thunderbirdAndroid], []])
        == "1 Thunderbird für Android=A;2 Andere Programme=B*;\n[A Thunderbird für Android T][B Andere Programme]")
  }

  @Test func mailboxesThatTheLetterDoesNotListDoNotCount() throws {
    #expect(
      try Self.annexes([[.outlook], [.gmail]], accesses: ["e2e", "imap"]) == "1 Gmail-App=A;\n[A Gmail-App]")
  }
}
