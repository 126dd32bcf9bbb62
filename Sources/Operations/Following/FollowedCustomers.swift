import Campaigns
import Foundation
import Mail
import Queue
import Receipts

/// The customers of a campaign who are written to once more, as rows of a new customer file; and how many are not, by the
/// reason.
public struct FollowedCustomers: Sendable {
  /// The titles of the new file's columns are the fields' own names.
  static let columns = Dictionary(
    uniqueKeysWithValues: CustomerSource.Field.allCases.map { ($0, $0.rawValue) })

  /// Customers in the new file, and their mailboxes.
  public private(set) var customers = 0
  public private(set) var mailboxes = 0
  /// Of them, those who can only be called.
  public private(set) var withoutAddress = 0
  /// Every mailbox is changed or closed, or has nothing to be changed.
  public private(set) var safe = 0
  /// Reached by telephone.
  public private(set) var reached = 0
  /// Neither told by a letter, as far as that is known, nor by telephone: they are on the call list of the campaign that
  /// is followed.
  public private(set) var untold = 0

  /// The values of the access column in the new file.
  private(set) var accesses: Set<String> = []

  private let kind: Following.Kind
  private let segments: [String: Segment]
  private let histories: [String: CallHistory]
  /// The keys of safe mailboxes by their customers' ids; nil where nobody knows.
  private let safeMailboxes: [String: Set<String>]?
  private var rows: [[String]] = []

  init(
    _ kind: Following.Kind, _ segments: [String: Segment], _ histories: [String: CallHistory], _ book: MailboxBook?
  ) {
    self.kind = kind
    self.segments = segments
    self.histories = histories
    safeMailboxes = book.map { book in
      Dictionary(grouping: book.mailboxes.filter(\.isSafe), by: \.customer).mapValues { Set($0.map(\.mailbox)) }
    }
  }

  mutating func add(_ record: CustomerRecord) throws {
    guard record.kind != .none else { return }
    let customer = try JSONDecoder().decode(Customer.self, from: record.payload)
    let isReached = histories[record.id]?.told != nil
    let isToldByLetter = record.messages.contains { $0.state == .accepted && $0.bounce == nil }
    guard customer.rejections == nil, isToldByLetter || isReached else {
      untold += 1
      return
    }
    switch kind {
    case .reminder: addReminded(customer, isReached: isReached)
    case .followUp: add(customer, customer.mailboxes, contact: isToldByLetter ? customer.contact : nil)
    }
  }

  private mutating func addReminded(_ customer: Customer, isReached: Bool) {
    let safeOnes = safeMailboxes?[customer.id] ?? []
    let open = customer.mailboxes.filter { segments[$0.access]?.letter != nil && !safeOnes.contains($0.address.key) }
    if isReached {
      reached += 1
    } else if open.isEmpty {
      safe += 1
    } else {
      add(customer, open, contact: customer.contact)
    }
  }

  private mutating func add(_ customer: Customer, _ open: [Customer.Mailbox], contact: EmailAddress?) {
    customers += 1
    mailboxes += open.count
    if contact == nil { withoutAddress += 1 }
    for mailbox in open {
      accesses.insert(mailbox.access)
      rows.append(
        CustomerSource.Field.allCases.map { field in
          switch field {
          case .id: customer.id
          case .company: customer.company
          case .salutation: customer.salutation
          case .title: customer.title
          case .firstName: customer.firstName
          case .lastName: customer.lastName
          case .language: customer.language
          case .contact: contact?.description ?? ""
          case .phone: customer.phone
          case .mailbox: mailbox.address.description
          case .access: mailbox.access
          case .program: mailbox.programs.map(\.rawValue).joined(separator: ", ")
          }
        })
    }
  }

  /// The new customer file: CSV with commas, UTF-8, every cell in quotes.
  var file: [UInt8] {
    var bytes: [UInt8] = []
    for row in [CustomerSource.Field.allCases.map(\.rawValue)] + rows {
      let cells = row.map { "\"\($0.replacing("\"", with: "\"\""))\"" }
      bytes += Array("\(cells.joined(separator: ","))\n".utf8)
    }
    return bytes
  }
}
