import Campaigns
import Foundation
import Testing

@testable import Letters

@Suite struct LetterRendererTests {
  /// The shortcut over shapes and swift-mustache itself agree, letter by letter.
  @Test func cutLettersEqualPlainOnes() throws {
    let renderer = try Fixtures.renderer()
    for customer in Fixtures.customers(400) {
      #expect(try renderer.letter(for: customer) == renderer.plainLetter(for: customer))
    }
  }

  @Test func cutLettersEqualPlainOnesInAnOperatorsTemplate() throws {
    let source = """
      {{#company}}{{.}} / {{company}}{{/company}}{{^company}}ohne Firma{{/company}} {{! Bemerkung }}
      {{#last_name}}{{title_or}}{{/last_name}}
      {{#mailboxes}}
        {{number}}: {{address}} {{greeting}} {{#incoming}}{{host}}{{/incoming}} {{#is_pop3}}P{{/is_pop3}}{{^is_pop3}}I{{/is_pop3}}
      {{/mailboxes}}
      {{#incident.data}}<{{.}}>{{/incident.data}}{{customer_id}}
      """.replacingOccurrences(of: "{{title_or}}", with: "{{#title}}{{title}} {{/title}}{{last_name}}")
    let renderer = try Fixtures.renderer(Fixtures.campaign(), Fixtures.templates(text: source, html: source))
    for customer in Fixtures.customers(300) where customer.language == "de" {
      #expect(try renderer.letter(for: customer) == renderer.plainLetter(for: customer))
    }
  }

  @Test func lettersDoNotDependOnTheOrderOfCustomers() throws {
    let customers = Fixtures.customers(60)
    let forwards = try Fixtures.renderer()
    let backwards = try Fixtures.renderer()
    let first = try customers.map { try forwards.letter(for: $0) }
    let second = try customers.reversed().map { try backwards.letter(for: $0) }
    #expect(first == second.reversed())
  }

  @Test func manyThreadsGetTheSameLetters() async throws {
    let renderer = try Fixtures.renderer()
    let customers = Fixtures.customers(80)
    let expected = try customers.map { try renderer.plainLetter(for: $0) }
    await withTaskGroup(of: [Letter?].self) { group in
      for _ in 0..<4 { group.addTask { customers.map { try? renderer.letter(for: $0) } } }
      for await letters in group { #expect(letters == expected) }
    }
  }

  @Test func valuesStayTextInHTML() throws {
    let renderer = try Fixtures.renderer(
      Fixtures.campaign(),
      Fixtures.templates(
        text: "{{company}}", html: "<p title=\"{{company}}\">{{company}} {{incident.consequences}}</p>"))
    let letter = try renderer.letter(for: Fixtures.customer(company: "<b>&\"'"))
    #expect(letter.text == "<b>&\"'")
    #expect(
      letter.html == "<p title=\"&lt;b&gt;&amp;&quot;&#39;\">&lt;b&gt;&amp;&quot;&#39; Wer die Zugangsdaten hat, "
        + "kann Nachrichten lesen &amp; in Ihrem Namen senden.</p>")
  }

  /// A `<` with a combining mark is one Character, and is escaped all the same.
  @Test func combiningMarksHideNoMarkup() throws {
    let renderer = try Fixtures.renderer(Fixtures.campaign(), Fixtures.templates(html: "{{company}}"))
    let letter = try renderer.letter(for: Fixtures.customer(company: "<\u{301}b>"))
    #expect(letter.html == "&lt;\u{301}b&gt;")
  }

  @Test(arguments: ["a\r\nBcc: x", "a\nBcc: x", "a\u{2028}Bcc: x", "a\u{85}Bcc: x", "a\u{0}\u{B}Bcc: x"])
  func valuesCannotBreakOutOfTheSubject(_ company: String) throws {
    let renderer = try Fixtures.renderer(Fixtures.campaign(), Fixtures.templates(subject: "Neu: {{company}}\n"))
    #expect(try renderer.letter(for: Fixtures.customer(company: company)).subject == "Neu: a Bcc: x")
  }

  @Test func subjectOfTwoLinesIsAnError() throws {
    let renderer = try Fixtures.renderer(Fixtures.campaign(), Fixtures.templates(subject: "eins\nzwei\n"))
    let error = #expect(throws: LetterError.self) { try renderer.letter(for: Fixtures.customer()) }
    #expect(
      error?.description
        == "customer 1001: the subject has more than one line; keep the .subject.mustache file to one line")
  }

  @Test func emptyValueOutsideItsSectionIsAnErrorWithTheTag() throws {
    let source = "{{#company}}{{company}}{{/company}}\n  für {{company}}"
    let renderer = try Fixtures.renderer(Fixtures.campaign(), Fixtures.templates(text: source))
    #expect(try renderer.letter(for: Fixtures.customer(company: "Firma")).text == "Firma\n  für Firma")
    for company in ["", "  ", "\u{A0}\t\n"] {
      let error = #expect(throws: LetterError.self) { try renderer.letter(for: Fixtures.customer(company: company)) }
      #expect(
        error?.description
          == "templates/password-change/de.txt.mustache:2:7: customer 1001: {{company}} is needed here and empty; "
          + "fill it in, or write {{#company}} … {{/company}} around the text that needs it")
    }
  }

  /// Each of the four optional fields decides on its own section, alone and whatever the others say.
  @Test(arguments: 0..<16) func sectionsFollowTheFieldsThatAreFilled(_ filled: Int) throws {
    let source = ["company", "title", "first_name", "last_name"]
      .map { "{{#\($0)}}{{\($0)}}{{/\($0)}}{{^\($0)}}-{{/\($0)}}" }.joined()
    let values = ["A", "B", "C", "D"].enumerated().map { filled & (1 << $0) == 0 ? "" : $1 }
    let letter = try Fixtures.renderer(Fixtures.campaign(), Fixtures.templates(text: source)).letter(
      for: Fixtures.customer(company: values[0], title: values[1], firstName: values[2], lastName: values[3]))
    #expect(letter.text == values.map { $0.isEmpty ? "-" : $0 }.joined())
  }

  @Test func factsOfAnAbsentAuthorityAreAnError() throws {
    let source = "{{#incident}}{{#authority}}{{name}}{{/authority}}\n{{authority.filed}}{{/incident}}"
    let templates = try Fixtures.templates(html: source)
    let renderer = try Fixtures.renderer(Fixtures.campaign(authority: false), templates)
    let error = #expect(throws: LetterError.self) { try renderer.letter(for: Fixtures.customer()) }
    #expect(
      error?.problem
        == .emptyValue(
          name: "incident.authority.filed", file: "templates/password-change/de.html.mustache", line: 2, column: 1))
    let whole = try Fixtures.renderer(Fixtures.campaign(), templates).letter(for: Fixtures.customer())
    #expect(whole.html == "BayLDA\n22. November 2026, 17:40 Uhr")
  }

  @Test func missingLanguageNamesTheFilesToAdd() throws {
    let renderer = try Fixtures.renderer()
    let error = #expect(throws: LetterError.self) { try renderer.letter(for: Fixtures.customer(language: "fr")) }
    #expect(
      error?.description
        == "customer 1001: template password-change has no language “fr”, only de, en; add "
        + "password-change/fr.subject.mustache, .txt.mustache and .html.mustache, or change the customer's language")
  }

  @Test func customersWithoutALetter() throws {
    let renderer = try Fixtures.renderer()
    let none = Fixtures.customer(mailboxes: [("a@a.example", "e2e")])
    #expect(throws: LetterError(customer: "1001", problem: .notAsked(letter: "password-change"))) {
      try renderer.letter(for: none)
    }
    let unknown = Fixtures.customer(mailboxes: [("a@a.example", "fax")])
    #expect(throws: LetterError(customer: "1001", problem: .notAsked(letter: "password-change"))) {
      try renderer.letter(for: unknown)
    }
  }

  @Test func onlyMailboxesWithALetterAreListed() throws {
    let customer = Fixtures.customer(
      mailboxes: [("eins@a.example", "e2e"), ("zwei@a.example", "pop3"), ("drei@a.example", "call")])
    let text = try Fixtures.renderer().letter(for: customer).text
    #expect(text.contains("Postfach 1 von 1") && text.contains("zwei@a.example"))
    #expect(!text.contains("eins@a.example") && !text.contains("drei@a.example"))
    #expect(text.contains("pop3.kanzlei-it.example\n                 Port 995, Verschlüsselung SSL/TLS"))
    #expect(text.contains("smtp2.kanzlei-it.example\n                 Port 587, Verschlüsselung STARTTLS"))
    #expect(text.contains("Achtung bei POP3"))
  }

  @Test func warningsAboutPOP3AreForPOP3Only() throws {
    let renderer = try Fixtures.renderer()
    #expect(try !renderer.letter(for: Fixtures.customer()).text.contains("Achtung bei POP3"))
    let both = Fixtures.customer(mailboxes: [("a@a.example", "imap"), ("b@a.example", "pop3"), ("c@a.example", "imap")])
    let letter = try renderer.letter(for: both)
    #expect(letter.text.components(separatedBy: "Achtung bei POP3").count == 2)
    #expect(letter.html.components(separatedBy: "Achtung bei POP3").count == 2)
    #expect(letter.text.contains("Postfach 3 von 3"))
  }

  @Test func datesAreWrittenInTheLettersLanguage() throws {
    let templates = try TemplateSet(
      files: ["de", "en"].flatMap { language in
        ["subject", "txt", "html"].map { part in
          (
            path: "password-change/\(language).\(part).mustache",
            bytes: Array("{{date}}; {{deadline}}; {{incident.happened}}".utf8)
          )
        }
      }, origin: "", isBundled: false)
    let renderer = try Fixtures.renderer(Fixtures.campaign(), templates)
    #expect(
      try renderer.letter(for: Fixtures.customer()).text
        == "23. November 2026; 23. November 2026, 16:00 Uhr; 20. November 2026")
    #expect(
      try renderer.letter(for: Fixtures.customer(language: "en")).text
        == "23 November 2026; 23 November 2026, 16:00 (UTC+1); 20 November 2026")
  }
}

@Suite struct LetterDateTests {
  @Test(arguments: [
    ("2026-11-23T16:00:00+01:00", "23. November 2026, 16:00 Uhr"),
    ("2026-07-23T16:00:00+02:00", "23. Juli 2026, 16:00 Uhr"),
    ("2026-11-23T16:00:00Z", "23. November 2026, 16:00 Uhr (UTC)"),
    ("2026-07-23T16:00:00+01:00", "23. Juli 2026, 16:00 Uhr (UTC+1)"),
    ("2026-11-23T16:00:00+02:00", "23. November 2026, 16:00 Uhr (UTC+2)"),
    // The last Sunday of March 2026 is the 29th, of October the 25th.
    ("2026-03-29T01:59:59+01:00", "29. März 2026, 1:59 Uhr"),
    ("2026-03-29T03:00:00+02:00", "29. März 2026, 3:00 Uhr"),
    ("2026-10-25T02:59:59+02:00", "25. Oktober 2026, 2:59 Uhr"),
    ("2026-10-25T02:00:00+01:00", "25. Oktober 2026, 2:00 Uhr"),
  ])
  func aGermanLetterNamesAnOffsetThatIsNotGerman(_ written: String, _ shown: String) throws {
    #expect(LetterDate(language: "de").text(try #require(LocalDateTime(written))) == shown)
  }
}
