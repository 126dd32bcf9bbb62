/// Something in one row that the operator should know although the row is used: a value that was read otherwise than it is
/// written, or left out, or that is probably wrong.
public struct RowRemark: Sendable, Hashable {
  public enum Kind: String, Sendable, CaseIterable {
    /// A cell whose text stands for no value (`NULL`, `k.A.`): it is read as empty, and so are those of the next ones.
    case noValue
    /// An error of a spreadsheet, or a formula, in place of its value (`#NV`).
    case spreadsheetError
    /// A field that a form letter or an export did not fill, or the header's own name (`{{last_name}}`).
    case unfilledField
    /// A salutation or a title in a column of names (`Frau Müller`).
    case salutationInName
    /// A note, a department or several people in a column of names (`Müller (verzogen)`).
    case noteInName
    /// Digits, an address, a link or markup in a column of names.
    case notAName
    /// A text that mostly stands for no value, kept because the rest of the row shows it to be a name (`Null`).
    case keptAsName
    /// A very long name, one of a single letter or with a picture: it is used.
    case unusualName
    /// A telephone number without digits to dial: it is read as empty.
    case noTelephone
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
    case .spreadsheetError: "\(named) is read as empty: \(QuotedText(value)) is an error or a formula of a spreadsheet"
    case .unfilledField: "\(named) is read as empty: \(QuotedText(value)) is the name of a field, not its value"
    case .salutationInName: "\(named) is read as empty: \(QuotedText(value)) has a salutation or title beside the name"
    case .noteInName: "\(named) is read as empty: \(QuotedText(value)) is not one person's name alone"
    case .notAName: "\(named) is read as empty: \(QuotedText(value)) is no name"
    case .keptAsName: "\(named) is \(QuotedText(value)), which the rest of the row shows to be a name"
    case .unusualName: "\(named) is \(QuotedText(value)), an unusual name; it is used"
    case .noTelephone:
      "\(named) is read as empty: \(value.isEmpty ? "it" : QuotedText(value).description) is no telephone number"
    }
  }

  private var named: String { field.map { "\"\($0.rawValue)\"" } ?? "the row" }
}

extension RowRemark.Kind {
  /// What a text without a value is remarked on as.
  init(_ kind: NoValue) {
    switch kind {
    case .spreadsheetError: self = .spreadsheetError
    case .null, .placeholder: self = .noValue
    case .unfilledField: self = .unfilledField
    }
  }
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
    case .spreadsheetError: "\(rows) an error or a formula of a spreadsheet\(place), which is read as empty"
    case .unfilledField: "\(rows) the name of a field in place of its value\(place), which is read as empty"
    case .salutationInName:
      "\(rows) a salutation or title\(place) beside the name; the name is left out, and the greeting is the neutral one; "
        + "give the salutation a column of its own"
    case .noteInName:
      "\(rows) a note, a department or several people\(place); the name is left out, and the greeting is the neutral one"
    case .notAName:
      "\(rows) digits, an address, a link or markup\(place); it is left out, and the greeting is the neutral one"
    case .keptAsName:
      "\(rows) a name\(place) that often stands for no value, and is used because the rest of the row agrees"
    case .unusualName: "\(rows) an unusual name\(place): very long, of one letter, or with a picture; it is used"
    case .noTelephone: "\(rows) no number to dial\(place), which is read as empty"
    }
  }
}
