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
  /// In which letters show times; nil: in the offset they were written with, and all others in that of the deadline.
  public var timeZone: TimeZone?

  /// True when every letter needs SMTPUTF8 (RFC 6531): it names an international address of the sender's.
  public var needsSMTPUTF8: Bool { !from.address.isASCII || replyTo?.address.isASCII == false }

  public init(
    from: NamedAddress, replyTo: NamedAddress? = nil, contact: Contact, noticeURL: URL, timeZone: TimeZone? = nil
  ) {
    self.from = from
    self.replyTo = replyTo
    self.contact = contact
    self.noticeURL = noticeURL
    self.timeZone = timeZone
  }

  /// `moment` as letters show it: in the sender's time zone, where one is named.
  func shown(_ moment: LocalDateTime) -> LocalDateTime {
    guard let timeZone else { return moment }
    return LocalDateTime(date: moment.date, offset: timeZone.secondsFromGMT(for: moment.date))
  }
}
