import Campaigns
import Testing

@testable import Letters

/// What holds for every bundled letter, in each language and for many customers; and what the notice says to whom.
@Suite struct BundledLetterTests {
  static let names = ["breach-notice", "password-change", "reminder"]

  /// A campaign whose customers get this letter: a notice goes to all of them, beside the instructions.
  static func campaign(with letter: String) -> Campaign {
    guard letter == "breach-notice" else { return Fixtures.campaign(letter: letter) }
    var campaign = Fixtures.campaign()
    campaign.letters = [SegmentLetter(letter: letter, segments: nil)]
    return campaign
  }

  /// Customers of many shapes, some of them with mailboxes that ask for no letter only, and one with a dozen of all kinds.
  static func customers(_ count: Int) -> [Customer] {
    var customers = Fixtures.customers(count)
    for (index, accesses) in [["e2e"], ["call"], ["e2e", "call"]].enumerated() {
      customers.append(
        Fixtures.customer(
          id: "N\(index)", language: index == 1 ? "en" : "de",
          mailboxes: accesses.map { ("\($0)@ahorn.example", $0) }))
    }
    let dozen = (0..<12).map { number in
      (
        "ein-sehr-langer-name-eines-postfachs-\(number)@kanzlei-mit-langem-namen.example",
        ["imap", "pop3", "e2e", "call"][number % 4]
      )
    }
    for language in ["de", "en"] {
      var customer = Fixtures.customer(id: "D-\(language)", language: language, mailboxes: dozen)
      for index in customer.mailboxes.indices {
        customer.mailboxes[index].programs = [MailProgram.allCases[index % MailProgram.allCases.count]]
      }
      customers.append(customer)
    }
    return customers
  }

  /// With ``BundledLetterLongTests`` for more customers.
  @Test(arguments: names) func haveNoFindings(_ name: String) throws {
    try Self.expectNoFindings(in: name, customers: 40)
  }

  static func expectNoFindings(in name: String, customers count: Int) throws {
    let campaign = campaign(with: name)
    let renderer = try Fixtures.renderer(campaign)
    let lint = LetterLint(campaign: campaign, date: Fixtures.date)
    var made = 0
    for customer in customers(count) where Planner.letters(for: customer, in: campaign).contains(name) {
      let letter = try renderer.letter(name, for: customer)
      #expect(try letter == renderer.plainLetter(name, for: customer))
      #expect(lint.findings(in: letter, for: customer) == [])
      #expect(!letter.text.contains("!") && !letter.subject.contains("!"))
      #expect(letter.text.contains(letter.code.description) && letter.html.contains(letter.code.description))
      made += 1
    }
    #expect(made >= count + 2)
  }

  /// Lines of 72 characters, but for words that are longer by themselves.
  @Test(arguments: names) func textFitsItsLines(_ name: String) throws {
    let campaign = Self.campaign(with: name)
    let renderer = try Fixtures.renderer(campaign)
    for customer in Self.customers(150) where Planner.letters(for: customer, in: campaign).contains(name) {
      for line in try renderer.letter(name, for: customer).text.split(separator: "\n") where line.count > 72 {
        let words = line.split(separator: " ")
        let longest = words.map(\.count).max() ?? 0
        // Behind a label or a list's mark stands one word that cannot be broken.
        #expect(words.count <= 2 && longest > 40, "\(name): \(line)")
      }
    }
  }

  /// No customer is told two things that exclude each other, and each is told what the campaign does for them.
  @Test(
    arguments: ["de", "en"],
    [["imap"], ["e2e"], ["call"], ["imap", "call"], ["pop3", "e2e"], ["call", "e2e"], ["imap", "call", "e2e"]])
  func theNoticeSaysWhatIsTrueForItsReader(language: String, accesses: [String]) throws {
    let campaign = Self.campaign(with: "breach-notice")
    let customer = Fixtures.customer(
      language: language, mailboxes: accesses.enumerated().map { ("box\($0.offset)@ahorn.example", $0.element) })
    let text = ByteSearch(flattening: try Fixtures.renderer(campaign).letter("breach-notice", for: customer).text)
    let isGerman = language == "de"
    let instructed = accesses.contains("imap") || accesses.contains("pop3")
    let called = accesses.contains("call")
    for (sentence, holds) in [
      (
        isGerman ? "bekommen in einer eigenen E-Mail eine Anleitung" : "get instructions in a separate e-mail",
        instructed
      ),
      (
        isGerman ? "Postfächer, für die Sie eine Anleitung bekommen" : "Mailboxes for which you get instructions",
        instructed
      ),
      (isGerman ? "Wir rufen Sie an." : "We will call you.", called),
      (isGerman ? "Postfächer, wegen derer wir Sie anrufen" : "Mailboxes about which we will call you", called),
      (isGerman ? "müssen Sie nichts ändern" : "need not change anything", !instructed && !called),
      (
        isGerman ? "Postfächer, für die kein Schritt nötig ist" : "Mailboxes that need no step",
        accesses.contains("e2e")
      ),
      // What to do is said by the instructions alone.
      (isGerman ? "Ändern Sie" : "Change the password", false),
    ] {
      #expect(text.contains(sentence) == holds, "\(sentence)")
    }
    for (index, access) in accesses.enumerated() {
      let reason = ["e2e": ": Ende-zu-Ende-verschlüsselt", "call": ": zentraler Posteingang"][access] ?? ""
      #expect(text.contains("- box\(index)@ahorn.example\(reason)"))
    }
  }
}
