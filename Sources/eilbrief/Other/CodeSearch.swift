import Campaigns
import Foundation
import Letters
import Mail
import Queue
import Receipts
import Synchronization

/// What the queue knows of one verification code: every letter that has it, over all campaigns.
struct CodeSearch: Encodable {
  let schema = 1
  let code: String
  /// In the order of the campaigns and of their plans; more than one when letters share a code.
  let letters: [FoundLetter]
  /// The campaigns that were asked.
  let campaigns: [String]
  /// The campaigns that cannot be asked: their customers and keys are gone.
  let purged: [String]

  /// Reads the customers as a stream and keeps the matches only.
  static func run(_ code: VerificationCode, in store: any MessageStore) async throws -> CodeSearch {
    let records = try await store.campaigns()
    let found = Mutex<[FoundLetter]>([])
    for record in records where record.purge == nil {
      let codes = VerificationCodes(key: record.plan.hashKey, campaign: record.plan.name)
      try await store.forEachCustomer(in: record.id) { customer in
        for message in customer.messages where codes.code(of: message.letter, forCustomer: customer.id) == code {
          let letter = try FoundLetter(message, of: customer, in: record)
          found.withLock { $0.append(letter) }
        }
      }
    }
    return CodeSearch(
      code: code.description, letters: found.withLock { $0 },
      campaigns: records.filter { $0.purge == nil }.map(\.plan.name),
      purged: records.filter { $0.purge != nil }.map(\.plan.name))
  }
}

/// A letter that has the code asked for.
struct FoundLetter: Encodable {
  /// Whether the customer can have the letter.
  enum Left: String, Encodable {
    /// A relay accepted it.
    case yes
    /// It was on the wire, and nobody knows whether a relay took it.
    case maybe
    case no
  }

  let campaign: String
  let customer: String
  let company: String
  let name: String
  let letter: String
  let address: String
  let state: MessageState
  let left: Left
  let attempts: Int
  let firstAttemptAt: Date?
  let lastAttemptAt: Date?
  let changedAt: Date

  init(_ message: MessageRecord, of record: CustomerRecord, in campaign: CampaignRecord) throws {
    let details = try JSONDecoder().decode(Customer.self, from: record.payload)
    self.campaign = campaign.plan.name
    customer = record.id
    company = details.company
    name = details.fullName
    letter = message.letter
    address = message.recipient.displayText
    state = message.state
    left =
      switch message.state {
      case .accepted: .yes
      case .sending, .uncertain: .maybe
      // Sent once with unknown outcome, and again since.
      case .queued, .deferred, .refused, .expired, .excluded, .cancelled: message.resent ? .maybe : .no
      }
    attempts = message.attempts
    firstAttemptAt = message.firstAttemptAt
    lastAttemptAt = message.lastAttemptAt
    changedAt = message.changedAt
  }

  private enum Key: String, CodingKey {
    case campaign, customer, company, name, letter, address, state, left, attempts
    case firstAttemptAt = "first_attempt_at"
    case lastAttemptAt = "last_attempt_at"
    case changedAt = "changed_at"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(campaign, forKey: .campaign)
    try container.encode(customer, forKey: .customer)
    try container.encode(company, forKey: .company)
    try container.encode(name, forKey: .name)
    try container.encode(letter, forKey: .letter)
    try container.encode(address, forKey: .address)
    try container.encode(state, forKey: .state)
    try container.encode(left, forKey: .left)
    try container.encode(attempts, forKey: .attempts)
    // Absent values are written as null: a reader sees every key of the schema.
    try container.encode(firstAttemptAt, forKey: .firstAttemptAt)
    try container.encode(lastAttemptAt, forKey: .lastAttemptAt)
    try container.encode(changedAt, forKey: .changedAt)
  }
}
