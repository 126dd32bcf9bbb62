import Campaigns
import Foundation
import Mail
import TestSupport
import Testing

@testable import Letters

/// What others make of the bundled letters: SpamAssassin of their content, mu of their headers, tidy of their HTML.
@Suite struct MailJudgeTests {
  /// A letter as it goes out, signed.
  private struct Sent {
    let name: String
    let language: String
    let letter: Letter
    let bytes: [UInt8]
  }

  /// Each letter in both languages: to a firm with one mailbox, to a person with two, and to the customer with a dozen.
  private static func sent() throws -> [Sent] {
    let signer = DKIMSigner(
      domain: try Domain("kanzlei-it.example"),
      keys: [.init(selector: try #require(DKIMSelector("a")), key: try DKIMKey.make(.ed25519))])
    return try BundledLetterTests.names.flatMap { name in
      let campaign = BundledLetterTests.campaign(with: name)
      let renderer = try Fixtures.renderer(campaign)
      let composer = LetterComposer(
        campaign: campaign, key: Array(repeating: 7, count: 32), signer: LetterSigner(dkim: signer))
      return try ["de", "en"].flatMap { language in
        let dozen = BundledLetterTests.customers(40).filter { $0.id == "D-\(language)" }
        let customers =
          [
            Fixtures.customer(language: language),
            Fixtures.customer(
              salutation: "Frau", title: "Dr.", lastName: "Süß", language: language,
              mailboxes: [("a@ahorn.example", "imap"), ("b@ahorn.example", "pop3")]),
          ] + dozen
        return try customers.map { customer in
          let letter = try renderer.letter(name, for: customer)
          let date = Fixtures.date.date
          return Sent(
            name: name, language: language, letter: letter,
            bytes: try composer.bytes(for: letter, to: customer, date: date, encoding: .quotedPrintable))
        }
      }
    }
  }

  /// One process for all letters: most of its time is its start.
  private static func scores(_ messages: [[UInt8]]) async throws -> [String] {
    let folder = try TemporaryFolder()
    let lines = messages.map { message in
      "From sender@kanzlei-it.example Mon Nov 23 09:30:00 2026\n"
        + String(decoding: message, as: UTF8.self).replacing("\r\n", with: "\n") + "\n\n"
    }
    let box = try folder.write(lines.joined().utf8, to: "letters.mbox")
    // It keeps books at home; ours is the folder of this test.
    let outcome = try await ChildProcess.run(
      "spamassassin", ["--local", "--mbox", box.path(percentEncoded: false)],
      environment: ChildProcess.plainEnvironment.merging(["HOME": folder.url.path(percentEncoded: false)]) { $1 })
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome.output.replacing(/\n[ \t]+/, with: " ").split(separator: "\n")
      .filter { $0.hasPrefix("X-Spam-Status: ") }.map(String.init)
  }

  private static func score(_ status: String) throws -> Double {
    let match = try #require(status.firstMatch(of: /score=(-?[0-9.]+)/))
    return try #require(Double(match.1))
  }

  @Test func spamAssassinGivesEachLessThanOnePoint() async throws {
    let sent = try Self.sent()
    let scores = try await Self.scores(sent.map(\.bytes))
    #expect(scores.count == sent.count && sent.count == 18)
    for (letter, status) in zip(sent, scores) {
      #expect(try Self.score(status) < 1, "\(letter.name) \(letter.language): \(status)")
    }
  }

  /// A greeting that was ours once is more than it allows.
  @Test func spamAssassinSeesALetterOfSpammers() async throws {
    let sent = try #require(try Self.sent().first { $0.name == "reminder" && $0.language == "en" })
    let bytes = String(decoding: sent.bytes, as: UTF8.self).replacing("Good day,", with: "Dear Sir or Madam,")
    let status = try #require(try await Self.scores([Array(bytes.utf8)]).first)
    #expect(try Self.score(status) > 1, "\(status)")
  }

  @Test func muShowsTheHeadersDecoded() async throws {
    for sent in try Self.sent() {
      let folder = try TemporaryFolder()
      let file = try folder.write(sent.bytes, to: "letter.eml")
      let shown = try await ChildProcess.tool("mu", ["view", file.path(percentEncoded: false)])
      let lines = shown.split(separator: "\n").map(String.init)
      #expect(lines.contains("From: Kanzlei-IT Beispiel <support@kanzlei-it.example>"), "\(lines.prefix(5))")
      #expect(lines.contains { $0.hasPrefix("To: ") && $0.hasSuffix(" <kontakt@ahorn.example>") })
      #expect(lines.contains("Subject: \(sent.letter.subject)"))
      // And the text part below them.
      #expect(shown.contains(sent.letter.code.description))
    }
  }

  private static func tidy(_ pages: [(name: String, html: String)]) async throws -> String {
    let folder = try TemporaryFolder()
    for (name, html) in pages { try folder.write(html.utf8, to: name) }
    let outcome = try await ChildProcess.run(
      "tidy", ["-quiet", "-errors", "-utf8"] + pages.map(\.name), folder: folder.url)
    return outcome.output + outcome.errors
  }

  @Test func tidyFindsNothing() async throws {
    var pages = try Self.sent().enumerated().map { ("\($0.offset)-\($0.element.name).html", $0.element.letter.html) }
    let scripts = try CallScripts(campaign: Fixtures.campaign(), templates: .bundled(), date: Fixtures.date)
    let causes = CallCause.Kind.allCases.map { CallCause($0, letter: "reminder", detail: "weil & warum") }
    let articles = try BundledLetterTests.customers(40).suffix(6).map { try scripts.html(for: $0, causes: causes) }
    pages.append(
      ("scripts.html", CallScripts.htmlBegin(campaign: "2026-11") + articles.joined() + CallScripts.htmlEnd))
    let found = try await Self.tidy(pages)
    #expect(found == "", "\(found)")
  }

  @Test func tidyFindsFaults() async throws {
    let html = try #require(try Self.sent().first).letter.html
    let broken = html.replacing("<ul>", with: "<ul><p>", maxReplacements: 1).replacing(/<title>.*<\/title>/, with: "")
    let found = try await Self.tidy([("broken.html", broken)])
    #expect(found.contains("missing 'title' element"), "\(found)")
  }

  /// One look for all letters: what makes them readable in the dark, on a telephone and on paper is the same in each.
  @Test func allLettersHaveTheSameStyle() throws {
    let styles = try Self.sent().map { sent in
      try #require(sent.letter.html.firstMatch(of: /(?s)<style>(.*)<\/style>/)).1
    }
    let style = try #require(styles.first)
    #expect(Set(styles).count == 1)
    for part in ["prefers-color-scheme: dark", "@media print", "max-width: 480px", "color-scheme: light dark"] {
      #expect(style.contains(part))
    }
  }
}
