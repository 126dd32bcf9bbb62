import Delivery

/// Complaints: feedback reports (RFC 5965), and what providers send in their place.
enum Complaint {
  /// What `mail` says, if it is a complaint: one report for each recipient that it names, or one without.
  static func reports(_ mail: MailParts) -> [RecipientReport]? {
    let report = mail.parts.dropFirst().first { $0.type == "message/feedback-report" }
    guard report != nil || isFeedbackReport(mail) || isProviders(mail) else { return nil }
    let fields = MailHeaders(
      fieldsOf: (report?.text ?? "").split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) })
    // About forged mail, or a mail that was taken for unwanted and is not.
    if let type = fields["feedback-type"]?.lowercased(), ["auth-failure", "dmarc", "not-spam"].contains(type) {
      return [RecipientReport(.other, nil)]
    }
    let original = OriginalMail(in: mail)
    var named = fields.values(["original-rcpt-to", "removal-recipient"])
    if named.isEmpty { named = mail.headers.values(["x-hmxmroriginalrecipient"]) }
    if named.isEmpty { named = original.headers.values(["x-hmxmroriginalrecipient"]) }
    var recipients = named.flatMap { MailAddresses.all(in: $0).map(\.address) }
    if recipients.isEmpty { recipients = original.recipients }
    var seen: Set<String> = []
    recipients = recipients.filter { seen.insert($0.lowercased()).inserted }
    return recipients.isEmpty
      ? [RecipientReport(.complaint, nil)] : recipients.map { RecipientReport(.complaint, $0) }
  }

  private static func isFeedbackReport(_ mail: MailParts) -> Bool {
    mail.contentType.contains("feedback-report")
  }

  /// Hotmail's and others' complaints: a subject of their own, and the mail complained of inside.
  private static func isProviders(_ mail: MailParts) -> Bool {
    if mail.headers["x-hmxmroriginalrecipient"] != nil || mail.headers["x-loop"] == "scomp" { return true }
    let subject = mail.headers["subject"]?.lowercased() ?? ""
    return [
      "complaint about message from", "abuse report", "spam complaint", "email feedback report for", "[spam report]",
    ]
    .contains { subject.hasPrefix($0) || subject.contains("email abuse report") }
      && mail.parts.dropFirst().contains { $0.kind == .message }
  }
}
