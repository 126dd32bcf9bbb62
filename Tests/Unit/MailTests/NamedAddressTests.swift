import Mail
import Testing

@Suite struct NamedAddressTests {
  @Test(
    arguments: [
      ("a@b.example", nil, "a@b.example"),
      ("<a@b.example>", nil, "a@b.example"),
      ("Anna <a@b.example>", "Anna", "a@b.example"),
      ("Anna<a@b.example>", "Anna", "a@b.example"),
      ("  Anna Muster   <a@b.example>", "Anna Muster", "a@b.example"),
      ("Dr. Anna Müller (IT) <a@b.example>", "Dr. Anna Müller (IT)", "a@b.example"),
      ("\"Muster, Anna\" <a@b.example>", "Muster, Anna", "a@b.example"),
      ("\"A <b@c.example> \\\"x\\\" \\\\\" <a@b.example>", "A <b@c.example> \"x\" \\", "a@b.example"),
      ("\"\" <a@b.example>", nil, "a@b.example"),
      ("Büro <\"a b\"@b.example>", "Büro", "\"a b\"@b.example"),
      ("Büro <\"a>b\"@b.example>", "Büro", "\"a>b\"@b.example"),
      ("\"a<b\"@b.example", nil, "\"a<b\"@b.example"),
    ] as [(String, String?, String)])
  func parses(text: String, name: String?, address: String) throws {
    let named = try NamedAddress(parsing: text)
    #expect(named.displayName == name)
    #expect(named.address.description == address)
  }

  @Test(
    arguments: [
      ("", .empty),
      ("Anna <>", .nothingInAngleBrackets),
      ("Anna <a@b.example", .noAngleBrackets),
      ("Anna <a@b.example> x", .textAfterAngleBracket),
      ("Anna <a@b.example> ", .textAfterAngleBracket),
      ("Anna <a@b..example>", .twoDots),
      ("Anna <a b@c.example>", .space(at: 8)),
      ("Muster, Anna <a@b.example>", .needsQuotes(",", at: 7)),
      ("a@b.example, Anna <a@b.example>", .needsQuotes("@", at: 2)),
      ("Anna <a@b.example> <c@d.example>", .character(">", at: 18)),
      ("\"Anna <a@b.example>", .openQuote),
      ("\"Anna\" Muster <a@b.example>", .needsQuotes(" ", at: 7)),
      ("An\r\nBcc: na <a@b.example>", .control("\r", at: 3)),
      ("An\tna <a@b.example>", .control("\t", at: 3)),
    ] as [(String, AddressError.Reason)])
  func refuses(text: String, reason: AddressError.Reason) {
    #expect(throws: AddressError(reason)) { try NamedAddress(parsing: text) }
  }

  @Test func anEmptyNameIsNoName() throws {
    #expect(NamedAddress(displayName: "", address: try EmailAddress("a@b.example")).displayName == nil)
  }
}
