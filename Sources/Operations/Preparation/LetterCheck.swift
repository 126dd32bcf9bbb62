public import Campaigns
import Foundation
import Letters
import Mail
import Preflight

/// Makes every letter of a campaign to its last byte, as sending does, and inspects it. A check reports the findings; a
/// launch requires that none is an error.
public struct LetterCheck: Sendable {
  /// Letters by language.
  public private(set) var letters: [String: Int] = [:]
  /// Samples by template and language, as `password-change de`.
  public private(set) var samples: [String: Sample] = [:]
  private var reasons: [OutcomeCount.Key: Int] = [:]
  /// Customers who get a letter and a call.
  public private(set) var calledAsWell = 0
  /// Letters to an address that only some relays take.
  private(set) var international = InternationalLetters()
  /// Letters that are encrypted, and to which addresses, as ``EmailAddress/key``.
  public private(set) var encrypted = 0
  public private(set) var encryptedTo: Set<String> = []
  /// Those that may become the largest messages.
  private(set) var largest = LargestLetters()
  public private(set) var errors = LetterFindings()
  public private(set) var warnings = LetterFindings()

  public struct Sample: Sendable {
    public var count: Int
    /// The subject of the first letter.
    public var subject: String
    public var isOnlySubject: Bool
  }

  private mutating func add(_ letter: Letter) {
    letters[letter.language, default: 0] += 1
    var sample =
      samples["\(letter.template) \(letter.language)"]
      ?? Sample(count: 0, subject: letter.subject, isOnlySubject: true)
    sample.count += 1
    if sample.subject != letter.subject { sample.isOnlySubject = false }
    samples["\(letter.template) \(letter.language)"] = sample
  }

  /// - Parameters:
  ///   - date: The date the letters will bear.
  ///   - body: Called for every customer with its outcome, before its letters are checked.
  static func run(
    _ loaded: LoadedCampaign, date: LocalDateTime, forEach body: (Customer, Outcome) throws -> Void = { _, _ in }
  ) throws -> (plan: Plan, check: LetterCheck) {
    let making = try LetterMaking(loaded, date: date)
    var proof = LetterBytesProof(loaded, date: date.date)
    var check = LetterCheck()
    var waiting: [(customer: Customer, outcome: Outcome)] = []
    let plan = try loaded.plan { customer, outcome in
      try body(customer, outcome)
      if !outcome.calls.isEmpty { check.calledAsWell += 1 }
      if outcome.kind != .letter || !outcome.reasons.isEmpty {
        check.reasons[OutcomeCount.Key(kind: outcome.kind, reasons: outcome.reasons), default: 0] += 1
      }
      guard outcome.kind == .letter else { return }
      check.international.add(customer)
      waiting.append((customer, outcome))
      guard waiting.count == LetterMaking.batch else { return }
      for made in making.make(waiting) { try check.add(made, &proof, loaded.keys.signer) }
      waiting.removeAll(keepingCapacity: true)
    }
    for made in making.make(waiting) { try check.add(made, &proof, loaded.keys.signer) }
    return (plan, check)
  }

  private mutating func add(_ made: LetterMaking.Made, _ proof: inout LetterBytesProof, _ signer: LetterSigner?) throws
  {
    let customer = made.customer
    do {
      let (letter, size, findings) = try made.result.get()
      try proof.prove(letter, for: customer)
      add(letter)
      var isEncrypted = false
      if let contact = customer.contact, signer?.encrypts(to: contact) == true {
        isEncrypted = true
        encrypted += 1
        encryptedTo.insert(contact.key)
      }
      largest.note(letter, for: customer, bytes: size, isEncrypted: isEncrypted)
      for finding in findings {
        switch finding.severity {
        case .error: errors.add(finding, in: letter)
        case .warning: warnings.add(finding, in: letter)
        }
      }
    } catch let error as LetterError {
      errors.add(error, of: made.name, language: customer.language)
    }
  }

  /// Customers by outcome and reasons, where there are any, in the order of their texts.
  public var outcomes: [OutcomeCount] {
    reasons.map { OutcomeCount(kind: $0.key.kind, reasons: $0.key.reasons, count: $0.value) }
      .sorted { $0.reasons.text < $1.reasons.text }
  }

  /// The number of letters in all languages.
  public var count: Int { letters.values.reduce(0, +) }

  /// What the letters ask of a relay.
  func needs(_ loaded: LoadedCampaign, at now: Date) throws -> LetterNeeds {
    let isInternational = loaded.campaign.sender.needsSMTPUTF8
    return try largest.needs(loaded, international: isInternational ? count : international.count, at: now)
  }

  /// Fails with the kind `data` when a letter must not go out.
  func requireNoErrors() throws(OperatorError) {
    guard errors.count > 0 else { return }
    let named = errors.named.map(\.description)
    let more = errors.count > named.count ? "\nand \(errors.count - named.count) more" : ""
    throw OperatorError(
      .data, "\(pluralized(errors.count, "error")) in the letters:\n\(named.joined(separator: "\n"))\(more)")
  }
}

/// How many customers have one outcome for the same reasons.
public struct OutcomeCount: Sendable, Encodable {
  struct Key: Hashable {
    var kind: Outcome.Kind
    var reasons: [OutcomeReason]
  }

  public var kind: Outcome.Kind
  public var reasons: [OutcomeReason]
  public var count: Int
}
