import Foundation
import Mail
import Testing

@testable import Campaigns

/// One cell of the columns contact and mailbox: the corpus has whole files of them.
@Suite struct AddressCellTests {
  private func cell(_ text: String, _ field: CustomerSource.Field = .contact, first: Bool = false) -> AddressCell {
    AddressCell(text.precomposedStringWithCanonicalMapping, in: field, takesFirst: first)
  }

  private func reason(_ text: String, _ field: CustomerSource.Field = .contact, first: Bool = false) -> String {
    cell(text, field, first: first).fault?.description(of: text, in: field) ?? ""
  }

  /// What nobody sees at the ends is left out without a word.
  @Test(arguments: [
    " ", "\t", "\n", "\r\n", "\u{A0}", "\u{202F}", "\u{2000}", "\u{200A}", "\u{3000}", "\u{FEFF}", "\u{200B}",
    "\u{200C}", "\u{200D}",
    "\u{AD}", "\u{200E}", "\u{200F}", "\u{202A}", "\u{202C}", "\u{2060}", "\u{2066}", "\u{2069}", "\u{85}", "\u{2028}",
    " \u{A0}\u{200B} ",
  ]) func endsAreTrimmed(_ blank: String) {
    for text in ["\(blank)a@b.example", "a@b.example\(blank)", "\(blank)a@b.example\(blank)"] {
      let cell = cell(text)
      #expect(
        cell.address?.description == "a@b.example" && cell.remarks.isEmpty && cell.fault == nil,
        "\(text.debugDescription)")
    }
    let empty = cell(blank)
    #expect(empty.address == nil && empty.fault == nil)
  }

  /// Inside, it is an error that names it and its place.
  @Test(arguments: [
    ("\u{AD}", "a soft hyphen (U+00AD)"), ("\u{200B}", "a zero-width space (U+200B)"),
    ("\u{200E}", "a left-to-right mark (U+200E)"),
    ("\u{FEFF}", "a byte-order mark (U+FEFF)"),
  ]) func invisibleInside(_ character: String, _ name: String) {
    #expect(reason("an\(character)na@b.example").hasSuffix(" has \(name) at character 3; remove it"))
    #expect(reason(" anna@\(character)b.example").hasSuffix(" has \(name) at character 6; remove it"))
    #expect(reason("Anna <an\(character)na@b.example>").hasSuffix(" has \(name) at character 9; remove it"))
  }

  @Test(arguments: [
    "Name <a@b.example>", "\"Name, First\" <a@b.example>", "<a@b.example>", "mailto:a@b.example",
    "MAILTO:a@b.example?subject=x y",
    "<mailto:a@b.example>", "a@b.example (Name)", "Name (a@b.example)", "Name [mailto:a@b.example]", "'a@b.example'",
    "\"a@b.example\"",
    "'a@b.example", "a@b.example;", "a@b.example.", "a@b.example, ", "a@b.example#mailto:a@b.example#",
    "a@b.example <a@b.example>",
    "a@b.example; a@b.example", "A@B.example a@b.example", "Name\u{A0}<a@b.example>", "Firma @ Ort <a@b.example>",
    "E-Mail: a@b.example",
    "<\u{200B}a@b.example\u{200B}>",
  ]) func addressesAreUnwrapped(_ text: String) {
    let cell = cell(text)
    #expect(cell.address?.key == "a@b.example" && cell.fault == nil)
    #expect(cell.remarks.map(\.kind) == [.unwrapped] && cell.remarks.first?.detail.lowercased() == "a@b.example")
  }

  /// Which part of it is the address, or whether it is meant at all, nobody can know.
  @Test(arguments: [
    "Name a@b.example", "a@b.example Name", "a b@c.example", "a@b.example - alt", "früher: a@b.example",
    "a@b.example..", "x:a@b.example",
    "c@d.example <a@b.example>", "a@b.example <c@d.example>", "a@b@c.example", "a @ b.example", "a@; c@d.example",
  ]) func nothingIsGuessed(_ text: String) {
    for isFirst in [false, true] {
      let cell = cell(text, first: isFirst)
      #expect(cell.address == nil && cell.fault != nil)
    }
  }

  @Test(arguments: [
    "; ", ";", ",", ", ", " / ", "/", " | ", "|", " ", "\n", "\r\n", "\t", " und ", " oder ", " & ", "\u{A0}",
  ])
  func severalAddresses(_ divider: String) {
    let text = "a@b.example\(divider)c@d.example"
    #expect(
      reason(text).contains(" holds 2 addresses, and a letter goes to one: ") && reason(text).contains("contact: first")
    )
    #expect(
      reason(text, .mailbox).contains(" holds 2 addresses, and a row is for one mailbox: give each a row of its own"))
    let first = cell(text, first: true)
    #expect(first.address?.description == "a@b.example" && first.remarks.map(\.kind) == [.furtherAddresses])
    #expect(first.remarks.first?.detail == "a@b.example; 1 left out")
  }

  @Test func thousandsOfAddresses() {
    let start = ContinuousClock.now
    for text in [
      String(repeating: "a@b.example;", count: 5000), String(repeating: "@", count: 60_000),
      String(repeating: "a\u{200B}@b ", count: 8000), "a@b" + String(repeating: ".", count: 60_000),
      String(repeating: "<", count: 30_000) + "a@b.example" + String(repeating: ">", count: 30_000),
    ] { #expect(reason(text).isEmpty == (text.hasPrefix("<"))) }
    #expect(start.duration(to: .now) < .seconds(10))
  }

  @Test(arguments: ["k.A.", "-", "n/a", "NULL", "#NV", "none@none", "@", "{{email}}", "xxx", "keine E-Mail", "0"])
  func valuesThatAreNone(_ text: String) {
    #expect(reason(text).hasSuffix("stands for no address; leave the cell empty, then the customer is called"))
    #expect(reason(text, .mailbox).contains("stands for no address; enter the mailbox"))
  }

  /// A number is nobody's business but the caller's.
  @Test func telephoneNumberIsNotShown() {
    #expect(reason("09999 555-03").hasPrefix("the contact address is a telephone number; move it"))
    #expect(!reason("+49 (0) 9999/55503").contains("9999"))
  }

  @Test(arguments: ["a(at)b.example", "a [at] b [dot] example", "a at b.example", "a＠b.example", "a_at_b.example"])
  func spelledAt(_ text: String) { #expect(reason(text).contains(" in place of the @; enter the address with ")) }

  @Test func mixedScriptsNameBothReadings() {
    let text = reason("kontakt@b\u{443}ero.example")
    #expect(text.contains("the Cyrillic letter “\u{443}” (U+0443) at character 10 among Latin letters"))
    #expect(text.contains("looks like the Latin “y” (U+0079)") && text.contains("its domain is xn--"))
    #expect(text.contains("it reads like \"kontakt@byero.example\", which is another address"))
    #expect(reason("k\u{43E}ntakt@buero.example").contains("at character 2 among Latin letters"))
    #expect(
      reason("\u{FEFF}k\u{3BF}ntakt@buero.example").contains("the Greek letter “\u{3BF}” (U+03BF) at character 2"))
    #expect(
      reason("\u{43F}\u{440}\u{438}\u{432}e\u{442}@buero.example").contains(
        "the Latin letter “e” (U+0065) at character 5 among Cyrillic"))
    #expect(reason("Name <kontakt@buer\u{43E}.example>").contains("at character 19 among Latin letters"))
    // A part of one word that is whole, and looks like the others.
    #expect(reason("info.\u{430}@buero.example").contains("at character 6"))
  }

  @Test(arguments: [
    "kontakt@почта.example", "почта@buero.example", "иван-shop@почта.example", "a@αθήνα.example",
    "a@東京タワーtokyo.example", "a@büro-straße.example",
    "a@서울-seoul.example", "a@דואר.example",
  ]) func otherScriptsAreRead(_ text: String) {
    let cell = cell(text)
    #expect(cell.address != nil && cell.fault == nil && cell.remarks.isEmpty)
  }

  @Test func wholeWordThatLooksLatin() {
    let cell = cell("a@\u{441}\u{43E}\u{441}\u{43E}.com")
    #expect(cell.address != nil && cell.remarks.map(\.kind) == [.lookAlike] && cell.remarks.first?.detail == "coco.com")
  }

  @Test(arguments: [
    ("gmial.com", "gmail.com"), ("gmai.com", "gmail.com"), ("gmail.con", "gmail.com"), ("gmail.de", "gmail.com"),
    ("gmx.ed", "gmx.de"),
    ("gmx.dee", "gmx.de"), ("gnx.de", "gmx.de"), ("web.d", "web.de"), ("wed.de", "web.de"),
    ("t-online.d", "t-online.de"),
    ("t-onlin.de", "t-online.de"), ("tonline.de", "t-online.de"), ("hotmial.com", "hotmail.com"),
    ("hotmail.cim", "hotmail.com"),
    ("outlok.de", "outlook.de"), ("yaho.de", "yahoo.de"), ("yahoo.com.de", "yahoo.com"), ("icloud.co", "icloud.com"),
    ("posteo.d", "posteo.de"),
    ("mailbox.or", "mailbox.org"), ("aol.con", "aol.com"), ("arcor.ed", "arcor.de"), ("www.gmx.de", "gmx.de"),
    ("googlemial.cmo", "googlemail.com"),
    ("firma.con", "firma.com"), ("firma.comm", "firma.com"), ("firma.dee", "firma.de"), ("blewin.ch", "bluewin.ch"),
  ]) func nearMisses(_ domain: String, _ meant: String) {
    let cell = cell("anna@\(domain)")
    #expect(cell.address?.domain.ascii == domain && cell.fault == nil)
    #expect(cell.remarks.map(\.kind) == [.mistyped] && cell.remarks.first?.detail == meant)
  }

  @Test(arguments: [
    "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.com", "gmx.eu", "web.de", "me.com", "mac.com", "mail.de", "mail.ru",
    "mail.com", "email.de", "aol.de",
    "ymail.com", "yahoo.dk", "yahoo.co.uk", "yahoo.com.br", "hotmail.be", "t-online.de", "firma.example",
    "firma.museum", "firma.cm", "buero-1.de",
  ]) func rightDomains(_ domain: String) {
    #expect(cell("anna@\(domain)").remarks.isEmpty)
    #expect(cell("max@\(domain)").remarks.isEmpty)
  }

  @Test func providerWithoutDot() {
    #expect(
      reason("anna@gmailcom").hasSuffix("has a domain name without a dot; is gmail.com meant? Correct the address"))
    #expect(reason("anna@gmx,de").hasSuffix("has a domain name without a dot; is gmx.de meant? Correct the address"))
  }

  @Test(arguments: [
    "none@none.de", "test@test.de", "x@x.de", "keine@email.de", "max@mustermann.de", "a@example.com", "a@buero.invalid",
  ])
  func nobodysAddress(_ text: String) { #expect(cell(text).remarks.map(\.kind) == [.placeholderAddress]) }

  @Test func nobodyReadsNoReply() {
    #expect(cell("no-reply@buero.example").remarks.map(\.kind) == [.unread])
    #expect(cell("no-reply@buero.example", .mailbox).remarks.isEmpty)
  }

  @Test func contactBesideItsMailbox() throws {
    func meant(_ contact: String, _ mailbox: String) throws -> String? {
      try AddressDoubt.ownDomain(meantBy: EmailAddress("a@\(contact)"), beside: EmailAddress("a@\(mailbox)"))
    }
    #expect(try meant("kanzlei-mueler.example", "kanzlei-mueller.example") == "kanzlei-mueller.example")
    #expect(try meant("kanzlie-nord.example", "kanzlei-nord.example") == "kanzlei-nord.example")
    #expect(try meant("kanzlei-1.example", "kanzlei-2.example") == nil)
    #expect(try meant("kanzlei-12.example", "kanzlei-1.example") == nil)
    #expect(try meant("kanzlei.co", "kanzlei.com") == nil)
    #expect(try meant("abc.example", "abd.example") == nil)
    #expect(try meant("kanzlei-nord.example", "kanzlei-nord.example") == nil)
  }

  /// Rows with remarks are used; what is read of an address is read the same again.
  @Test func readAgain() throws {
    for text in [
      "Name <\"a b\"@c.example>", "'o'neill@b.example", "\"'a\"@b.example", "A@B.EXAMPLE", "a@büro.example",
      "a@xn--bro-hoa.example", "<\"'a\"@b.example>", "\"'a\"@b.example; \"'a\"@b.example",
    ] {
      let address = try #require(cell(text).address)
      let again = cell(address.description)
      #expect(again.address == address && again.remarks.isEmpty)
    }
  }
}
