/// Something in one row that the operator should know although the row is used: a value that was read otherwise than it is
/// written, or left out, or that is probably wrong.
public struct RowRemark: Sendable, Hashable {
  public enum Kind: String, Sendable, CaseIterable {
    /// A cell whose text stands for no value (`#NV`, `NULL`, `k.A.`): it is read as empty.
    case noValue
    /// A name in which characters were lost (`M?ller`): no letter says it.
    case lostCharacter
    /// A name in which a sign may stand for a letter (`M_ller`): no letter says it.
    case substitute
    /// A name with a sign inside a word that no word has (`M³ller`): no letter says it.
    case oddCharacter
    /// A name in the notation of HTML (`M&uuml;ller`): no letter says it.
    case entity
    /// A name in the notation of mail, of addresses of pages or of JSON (`M=FCller`, `M%FCller`): no letter says it.
    case escape
  }

  public var kind: Kind
  /// The field that it is about; nil for the row as a whole.
  public var field: CustomerSource.Field?
  /// The value as the file has it; of a telephone number nothing.
  public var value: String

  public init(_ kind: Kind, _ field: CustomerSource.Field? = nil, value: String = "") {
    self.kind = kind
    self.field = field
    self.value = value
  }

  /// A clause for the operator.
  public var description: String {
    switch kind {
    case .noValue: "\(named) is read as empty: \(QuotedText(value)) stands for no value"
    case .lostCharacter: "\(named) is left out of letters: \(QuotedText(value)) has lost a character"
    case .substitute: "\(named) is left out of letters: \(QuotedText(value)) has a sign where a letter may have been"
    case .oddCharacter: "\(named) is left out of letters: \(QuotedText(value)) has a sign inside a word"
    case .entity: "\(named) is left out of letters: \(QuotedText(value)) is written as HTML"
    case .escape: "\(named) is left out of letters: \(QuotedText(value)) has letters in the notation of another program"
    }
  }

  private var named: String { field.map { "\"\($0.rawValue)\"" } ?? "the row" }
}

/// The remarks of all rows: every kind and field is counted, and the first of each are kept.
struct RowRemarks {
  struct Kind: Hashable {
    var kind: RowRemark.Kind
    var field: CustomerSource.Field?
  }

  struct Tally {
    var count = 0
    /// The first rows, at most ``RowRemarks/named``.
    var first: [(line: Int, value: String)] = []
  }

  static let named = 5
  private(set) var tallies: [(kind: Kind, tally: Tally)] = []

  mutating func add(_ remarks: [RowRemark], line: Int) {
    for remark in remarks {
      let kind = Kind(kind: remark.kind, field: remark.field)
      var place = tallies.firstIndex { $0.kind == kind }
      if place == nil {
        place = tallies.count
        tallies.append((kind, Tally()))
      }
      guard let place else { continue }
      tallies[place].tally.count += 1
      if tallies[place].tally.first.count < Self.named {
        tallies[place].tally.first.append((line, remark.value))
      }
    }
  }
}

extension RowRemarks.Kind {
  /// What was found in `count` rows, without the rows.
  func description(count: Int) -> String {
    let rows = count == 1 ? "1 row has" : "\(count) rows have"
    let place = field.map { " in \"\($0.rawValue)\"" } ?? ""
    return switch kind {
    case .noValue: "\(rows) a text that stands for no value\(place) and is read as empty"
    case .lostCharacter: "\(rows) lost a character\(place), which letters leave out"
    case .substitute: "\(rows) a sign where a letter may have been\(place), which letters leave out"
    case .oddCharacter: "\(rows) a sign inside a word\(place), which letters leave out"
    case .entity: "\(rows) a text written as HTML\(place), which letters leave out"
    case .escape: "\(rows) letters in the notation of another program\(place), which letters leave out"
    }
  }
}
