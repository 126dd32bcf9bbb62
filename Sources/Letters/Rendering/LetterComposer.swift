public import Campaigns
public import Foundation
public import Mail

/// Puts a letter into a message for its envelope: the sender, the recipient and the message's identity.
///
/// Message-ID and MIME boundary are keyed hashes of campaign, letter and customer: the same for every attempt,
/// different for every message, and nobody without the campaign's key can compute them from a customer's id.
public struct LetterComposer: Sendable {
  private let campaign: String
  private let sender: Sender
  private let hash: KeyedHash
  private let signer: LetterSigner?

  /// - Parameters:
  ///   - key: The campaign's own secret key of 32 bytes.
  ///   - signer: Signs the bytes of every letter; nil when the relay signs them, or nobody.
  public init(campaign: Campaign, key: [UInt8], signer: LetterSigner?) {
    self.campaign = campaign.name
    sender = campaign.sender
    hash = KeyedHash(key: key)
    self.signer = signer
  }

  /// False when every letter must be 7-bit on its whole way: a signed letter would lose its signature when a relay
  /// converts it for a next relay without 8BITMIME (RFC 6376 §5.3).
  public var allowsEightBit: Bool { signer == nil }

  /// `<128 bits in hex@From domain>` (RFC 5322 §3.6.4).
  public func messageID(of letter: String, forCustomer id: String) throws(LetterError) -> MessageID {
    do throws(AddressError) {
      return try MessageID(left: token("message-id", letter, id), domain: sender.from.address.domain)
    } catch {
      throw LetterError(customer: id, problem: .noMessageID(error))
    }
  }

  /// - Parameters:
  ///   - date: The value of the message's Date field; it does not change the text of the letter.
  ///   - test: The address that gets the letter instead of the customer, as a test: subject and header say so.
  public func message(
    for letter: Letter, to customer: Customer, date: Date, test: EmailAddress? = nil
  ) throws(LetterError) -> MailMessage {
    guard let contact = customer.contact else { throw LetterError(customer: customer.id, problem: .noContact) }
    let recipient = NamedAddress(displayName: Self.displayName(of: customer), address: contact)
    return MailMessage(
      from: sender.from, replyTo: sender.replyTo,
      to: test.map { NamedAddress(displayName: nil, address: $0) } ?? recipient,
      subject: test == nil ? letter.subject : "[TEST] \(letter.subject)",
      date: date, messageID: try messageID(of: letter.template, forCustomer: customer.id), language: letter.language,
      text: letter.text,
      html: letter.html, boundary: "=_" + token("boundary", letter.template, customer.id),
      isTest: test != nil)
  }

  /// The letter as it goes out: a message, signed at `date` and encrypted if there is a signer. Signed letters are
  /// 7-bit, whatever `encoding` says.
  ///
  /// - Throws: ``LetterError`` for what concerns this letter; `SMIMEError` and `DKIMKeyError` for what concerns the
  ///   sender's own keys, and so every letter.
  public func bytes(
    for letter: Letter, to customer: Customer, date: Date, encoding: TransferEncoding, test: EmailAddress? = nil
  ) throws -> [UInt8] {
    let message = try message(for: letter, to: customer, date: date, test: test)
    do {
      guard let signer else { return try message.bytes(encoding: encoding) }
      let boundary = "=_" + token("signed-boundary", letter.template, customer.id)
      return try signer.signed(message, boundary: boundary, key: hash, at: date)
    } catch let error as MessageError {
      let file = LetterPart(of: error.field).map { "\(letter.template)/\(letter.language).\($0.rawValue).mustache" }
      throw LetterError(customer: customer.id, problem: .notAMessage(error, file: file))
    } catch let error as SMIMEError {
      guard case .encryptionFailed(let files) = error.problem else { throw error }
      throw LetterError(customer: customer.id, problem: .notEncrypted(files: files))
    }
  }

  /// The first and last name, else the company, else nothing.
  static func displayName(of customer: Customer) -> String? {
    let person = [customer.firstName.asSingleLine, customer.lastName.asSingleLine].filter { !$0.isEmpty }
    let name = person.isEmpty ? customer.company.asSingleLine : person.joined(separator: " ")
    return name.isEmpty ? nil : name
  }

  /// 32 hexadecimal digits. The parts are separated by NUL, which no name of a folder or field holds.
  private func token(_ purpose: String, _ letter: String, _ customer: String) -> String {
    String(hash.digest(of: "\(purpose)\0\(campaign)\0\(letter)\0\(customer)").hex.prefix(32))
  }
}

extension LetterPart {
  /// The part that a template makes; nil for what the campaign file and the customer give.
  fileprivate init?(of field: MessageError.Field) {
    switch field {
    case .subject: self = .subject
    case .text: self = .text
    case .html: self = .html
    case .fromName, .replyToName, .toName, .language, .boundary: return nil
    }
  }
}
