import Foundation
import Mail
import TestSupport
import Testing

@Suite struct EmailAddressTests {
  @Test(arguments: [
    ("anna@firma.example", "anna", "firma.example"),
    ("Anna.Muster@Firma.EXAMPLE", "Anna.Muster", "firma.example"),
    ("a+b-c_d@x.example", "a+b-c_d", "x.example"),
    ("!#$%&'*+-/=?^_`{|}~@x.example", "!#$%&'*+-/=?^_`{|}~", "x.example"),
    ("anna@straße.de", "anna", "xn--strae-oqa.de"),
    ("\"anna.muster\"@x.example", "anna.muster", "x.example"),
    ("\"anna muster\"@x.example", "\"anna muster\"", "x.example"),
    ("\"a@b\"@x.example", "\"a@b\"", "x.example"),
    ("\"a\\\"b\\\\c\"@x.example", "\"a\\\"b\\\\c\"", "x.example"),
    ("\"\\a\\b\"@x.example", "ab", "x.example"),
    ("\"a..b\"@x.example", "\"a..b\"", "x.example"),
    ("\".\"@x.example", "\".\"", "x.example"),
    ("\" \"@x.example", "\" \"", "x.example"),
    ("müller@x.example", "müller", "x.example"),
    ("mu\u{308}ller@x.example", "müller", "x.example"),
    ("\"mü ller\"@x.example", "\"mü ller\"", "x.example"),
    ("用户@例え.テスト", "用户", "xn--r8jz45g.xn--zckzah"),
    (String(repeating: "a", count: 64) + "@x.example", String(repeating: "a", count: 64), "x.example"),
  ])
  func validAddresses(text: String, local: String, domain: String) throws {
    let address = try EmailAddress(text)
    #expect(Array(address.local.utf8) == Array(local.utf8))
    #expect(address.domain.ascii == domain)
    #expect(address.description == "\(local)@\(domain)")
    #expect(try EmailAddress(address.description) == address)
    #expect(try EmailAddress(address.displayText) == address)
    #expect(address.isASCII == local.utf8.allSatisfy { $0 < 128 })
  }

  @Test(
    arguments: [
      ("", .empty, "is empty"),
      ("anna", .noAt, "has no @"),
      ("\"anna\"", .noAt, "has no @"),
      ("a@b@x.example", .severalAts, "has more than one @"),
      ("@x.example", .nothingBeforeAt, "has nothing before the @"),
      ("\"\"@x.example", .nothingBeforeAt, "has nothing before the @"),
      ("anna@", .nothingAfterAt, "has nothing after the @"),
      (".anna@x.example", .leadingDot, "begins with a dot"),
      ("anna.@x.example", .dotBeforeAt, "has a dot right before the @"),
      ("an..na@x.example", .twoDots, "has two dots in a row"),
      ("anna@x..example", .twoDots, "has two dots in a row"),
      ("anna@.x.example", .dotAfterAt, "has a dot right after the @"),
      ("anna@x.example.", .trailingDot, "ends with a dot"),
      ("anna@localhost", .noDotInDomain, "has a domain name without a dot"),
      ("an na@x.example", .space(at: 3), "has a space at character 3"),
      (" anna@x.example", .space(at: 1), "has a space at character 1"),
      ("anna@x.example ", .space(at: 15), "has a space at character 15"),
      ("müller@\u{A0}x.example", .invisible("\u{A0}", at: 8), "has a no-break space (U+00A0) at character 8"),
      ("müller@x\u{A0}.example", .invisible("\u{A0}", at: 9), "has a no-break space (U+00A0) at character 9"),
      ("anna@x.example\u{200B}", .invisible("\u{200B}", at: 15), "has a zero-width space (U+200B) at character 15"),
      ("an\u{200D}na@x.example", .invisible("\u{200D}", at: 3), "has a zero-width joiner (U+200D) at character 3"),
      ("\u{FEFF}anna@x.example", .invisible("\u{FEFF}", at: 1), "has a byte-order mark (U+FEFF) at character 1"),
      (
        "anna\u{202E}@x.example", .invisible("\u{202E}", at: 5),
        "has a right-to-left override (U+202E) at character 5"
      ),
      ("\"a\u{2067}\"@x.example", .invisible("\u{2067}", at: 3), "has a right-to-left isolate (U+2067) at character 3"),
      ("an\u{3000}na@x.example", .invisible("\u{3000}", at: 3), "has an ideographic space (U+3000) at character 3"),
      (
        "an\u{E000}na@x.example", .invisible("\u{E000}", at: 3),
        "has a character without a name (U+E000) at character 3"
      ),
      ("anna@x.example\r\nBcc: b@x.example", .control("\r", at: 15), "has a carriage return at character 15"),
      ("an\nna@x.example", .control("\n", at: 3), "has a line feed at character 3"),
      ("an\tna@x.example", .control("\t", at: 3), "has a tab at character 3"),
      ("\"an\tna\"@x.example", .control("\t", at: 4), "has a tab at character 4"),
      ("an\0na@x.example", .control("\0", at: 3), "has a NUL byte at character 3"),
      ("an\u{7F}na@x.example", .control("\u{7F}", at: 3), "has a control character (U+007F) at character 3"),
      ("an\u{85}na@x.example", .control("\u{85}", at: 3), "has a control character (U+0085) at character 3"),
      ("an\u{2028}na@x.example", .control("\u{2028}", at: 3), "has a line separator (U+2028) at character 3"),
      ("anna(work)@x.example", .comment(at: 5), "has a comment in parentheses at character 5"),
      ("anna@(work)x.example", .comment(at: 6), "has a comment in parentheses at character 6"),
      (
        "Anna <anna@x.example>", .space(at: 5), "has a space at character 5"
      ),
      (
        "<anna@x.example>", .character("<", at: 1),
        "has the character “<” at character 1, which is not allowed there"
      ),
      ("a,b@x.example", .character(",", at: 2), "has the character “,” at character 2, which is not allowed there"),
      ("a\"b@x.example", .character("\"", at: 2), "has the character “\"” at character 2, which is not allowed there"),
      ("anna@x_y.example", .character("_", at: 7), "has the character “_” at character 7, which is not allowed there"),
      ("\"anna@x.example", .openQuote, "has a quotation mark that is never closed"),
      ("\"anna\\\"@x.example", .openQuote, "has a quotation mark that is never closed"),
      ("\"an\"na@x.example", .textAfterQuote, "has text between the closing quotation mark and the @"),
      ("anna@[192.0.2.1]", .addressLiteral, "has an IP address in brackets in place of a domain name"),
      ("anna@[IPv6:2001:db8::1]", .addressLiteral, "has an IP address in brackets in place of a domain name"),
      ("anna@192.0.2.1", .numericTopLevel, "has a domain name that ends in a number"),
      ("anna@-x.example", .hyphenAtLabelEdge, "has a hyphen at the beginning or end of a part of its domain name"),
      ("anna@☃.example", .notIDNA(.character), "has a domain name with a character that IDNA2008 does not allow"),
      (
        String(repeating: "a", count: 65) + "@x.example", .localPartTooLong(65),
        "has 65 octets before the @, which is more than 64"
      ),
      (
        String(repeating: "ü", count: 33) + "@x.example", .localPartTooLong(66),
        "has 66 octets before the @, which is more than 64"
      ),
    ] as [(String, AddressError.Reason, String)])
  func invalidAddresses(text: String, reason: AddressError.Reason, clause: String) throws {
    let error = #expect(throws: AddressError.self) { try EmailAddress(text) }
    #expect(error?.reason == reason)
    #expect(error?.description == clause)
  }

  @Test func wholeAddressHasAtMost254Octets() throws {
    // 12 labels of 20 octets with their dots: 240.
    let domain = String(repeating: "abcdefghijklmnopqrs.", count: 12) + "ex"
    #expect(try EmailAddress(String(repeating: "a", count: 11) + "@" + domain).description.utf8.count == 254)
    #expect(throws: AddressError(.tooLong(255))) {
      try EmailAddress(String(repeating: "a", count: 12) + "@" + domain)
    }
  }

  @Test func keyIgnoresCaseAndQuotes() throws {
    let key = try EmailAddress("Info.Büro@STRASSE.example").key
    #expect(key == "info.büro@strasse.example")
    #expect(try EmailAddress("\"info.BÜRO\"@strasse.example").key == key)
    #expect(try EmailAddress("info.büro@straße.example").key == "info.büro@xn--strae-oqa.example")
  }

  @Test func caseOfTheLocalPartIsKept() throws {
    #expect(try EmailAddress("Info@x.example") != EmailAddress("info@x.example"))
    #expect(try EmailAddress("info@X.example") == EmailAddress("info@x.example"))
  }

  @Test func travelsThroughJSONAsAString() throws {
    let address = try EmailAddress("anna@straße.example")
    let data = try JSONEncoder().encode([address])
    #expect(String(decoding: data, as: UTF8.self) == "[\"anna@xn--strae-oqa.example\"]")
    #expect(try JSONDecoder().decode([EmailAddress].self, from: data) == [address])
  }

  @Test func decodingErrorKeepsTheAddressToItself() {
    let error = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([EmailAddress].self, from: Data("[\"secret..name@x.example\"]".utf8))
    }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains("has two dots in a row"))
    #expect(!text.contains("secret"))
  }

  @Test func anEnvelopeNeedsSMTPUTF8ForLocalPartsOnly() throws {
    let plain = try EmailAddress("anna@straße.example")
    let wide = try EmailAddress("müller@x.example")
    #expect(!Envelope(sender: plain, recipient: plain).needsSMTPUTF8)
    #expect(Envelope(sender: plain, recipient: wide).needsSMTPUTF8)
    #expect(Envelope(sender: wide, recipient: plain).needsSMTPUTF8)
    #expect(Envelope(sender: plain, recipient: plain, hasInternationalHeaders: true).needsSMTPUTF8)
  }

  /// Whatever is made of pieces that break addresses: a parsed address has nothing that could break a command or a line.
  @Test func parsedAddressesAreSafeAndStable() throws {
    var generator = SeededGenerator(seed: 1)
    let pieces = [
      "a", "B", ".", "@", "x.example", "\"", "\\", " ", "\r", "\n", "\0", "ü", "u\u{308}", "-", "xn--", "ß", "(", "<",
      ">",
      "[", "]", "\u{200B}", "。", "@x.example", "@x.example",
    ]
    var parsed = 0
    for _ in 0..<10_000 {
      var text = ""
      for _ in 0..<Int.random(in: 1...7, using: &generator) { text += generator.pick(pieces) }
      guard let address = try? EmailAddress(text) else { continue }
      parsed += 1
      let wire = address.description
      #expect(wire.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
      #expect(address.domain.ascii.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
      #expect(try EmailAddress(wire) == address)
      #expect(try EmailAddress(wire).description.utf8.elementsEqual(wire.utf8))
    }
    #expect(parsed > 50)
  }
}
