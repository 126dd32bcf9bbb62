public import Mail

/// Decides what is done for a customer. Pure: the same customer and segments give the same outcome.
///
/// Every customer has exactly one outcome: a letter beats a call, a call beats nothing. What the other mailboxes ask for
/// is not lost: a letter customer with a mailbox that wants a call has it in ``Outcome/callReason``, and the letter lists
/// the mailboxes of letter segments only.
public enum Planner {
  /// The reason of a customer who is called because no letter can be sent.
  public static let noContactReason = "no e-mail address"

  /// Throws a ``PlanError`` when two mailboxes ask for different letters (one customer gets one letter), or when a value
  /// of the access column has no segment.
  public static func outcome(
    for customer: Customer, segments: [String: Segment]
  ) throws(PlanError) -> Outcome {
    var templates: [String] = []
    var calls: [String] = []
    var nothing: [String] = []
    for mailbox in customer.mailboxes {
      switch segments[mailbox.access] {
      case .letter(let template, _, _): if !templates.contains(template) { templates.append(template) }
      case .phone(let reason): if !calls.contains(reason) { calls.append(reason) }
      case Segment.none(let reason)?: if !nothing.contains(reason) { nothing.append(reason) }
      case nil: throw .unknownAccess(mailbox.access, customer: customer.id, lines: customer.lines)
      }
    }
    guard templates.count <= 1 else {
      throw .severalTemplates(templates, customer: customer.id, lines: customer.lines)
    }
    if let template = templates.first {
      guard customer.contact != nil else {
        return Outcome(kind: .phone, reason: joined([noContactReason] + calls))
      }
      return Outcome(kind: .letter, template: template, callReason: joined(calls))
    }
    if !calls.isEmpty { return Outcome(kind: .phone, reason: joined(calls)) }
    return Outcome(kind: .none, reason: joined(nothing))
  }

  private static func joined(_ reasons: [String]) -> String { reasons.joined(separator: "; ") }

  /// The mailboxes that belong into the customer's letter, with their servers, in the order of the file.
  public static func letterMailboxes(of customer: Customer, segments: [String: Segment]) -> [LetterMailbox] {
    customer.mailboxes.compactMap { mailbox in
      guard case .letter(_, let incoming, let outgoing) = segments[mailbox.access] else { return nil }
      return LetterMailbox(
        address: mailbox.address, access: mailbox.access, incoming: incoming, outgoing: outgoing)
    }
  }
}

/// A mailbox as a letter lists it.
public struct LetterMailbox: Sendable, Hashable {
  public var address: EmailAddress
  /// The value of the access column.
  public var access: String
  public var incoming: MailServer
  public var outgoing: MailServer

  public init(address: EmailAddress, access: String, incoming: MailServer, outgoing: MailServer) {
    self.address = address
    self.access = access
    self.incoming = incoming
    self.outgoing = outgoing
  }
}
