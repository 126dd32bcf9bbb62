import Campaigns
import Mail
import TestSupport
import Testing

@testable import Letters

/// Letters of random customers whose own texts are made of the words of letters, masked by ``CustomerTextMask`` and by its
/// oracle.
enum MaskComparison {
  static func expectAgreement(customers count: Int, seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let campaign = Fixtures.campaign()
    let renderer = try Fixtures.renderer(campaign)
    let inspection = LetterInspection(campaign: campaign, date: Fixtures.date)
    var masked = 0
    for var customer in Fixtures.customers(count) {
      let plain = try renderer.letter(for: customer)
      func words() -> String { Self.words(of: plain.text, &random) }
      customer.company = words()
      if Bool.random(using: &random) { customer.lastName = words() }
      if Bool.random(using: &random) { customer.firstName = words() }
      let letter = try renderer.letter(for: customer)
      let mailboxes = Planner.mailboxes(of: customer, listedIn: letter.template, in: campaign)
      let facts = inspection.facts(language: letter.language, accesses: mailboxes.map(\.access)).map(\.value)
      var own = LetterLint.ownTexts(of: customer, language: letter.language) + mailboxes.map(\.address.displayText)
      own += [words(), words(), facts.randomElement(using: &random) ?? "", ""]
      for part in [letter.subject, letter.text] { masked += expectAgreement(on: part, own: own, campaign: facts) }
      masked += expectAgreement(
        on: letter.html, own: own.map(LetterEscaping.html), campaign: facts.map(LetterEscaping.html))
    }
    #expect(masked > count)
  }

  /// Returns how many texts were found.
  @discardableResult
  static func expectAgreement(on part: String, own: [String], campaign: [String]) -> Int {
    let mask = CustomerTextMask(own: TextPatterns(own), campaign: .init(campaign))
    let oracle = PlainTextMask(own: own, campaign: campaign)
    let (taken, expected) = (mask.taken(from: part), oracle.taken(from: part))
    #expect(taken.bytes == Array(expected.text.utf8) && taken.found == expected.found, "\(own)")
    return taken.found.count
  }

  /// One to four words that follow each other in a letter, some cut off, as a firm could be called.
  private static func words(of text: String, _ random: inout SeededGenerator) -> String {
    let all = text.split { $0 == " " || $0 == "\n" }
    let first = Int.random(in: 0..<all.count - 4, using: &random)
    let some = all[first...first + Int.random(in: 0...3, using: &random)].joined(separator: " ")
    return String(some.dropLast(Int.random(in: 0...4, using: &random) / 3))
  }
}
