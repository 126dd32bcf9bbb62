public import Foundation
public import Receipts

/// The canary of a campaign as the store keeps it: the few letters that leave before all others, chosen once.
public struct CanaryRecord: Sendable, Hashable {
  /// How far it has come; it never goes back.
  public enum State: String, Sendable, Hashable, Codable, CaseIterable {
    /// Not every one of its letters has been answered.
    case sending
    /// All were answered, and nothing else leaves yet.
    case waiting
    /// The delivery is paused for a look.
    case look
    /// The others may leave.
    case passed
  }

  /// How many letters were chosen.
  public var letters: Int
  public var state: State
  /// When the last of its letters was answered for the first time, by the wall clock; nil before.
  public var answeredAt: Date?
  /// When the delivery goes on by itself, by the wall clock; nil: only when it is told to.
  public var waitUntil: Date?

  public init(letters: Int, state: State = .sending, answeredAt: Date? = nil, waitUntil: Date? = nil) {
    self.letters = letters
    self.state = state
    self.answeredAt = answeredAt
    self.waitUntil = waitUntil
  }
}

/// A letter of the canary, and what it has come to.
public struct CanaryLetter: Sendable, Hashable {
  public var customer: String
  public var state: MessageState
  /// Its address as text.
  public var recipient: String
  public var attempts: Int
  public var relay: String?
  public var phase: String?
  public var code: Int?
  /// The beginning of the relay's words, or what stands in their place.
  public var reply: String?
  public var exclusion: ExclusionReason?

  public init(
    customer: String, state: MessageState, recipient: String, attempts: Int, relay: String? = nil,
    phase: String? = nil, code: Int? = nil, reply: String? = nil, exclusion: ExclusionReason? = nil
  ) {
    self.customer = customer
    self.state = state
    self.recipient = recipient
    self.attempts = attempts
    self.relay = relay
    self.phase = phase
    self.code = code
    self.reply = reply
    self.exclusion = exclusion
  }
}

/// What a ``MessageStore`` keeps of a canary, and of the deadline. Every call is durable when it returns.
public protocol CanaryStore: Sendable {
  /// Chooses the letters that leave first, unless they were chosen before: one per provider in turn, the provider with the
  /// most letters first (of as many the first by name), of each the letters in the order in which they leave.
  ///
  /// Returns nil, and chooses none, when a letter has been tried already or there are no more than `letters` to be sent.
  ///
  /// - Parameter providers: By receiving domain the name of its provider; a domain without one is its own.
  func chooseCanary(
    in campaign: Int64, letters: Int, providers: [String: String]
  ) async throws -> CanaryRecord?
  /// Nil when none was chosen.
  func canary(in campaign: Int64) async throws -> CanaryRecord?
  /// Its letters in the order of the plan; empty when none were chosen.
  func canaryLetters(in campaign: Int64) async throws -> [CanaryLetter]
  /// Keeps what has become of the canary. One that has passed stays so. Fails with `invariant` when there is none.
  func setCanary(_ record: CanaryRecord, in campaign: Int64) async throws
  /// As ``DueMessages/due(in:at:after:limit:)``, of the canary's letters alone.
  func dueCanary(in campaign: Int64, at now: Date, after: DueCursor?, limit: Int) async throws -> [DueMessage]
  /// As ``DueMessages/nextDue(in:after:)``, of the canary's letters alone.
  func nextDueCanary(in campaign: Int64, after moment: Date?) async throws -> Date?

  /// The deadline has passed and nothing is sent after it: queued and deferred messages become `expired`, each with a
  /// receipt that says so, in one transaction. Returns the number of messages.
  func expireAtDeadline(in campaign: Int64, at now: Date) async throws -> Int
}

extension CanaryStore {
  /// As ``chooseCanary(in:letters:providers:)``, of which no provider is known.
  public func chooseCanary(in campaign: Int64, letters: Int) async throws -> CanaryRecord? {
    try await chooseCanary(in: campaign, letters: letters, providers: [:])
  }
}

/// Which letters are a canary: a spread of providers.
///
/// Pure, and the same for every store: the letters are told twice, in the order in which they leave.
package struct CanaryChoice {
  private let letters: Int
  private let providers: [String: String]
  private var counts: [String: Int] = [:]
  private var ranks: [String: Int] = [:]
  private var chosen: [[Int64]] = []

  /// - Parameter providers: By receiving domain the name of its provider; a domain without one is its own.
  package init(letters: Int, providers: [String: String]) {
    self.letters = letters
    self.providers = providers
  }

  /// First pass: one more letter to this domain.
  package mutating func count(_ domain: String) { counts[providers[domain] ?? domain, default: 0] += 1 }

  /// Between the passes.
  package mutating func rank() {
    let places = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(letters)
    ranks = Dictionary(uniqueKeysWithValues: places.enumerated().map { ($1.key, $0) })
    chosen = Array(repeating: [], count: ranks.count)
    counts = [:]
  }

  /// Second pass.
  package mutating func offer(_ message: Int64, _ domain: String) {
    guard let rank = ranks[providers[domain] ?? domain], chosen[rank].count < letters else { return }
    chosen[rank].append(message)
  }

  /// The letters chosen, in the order of their turns.
  package var messages: [Int64] {
    var messages: [Int64] = []
    for turn in 0..<letters {
      for place in chosen where turn < place.count { messages.append(place[turn]) }
      if messages.count >= letters { break }
    }
    return Array(messages.prefix(letters))
  }
}
