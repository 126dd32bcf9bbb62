import Letters

/// The findings of a lint over all letters: a fault of a template is told once, with how many letters have it.
struct LetterFindings {
  /// So many kinds are named in words.
  static let named = 50
  /// Above so many kinds each further one counts for itself.
  private static let kept = 1_000
  /// So many customers are named for each kind.
  private static let customersNamed = 3

  /// One fault, in every letter that has it.
  struct Kind: Encodable {
    let rule: String
    let letter: String
    let language: String
    /// `subject`, `txt` or `html`; nil when the letter could not be made.
    let part: String?
    /// In the finished letter, of the first customer; nil when the whole part is meant.
    let line: Int?
    let message: String
    var letters = 1
    /// The first ones.
    var customers: [String]

    var description: String {
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
  private(set) var count = 0
  private var places: [Key: Int] = [:]

  var texts: [String] { kinds.prefix(Self.named).map(\.description) }

  mutating func add(_ finding: LetterLint.Finding, in letter: Letter) {
    add(
      Kind(
        rule: finding.rule, letter: letter.template, language: letter.language, part: finding.part.rawValue,
        line: finding.line, message: finding.message, customers: [finding.customer]))
  }

  /// A letter that cannot be made.
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
