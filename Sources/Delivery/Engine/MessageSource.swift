public import Campaigns
public import Foundation
public import Letters
public import Mail
public import Queue

/// Makes the bytes of a message from what the queue holds: letter and MIME message.
///
/// Pure: the same message, date and encoding give the same bytes, so that a receipt's SHA-256 can be proved later.
public protocol MessageSource: Sendable {
  /// Sender and recipient, the same on every attempt: greylisting keys on them.
  func envelope(of message: DueMessage) -> Envelope
  /// True when every message needs SMTPUTF8 (RFC 6531), whatever its recipient: the sender writes under an
  /// international address, or wants replies at one.
  var needsSMTPUTF8: Bool { get }
  /// False when the bytes are 7-bit whatever the relay allows, and must be announced so.
  var allowsEightBit: Bool { get }
  /// - Parameter date: the letter's Date, the moment of the first attempt.
  /// - Throws: ``LetterError`` when this one letter cannot be made: it is left out, and the others go on. Any other
  ///   error concerns all letters.
  func bytes(for message: DueMessage, date: Date, encoding: TransferEncoding) throws -> [UInt8]
}

extension MessageSource {
  public var needsSMTPUTF8: Bool { false }
  public var allowsEightBit: Bool { true }
}

/// Makes messages from the customers the plan froze.
///
/// Owns nothing; may be used from several tasks at once. `check` and `launch` make every letter before anything is sent.
public struct LetterMessageSource: MessageSource {
  public let needsSMTPUTF8: Bool
  private let envelopes: LetterEnvelopes
  private let renderer: LetterRenderer
  private let composer: LetterComposer

  /// The letters of a plan as they are sent, and as they are reproduced for a proof: the one way from plan to bytes.
  ///
  /// - Parameters:
  ///   - frozenAt: The moment at which the plan was frozen: the date that letters bear.
  ///   - key: The plan's hash key, from which Message-IDs, boundaries and codes are made.
  public init(
    campaign: Campaign, templates: TemplateSet, frozenAt: Date, key: [UInt8], signer: LetterSigner?
  ) throws(TemplateError) {
    renderer = try LetterRenderer(
      campaign: campaign, templates: templates, date: campaign.localTime(frozenAt),
      codes: VerificationCodes(key: key, campaign: campaign.name))
    composer = LetterComposer(campaign: campaign, key: key, signer: signer)
    envelopes = LetterEnvelopes(campaign: campaign, key: key)
    needsSMTPUTF8 = campaign.sender.needsSMTPUTF8
  }

  public func envelope(of message: DueMessage) -> Envelope {
    envelopes.envelope(of: message.messageID, to: message.recipient)
  }

  public var allowsEightBit: Bool { composer.allowsEightBit }

  public func bytes(for message: DueMessage, date: Date, encoding: TransferEncoding) throws -> [UInt8] {
    guard let customer = try? JSONDecoder().decode(Customer.self, from: message.payload) else {
      throw LetterError(customer: message.customer, problem: .unreadableCustomer)
    }
    return try composer.bytes(
      for: renderer.letter(message.letter, for: customer), to: customer, date: date, encoding: encoding)
  }
}
