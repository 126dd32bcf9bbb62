public import Foundation
public import Mail

/// The writer of the letters: the sender of every letter, the person to ask, and the page on which the letter can be
/// checked.
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
  /// The time zone in which letters show times; nil: times appear in the offset they were written with, and all others
  /// in that of the deadline.
  public var timeZone: TimeZone?

  /// True when every letter needs SMTPUTF8 (RFC 6531), because it names an international address of the sender.
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

/// `sender:` of a campaign file.
enum SenderSection {
  static func read(_ value: YAMLValue) -> Sender? {
    guard
      let section = YAMLSection(
        value, keys: ["from", "reply_to", "contact", "notice_url", "time_zone"],
        example: "{from: …, contact: {…}, notice_url: …}")
    else { return nil }
    let from = section.required("from", example: "Provider <support@provider.example>")?.namedAddress()
    let replyTo = section.optional("reply_to")?.namedAddress()
    let contact = section.required("contact", example: "{name: …, phone: …, email: …}").flatMap(contact)
    let notice = section.required("notice_url", example: "https://www.provider.example/notice")
      .flatMap { noticeURL($0, from: from) }
    let timeZone = section.optional("time_zone").flatMap(timeZone)
    // The problem was reported, and a file with a problem gives no campaign.
    guard let from, let contact, let notice else { return nil }
    return Sender(from: from, replyTo: replyTo, contact: contact, noticeURL: notice, timeZone: timeZone)
  }

  private static func timeZone(_ value: YAMLValue) -> TimeZone? {
    guard let text = value.text() else { return nil }
    if let zone = ZoneName.zone(text) { return zone }
    value.report("\"\(value.path)\" is not a time zone: \(QuotedText(text))\(ZoneName.advice(instead: text))")
    return nil
  }

  private static func contact(_ value: YAMLValue) -> Sender.Contact? {
    guard
      let section = YAMLSection(value, keys: ["name", "phone", "email"], example: "{name: …, phone: …, email: …}")
    else { return nil }
    let name = section.required("name", example: "Support desk")?.text()
    let phone = section.required("phone", example: "+49 89 12345-0")?.text()
    let email = section.required("email", example: "support@provider.example")?.emailAddress()
    guard let name, let phone, let email else { return nil }
    return Sender.Contact(name: name, phone: phone, email: email)
  }

  /// A letter's only link: https, and on the domain that customers know from the sender's address.
  private static func noticeURL(_ value: YAMLValue, from: NamedAddress?) -> URL? {
    guard let text = value.text() else { return nil }
    let scheme = "https://"
    guard text.lowercased().hasPrefix(scheme) else {
      value.report(
        "\"\(value.path)\" must be an https address: \(QuotedText(text)); write it as in https://www.provider.example/notice"
      )
      return nil
    }
    let rest = text.dropFirst(scheme.count)
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let tail = rest.dropFirst(authority.count)
    guard !authority.contains("@") else {
      value.report("\"\(value.path)\" must not hold a user name or a password; remove everything up to the @")
      return nil
    }
    let pieces = authority.split(separator: ":", omittingEmptySubsequences: false)
    let domain = pieces.first.flatMap { try? Domain($0) }
    let port = pieces.count == 2 ? wholeNumber(pieces[1]) : nil
    guard let domain, pieces.count == 1 || (1...65_535).contains(port ?? 0), pieces.count <= 2,
      tail.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"\"<>\\^`{|}".utf8.contains($0) }),
      let url = URL(string: scheme + domain.ascii + (port.map { ":\($0)" } ?? "") + tail)
    else {
      value.report(
        "\"\(value.path)\" is not a web address: \(QuotedText(text)); write it as in https://www.provider.example/notice, "
          + "umlauts and blanks in the path percent-encoded")
      return nil
    }
    guard let own = from?.address.domain.ascii else { return nil }
    guard domain.ascii == own || domain.ascii.hasSuffix("." + own) else {
      value.report(
        "\"\(value.path)\" is on \"\(domain.ascii)\", which is not the sender's domain \"\(own)\" nor below it; a letter "
          + "that links elsewhere looks like phishing")
      return nil
    }
    return url
  }
}
