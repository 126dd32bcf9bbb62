import Mail
import Testing

@Suite struct DomainTests {
  @Test(arguments: [
    ("example.com", "example.com", "example.com"),
    ("MAIL.Firma.EXAMPLE", "mail.firma.example", "mail.firma.example"),
    ("straße.de", "xn--strae-oqa.de", "straße.de"),
    ("STRAẞE.de", "xn--strae-oqa.de", "straße.de"),
    ("strasse.de", "strasse.de", "strasse.de"),
    ("xn--strae-oqa.de", "xn--strae-oqa.de", "straße.de"),
    ("XN--STRAE-OQA.DE", "xn--strae-oqa.de", "straße.de"),
    ("a.xn--strae-oqa.de", "a.xn--strae-oqa.de", "a.straße.de"),
    ("bu\u{308}cher.example", "xn--bcher-kva.example", "bücher.example"),
    ("BÜCHER.example", "xn--bcher-kva.example", "bücher.example"),
    ("例え。テスト", "xn--r8jz45g.xn--zckzah", "例え.テスト"),
    ("παράδειγμα.δοκιμή", "xn--hxajbheg2az3al.xn--jxalpdlp", "παράδειγμα.δοκιμή"),
    ("r3---sn-4g5e.example", "r3---sn-4g5e.example", "r3---sn-4g5e.example"),
    ("3com.example", "3com.example", "3com.example"),
    ("1.2.example", "1.2.example", "1.2.example"),
  ])
  func validDomains(text: String, ascii: String, unicode: String) throws {
    let domain = try Domain(text)
    #expect(domain.ascii == ascii)
    #expect(domain.unicode == unicode)
    #expect(domain.description == ascii)
    #expect(try Domain(unicode) == domain)
    #expect(try Domain(ascii) == domain)
  }

  @Test func sharpSAndDoubleSAreTwoDomains() throws {
    #expect(try Domain("straße.de") != Domain("strasse.de"))
  }

  @Test(
    arguments: [
      ("", .empty),
      ("localhost", .noDotInDomain),
      (".example", .leadingDot),
      ("a..example", .twoDots),
      ("ü..example", .twoDots),
      ("a.example.", .trailingDot),
      ("a b.example", .space(at: 2)),
      ("a.example ", .space(at: 10)),
      ("a_b.example", .character("_", at: 2)),
      ("a/b.example", .character("/", at: 2)),
      ("ä@b.example", .character("@", at: 2)),
      ("a\u{FF0F}b.example", .notIDNA(.character)),
      ("a\u{FF0E}\u{FF0E}b.example", .twoDots),
      ("-a.example", .hyphenAtLabelEdge),
      ("a-.example", .hyphenAtLabelEdge),
      ("a.example-", .hyphenAtLabelEdge),
      ("-ü.example", .notIDNA(.hyphens)),
      ("ab--ü.example", .notIDNA(.hyphens)),
      ("192.0.2.1", .numericTopLevel),
      ("example.42", .numericTopLevel),
      ("☃.example", .notIDNA(.character)),
      ("xn--n3h.example", .notIDNA(.character)),
      ("xn--.example", .notIDNA(.badALabel)),
      ("\u{301}a.example", .notIDNA(.combiningFirst)),
      // An A-label of U+00B4, which libidn2 lets pass on the way to A-labels.
      ("xn--rba.example", .notIDNA(.character)),
      ("\u{5D0}a.example", .notIDNA(.direction)),
      ("a\u{AD}b.example", .invisible("\u{AD}", at: 2)),
      ("a.example\u{A0}", .invisible("\u{A0}", at: 10)),
      ("a\u{200C}b.example", .invisible("\u{200C}", at: 2)),
      ("a.exam\u{0}ple", .control("\u{0}", at: 7)),
      ("a.example\n", .control("\n", at: 10)),
      (String(repeating: "a", count: 64) + ".example", .labelTooLong(64)),
      (String(repeating: "ü", count: 60) + ".example", .labelTooLong(0)),
      (String(repeating: "a.", count: 124) + "example", .domainTooLong(255)),
    ] as [(String, AddressError.Reason)])
  func invalidDomains(text: String, reason: AddressError.Reason) {
    #expect(throws: AddressError(reason)) { try Domain(text) }
  }

  @Test func longestDomains() throws {
    #expect(try Domain(String(repeating: "a", count: 63) + ".example").ascii.utf8.count == 71)
    #expect(try Domain(String(repeating: "a.", count: 123) + "example").ascii.utf8.count == 253)
  }
}
