import Delivery

/// Judges a mail that came back: a bounce, a warning, a success report, an auto-reply, a complaint or something else, and
/// for each recipient what it says.
///
/// Pure, and never fails: mail that says nothing of a delivery is ``MailKind/other``. In doubt a mail is no bounce, and a
/// bounce is not permanent.
public enum BounceJudge {
  /// At least one report.
  ///
  /// - Parameter mail: one mail with line ends of any kind; a line `From …` of an mbox may stand before it.
  public static func reports(on mail: [UInt8]) -> [RecipientReport] {
    let whole = MailParts(MailBytes.normalised(mail))
    return reports(on: passedOn(by: whole) ?? whole)
  }

  /// The report that somebody, or a filter, has passed on as an attachment, with nothing about a delivery beside it.
  private static func passedOn(by mail: MailParts) -> MailParts? {
    guard let inner = mail.innerMail,
      !DeliveryStatus(inner).recipients.isEmpty || inner.contentType.contains("report-type=delivery-status"),
      DeliveryStatus(mail).recipients.isEmpty, Complaint.reports(mail) == nil
    else { return nil }
    let plain = PlainReport(mail, ReportText(mail))
    return plain.listsAddresses || plain.quotesReply ? nil : inner
  }

  private static func reports(on mail: MailParts) -> [RecipientReport] {
    if let complaints = Complaint.reports(mail) { return complaints }
    if let notices = CloudNotice.reports(mail) { return notices }
    let automatic = AutomaticMail(mail)
    let text = ReportText(mail)
    let plain = PlainReport(mail, text)
    let status = DeliveryStatus(mail)
    if !status.recipients.isEmpty { return reports(status, plain, text) }
    if automatic.isReadReceipt { return rejections(mail, automatic, plain, text) ?? [RecipientReport(.other, nil)] }
    switch kind(mail, automatic, plain, text) {
    case .autoReply: return [RecipientReport(.autoReply, mail.headers["from"].flatMap { MailAddresses.first(in: $0) })]
    case let kind where kind == .bounce || kind == .delay || kind == .success:
      return plain.reports(kind) ?? [RecipientReport(kind, nil)]
    default: return [RecipientReport(.other, nil)]
    }
  }

  // MARK: Standard reports

  private static func reports(_ status: DeliveryStatus, _ plain: PlainReport, _ text: ReportText) -> [RecipientReport] {
    let named = status.recipients.filter { $0.address ?? $0.original != nil }
    return named.map { recipient in
      let address = address(of: recipient, text.original)
      let kind = recipient.kind
      guard kind == .bounce || kind == .delay else {
        return RecipientReport(kind, address, status: recipient.status, reply: recipient.diagnostic)
      }
      let about = plain.words(about: address, isOnly: named.count == 1)
      let refusal = Refusal(
        recipient.diagnostic ?? about.reply, status: recipient.status, context: about.context, isDelay: kind == .delay)
      return RecipientReport(
        kind, address, status: refusal.status, class: refusal.class, permanent: refusal.permanent, reply: refusal.reply)
    }
  }

  /// The address that the letter was sent to, where the report knows it, else the one that it was passed on to; where neither
  /// is an address, the letter's only one.
  private static func address(of recipient: DeliveryStatus.Recipient, _ original: OriginalMail) -> String? {
    for address in [recipient.original, recipient.address] {
      if let address, address.contains("@") { return address }
    }
    let quoted = original.recipients
    return quoted.count == 1 ? quoted[0] : recipient.address ?? recipient.original
  }

  /// Dovecot reports what its filters or a full mailbox reject in the form of a read receipt (RFC 5429).
  private static func rejections(
    _ mail: MailParts, _ automatic: AutomaticMail, _ plain: PlainReport, _ text: ReportText
  ) -> [RecipientReport]? {
    guard automatic.isFromMailSystem, automatic.subject.words.contains("rejected"),
      let receipt = mail.parts.first(where: { $0.type.hasSuffix("disposition-notification") })
    else { return nil }
    let fields = DeliveryStatus(text: receipt.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline))
    return fields.recipients.isEmpty ? nil : reports(fields, plain, text)
  }

  // MARK: Other reports

  private static func kind(
    _ mail: MailParts, _ automatic: AutomaticMail, _ plain: PlainReport, _ text: ReportText
  ) -> MailKind {
    let says = { (phrases: PhraseSet) in phrases.isFound(in: text.words) }
    let subject = { (phrases: PhraseSet) in phrases.isFound(in: automatic.subject) }
    let isDelay = subject(ReportPhrases.delay) || says(ReportPhrases.delay) && !says(ReportPhrases.final)
    if mail.headers["x-failed-recipients"] != nil { return isDelay ? .delay : .bounce }
    let fails = says(ReportPhrases.failure)
    let isReport = mail.contentType.contains("delivery-status")
    if automatic.isFromMailSystem || isReport {
      guard automatic.isFromMailSystem && automatic.isAutoReply && !fails else {
        guard subject(ReportPhrases.failureSubject) || fails || plain.listsAddresses else { return .other }
        return isDelay ? .delay : says(ReportPhrases.success) && !fails ? .success : .bounce
      }
      return .autoReply
    }
    // From an address that may be anybody's.
    let isAutomatic = automatic.isAutoReply || automatic.isReplied
    if isAutomatic || subject(ReportPhrases.absence) || automatic.isAnswer && automatic.hasEmptySender {
      return .autoReply
    }
    let failureSubject = subject(ReportPhrases.failureSubject)
    if subject(ReportPhrases.challenge) || says(ReportPhrases.challenge) && !failureSubject { return .autoReply }
    if automatic.hasEmptySender, says(ReportPhrases.absence) { return .autoReply }
    // A subject in a language that the phrases do not have: then the letter itself is beside the words.
    let returns = automatic.isNoReply && plain.returnsLetter
    guard !automatic.isAnswer, fails, automatic.hasEmptySender || failureSubject || returns, plain.hasEvidence else {
      return .other
    }
    return isDelay ? .delay : .bounce
  }
}
