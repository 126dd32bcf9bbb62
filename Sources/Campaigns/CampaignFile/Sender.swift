public import Foundation
public import Mail

/// Who writes: the sender of every letter, the person to ask, and the page on which the letter can be checked.
public struct Sender: Sendable, Hashable {
  public struct Contact: Sendable, Hashable {
    public var name: String
    public var phone: String
    public var email: EmailAddress
    public init(name: String, phone: String, email: EmailAddress) {
      self.name = name
      self.phone = phone
      self.email = email
    }
  }
  public var from: NamedAddress
  public var replyTo: NamedAddress?
  public var contact: Contact
  /// The sender's page about the incident, https, on the sender's own domain.
  public var noticeURL: URL

  /// True when every letter needs SMTPUTF8 (RFC 6531): it names an international address of the sender's.
  public var needsSMTPUTF8: Bool { !from.address.isASCII || replyTo?.address.isASCII == false }

  public init(from: NamedAddress, replyTo: NamedAddress? = nil, contact: Contact, noticeURL: URL) {
    self.from = from
    self.replyTo = replyTo
    self.contact = contact
    self.noticeURL = noticeURL
  }
}
