import Mail

/// Decides what is done for a customer. Pure: the same customer and campaign give the same outcome.
///
/// Every customer has exactly one outcome: a letter beats a call, a call beats nothing. A customer gets each letter
/// once: those that the mailboxes ask for, then those for whole segments (``Campaign/letters``). The requests of the
/// other mailboxes are not lost: a letter customer with a mailbox that wants a call has it in ``Outcome/calls``.
public enum Planner {
  /// Throws a ``PlanError`` when a value of the access column has no segment.
  public static func outcome(for customer: Customer, in campaign: Campaign) throws(PlanError) -> Outcome {
    var calls: [OutcomeReason] = []
    var nothing: [OutcomeReason] = []
    for mailbox in customer.mailboxes {
      switch campaign.segments[mailbox.access] {
      case .letter: break
      case .phone(let reason): if !calls.contains(.segment(reason)) { calls.append(.segment(reason)) }
      case Segment.none(let reason)?: if !nothing.contains(.segment(reason)) { nothing.append(.segment(reason)) }
      case nil: throw .unknownAccess(mailbox.access, customer: customer.id, lines: customer.lines)
      }
    }
    let letters = letters(for: customer, in: campaign)
    if !letters.isEmpty {
      guard customer.contact != nil else {
        return Outcome(kind: .phone, reasons: [.noAddress] + calls)
      }
      let isAsked = customer.mailboxes.contains { campaign.segments[$0.access]?.letter != nil }
      return Outcome(kind: .letter, letters: letters, reasons: isAsked ? [] : nothing, calls: calls)
    }
    if !calls.isEmpty { return Outcome(kind: .phone, reasons: calls) }
    return Outcome(kind: .none, reasons: nothing)
  }

  /// The letters that the customer's mailboxes and their segments ask for, whether or not there is an address to send
  /// them to.
  public static func letters(for customer: Customer, in campaign: Campaign) -> [String] {
    var letters: [String] = []
    for mailbox in customer.mailboxes {
      if let letter = campaign.segments[mailbox.access]?.letter, !letters.contains(letter) { letters.append(letter) }
    }
    for common in campaign.letters where customer.mailboxes.contains(where: { common.isFor($0.access) }) {
      letters.append(common.letter)
    }
    return letters
  }

  /// The mailboxes that a letter lists with their servers, in the order of the file: those that ask for it. A letter
  /// for whole segments lists no mailboxes.
  public static func mailboxes(of customer: Customer, listedIn letter: String, in campaign: Campaign) -> [Customer
    .Mailbox]
  {
    customer.mailboxes.filter { campaign.segments[$0.access]?.letter == letter }
  }
}
