import Campaigns
import Files
public import Foundation
public import Letters
import Mail
import Queue
public import Receipts
public import Reports
import Synchronization

/// The letters that have one verification code, over all campaigns of the queue folder.
public struct CodeLookup: Sendable {
  public let code: VerificationCode
  /// The letters in the order of the campaigns and of their plans; more than one when letters share a code.
  public let letters: [FoundLetter]
  /// The campaigns that were searched.
  public let campaigns: [String]
  /// The campaigns that cannot be searched: their customers and keys are gone.
  public let purged: [String]

  /// True when a letter with the code left, or may have.
  public var hasLeft: Bool { letters.contains { $0.left != .no } }

  /// Asks the index of codes that was made when a campaign was frozen; where there is none yet, computes the code of every
  /// letter and compares.
  public static func run(
    _ code: VerificationCode, in queue: URL, _ dependencies: Dependencies
  ) async throws -> CodeLookup {
    let store = try dependencies.stores.open(queue: queue, access: .reader, lock: nil)
    let records = try await store.campaigns()
    let found = Mutex<[FoundLetter]>([])
    for record in records where record.purge == nil {
      let codes = VerificationCodes(key: record.plan.hashKey, campaign: record.plan.name)
      let keepLetters: @Sendable (CustomerRecord) throws -> Void = { customer in
        for message in customer.messages where codes.code(of: message.letter, forCustomer: customer.id) == code {
          let letter = try FoundLetter(message, of: customer, in: record)
          found.withLock { $0.append(letter) }
        }
      }
      if let customers = try await store.customers(in: record.id, withCodeIndex: codes.index(of: code)) {
        for customer in customers { try keepLetters(customer) }
      } else {
        let step = StepProgress.begin(.searching)
        defer { step.end() }
        try await store.forEachCustomer(in: record.id) { customer in
          step.advance()
          try keepLetters(customer)
        }
      }
    }
    return CodeLookup(
      code: code, letters: found.withLock { $0 },
      campaigns: records.filter { $0.purge == nil }.map(\.plan.name),
      purged: records.filter { $0.purge != nil }.map(\.plan.name))
  }
}

/// A letter that has the code asked for.
public struct FoundLetter: Sendable, Encodable {
  /// Whether the customer can have the letter.
  public enum Left: String, Sendable, Encodable {
    /// A relay accepted it.
    case yes
    /// It was on the wire, and nobody knows whether a relay took it.
    case maybe
    case no
  }

  public let campaign: String
  public let customer: String
  public let company: String
  public let name: String
  public let letter: String
  public let address: String
  public let state: MessageState
  public let left: Left
  public let attempts: Int
  @OrNull public private(set) var firstAttemptAt: Date?
  @OrNull public private(set) var lastAttemptAt: Date?
  public let changedAt: Date

  enum CodingKeys: String, CodingKey {
    case campaign, customer, company, name, letter, address, state, left, attempts
    case firstAttemptAt = "first_attempt_at"
    case lastAttemptAt = "last_attempt_at"
    case changedAt = "changed_at"
  }

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
      // It was sent once with unknown outcome, and again since.
      case .queued, .deferred, .refused, .expired, .excluded, .cancelled: message.resent ? .maybe : .no
      }
    attempts = message.attempts
    firstAttemptAt = message.firstAttemptAt
    lastAttemptAt = message.lastAttemptAt
    changedAt = message.changedAt
  }
}
