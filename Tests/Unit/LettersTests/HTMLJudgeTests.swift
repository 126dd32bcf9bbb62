import Campaigns
import Foundation
import Mail
import TestSupport
import Testing

@testable import Letters

/// Python's `html.parser` reads the HTML parts and compares their visible words with the text parts.
@Suite struct HTMLJudgeTests {
  private struct Case: Encodable {
    let id: String
    let language: String
    let subject: String
    let text: String
    let html: String
    /// What a reader must find in both parts.
    let facts: [String]
    let noticeURL: String
  }

  @Test(arguments: BundledLetterTests.names) func htmlSaysWhatTheTextSays(_ name: String) async throws {
    let campaign = BundledLetterTests.campaign(with: name)
    let renderer = try Fixtures.renderer(campaign)
    let cases = try Fixtures.customers(120).map { customer in
      let letter = try renderer.letter(name, for: customer)
      let listed = Planner.mailboxes(of: customer, listedIn: name, in: campaign)
      let servers = listed.flatMap { mailbox -> [String] in
        guard case .letter(_, let incoming, let outgoing)? = campaign.segments[mailbox.access] else { return [] }
        return [
          mailbox.address.displayText, incoming.host.ascii, "ort \(incoming.port)", outgoing.host.ascii,
          "ort \(outgoing.port)", incoming.service.rawValue, incoming.encryption.rawValue, outgoing.encryption.rawValue,
        ]
      }
      let dates = LetterDate(language: customer.language)
      let incident = campaign.incident
      return Case(
        id: customer.id, language: customer.language, subject: letter.subject, text: letter.text, html: letter.html,
        facts: servers + incident.data + (listed.isEmpty ? [] : [dates.text(campaign.deadline)]) + [
          Greeting(customer: customer, language: customer.language).text, incident.what, incident.consequences,
          incident.measures, dates.text(incident.happened), dates.text(incident.discovered),
          "BayLDA", "BEISPIEL-1",
          campaign.sender.contact.name, campaign.sender.contact.phone, campaign.sender.contact.email.displayText,
        ], noticeURL: campaign.sender.noticeURL.absoluteString)
    }
    let found = try await Self.judge(cases)
    #expect(found == "120 letters, 0 faults\n", "\(found)")
  }

  /// The judge itself sees a fact that is missing in the HTML and an element that is not closed.
  @Test func theJudgeFindsFaults() async throws {
    let letter = try Fixtures.renderer().letter(for: Fixtures.customer())
    let broken = Case(
      id: "1", language: "de", subject: letter.subject, text: letter.text,
      html: letter.html.replacingOccurrences(of: "imap.kanzlei-it.example", with: "").replacingOccurrences(
        of: "</section>", with: ""), facts: ["imap.kanzlei-it.example"],
      noticeURL: "https://www.kanzlei-it.example/sicherheit")
    let found = try await Self.judge([broken])
    #expect(found.contains("1 html lacks 'imap.kanzlei-it.example'\n"), "\(found)")
    #expect(found.contains("1 </main> closes nothing\n"), "\(found)")
  }

  private static func judge(_ cases: [Case]) async throws -> String {
    let input = ChildProcess.Input.bytes(Array(try JSONEncoder().encode(cases)))
    return try await ChildProcess.tool("python3", ["-c", script], input: input)
  }

  private static let script = #"""
    import json, re, sys
    from html.parser import HTMLParser

    VOID = {"meta", "br"}

    class Reader(HTMLParser):
        def __init__(self):
            super().__init__(convert_charrefs=True)
            self.open, self.words, self.faults, self.links, self.title, self.language = [], [], [], [], "", None

        def handle_starttag(self, tag, attributes):
            attributes = dict(attributes)
            if tag == "html":
                self.language = attributes.get("lang")
            if tag == "a":
                self.links.append([attributes.get("href"), ""])
            if tag in VOID:
                self.words.append(" ")
            else:
                self.open.append(tag)

        def handle_endtag(self, tag):
            if not self.open or self.open.pop() != tag:
                self.faults.append(f"</{tag}> closes nothing")
            if tag not in ("strong", "a"):
                self.words.append(" ")

        def handle_data(self, data):
            if "style" in self.open:
                return
            if "title" in self.open:
                self.title += data
                return
            if "a" in self.open:
                self.links[-1][1] += data
            self.words.append(data)

    def flat(text):
        return " ".join(re.sub(r"[\x00-\x20\x7f-\x9f\u2028\u2029]", " ", text).split(" ")).strip()

    def squeezed(text):
        return re.sub(r" +", " ", flat(text))

    def plain_words(text):
        # What the two parts write differently: signs of lists and menus, headings in capitals, blanks in tables.
        return re.sub(r"[^\w@]+", " ", text.lower()).split()

    faults = 0
    cases = json.load(sys.stdin)
    for case in cases:
        reader = Reader()
        reader.feed(case["html"])
        reader.close()
        found = list(reader.faults)
        if reader.open:
            found.append(f"not closed: {reader.open}")
        if reader.language != case["language"]:
            found.append(f"lang is {reader.language}")
        if reader.title != case["subject"]:
            found.append("title is not the subject")
        if reader.links != [[case["noticeURL"]] * 2]:
            found.append(f"links: {reader.links}")
        visible, text = squeezed("".join(reader.words)), squeezed(case["text"])
        for fact in case["facts"]:
            for name, part in (("html", visible), ("text", text)):
                if squeezed(fact) not in part:
                    found.append(f"{name} lacks {fact!r}")
        missing = set(plain_words(text)) - set(plain_words(visible)) - {"menü", "menu", "drei", "striche", "three", "lines"}
        missing -= set("123456789")  # an <ol> numbers itself
        if missing:
            found.append(f"html lacks words: {sorted(missing)}")
        for fault in found:
            print(case["id"], fault)
        faults += len(found)
    print(f"{len(cases)} letters, {faults} faults")
    """#
}
