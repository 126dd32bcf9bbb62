import Campaigns
public import Foundation
public import Letters
import Mail
public import Queue
import Receipts

/// One row of the telephone list: what a caller needs and no more.
public struct CallReport: Sendable, Encodable {
  public var customer: String
  public var company: String
  public var name: String
  public var phone: String
  /// Why the customer is called, in one sentence.
  public var call: String
  /// The same as values; JSON only.
  public var causes: [CallCause]
  public var address: String
  public var mailboxes: [String]
  /// Where the letter stands; with several letters each with its name; empty without one.
  public var state: String

  /// Nil when the customer is not to be called.
  ///
  /// - Parameter deadline: customers not told by then are called.
  public init?(_ record: CustomerRecord, deadline: Date, at now: Date) throws {
    causes = CallReason.causes(record, deadline: deadline, at: now)
    guard !causes.isEmpty else { return nil }
    call = CallReason.text(causes)
    let details = try JSONDecoder().decode(Customer.self, from: record.payload)
    customer = record.id
    company = details.company
    name = details.fullName
    phone = details.phone
    address = record.messages.first?.recipient.displayText ?? details.contact?.displayText ?? ""
    mailboxes = details.mailboxes.map(\.address.displayText)
    state = record.messages.map { message in
      (record.messages.count > 1 ? "\(message.letter) " : "") + message.state.rawValue
    }.joined(separator: ", ")
  }

  /// Why the customer is called, as a script for the call needs it; empty when no call is needed.
  public static func causes(_ record: CustomerRecord, deadline: Date, at now: Date) -> [CallCause] {
    CallReason.causes(record, deadline: deadline, at: now)
  }

  public static let header = ["customer", "company", "name", "phone", "call", "address", "mailboxes", "state"]
  public var fields: [String] {
    [customer, company, name, phone, call, address, mailboxes.joined(separator: " "), state]
  }
}
