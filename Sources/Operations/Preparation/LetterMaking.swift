import Campaigns
import Dispatch
import Foundation
import Letters
import Mail
import Synchronization

/// Makes and inspects the letters of many customers on all cores. What comes of them is in the order of the customers.
struct LetterMaking: Sendable {
  /// What came of one letter.
  struct Made: Sendable {
    let name: String
    let customer: Customer
    let result: Result<(letter: Letter, size: Int, findings: [LetterLint.Finding]), any Error>
  }

  private let renderer: LetterRenderer
  private let lint: LetterLint
  private let composer: LetterComposer
  private let date: Date

  init(_ loaded: LoadedCampaign, date: LocalDateTime) throws {
    renderer = try loaded.renderer(date: date)
    lint = LetterLint(campaign: loaded.campaign, date: date)
    composer = LetterBytesProof.composer(loaded, signer: nil)
    self.date = date.date
  }

  /// How many customers are worth making letters for at a time.
  static let batch = 256
  /// How many customers one core takes before it asks for more.
  private static let share = 16

  func make(_ letters: [(customer: Customer, outcome: Outcome)]) -> [Made] {
    let shares = (letters.count + Self.share - 1) / Self.share
    let made = Mutex<[[Made]]>(Array(repeating: [], count: shares))
    DispatchQueue.concurrentPerform(iterations: shares) { number in
      let share = letters[number * Self.share..<min((number + 1) * Self.share, letters.count)]
      let results = share.flatMap { customer, outcome in outcome.letters.map { make($0, for: customer) } }
      made.withLock { $0[number] = results }
    }
    return made.withLock { $0.flatMap { $0 } }
  }

  /// The size is that of the message before it is signed, in quoted-printable.
  private func make(_ name: String, for customer: Customer) -> Made {
    Made(
      name: name, customer: customer,
      result: Result {
        let letter = try renderer.letter(name, for: customer)
        let size = try composer.bytes(for: letter, to: customer, date: date, encoding: .quotedPrintable).count
        return (letter, size, lint.findings(in: letter, for: customer))
      })
  }
}
