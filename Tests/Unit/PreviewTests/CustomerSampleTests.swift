import Campaigns
import Preview
import Testing

/// Which customers are worth looking at.
@Suite struct CustomerSampleTests {
  private func reasons(_ customers: [Customer]) -> [String: [String]] {
    var sample = CustomerSample()
    for customer in customers { sample.add(customer, Outcome(kind: .letter, letters: ["password-change"])) }
    return Dictionary(uniqueKeysWithValues: sample.choices.map { ($0.customer.id, $0.reasons) })
  }

  @Test(
    arguments: [
      (
        "company", Fixtures.customer(id: "x", company: "Sozietät am sehr langen Ahornplatz GbR"), "longest company (38)"
      ),
      ("title", Fixtures.customer(id: "x", title: "Prof. Dr."), "longest title (9)"),
      ("word", Fixtures.customer(id: "x", lastName: "Donaudampfschifffahrt"), "longest word (21)"),
      ("hebrew", Fixtures.customer(id: "x", lastName: "כהן"), "right-to-left letters (3)"),
      ("arabic", Fixtures.customer(id: "x", lastName: "محمد"), "right-to-left letters (4)"),
      ("emoji", Fixtures.customer(id: "x", company: "Kanzlei 🦊"), "emoji (1)"),
      ("script", Fixtures.customer(id: "x", lastName: "北京"), "letters of another script (2)"),
      ("marks", Fixtures.customer(id: "x", lastName: "Ng\u{323}\u{302}"), "combining marks (2)"),
      ("signs", Fixtures.customer(id: "x", company: "\"A\" & <B>"), "quotes and other signs (5)"),
      ("local", Fixtures.customer(id: "x", contact: "jörg@a.example"), "international contact address"),
      ("domain", Fixtures.customer(id: "x", contact: "a@straße.example"), "international domain"),
      ("nameless", Fixtures.customer(id: "x", company: ""), "no name and no company"),
      (
        "segments", Fixtures.customer(id: "x", mailboxes: [("a@b.example", "imap"), ("c@b.example", "pop3")]),
        "most different segments (2)"
      ),
    ] as [(String, Customer, String)])
  func aHardCustomerIsFound(what: String, customer: Customer, reason: String) {
    let plain = (1...30).map { Fixtures.customer(id: "\($0)", firstName: "Anna", lastName: "Muster") }
    #expect(reasons(plain)["x"] == nil)
    for place in [0, 15, 30] {
      var customers = plain
      customers.insert(customer, at: place)
      #expect(reasons(customers)["x"]?.contains(reason) == true, "\(what): \(reasons(customers))")
    }
  }

  @Test func ofEqualOnesTheFirstIsTaken() {
    let customers = (1...9).map { Fixtures.customer(id: "\($0)", title: "Dr.") }
    #expect(reasons(customers).keys.sorted() == ["1"])
  }

  @Test func whoGetsNoLetterIsNotChosen() {
    var sample = CustomerSample()
    sample.add(Fixtures.customer(), Outcome(kind: .phone, reasons: [.segment("x")]))
    #expect(sample.choices.isEmpty)
  }
}
