import Campaigns
import Foundation
import Letters
import Mail

/// Makes every letter of a campaign and looks it over: what `check` reports and `launch` insists on.
struct LetterCheck {
  /// Letters by language.
  private(set) var letters: [String: Int] = [:]
  /// By template and language, as `password-change de`.
  private(set) var samples: [String: Sample] = [:]
  private var reasons: [OutcomeCount.Key: Int] = [:]
  /// Customers who get a letter and a call.
  private(set) var calledAsWell = 0
  /// Letters to an address that only some relays take.
  private(set) var international = InternationalLetters()
  /// Letters that are encrypted, and to which addresses, as ``EmailAddress/key``.
  private(set) var encrypted = 0
  private(set) var encryptedTo: Set<String> = []
  /// The letter with the most text, which becomes the largest message.
  private(set) var largest: (letter: Letter, customer: Customer)?
  private(set) var errors = LetterFindings()
  private(set) var warnings = LetterFindings()

  struct Sample {
    var count: Int
    /// Of the first letter.
    var subject: String
    var isOnlySubject: Bool
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

  /// - Parameter date: the date the letters will bear.
  static func run(_ prepared: PreparedCampaign, date: LocalDateTime) throws -> (plan: Plan, check: LetterCheck) {
    let renderer = try prepared.renderer(date: date)
    let lint = LetterLint(campaign: prepared.campaign, date: date)
    let signer = prepared.signing.signer
    var check = LetterCheck()
    let plan = try prepared.plan { customer, outcome in
      if !outcome.calls.isEmpty { check.calledAsWell += 1 }
      if outcome.kind != .letter || !outcome.reasons.isEmpty {
        check.reasons[OutcomeCount.Key(kind: outcome.kind, reasons: outcome.reasons), default: 0] += 1
      }
      guard outcome.kind == .letter else { return }
      check.international.add(customer)
      for name in outcome.letters {
        do throws(LetterError) {
          let letter = try renderer.letter(name, for: customer)
          check.add(letter)
          if let contact = customer.contact, signer?.encrypts(to: contact) == true {
            check.encrypted += 1
            check.encryptedTo.insert(contact.key)
          }
          if letter.byteCount > check.largest?.letter.byteCount ?? -1 { check.largest = (letter, customer) }
          for finding in lint.findings(in: letter, for: customer) {
            switch finding.severity {
            case .error: check.errors.add(finding, in: letter)
            case .warning: check.warnings.add(finding, in: letter)
            }
          }
        } catch {
          check.errors.add(error, of: name, language: customer.language)
        }
      }
    }
    return (plan, check)
  }

  /// Customers by outcome and reasons, where there are any, in the order of their texts.
  var outcomes: [OutcomeCount] {
    reasons.map { OutcomeCount(kind: $0.key.kind, reasons: $0.key.reasons, count: $0.value) }
      .sorted { $0.reasons.text < $1.reasons.text }
  }

  /// Fails with exit 65 when a letter must not go out.
  func insist() throws {
    guard errors.count > 0 else { return }
    let more = errors.count > errors.texts.count ? "\nand \(errors.count - errors.texts.count) more" : ""
    let count = errors.count == 1 ? "1 error" : "\(errors.count) errors"
    throw Failure(.data, "\(count) in the letters:\n\(errors.texts.joined(separator: "\n"))\(more)")
  }
}

/// How many customers have one outcome for the same reasons.
struct OutcomeCount: Encodable {
  struct Key: Hashable {
    var kind: Outcome.Kind
    var reasons: [OutcomeReason]
  }

  var kind: Outcome.Kind
  var reasons: [OutcomeReason]
  var count: Int
}

extension Letter {
  /// Of its texts, before they are encoded.
  fileprivate var byteCount: Int { subject.utf8.count + text.utf8.count + html.utf8.count }
}
