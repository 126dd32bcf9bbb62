import Campaigns
import Foundation
import Testing

@testable import Letters

/// For each rule a bad letter that it finds and a good neighbour that it leaves alone.
@Suite struct LintRuleTests {
  private static let renderer = Result { try Fixtures.renderer() }

  /// Rules found in the bundled German letter with lines added before it and its HTML.
  static func rules(_ lines: String, html: String? = nil, customer: Customer = Fixtures.customer()) throws -> Set<
    String
  > {
    let campaign = Fixtures.campaign()
    let letter = try renderer.get().letter("password-change", for: customer)
    let paragraph = html ?? "<p>\(LetterEscaping.html(lines).replacing("\n", with: "<br>"))</p>"
    let changed = Letter(
      subject: letter.subject, text: lines + "\n\n" + letter.text,
      html: letter.html.replacing("<h1", with: paragraph + "<h1").replacing("</main>", with: paragraph + "</main>"),
      language: "de", template: letter.template, code: letter.code, templateDigest: letter.templateDigest)
    return Set(
      LetterLint(campaign: campaign, date: Fixtures.date).findings(in: changed, for: customer).map(\.rule))
  }

  @Test(arguments: [
    ("Lieber [NAME], hier", "leftover"), ("Betrag: XXX", "leftover"), ("TODO Text fehlt", "leftover"),
    ("Ihr Konto <<KONTO>> ist", "leftover"), ("Guten Morgen %s", "leftover"), ("Nummer ${id}", "leftover"),
    ("Lorem ipsum dolor", "leftover"), ("Firma: undefined", "leftover"), ("Telefon: null", "leftover"),
    ("Guten Tag null,", "leftover"), ("Sehr geehrte ,", "salutation"), ("Sehr geehrte Frau ,", "salutation"),
    ("Dear ,", "salutation"), ("Sehr geehrte(r) Kunde", "salutation"), ("Passwort: Sonne77", "password"),
    ("Passwort: abc", "password"), ("Ihr neues Passwort lautet Sonne", "password"),
    ("Your new password is Sun7flower", "password"), ("PIN: 4711", "password"),
    ("Näheres im Anhang.", "attachment"), ("Please see attached file.", "attachment"),
    ("Hier können Sie unseren Newsletter abbestellen.", "unsubscribe"), ("Click to unsubscribe.", "unsubscribe"),
    ("Sofort handeln, sonst wird Ihr Konto gesperrt!", "pressure"), ("Bitte hier klicken.", "pressure"),
    ("Click here now.", "pressure"),
    ("Sie brauchen nichts zu unternehmen.", "contradiction"), ("There is nothing to do for you.", "contradiction"),
  ])
  func aBadLineIsFound(_ line: String, _ rule: String) throws {
    #expect(try Self.rules(line).contains(rule), "\(line)")
  }

  @Test(arguments: [
    "[ ] Telefone und Tablets [1]", "Stufe XX und Model X", "Das Ergebnis ist gleich null Fehler.",
    "50 % sicher, 100%ig",
    "Vanille, juvenil-nil, Annullierung", "Sehr geehrte Frau Müller,", "Guten Tag,", "Dear Sir or Madam,",
    "Ihr Passwort ist möglicherweise bekannt.", "Passwort: das neue, das Sie gewählt haben",
    "Passwort ändern: siehe Punkt 2", "Dieser Brief hat keinen Anhang.", "Melden Sie sich im Webmail ab.",
    "Der Zugang kann für das ganze Büro gesperrt werden.", "Klicken Sie links auf Einstellungen.",
    "Haben Sie es schon geändert, ist nichts weiter zu tun.", "Das beweist nichts.",
  ])
  func aGoodLineIsLeftAlone(_ line: String) throws {
    #expect(try Self.rules(line) == [], "\(line)")
  }

  @Test func customersTextsAreTakenOutAsTheOracleDoes() throws {
    try MaskComparison.expectAgreement(customers: 100, seed: 1)
  }

  /// Ends of texts and of letters, white space, equal texts, and one within the other.
  @Test(arguments: [
    "", "ab", "abc", "abc ", " abc", "abc\nabc", "abc  \n abd", "abc.abc", "abc.", "x@abc.example", "abc-abc abc_abc",
    "abc abc abc", "ab c\tabc\u{1}abc", "äbc abcä", "a b c", "a  b\n\nc", "abc abd abe abcd",
  ])
  func textsAtEveryPlace(_ text: String) {
    for own in [["abc"], ["abc", "abc"], ["a b c", "b c"], ["abc abc", "abc"], ["abcd", "abc", "ab"], ["abc a"]] {
      for campaign in [[], ["abc"], ["abc abc"], ["bc abc"], ["a b"], ["abc.abc", "abc abd"]] {
        MaskComparison.expectAgreement(on: text, own: own, campaign: campaign)
      }
    }
  }

  /// Values of the customer's own are never a finding.
  @Test(arguments: [
    "Null & Nichtig GmbH", "XXX Lutz", "Optional GmbH", "Passwort Verlag", "Optional(GmbH)", "TODO [NAME] AG", "nil",
    "Unsubscribe Newsletter GmbH", "Passwort: abc", "www.kanzlei-x.example", "März", "sicherheit", "Klicken Sie hier",
    "Kundendienst", "Sie brauchen nichts zu tun", "undefined", "null",
  ])
  func aCustomersOwnNameIsNoFinding(_ company: String) throws {
    let customer = Fixtures.customer(company: company)
    let found = try Self.rules("Firma: \(company)\nfür \(company),", customer: customer)
    #expect(found == [], "\(company)")
  }

  @Test func eventHandlersAndPixels() throws {
    #expect(try Self.rules("Hallo Welt", html: "<p onclick=\"x()\">Hallo Welt</p>").contains("active-content"))
    #expect(try Self.rules("Hallo", html: "<p>Hallo</p><img width=1 height=1>").contains("active-content"))
    #expect(try Self.rules("Version=3 onboarding = gut", html: "<p>Version=3 onboarding = gut</p>") == [])
  }

  @Test func htmlAndTextSayTheSame() throws {
    #expect(try Self.rules("Nur hier", html: "<p></p>") == ["different-words"])
    #expect(try Self.rules("Beides &\nhier", html: "<p>Bei<b>des</b> &amp; hier</p>") == [])
  }

  @Test func aLetterTooLongIsFound() throws {
    let word = "Wort "
    #expect(try Self.rules(String(repeating: word, count: 12_000)) == ["size"])
    #expect(try Self.rules(String(repeating: word, count: 5_000)) == [])
  }

  /// A mask does not hide what only looks like the customer's own.
  @Test func aLongerAddressIsForeign() throws {
    #expect(try Self.rules("an post@ahorn.example.evil.example") == ["foreign-address"])
    #expect(try Self.rules("an x.post@ahorn.example") == ["foreign-address"])
    #expect(try Self.rules("an post@ahorn.example. Ja") == [])
  }

  /// The like of the notice of 2018: no date, no contact, act and do nothing at once.
  @Test func notice2018() throws {
    let text = """
      {{greeting}},

      ein Zulieferer meldet uns einen Einbruch: {{incident.what}}.
      {{#incident.data}}{{.}} {{/incident.data}} {{incident.consequences}} {{incident.measures}}
      {{#incident.authority}}{{name}} {{filed}} {{reference}}{{/incident.authority}}

      Wir bitten Sie, vorsorglich alle Passwörter zu ändern, die es bei uns gibt.

      - Kunden mit verschlüsselter Post müssen in dieser Lage nichts unternehmen.
      {{#mailboxes}}
      - {{address}} {{incoming.host}} {{outgoing.host}}
      {{/mailboxes}}

      {{code}} {{notice_url}}
      Ihr Team
      """
    let html = "<p>" + text.replacing("{{notice_url}}", with: "<a href=\"{{notice_url}}\">{{notice_url}}</a>") + "</p>"
    let campaign = Fixtures.campaign(authority: false)
    let customer = Fixtures.customer()
    let letter = try Fixtures.renderer(campaign, Fixtures.templates(text: text, html: html)).letter(
      "password-change", for: customer)
    let findings = LetterLint(campaign: campaign, date: Fixtures.date).findings(in: letter, for: customer)
    let missing = [
      "the date", "incident.happened", "incident.discovered", "contact.name", "contact.phone", "contact.email",
    ]
    #expect(
      Set(findings.map(\.message)).isSuperset(
        of: ["text", "HTML"].flatMap { part in missing.map { "\($0) is missing in the \(part)" } }))
    #expect(findings.count { $0.rule == "fact-missing" } == 12)
    let contradiction = try #require(findings.first { $0.rule == "contradiction" })
    let lines = letter.text.split(separator: "\n", omittingEmptySubsequences: false)
    let line = try #require(lines.firstIndex { $0.contains("Kunden mit verschlüsselter Post") })
    #expect(contradiction.line == line + 1 && contradiction.severity == .error)
    #expect(findings.count == 13)
  }

  /// Customers who differ in their own texts alone are looked over once; the answer is each one's own all the same.
  @Test func letersOfOneKindAreJudgedForEachCustomer() throws {
    let campaign = Fixtures.campaign()
    let lint = LetterLint(campaign: campaign, date: Fixtures.date)
    let templates = try Fixtures.templates(text: "an post@ahorn.example {{company}}", html: "{{company}}")
    let renderer = try Fixtures.renderer(campaign, templates)
    func foreign(_ contact: String, mailbox: String) throws -> Bool {
      let customer = Fixtures.customer(contact: contact, mailboxes: [(mailbox, "imap")])
      let letter = try renderer.letter("password-change", for: customer)
      return lint.findings(in: letter, for: customer).contains { $0.rule == "foreign-address" }
    }
    #expect(try !foreign("a@x.example", mailbox: "post@ahorn.example"))
    #expect(try foreign("b@x.example", mailbox: "post@birke.example"))
    #expect(try !foreign("c@x.example", mailbox: "post@ahorn.example"))
  }
}
