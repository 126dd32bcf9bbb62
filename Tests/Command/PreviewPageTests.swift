import Foundation
import TestSupport
import Testing

/// `preview --open` and `--sample`: what stands on the page, where it goes, and what it must never do.
@Suite struct PreviewPageTests {
  private struct Page: Decodable {
    struct Frame: Decodable {
      let sandbox: String?
      let hasSandbox: Bool
      let srcdoc: String
    }
    let policy: String
    let frames: [Frame]
    let texts: [String]
    let raw: [String]
    let tags: [String: Int]
    let targets: [String]
    let handlers: [String]

    static func read(_ file: URL) async throws -> Page {
      let judge = try #require(
        Bundle.module.url(forResource: "read_page", withExtension: "py", subdirectory: "Judges"))
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(
        Page.self, from: Data(try await ChildProcess.tool("python3", [judge.path, file.path]).utf8))
    }

    /// Nothing on it loads, runs or leads anywhere.
    func expectInert() {
      #expect(policy == "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'")
      #expect(frames.allSatisfy { $0.hasSandbox && ($0.sandbox ?? "").isEmpty })
      #expect(targets.allSatisfy { $0.hasPrefix("#letter-") }, "\(targets)")
      #expect(handlers.isEmpty)
      for tag in ["script", "img", "link", "form", "object", "embed", "base"] { #expect(tags[tag] == nil, "\(tag)") }
    }
  }

  static func customer(
    _ id: String, company: String = "Kanzlei", title: String = "", first: String = "Anna", last: String = "Muster",
    language: String = "de", contact: String? = nil, mailboxes: [GeneratedCustomer.Mailbox]? = nil
  ) -> GeneratedCustomer {
    let plain = id.filter { $0.isASCII && $0.isLetter || $0.isNumber }
    return GeneratedCustomer(
      id: id, company: company, salutation: "", title: title, firstName: first, lastName: last, language: language,
      contact: contact ?? "post@kanzlei-\(plain).example", phone: "09999 555-1",
      mailboxes: mailboxes ?? [.init(address: "info@kanzlei.example", access: "imap")])
  }

  private static let relay = ["name: main", "url: \"smtp://127.0.0.1:1\""]
  private static let hostile = "</iframe><script>alert(1)</script>\"'&amp;<!-- </pre>"

  @Test func thePageHoldsTheLetterExactly() async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try TestCampaign(
        in: queue, customers: [Self.customer("77/ä", company: Self.hostile, first: "", last: Self.hostile)],
        encoding: .utf8, relay: Self.relay)
      // Markup in a name is left out; in a fact of the notice it is text.
      let campaignFile = campaign.folder.appendingPathComponent("campaign.yaml")
      let quoted = "'" + Self.hostile.replacing("'", with: "''") + "'"
      let settings = try String(contentsOf: campaignFile, encoding: .utf8)
      let what = "Unbefugter Zugriff auf Kundendaten beim Hosting-Lieferanten"
      try #require(settings.contains("what: \(what)"))
      try Data(settings.replacing("what: \(what)", with: "what: \(quoted)").utf8).write(to: campaignFile)
      let shown = try await EilbriefProcess.run("preview", "sommer", "--customer", "77/ä", "--open", queue: queue)
      #expect(shown.status == 0, "\(shown.errors)")
      let folder = campaign.folder.appendingPathComponent("preview")
      let file = folder.appendingPathComponent("customer-77%2F%C3%A4.html")
      #expect(
        shown.output
          == "Wrote \(file.path)\nThere is no display here. To look at it, open \(file.absoluteString) in a browser.\n")
      for (path, mode) in [(folder.path, 0o700), (file.path, 0o600)] {
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == mode)
      }
      let page = try await Page.read(file)
      page.expectInert()
      let html = try await EilbriefProcess.run(
        "preview", "sommer", "--customer", "77/ä", "--format", "html", queue: queue)
      let text = try await EilbriefProcess.run("preview", "sommer", "--customer", "77/ä", queue: queue)
      #expect(page.frames.map { $0.srcdoc + "\n" } == [html.output])
      #expect(html.output.contains("&lt;/iframe&gt;&lt;script&gt;"))
      #expect(page.texts.count == 1 && text.output.contains(page.texts[0].dropFirst()))
      #expect(page.raw[0].contains("\nMIME-Version: 1.0\n") && page.raw[0].contains("\nTo: "))
    }
  }

  @Test func theBrowserIsOpenedWhereThereIsADisplay() async throws {
    try await TemporaryFolder.with { queue in
      _ = try TestCampaign(in: queue, customers: [Self.customer("1")], relay: Self.relay)
      let browser = queue.appendingPathComponent("browser")
      let seen = queue.appendingPathComponent("seen")
      try Data("#!/bin/sh\necho \"$@\" >\"\(seen.path).new\" && mv \"\(seen.path).new\" \"\(seen.path)\"\n".utf8).write(
        to: browser)
      chmod(browser.path, 0o700)
      let opened = try await EilbriefProcess.run(
        "preview", "sommer", "--customer", "1", "--open", queue: queue,
        environment: ["DISPLAY": ":7", "BROWSER": "/nowhere/firefox:\(browser.path) --new %s"])
      #expect(opened.output.hasSuffix("customer-1.html with browser.\n"), "\(opened.output)")
      try await eventually("the browser has been called") { FileManager.default.fileExists(atPath: seen.path) }
      let page = queue.appendingPathComponent("sommer/preview/customer-1.html")
      #expect(try String(contentsOf: seen, encoding: .utf8) == "--new \(page.absoluteString)\n")
    }
  }

  @Test func theSampleFindsWhatIsHard() async throws {
    var customers = (1...60).map { Self.customer("k\($0)") }
    customers[20] = Self.customer("rtl", last: "דוד כהן")
    customers[30] = Self.customer("many", mailboxes: (1...9).map { .init(address: "m\($0)@x.example", access: "imap") })
    customers[40] = Self.customer("english", language: "en")
    customers[45] = Self.customer("pop", mailboxes: [.init(address: "a@x.example", access: "pop3")])
    customers[50] = Self.customer("nobody", company: "", first: "", last: "")
    customers[55] = Self.customer("wide", contact: "jörg@x.example")
    customers[58] = Self.customer("none", mailboxes: [.init(address: "b@x.example", access: "e2e")])
    try await TemporaryFolder.with { queue in
      let campaign = try TestCampaign(in: queue, customers: customers, encoding: .utf8, relay: Self.relay)
      let list = try await EilbriefProcess.run("preview", "sommer", "--sample", queue: queue)
      #expect(list.status == 0, "\(list.errors)")
      for line in [
        "  k1: letter password-change in de, segment imap", "  rtl: longest name (12), right-to-left letters (6)",
        "  many: most mailboxes (9)\n    eilbrief preview sommer --customer many\n",
        "  english: letter password-change in en",
        "  pop: segment pop3", "  nobody: no name and no company", "  wide: international contact address",
      ] { #expect(list.output.contains(line), "\(line)\n\(list.output)") }
      #expect(!list.output.contains("  none:"))
      #expect(list.output == (try await EilbriefProcess.run("preview", "sommer", "--sample", queue: queue)).output)

      let letters = queue.appendingPathComponent("letters")
      let shown = try await EilbriefProcess.run(
        "preview", "sommer", "--sample", "--open", "--all", letters.path, queue: queue)
      #expect(shown.status == 0, "\(shown.errors)")
      let page = try await Page.read(campaign.folder.appendingPathComponent("preview/sample.html"))
      page.expectInert()
      let count = list.output.split(separator: "\n").count { $0.hasPrefix("    eilbrief preview ") }
      #expect(list.output.hasPrefix("\(count) customers to look at"))
      #expect(page.frames.count == count && page.targets.count == count)
      #expect(try await ReadLetter.all(in: letters).count == count)
    }
  }

  @Test(arguments: [
    (["--open"], "Say which letters: --customer ID, --sample or --all DIR."),
    (["--customer", "1", "--sample"], "Say either --customer ID or --sample."),
    (
      ["--all", "x", "--open"], "--open and --png show one customer (--customer ID) or the hardest (--sample), not all."
    ),
    (
      ["--customer", "1", "--open", "--format", "html"],
      "--open and --png show a letter in every form; leave --format out."
    ),
    (["--sample", "--format", "html"], "--format is for one letter (--customer ID)."),
    (["--sample", "--letter", "x"], "--letter goes with --customer ID."),
  ])
  func whatDoesNotGoTogetherIsRefused(words: [String], reason: String) async throws {
    let outcome = try await ChildProcess.run(try EilbriefProcess.executable().path, ["preview", "sommer"] + words)
    #expect(outcome.status == 64 && outcome.errors.hasPrefix("Error: \(reason)\n"), "\(outcome.errors)")
  }
}
