import Foundation
import TestSupport
import Testing

/// The comparison sees every kind of difference: shown with letters written here, by this test's own hand.
@Suite struct LetterComparisonTests {
  private let customers = GeneratedCustomer.customers(40, seed: 7, everyoneGetsALetter: false)
  private let subjects = ["de": "Bitte Passwörter ändern", "en": "Please change – today"]

  private func eml(_ customer: GeneratedCustomer, change: (String) -> String = { $0 }) -> String {
    let mailboxes = customer.mailboxes.filter(\.isInLetter).map(\.address)
    let subject = Data((subjects[customer.language] ?? "").utf8).base64EncodedString()
    return change(
      """
      Delivered-To: \(customer.contact)
      From: Support <support@kanzlei-it.example>
      To: \(customer.contact)
      Subject: =?utf-8?B?\(subject)?=
      Date: Mon, 23 Nov 2026 10:00:00 +0100
      Message-ID: <\(customer.id)@kanzlei-it.example>
      MIME-Version: 1.0
      Content-Type: multipart/alternative; boundary=b

      --b
      Content-Type: text/plain; charset=utf-8
      Content-Transfer-Encoding: 8bit

      Guten Tag \(customer.lastName), Ihre Postfächer: \(mailboxes.joined(separator: ", ")).
      Ihr Support, support@kanzlei-it.example
      --b
      Content-Type: text/html; charset=utf-8
      Content-Transfer-Encoding: 8bit

      <html><head><title>x@y.example</title></head><body><p>Guten Tag <b>\(customer.lastName)</b></p>
      <ul>\(mailboxes.map { "<li>\($0)</li>" }.joined())</ul></body></html>
      --b--

      """)
  }

  private func differences(_ letters: [String]) async throws -> [String] {
    try await TemporaryFolder.with { folder in
      for (number, letter) in letters.enumerated() {
        try Data(letter.utf8).write(to: folder.appendingPathComponent("\(1_000 + number).eml"))
      }
      return LetterComparison(customers: customers, letters: try await ReadLetter.all(in: folder))
        .differences(subjects: subjects)
    }
  }

  private var addressed: [GeneratedCustomer] { customers.filter { $0.outcome == .letter } }

  @Test func everyOutcomeOccurs() {
    #expect(Set(customers.map(\.outcome)) == [.letter, .phone, .none])
    #expect(customers == GeneratedCustomer.customers(40, seed: 7, everyoneGetsALetter: false))
    #expect(GeneratedCustomer.customers(500, seed: 1).allSatisfy { $0.outcome == .letter })
  }

  @Test func rightLettersHaveNoDifference() async throws {
    #expect(try await differences(addressed.map { eml($0) }) == [])
  }

  @Test(arguments: [
    ("Guten Tag", "Hallo Ä", nil), ("kontakt@", "kontakt2@", "who should have no letter"),
    ("Delivered-To: ", "Delivered-To: x", "envelope to"), ("\nDate: ", "\nDatum: ", "no date"),
    ("=?utf-8?B?", "=?iso-8859-1?B?", "subject is"), ("\nTo: ", "\nCc: a@b.example\nTo: ", "copies to"),
    ("charset=utf-8", "charset=cp1252", "umlauts are broken"), ("<b>", "<b hidden>x@z.example", "does not belong here"),
    ("Message-ID: <", "Message-ID: <kanzlei", nil), ("text/html", "text/plain", "parts are"),
    ("--b--", "", "CloseBoundaryNotFoundDefect"),
  ])
  func aChangeIsSeen(old: String, new: String, expected: String?) async throws {
    let first = eml(addressed[0]) { $0.replacing(old, with: new) }
    let found = try await differences([first] + addressed.dropFirst().map { eml($0) })
    if let expected {
      #expect(found.contains { $0.contains(expected) }, "\(found)")
    } else {
      #expect(found == [])
    }
  }

  @Test func missingRepeatedAndExchangedLettersAreSeen() async throws {
    let letters = addressed.map { eml($0) }
    #expect(try await differences(Array(letters.dropFirst())) == ["customer \(addressed[0].id): no letter"])
    #expect(try await differences(letters + [letters[1]]) == ["customer \(addressed[1].id): 2 letters"])
    let wrong = eml(addressed[0]).replacing(addressed[0].contact, with: addressed[1].contact)
    let found = try await differences([wrong, letters[0]] + letters.dropFirst(2))
    #expect(found.contains { $0.contains("does not belong here") })
    #expect(found.contains { $0.contains("is missing") })
    #expect(found.contains { $0.contains("stands in letters to different customers") })
  }
}
