public import Campaigns
public import Foundation
public import Letters
public import Mail
public import Queue

/// Makes messages from the customers the plan froze.
///
/// Owns nothing; may be used from several tasks at once. Throws ``LetterError`` or ``MessageError`` for a letter that
/// cannot be made, which `check` finds over all customers before anything is sent.
public struct LetterMessageSource: MessageSource {
  public let envelopeSender: EmailAddress
  public let needsSMTPUTF8: Bool
  private let renderer: LetterRenderer
  private let composer: LetterComposer

  public init(sender: Sender, renderer: LetterRenderer, composer: LetterComposer) {
    envelopeSender = sender.from.address
    needsSMTPUTF8 = sender.needsSMTPUTF8
    self.renderer = renderer
    self.composer = composer
  }

  public var allowsEightBit: Bool { composer.allowsEightBit }

  public func bytes(for message: DueMessage, date: Date, encoding: TransferEncoding) throws -> [UInt8] {
    let customer = try JSONDecoder().decode(Customer.self, from: message.payload)
    return try composer.bytes(
      for: renderer.letter(message.letter, for: customer), to: customer, date: date, encoding: encoding)
  }
}
