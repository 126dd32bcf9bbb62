import Mail
import Testing

@Suite struct MessageIDTests {
  @Test func roundTrip() throws {
    let id = try MessageID(left: "2026-11.a1b2", domain: Domain("straße.example"))
    #expect(id.description == "<2026-11.a1b2@xn--strae-oqa.example>")
    #expect(try MessageID(parsing: id.description) == id)
  }

  @Test(
    arguments: [
      ("", .empty),
      ("a@b.example", .noAngleBrackets),
      ("<", .noAngleBrackets),
      ("<a@b.example", .noAngleBrackets),
      ("<ab.example>", .noAt),
      ("<@b.example>", .nothingBeforeAt),
      ("<a@>", .nothingAfterAt),
      ("<a@b@c.example>", .severalAts),
      ("<.a@b.example>", .leadingDot),
      ("<a..b@b.example>", .twoDots),
      ("<a.@b.example>", .dotBeforeAt),
      ("<a b@b.example>", .space(at: 3)),
      ("<ä@b.example>", .character("ä", at: 2)),
      ("<a>b@b.example>", .character(">", at: 3)),
      ("<a\r\n@b.example>", .control("\r", at: 3)),
      ("<a@b>", .noDotInDomain),
    ] as [(String, AddressError.Reason)])
  func refuses(text: String, reason: AddressError.Reason) {
    #expect(throws: AddressError(reason)) { try MessageID(parsing: text) }
  }

  @Test func theLeftPartHasAtMost128Octets() throws {
    let domain = try Domain("b.example")
    _ = try MessageID(left: String(repeating: "a", count: 128), domain: domain)
    #expect(throws: AddressError.self) { try MessageID(left: String(repeating: "a", count: 129), domain: domain) }
  }
}
