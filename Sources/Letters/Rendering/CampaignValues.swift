import Campaigns
import Foundation
import Mail

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
