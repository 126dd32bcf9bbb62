import Campaigns
import Foundation
import Mail
import Testing

@testable import Letters

@Suite struct LetterLintTests {
  private let campaign = Fixtures.campaign()

  /// With ``BundledLetterLongTests`` for more customers.
  @Test func bundledLettersAreClean() throws { try Self.expectCleanLetters(customers: 20) }

  static func expectCleanLetters(customers count: Int) throws {
    for campaign in [Fixtures.campaign(), Fixtures.campaign(authority: false, displayName: nil)] {
      let lint = LetterLint(campaign: campaign, date: Fixtures.date)
      let renderer = try Fixtures.renderer(campaign)
      for customer in Fixtures.customers(count) {
        for language in ["de", "en"] {
          var customer = customer
          customer.language = language
          let letter = try renderer.letter(for: customer)
          #expect(lint.findings(in: letter, for: customer) == [])
          #expect(letter.subject.count <= 78)
        }
      }
    }
  }

  @Test func linesOfTheTextAreShort() throws {
    let renderer = try Fixtures.renderer()
    for customer in Fixtures.customers(200) {
      for line in try renderer.letter(for: customer).text.split(separator: "\n") {
        #expect(line.unicodeScalars.count <= 72 || !line.drop { $0 == " " }.contains(" "), "\(line)")
      }
    }
  }

  /// A letter as the bundled template makes it, with one thing changed.
  private func findings(
    subject: String? = nil, text: (String) -> String = { $0 }, html: (String) -> String = { $0 }
  ) throws -> [String] {
    let customer = Fixtures.customer()
    let letter = try Fixtures.renderer(campaign).letter(for: customer)
    let changed = Letter(
      subject: subject ?? letter.subject, text: text(letter.text), html: html(letter.html), language: "de",
      template: letter.template, code: letter.code, templateDigest: letter.templateDigest)
    return LetterLint(campaign: campaign, date: Fixtures.date).findings(in: changed, for: customer)
      // Only one of the two parts is changed.
      .filter { $0.rule != "different-words" }.map(\.description)
  }

  @Test func subjects() throws {
    #expect(try findings(subject: " ") == ["error: customer 1001, subject: the subject is empty"])
    #expect(
      try findings(subject: "a\nBcc: b")
        == ["error: customer 1001, subject: the subject has a line break or another control character"])
    #expect(try findings(subject: String(repeating: "ü", count: 78)) == [])
    #expect(
      try findings(subject: String(repeating: "ü", count: 79))
        == ["warning: customer 1001, subject: the subject has 79 characters; above 78 it is often cut off"])
  }

  @Test(arguments: ["{{name}}", "}}", "Optional(\"x\")", "nil", "(nil)"])
  func leftovers(_ sign: String) throws {
    let found = try findings(text: { "\(sign) da\n" + $0 })
    #expect(!found.isEmpty && found.allSatisfy { $0.hasPrefix("error: customer 1001, txt, line 1: “") })
    #expect(try !findings(html: { $0 + "<p>\(sign)</p>" }).isEmpty)
    #expect(try !findings(subject: "Neu \(sign)").isEmpty)
  }

  @Test func wordsThatOnlyLookLikeLeftovers() throws {
    #expect(try findings(text: { "Vanille, nilgrün, Anil, juvenil-nil.\n{ } \n" + $0 }) == [])
  }

  @Test(arguments: [
    "fremd@other.example", "<fremd@other.example>", "\"fremd@other.example\".", "(fremd@other.example)",
  ])
  func foreignAddresses(_ written: String) throws {
    let message = "fremd@other.example is an address neither of this customer nor of the sender"
    #expect(try findings(text: { "\(written)\n" + $0 }) == ["error: customer 1001, txt, line 1: \(message)"])
    let escaped = LetterEscaping.html(written)
    #expect(try findings(html: { "\(escaped)\n" + $0 }) == ["error: customer 1001, html, line 1: \(message)"])
  }

  @Test(arguments: [
    "post@ahorn.example", "POST@ahorn.example", "kontakt@ahorn.example.", "antwort@kanzlei-it.example", "@media print",
    "a @ b",
  ])
  func ownAddresses(_ written: String) throws {
    #expect(try findings(text: { "\(written)\n" + $0 }) == [])
  }

  @Test func urls() throws {
    #expect(
      try findings(text: { "Siehe www.kanzlei-it.example/login.\n" + $0 })
        == [
          "error: customer 1001, txt, line 1: www.kanzlei-it.example/login is not the notice URL, the only one a letter may hold"
        ])
    #expect(
      try findings(text: { "https://www.kanzlei-it.example/sicherheit\n" + $0 })
        == ["error: customer 1001, txt: the notice URL is there 2 times, once is enough"])
    #expect(
      try findings(html: { "<a href=\"https://www.kanzlei-it.example/sicherheit\">hier</a>\n" + $0 })
        == [
          "error: customer 1001, html, line 1: a link must lead to the notice URL and show it: <a href=\"URL\">URL</a>"
        ])
    #expect(try !findings(html: { "<a href=\"mailto:support@kanzlei-it.example\">E-Mail</a>" + $0 }).isEmpty)
  }

  @Test(arguments: [
    "<script>x</script>", "<FORM>", "<img src=x>", "<link rel=stylesheet>", "<p style=\"background: url(x)\">",
    "<iframe>",
    "<style>@import 'x'</style>",
  ])
  func elementsThatLoadAskOrRun(_ element: String) throws {
    let found = try findings(html: { element + "\n" + $0 })
    #expect(!found.isEmpty && found.allSatisfy { $0.hasPrefix("error: customer 1001, html, line 1: ") })
  }

  @Test func missingFacts() throws {
    #expect(
      try findings(text: { $0.replacingOccurrences(of: "09999 555-0", with: "…") })
        == ["error: customer 1001, txt: contact.phone is missing in the text"])
    #expect(
      try findings(text: { $0.replacingOccurrences(of: "imap.kanzlei-it.example", with: "…") })
        == ["error: customer 1001, txt: the incoming server is missing in the text"])
  }
}
