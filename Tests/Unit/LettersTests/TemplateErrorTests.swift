import Campaigns
import Foundation
import Testing

@testable import Letters

/// Each fault of a template with its exact message.
@Suite struct TemplateErrorTests {
  static let cases: [(source: String, message: String)] = [
    ("Guten Tag,\n  {{compnay}}", "2:3: there is no variable {{compnay}}; did you mean {{company}}?"),
    ("ä{{incident.wat}}", "1:2: there is no variable {{incident.wat}}; did you mean {{incident.what}}?"),
    ("{{phone}}", "1:1: there is no variable {{phone}}; did you mean {{contact.phone}}?"),
    (
      "{{incoming.host}}",
      "1:1: {{incoming.host}} belongs to one item; write {{#mailboxes}} … {{/mailboxes}} around the text of an item"
    ),
    ("{{#mailboxes}}{{adress}}{{/mailboxes}}", "1:15: there is no variable {{adress}}; did you mean {{address}}?"),
    (
      "{{has_pop3}}",
      "1:1: {{has_pop3}} is yes or no; write {{#has_pop3}} … {{/has_pop3}} around the text it decides on"
    ),
    (
      "{{mailboxes}}",
      "1:1: {{mailboxes}} is a list; write {{#mailboxes}} … {{/mailboxes}} around the text of one item"
    ),
    ("{{sender}}", "1:1: {{sender}} has parts; write {{sender.email}}, {{sender.name}}"),
    ("{{.}}", "1:1: {{.}} stands for the item of a list or the value of a section, and there is none around it"),
    ("{{{company}}}", "1:1: a value is never put into a letter unescaped; write {{name}}, the kind of file decides"),
    ("{{&company}}", "1:1: a value is never put into a letter unescaped; write {{name}}, the kind of file decides"),
    ("{{> footer}}", "1:1: a template cannot use parts of another file; write the text out here"),
    ("{{>*footer}}", "1:1: a template cannot use parts of another file; write the text out here"),
    (
      "{{% CONTENT_TYPE: TEXT}}",
      "1:1: settings such as CONTENT_TYPE have no place here; the kind of file decides"
    ),
    ("{{=<% %>=}}", "1:1: the signs {{ and }} cannot be changed"),
    (
      "{{uppercased(company)}}",
      "1:1: “uppercased(company)” is not the name of a variable: names have small letters, digits, _ and dots"
    ),
    ("{{}}", "1:1: this tag names no variable"),
    ("a {{company", "1:3: this tag has no end; close it with }} on the same line"),
    ("{{#company}}", "1:1: this section has no end; write {{/company}} where it ends"),
    ("\n{{/company}}", "2:1: {{/company}} ends a section that was not begun; write {{#company}} before it"),
    (
      "{{#company}}\n{{/has_pop3}}",
      "2:1: {{/has_pop3}} stands where the section of line 1 must end; write {{/company}}"
    ),
    (
      "a\nb\u{202E}c",
      "2: there is an invisible character in this line that turns the direction of the writing behind it; remove it"
    ),
    ("a\n\u{1}b", "2: there is a control character in this line; remove it, or save the file as UTF-8"),
  ]

  @Test(arguments: cases.indices) func namesPlaceFaultAndRemedy(_ index: Int) throws {
    let row = Self.cases[index]
    let error = #expect(throws: TemplateError.self) { try Fixtures.templates(text: row.source) }
    #expect(error?.description == "templates/password-change/de.txt.mustache:" + row.message)
  }

  /// Every section costs a stack frame, and every list multiplies the letter.
  @Test func sectionsAreNestedOnlySoDeep() throws {
    func nested(_ count: Int, _ name: String = "company") -> String {
      String(repeating: "{{#\(name)}}", count: count) + String(repeating: "{{/\(name)}}", count: count)
    }
    _ = try Fixtures.templates(text: nested(32))
    for count in [33, 100_000] {
      let error = #expect(throws: TemplateError.self) { try Fixtures.templates(text: nested(count)) }
      #expect(
        error?.description
          == "templates/password-change/de.txt.mustache:1:385: this section is inside 32 others, and that "
          + "is as deep as they may be; write it outside of them")
    }
    let itself = #expect(throws: TemplateError.self) { try Fixtures.templates(text: nested(2, "mailboxes")) }
    #expect(
      itself?.description.hasSuffix(
        ":1:15: the list {{#mailboxes}} stands inside itself; end it before it begins again") == true)
    let four = "{{#mailboxes}}{{#programs}}{{#other_mailboxes}}{{#annexes}}x"
    let error = #expect(throws: TemplateError.self) { try Fixtures.templates(text: four) }
    #expect(error?.description.contains("this is the 4th list inside another; write it outside of them") == true)
  }

  @Test func aHundredFaultsAreEnough() throws {
    let error = #expect(throws: TemplateError.self) {
      try Fixtures.templates(text: String(repeating: "{{}}", count: 50_000))
    }
    #expect(error?.faults.count == 100)
  }

  @Test func allFaultsAreReportedTogether() throws {
    let error = #expect(throws: TemplateError.self) {
      try Fixtures.templates(subject: "{{a_b_c}}", text: "{{datee}}\n{{companny}}", html: "{{/x}}")
    }
    #expect(error?.faults.count == 4)
  }

  @Test func notUTF8IsAnErrorWithItsLine() throws {
    let error = #expect(throws: TemplateError.self) {
      try TemplateSet(
        files: [
          ("t/de.txt.mustache", Array("gut\n".utf8) + [0xFC]), ("t/de.html.mustache", []),
          ("t/de.subject.mustache", []),
        ],
        origin: "", isBundled: false)
    }
    #expect(error?.description == "t/de.txt.mustache:2: this line is not UTF-8; save the file as UTF-8")
  }

  @Test func missingFilesAndWrongNames() throws {
    let error = #expect(throws: TemplateError.self) {
      try TemplateSet(
        files: [("t/de.txt.mustache", []), ("t/de.html.mustache", []), ("t/german.txt.mustache", [])], origin: "x/",
        isBundled: false)
    }
    #expect(
      error?.description == """
        x/t/de.subject.mustache: is missing; a letter needs a subject, a text and an HTML file in each language
        x/t/german.txt.mustache: is not named LANGUAGE.subject.mustache, LANGUAGE.txt.mustache or \
        LANGUAGE.html.mustache; rename it
        """)
  }

  @Test func segmentWithoutTemplate() throws {
    var campaign = Fixtures.campaign()
    campaign.segments["fax"] = .letter(
      template: "pasword-change", incoming: Fixtures.server("a.example.example", 993),
      outgoing: Fixtures.server("b.example.example", 465))
    let error = #expect(throws: TemplateError.self) { try Fixtures.renderer(campaign) }
    #expect(
      error?.description
        == "templates/pasword-change: there is no such template, but segment fax asks for it; there are: "
        + "\(try TemplateSet.bundled().names.joined(separator: ", "))")
  }
}
