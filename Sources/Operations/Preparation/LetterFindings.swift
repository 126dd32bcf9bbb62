import Letters

/// The findings of a lint over all letters: a fault of a template is reported once, with the number of letters that
/// have it.
public struct LetterFindings: Sendable {
  /// The number of kinds that are named; the others are only counted.
  static let namedLimit = 50
  /// The number of kinds that are told apart; above it, each further finding is counted as a kind of its own.
  private static let kept = 1_000
  /// The number of customers named for each kind.
  private static let customersNamed = 3

  /// One fault, in every letter that has it.
  public struct Kind: Sendable, Encodable {
    public let rule: String
    public let letter: String
    public let language: String
    /// `subject`, `txt` or `html`; nil when the letter could not be made.
    public let part: String?
    /// The line in the first customer's finished letter; nil when the whole part is meant.
    public let line: Int?
    public let message: String
    public internal(set) var letters = 1
    /// The first customers.
    public internal(set) var customers: [String]

    public var description: String {
      let names = customers.joined(separator: ", ")
      let who =
        letters == 1
        ? "customer \(names)"
        : "\(letters) letters, customers \(names)\(letters > customers.count ? ", …" : "")"
      // A letter that could not be made names its file itself.
      guard let part else { return "\(message) (\(who))" }
      return "\(letter)/\(language).\(part)\(line.map { ", line \($0)" } ?? ""): \(message) (\(who))"
    }
  }

  private struct Key: Hashable {
    let rule: String
    let letter: String
    let language: String
    let part: String?
    let message: String
  }

  private(set) var kinds: [Kind] = []
  public private(set) var count = 0
  private var places: [Key: Int] = [:]

  /// The first kinds.
  public var named: [Kind] { Array(kinds.prefix(Self.namedLimit)) }

  mutating func add(_ finding: LetterLint.Finding, in letter: Letter) {
    add(
      Kind(
        rule: finding.rule, letter: letter.template, language: letter.language, part: finding.part.rawValue,
        line: finding.line, message: finding.message, customers: [finding.customer]))
  }

  /// Adds a letter that cannot be made.
  mutating func add(_ error: LetterError, of letter: String, language: String) {
    add(
      Kind(
        rule: "not-made", letter: letter, language: language, part: nil, line: nil, message: error.reason,
        customers: [error.customer]))
  }

  private mutating func add(_ kind: Kind) {
    let key = Key(
      rule: kind.rule, letter: kind.letter, language: kind.language, part: kind.part, message: kind.message)
    if let place = places[key] {
      kinds[place].letters += 1
      let customer = kind.customers[0]
      if kinds[place].customers.count < Self.customersNamed, !kinds[place].customers.contains(customer) {
        kinds[place].customers.append(customer)
      }
      return
    }
    count += 1
    guard kinds.count < Self.kept else { return }
    places[key] = kinds.count
    kinds.append(kind)
  }
}
