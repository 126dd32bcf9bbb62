import Campaigns
import Testing

@testable import Letters

@Suite struct CallScriptTests {
  private static func scripts(
    _ campaign: Campaign = Fixtures.campaign(), _ templates: TemplateSet? = nil
  ) throws -> CallScripts {
    try CallScripts(campaign: campaign, templates: try templates ?? .bundled(), date: Fixtures.date)
  }

  @Test(arguments: ["de", "en"]) func tellsTheCallerWhoWhyAndWhat(_ language: String) throws {
    let customer = Fixtures.customer(
      lastName: "Birke", language: language,
      mailboxes: [("eins@ahorn.example", "pop3"), ("zwei@ahorn.example", "call"), ("drei@ahorn.example", "e2e")])
    let causes = [CallCause(.request, detail: "zentraler Posteingang"), CallCause(.refused, detail: "5.1.1 nobody")]
    let scripts = try Self.scripts()
    let isGerman = language == "de"
    for part in [try scripts.text(for: customer, causes: causes), try scripts.html(for: customer, causes: causes)] {
      let flat = ByteSearch(flattening: part)
      for words in [
        "1001", "Kanzlei am Ahornplatz", "Birke", "09999 555-1", "kontakt@ahorn.example",
        isGerman ? "Zu besprechen: zentraler Posteingang" : "To be talked over: zentraler Posteingang",
        isGerman ? "ist nicht angenommen worden" : "has not been accepted",
        "eins@ahorn.example, POP3", "pop3.kanzlei-it.example", "smtp2.kanzlei-it.example",
        "zwei@ahorn.example: zentraler Posteingang", "drei@ahorn.example: Ende-zu-Ende-verschlüsselt",
        "Unbefugter Zugriff auf Kundendaten beim Hosting-Lieferanten", "BayLDA",
        isGerman ? "Nie fragen:" : "Never ask",
      ] {
        #expect(flat.contains(words), "\(words)")
      }
      // What the relay said is of no use to a customer, and what nobody asked about is not said.
      #expect(!flat.contains("5.1.1") && !flat.contains(isGerman ? "keine E-Mail-Adresse" : "no e-mail address"))
    }
  }

  /// Each kind of cause has its one line, in both languages and parts.
  @Test(arguments: CallCause.Kind.allCases) func everyCauseHasItsWords(_ kind: CallCause.Kind) throws {
    let cause = CallCause(kind, detail: [.request, .excluded, .rejectedRow].contains(kind) ? "weil" : "")
    for language in ["de", "en"] {
      let customer = Fixtures.customer(language: language, mailboxes: [("a@ahorn.example", "e2e")])
      let html = try Self.scripts().html(for: customer, causes: [cause])
      let list = try #require(html.split(separator: "<ul>\n").dropFirst().first?.split(separator: "</ul>").first)
      #expect(list.split(separator: "\n").count == 1, "\(list)")
    }
  }

  /// Who waits for a letter that may still come is told not to wait; of one that is given up nothing like that is said.
  @Test(arguments: ["de", "en"]) func aLateLetterMayStillCome(_ language: String) throws {
    let customer = Fixtures.customer(language: language, mailboxes: [("eins@ahorn.example", "pop3")])
    let scripts = try Self.scripts()
    let (may, wait) =
      language == "de"
      ? ("er kann noch ankommen", "Warten Sie nicht auf ihn") : ("it may still come", "Do not wait for it")
    for (kind, comes) in [(CallCause.Kind.late, true), (.lateExpired, false), (.refused, false)] {
      let causes = [CallCause(kind, detail: "queued")]
      for part in [try scripts.text(for: customer, causes: causes), try scripts.html(for: customer, causes: causes)] {
        let flat = ByteSearch(flattening: part)
        #expect(flat.contains(may) == comes && flat.contains(wait) == comes, "\(kind)")
        // What the store calls it is of no use to a customer.
        #expect(!flat.contains("queued"))
        if kind != .refused { #expect(flat.contains(language == "de" ? "nicht rechtzeitig" : "in time")) }
      }
    }
  }

  @Test func aMissingNumberIsSaid() throws {
    var customer = Fixtures.customer(contact: nil)
    customer.phone = ""
    let text = try Self.scripts().text(for: customer, causes: [CallCause(.noAddress)])
    #expect(text.contains("fehlt in der Kundendatei"))
    #expect(text.contains("Wir haben keine E-Mail-Adresse"))
  }

  @Test func valuesStayTextInHTML() throws {
    let customer = Fixtures.customer(company: "<script>&", mailboxes: [("a@ahorn.example", "call")])
    let html = try Self.scripts().html(for: customer, causes: [CallCause(.request, detail: "<b>")])
    #expect(html.contains("&lt;script&gt;&amp;") && html.contains("&lt;b&gt;"))
    #expect(!html.contains("<script>") && !html.contains("<b>"))
  }

  /// Templates of a campaign that was begun before there were scripts.
  @Test func aSetWithoutAScriptUsesTheBundledOne() throws {
    let customer = Fixtures.customer()
    let own = try Self.scripts(Fixtures.campaign(), Fixtures.templates())
    #expect(
      try own.text(for: customer, causes: [CallCause(.late)])
        == Self.scripts().text(for: customer, causes: [CallCause(.late)]))
  }

  @Test func aScriptIsNoLetterAndHasNoSubject() throws {
    #expect(try !TemplateSet.bundled().names.contains("call-script"))
    var campaign = Fixtures.campaign()
    campaign.letters = [SegmentLetter(letter: "call-script", segments: nil)]
    #expect(throws: TemplateError.self) { try Fixtures.renderer(campaign) }
    let files = [
      ("call-script/de.subject.mustache", Array("x".utf8)), ("call-script/de.txt.mustache", Array("x".utf8)),
    ]
    let error = #expect(throws: TemplateError.self) {
      try TemplateSet(files: files, origin: "templates/", isBundled: false)
    }
    #expect(
      error?.description == """
        templates/call-script/de.html.mustache: is missing; a script needs a text and an HTML file in each language
        templates/call-script/de.subject.mustache: has no place here; a script has no subject
        """)
  }

  @Test func aScriptHasItsOwnVariables() throws {
    func fault(_ source: String, _ template: String) -> String? {
      let file = (path: "\(template)/de.txt.mustache", bytes: Array(source.utf8))
      let error = #expect(throws: TemplateError.self) {
        try TemplateSet(files: [file], origin: "", isBundled: false)
      }
      return error?.faults.first { $0.file == file.path }?.message
    }
    #expect(fault("{{phone}}", "call-script") == nil)
    #expect(fault("{{phone}}", "notice")?.hasPrefix("there is no variable {{phone}}") == true)
    #expect(fault("{{code}}", "call-script")?.hasPrefix("there is no variable {{code}}") == true)
  }

  @Test func anEmptyValueIsAnErrorWithTheTag() throws {
    let files = ["txt", "html"].map { ("call-script/de.\($0).mustache", Array("Tel.\n {{phone}}".utf8)) }
    let rest = ["subject", "txt", "html"].map { ("notice/de.\($0).mustache", Array("x".utf8)) }
    let set = try TemplateSet(files: files + rest, origin: "templates/", isBundled: false)
    var customer = Fixtures.customer()
    customer.phone = ""
    let error = #expect(throws: LetterError.self) {
      try Self.scripts(Fixtures.campaign(), set).text(for: customer, causes: [CallCause(.late)])
    }
    #expect(
      error?.problem == .emptyValue(name: "phone", file: "templates/call-script/de.txt.mustache", line: 2, column: 2))
  }
}
