import Campaigns
import Mail

/// The texts of one letter that are the customer's own, in the order of their numbers.
///
/// Everything else that a letter says follows from the campaign and the customer's ``LetterShape``.
struct CustomerFields {
  /// The number of the first mailbox address; the named fields come before it.
  static let firstMailbox = 7

  /// Greeting, id, company, title, first name, last name, verification code, then one address a mailbox; empty where there
  /// is none.
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

  /// The optional ones that are filled, one bit each: company, title, first name, last name.
  var filled: UInt8 {
    (texts[2].isEmpty ? 0 : 1) | (texts[3].isEmpty ? 0 : 2) | (texts[4].isEmpty ? 0 : 4) | (texts[5].isEmpty ? 0 : 8)
  }
}
