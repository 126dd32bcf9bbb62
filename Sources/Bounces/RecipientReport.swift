public import Delivery

/// What one mail says of one recipient.
public struct RecipientReport: Sendable, Hashable {
  public let kind: MailKind
  /// The address as the mail has it; of an auto-reply, who replied. Nil where the mail names none.
  public let recipient: String?
  /// As the report or the reply in it names it; where they name none, `5.0.0` or `4.0.0` for what is permanent or
  /// transient by the reply's code or the report's words. Nil for mails that are about no delivery.
  public let status: EnhancedStatus?
  /// What the reply says; nil where nothing was refused or put off.
  public let `class`: ReplyClass?
  /// True when no letter will ever reach the address: there is no such mailbox or domain. False for everything else that
  /// was refused or put off, such as a full mailbox or our own reputation; nil where nothing was.
  public let permanent: Bool?
  /// The server's reply, or the words of the report in its place.
  public let reply: String?

  init(
    _ kind: MailKind, _ recipient: String?, status: EnhancedStatus? = nil, class: ReplyClass? = nil,
    permanent: Bool? = nil, reply: String? = nil
  ) {
    self.kind = kind
    self.recipient = recipient
    self.status = status
    self.class = `class`
    self.permanent = permanent
    self.reply = reply
  }
}

/// What a mail is about.
public enum MailKind: String, Sendable, Hashable, CaseIterable {
  /// The letter was not delivered and will not be.
  case bounce
  /// The letter was not delivered yet; the server goes on trying.
  case delay
  /// The letter was delivered, or passed on to a server that reports no more.
  case success
  /// A program answered for the recipient: an absence note, a receipt of an enquiry, a request to prove that one is no robot.
  case autoReply = "auto-reply"
  /// The recipient, or the provider for them, calls the letter unwanted.
  case complaint
  /// Everything else: read receipts, mail of people.
  case other
}
