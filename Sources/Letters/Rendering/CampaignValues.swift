import Campaigns
import Foundation
import Mail
import Mustache

/// The values that are the same in every letter of one language, in the shape of ``LetterVariables``.
struct CampaignValues: Sendable {
  let language: String
  private let campaign: Campaign
  private let date: LocalDateTime

  init(campaign: Campaign, date: LocalDateTime, language: String) {
    self.campaign = campaign
    self.date = date
    self.language = language
  }

  /// Built for each use: swift-mustache wants `Any`, which cannot be kept in a Sendable value.
  var values: [String: Any] {
    let dates = LetterDate(language: language)
    let incident = campaign.incident
    let sender = campaign.sender
    var facts: [String: Any] = [
      "what": required(incident.what.asSingleLine, "incident.what"),
      "happened": dates.text(incident.happened),
      "discovered": dates.text(incident.discovered),
      "data": incident.data.map(\.asSingleLine),
      "consequences": required(incident.consequences.asParagraphs, "incident.consequences"),
      "measures": required(incident.measures.asParagraphs, "incident.measures"),
      "authority": AbsentValue(name: "incident.authority"),
    ]
    if let authority = incident.authority {
      facts["authority"] =
        [
          "name": required(authority.name.asSingleLine, "incident.authority.name"),
          "filed": dates.text(authority.filed),
          "reference": required(authority.reference.asSingleLine, "incident.authority.reference"),
        ] as [String: Any]
    }
    return [
      "language": language,
      "date": dates.day(of: date),
      "deadline": dates.text(campaign.deadline),
      "notice_url": sender.noticeURL.absoluteString,
      "incident": facts,
      "sender": [
        "name": (sender.from.displayName ?? sender.from.address.domain.unicode).asSingleLine,
        "email": sender.from.address.displayText,
      ] as [String: Any],
      "contact": [
        "name": required(sender.contact.name.asSingleLine, "contact.name"),
        "phone": required(sender.contact.phone.asSingleLine, "contact.phone"),
        "email": sender.contact.email.displayText,
      ] as [String: Any],
    ]
  }

  private func required(_ value: String, _ name: String) -> Any { value.isEmpty ? AbsentValue(name: name) : value }
}

/// The texts of one letter that are the customer's own, in the order of their numbers.
///
/// Everything else that a letter says follows from the campaign and the customer's ``RenderKey``.
struct CustomerFields {
  /// The number of the first mailbox address; the named fields come before it.
  static let firstMailbox = 7

  /// Greeting, id, company, title, first name, last name, verification code, then one address per mailbox; a missing
  /// text is empty.
  private(set) var texts: [String]

  init(customer: Customer, mailboxes: [Customer.Mailbox], language: String, code: VerificationCode?) {
    texts = [
      Greeting(customer: customer, language: language).text, customer.id.asSingleLine, customer.company.asSingleLine,
      customer.title.asSingleLine, customer.firstName.asSingleLine, customer.lastName.asSingleLine,
      code?.description ?? "",
    ]
    texts.reserveCapacity(texts.count + mailboxes.count)
    for mailbox in mailboxes { texts.append(mailbox.address.displayText) }
  }

  /// The optional texts that are filled, one bit each: company, title, first name, last name.
  var filled: UInt8 {
    (texts[2].isEmpty ? 0 : 1) | (texts[3].isEmpty ? 0 : 2) | (texts[4].isEmpty ? 0 : 4) | (texts[5].isEmpty ? 0 : 8)
  }
}

/// Stands for a value that is empty for this customer or campaign: nothing to a section, a mark where it is printed.
///
/// swift-mustache would print nothing for it; the mark in the result shows that the letter needs the value.
struct AbsentValue: MustacheParent, MustacheCustomRenderable {
  /// The whole name, such as `incident.authority.name`.
  let name: String

  var isNull: Bool { true }
  var renderText: String { "\(Placeholder.begin)\(Placeholder.absent)\(name)\(Placeholder.end)" }
  func child(named member: String) -> Any? { AbsentValue(name: "\(name).\(member)") }
}

/// The two control characters that frame a mark in a rendered text.
///
/// Neither templates nor values can hold them: template files with control characters are refused, and values are put
/// through ``Swift/String/asSingleLine``.
enum Placeholder {
  static let begin: Character = "\u{1}"
  static let end: Character = "\u{2}"
  static let absent: Character = "?"

  static func field(_ number: Int) -> String { "\(begin)\(number)\(end)" }
}
