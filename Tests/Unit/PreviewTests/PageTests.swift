import Campaigns
import Letters
import Preview
import Testing

/// What a preview's page holds, and that nothing of a customer becomes a part of the page itself.
@Suite struct PageTests {
  private static let hostile = "</iframe></pre><script>alert(1)</script>\"'&amp;<!--<img src=x onerror=alert(2)>"

  private func page(_ letters: [PreviewedLetter], campaign: String = "2026-11") -> String {
    PreviewPage(campaign: campaign, letters: letters).html()
  }

  /// The tags of the page in their order, with their attributes except the framed letter, which differs by customer.
  private func tags(_ page: String) -> [String] {
    page.matches(of: /<[^>]*>/).map { String($0.output).replacing(/srcdoc="[^"]*"/, with: "srcdoc") }
  }

  private func frames(_ page: String) -> [String] {
    page.matches(of: /srcdoc="([^"]*)"/).map { match in
      [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")].reduce(String(match.1)) {
        $0.replacing($1.0, with: $1.1)
      }
    }
  }

  @Test func everyConnectionIsForbidden() throws {
    let page = page([try Fixtures.letter()])
    #expect(
      page.contains(
        """
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
        base-uri 'none'; form-action 'none'">
        """))
    #expect(page.contains("<meta name=\"referrer\" content=\"no-referrer\">"))
    #expect(page.contains(PreviewPage.generator))
    let names = Set(tags(page).compactMap { $0.firstMatch(of: /^<([a-z0-9]+)/)?.1 })
    #expect(names.isDisjoint(with: ["script", "img", "link", "form", "object", "embed", "base", "a"]))
    #expect(!tags(page).contains { $0.contains(/\son[a-z]+=/) })
  }

  @Test func eachLetterStandsInASandboxedFrameAsItIsSent() throws {
    let letters = try ["1", "2"].map { try Fixtures.letter(for: Fixtures.customer(id: $0, lastName: Self.hostile)) }
    let page = page(letters)
    #expect(frames(page) == letters.map(\.letter.html))
    #expect(tags(page).count { $0.hasPrefix("<iframe") } == 2)
    // Without a value the attribute allows nothing.
    #expect(tags(page).count { $0.hasPrefix("<iframe class=\"html\" sandbox title=") } == 2)
  }

  @Test(arguments: ["id", "company", "name", "reason", "campaign"])
  func hostileValuesAddNoTag(place: String) throws {
    func page(_ text: String) throws -> String {
      let customer = Fixtures.customer(
        id: place == "id" ? text : "7", company: place == "company" ? text : "Kanzlei",
        lastName: place == "name" ? text : "")
      let letter = try Fixtures.letter(for: customer, reasons: [place == "reason" ? text : "longest name"])
      return self.page([letter], campaign: place == "campaign" ? text : "2026-11")
    }
    let hostile = try page(Self.hostile)
    #expect(try tags(hostile) == tags(page("Muster")))
    #expect(hostile.contains("&lt;script&gt;alert(1)"))
  }

  @Test func headersAreDecodedAndExplained() throws {
    let page = page([try Fixtures.letter(for: Fixtures.customer(company: "Büro Öhringen"))])
    #expect(page.contains("<th scope=\"row\">To</th><td><bdi>Büro Öhringen &lt;kontakt@ahorn.example&gt;</bdi></td>"))
    #expect(page.contains("<td>Where an answer goes: sender.reply_to.</td>"))
    #expect(page.contains("<b>To:</b> <bdi>Büro Öhringen &lt;kontakt@ahorn.example&gt;</bdi>"))
  }

  @Test func severalLettersHaveAListOfContents() throws {
    let one = page([try Fixtures.letter()])
    #expect(one.contains("<title>2026-11: 1 letter</title>") && !one.contains("<ol class=\"contents\">"))
    let reasons = ["longest name (9)", "emoji (1)"]
    let two = page([try Fixtures.letter(), try Fixtures.letter(for: Fixtures.customer(id: "b"), reasons: reasons)])
    #expect(two.contains("<title>2026-11: 2 letters</title>"))
    #expect(two.contains("<li><a href=\"#letter-2\">Customer <bdi>b</bdi>, password-change, de</a>"))
    #expect(two.contains("<span class=\"why\">longest name (9), emoji (1)</span>"))
    #expect(two.contains("<article id=\"letter-2\">"))
  }
}
