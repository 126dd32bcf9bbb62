import Campaigns
import Foundation
import Letters
import Mail

/// Makes the messages of a preview.
struct PreviewMaker {
  let renderer: LetterRenderer
  let composer: LetterComposer
  let date: Date

  func bytes(_ letter: Letter, _ customer: Customer) throws -> [UInt8] {
    try composer.bytes(for: letter, to: customer, date: date, encoding: .quotedPrintable)
  }

  func previewed(_ name: String, for customer: Customer, reasons: [String] = []) throws -> PreviewedLetter {
    let letter = try renderer.letter(name, for: customer)
    return PreviewedLetter(
      customer: customer.id, letter: letter, bytes: try bytes(letter, customer), reasons: reasons)
  }
}

/// One letter to look at.
struct PreviewedLetter {
  let customer: String
  let letter: Letter
  /// The whole message, signed where letters are.
  let bytes: [UInt8]
  /// Why the customer is in the sample; empty for one who was asked for.
  let reasons: [String]

  /// For files: the customer's id and, where a campaign has several letters, the letter's name.
  func fileName(severalLetters: Bool) -> String {
    PreviewFolder.fileName(customer) + (severalLetters ? ".\(letter.template)" : "")
  }
}
