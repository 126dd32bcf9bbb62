public import Campaigns
import Mail

/// The customers whose letters are worth looking at before a launch: one for every template file and segment in use,
/// and those with the most demanding letters.
///
/// It is made in one pass, with one customer per reason in memory. It is deterministic: the first of equal customers is
/// taken. Only customers who get a letter are chosen.
public struct CustomerSample: Sendable {
  public struct Choice: Sendable, Hashable {
    public let customer: Customer
    public let outcome: Outcome
    /// The reasons: clauses without a leading article, such as `most mailboxes (4)`.
    public var reasons: [String]
  }

  private struct Candidate {
    var customer: Customer
    var outcome: Outcome
    var measure: Int
  }

  /// The properties a customer can be the first to have, in the order in which the choices are listed.
  private enum First: Hashable, Comparable {
    case letter(String, language: String)
    case segment(String)

    var reason: String {
      switch self {
      case .letter(let name, let language): "letter \(name) in \(language)"
      case .segment(let name): "segment \(name)"
      }
    }
  }

  private var firsts: [First: Candidate] = [:]
  private var hardest: [Candidate?] = Array(repeating: nil, count: Self.trials.count)

  public init() {}

  public mutating func add(_ customer: Customer, _ outcome: Outcome) {
    guard outcome.kind == .letter else { return }
    let candidate = Candidate(customer: customer, outcome: outcome, measure: 0)
    for letter in outcome.letters { addFirst(.letter(letter, language: customer.language), candidate) }
    for mailbox in customer.mailboxes { addFirst(.segment(mailbox.access), candidate) }
    let traits = CustomerTraits(customer, outcome)
    for (index, trial) in Self.trials.enumerated() {
      let measure = trial.measure(traits)
      guard measure >= trial.least, measure > hardest[index]?.measure ?? 0 else { continue }
      hardest[index] = Candidate(customer: customer, outcome: outcome, measure: measure)
    }
  }

  private mutating func addFirst(_ first: First, _ candidate: Candidate) {
    if firsts[first] == nil { firsts[first] = candidate }
  }

  /// Each customer once, in the order of their first reason.
  public var choices: [Choice] {
    var choices: [Choice] = []
    func choose(_ candidate: Candidate, _ reason: String) {
      if let index = choices.firstIndex(where: { $0.customer.id == candidate.customer.id }) {
        choices[index].reasons.append(reason)
      } else {
        choices.append(Choice(customer: candidate.customer, outcome: candidate.outcome, reasons: [reason]))
      }
    }
    for (first, candidate) in firsts.sorted(by: { $0.key < $1.key }) { choose(candidate, first.reason) }
    for (trial, candidate) in zip(Self.trials, hardest) {
      guard let candidate else { continue }
      choose(candidate, trial.isCounted ? "\(trial.name) (\(candidate.measure))" : trial.name)
    }
    return choices
  }

  private struct Trial: Sendable {
    let name: String
    /// The measure below which a customer gets no place of its own.
    var least = 1
    var isCounted = true
    let measure: @Sendable (CustomerTraits) -> Int
  }

  private static let trials = [
    Trial(name: "most mailboxes", least: 2) { $0.mailboxes },
    Trial(name: "most different segments", least: 2) { $0.segments },
    Trial(name: "most letters", least: 2) { $0.letters },
    Trial(name: "longest name", least: 2) { $0.nameLength },
    Trial(name: "longest company", least: 2) { $0.companyLength },
    Trial(name: "longest title", least: 2) { $0.titleLength },
    Trial(name: "longest address", least: 2) { $0.addressLength },
    Trial(name: "longest word", least: 16) { $0.longestWord },
    Trial(name: "right-to-left letters") { $0.rightToLeft },
    Trial(name: "emoji") { $0.emoji },
    Trial(name: "letters of another script") { $0.otherScripts },
    Trial(name: "combining marks") { $0.marks },
    Trial(name: "quotes and other signs") { $0.signs },
    Trial(name: "international contact address", isCounted: false) { $0.isInternational },
    Trial(name: "international domain", isCounted: false) { $0.hasInternationalDomain },
    Trial(name: "no name and no company", isCounted: false) { $0.isNameless },
    Trial(name: "company without a name", isCounted: false) { $0.isCompanyOnly },
    Trial(name: "is called as well", isCounted: false) { $0.isCalled },
  ]
}
