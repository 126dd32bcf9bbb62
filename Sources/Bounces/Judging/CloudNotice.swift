import Delivery
import Foundation

/// What Amazon SES reports as JSON in a mail of its notification service.
enum CloudNotice {
  private struct Notice: Decodable {
    let notificationType: String?
    let eventType: String?
    let bounce: Bounce?
    let complaint: Complaint?
    let delivery: Delivered?
  }
  private struct Bounce: Decodable {
    let bouncedRecipients: [Recipient]
  }
  private struct Complaint: Decodable {
    let complainedRecipients: [Recipient]
  }
  private struct Delivered: Decodable {
    let recipients: [String]
    let smtpResponse: String?
  }
  private struct Recipient: Decodable {
    let emailAddress: String
    let action: String?
    let status: String?
    let diagnosticCode: String?
  }

  /// What `mail` says, if it is a notice: one report for each recipient.
  static func reports(_ mail: MailParts) -> [RecipientReport]? {
    guard let text = mail.parts.dropFirst().first(where: { !$0.text.isEmpty })?.text, text.first == "{",
      let end = text.lastIndex(of: "}")
    else { return nil }
    // Mail servers break long lines as "!", a line feed and a blank.
    let line = String(text[...end]).replacing("\r", with: "").replacing("!\n ", with: "").replacing("\n", with: "")
    guard let notice = try? JSONDecoder().decode(Notice.self, from: Data(line.utf8)),
      notice.notificationType ?? notice.eventType != nil
    else { return nil }
    let reports =
      (notice.bounce?.bouncedRecipients ?? []).map { refusal($0) }
      + (notice.complaint?.complainedRecipients ?? []).map { RecipientReport(.complaint, address($0.emailAddress)) }
      + (notice.delivery?.recipients ?? []).map {
        RecipientReport(.success, address($0), status: EnhancedStatus(2, 0, 0), reply: notice.delivery?.smtpResponse)
      }
    return reports.isEmpty ? nil : reports
  }

  private static func refusal(_ recipient: Recipient) -> RecipientReport {
    let isDelay = recipient.action == "delayed"
    let refusal = Refusal(
      recipient.diagnosticCode.map { $0.hasPrefix("smtp;") ? $0.dropFirst(5).trimmed : $0 },
      status: recipient.status.flatMap { EnhancedStatus(prefixOf: $0) }, isDelay: isDelay)
    return RecipientReport(
      isDelay ? .delay : .bounce, address(recipient.emailAddress), status: refusal.status, class: refusal.class,
      permanent: refusal.permanent, reply: refusal.reply)
  }

  private static func address(_ text: String) -> String? {
    MailAddresses.first(in: text) ?? (text.isEmpty ? nil : text)
  }
}
