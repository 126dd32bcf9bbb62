public import Campaigns
public import Foundation
public import Letters
import Mail

/// Makes the messages of a preview as a launch would, with the renderer and the composer it is given.
///
/// Fails as those do: with `LetterError`, `MessageError`, `SMIMEError` or `DKIMKeyError`.
public struct PreviewMaker: Sendable {
  public let renderer: LetterRenderer
  public let composer: LetterComposer
  /// The date of the messages, and the signing time.
  public let date: Date

  public init(renderer: LetterRenderer, composer: LetterComposer, date: Date) {
    self.renderer = renderer
    self.composer = composer
    self.date = date
  }

  /// The whole message, in quoted-printable.
  public func bytes(_ letter: Letter, _ customer: Customer) throws -> [UInt8] {
    try composer.bytes(for: letter, to: customer, date: date, encoding: .quotedPrintable)
  }

  /// - Parameters:
  ///   - name: The letter's name.
  ///   - reasons: Why the customer is in the sample.
  public func previewed(_ name: String, for customer: Customer, reasons: [String] = []) throws -> PreviewedLetter {
    let letter = try renderer.letter(name, for: customer)
    return PreviewedLetter(
      customer: customer.id, letter: letter, bytes: try bytes(letter, customer), reasons: reasons)
  }
}

/// One letter to look at.
public struct PreviewedLetter: Sendable {
  /// The customer's id.
  public let customer: String
  public let letter: Letter
  /// The whole message, signed where letters are.
  public let bytes: [UInt8]
  /// The reasons why the customer is in the sample; empty for a customer who was asked for.
  public let reasons: [String]

  /// A file name without extension: the customer's id and, where a campaign has several letters, the letter's name.
  public func fileName(severalLetters: Bool) -> String {
    PreviewFolder.fileName(customer) + (severalLetters ? ".\(letter.template)" : "")
  }
}
