public import Campaigns
public import Foundation
public import Mail

/// Puts a letter into its envelope's message: who writes, to whom, and the message's identity.
///
/// Message-ID and MIME boundary are keyed hashes of campaign and customer: the same for every attempt, different for
/// every message, and nobody without the campaign's key can compute them from a customer's id.
public struct LetterComposer: Sendable {
  private let campaign: String
  private let sender: Sender
  private let hash: KeyedHash

  /// - Parameter key: The campaign's own secret key of 32 bytes.
  public init(campaign: Campaign, key: [UInt8]) {
    self.campaign = campaign.name
    sender = campaign.sender
    hash = KeyedHash(key: key)
  }

  /// `<128 bits in hex@From domain>` (RFC 5322 §3.6.4).
  public func messageID(forCustomer id: String) throws(AddressError) -> MessageID {
    try MessageID(left: token("message-id", id), domain: sender.from.address.domain)
  }

  /// - Parameter date: What the message's Date field says; it does not change what the letter says.
  /// - Throws: ``LetterError`` when the customer has no contact address.
  public func message(for letter: Letter, to customer: Customer, date: Date) throws -> MailMessage {
    guard let contact = customer.contact else { throw LetterError(customer: customer.id, problem: .noContact) }
    return MailMessage(
      from: sender.from, replyTo: sender.replyTo,
      to: NamedAddress(displayName: Self.displayName(of: customer), address: contact), subject: letter.subject,
      date: date, messageID: try messageID(forCustomer: customer.id), language: letter.language, text: letter.text,
      html: letter.html, boundary: "=_" + token("boundary", customer.id))
  }

  /// First and last name, else the company, else none.
  static func displayName(of customer: Customer) -> String? {
    let person = [customer.firstName.asSingleLine, customer.lastName.asSingleLine].filter { !$0.isEmpty }
    let name = person.isEmpty ? customer.company.asSingleLine : person.joined(separator: " ")
    return name.isEmpty ? nil : name
  }

  /// 32 hexadecimal digits. The parts are told apart by NUL, which no name of a folder or field holds.
  private func token(_ purpose: String, _ customer: String) -> String {
    String(hash.digest(of: "\(purpose)\0\(campaign)\0\(customer)").hex.prefix(32))
  }
}
