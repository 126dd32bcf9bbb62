/// Something in one row that the operator should know although the row is used: a value that was read otherwise than it is
/// written, or left out, or that is probably wrong.
public struct RowRemark: Sendable, Hashable {
  public enum Kind: String, Sendable, CaseIterable {
    /// A cell whose text stands for no value (`NULL`, `k.A.`): it is read as empty, and so are those of the next ones.
    case noValue
    /// An address with something around it, which is left out: `Name <a@b.example>`.
    case unwrapped
    /// A cell with several addresses, of which the first is used.
    case furtherAddresses
    /// An address whose domain is probably mistyped.
    case mistyped
    /// An address whose domain has an ending that nobody has.
    case noEnding
    /// An address that somebody wrote because a form asked for one.
    case placeholderAddress
    /// An address whose mail nobody reads, as its name says.
    case unread
    /// A domain in letters of another script that looks like one in Latin letters.
    case lookAlike
    /// Fewer cells than the header and than most rows; the missing ones are empty.
    case missingCells
    /// Empty cells beyond the header, which most rows do not have.
    case surplusCells
    /// The row was in quotes as a whole, other rows are not.
    case quotedLine
    /// A formula in place of its value; it is read as empty.
    case formula
    /// An apostrophe before a number, which keeps a spreadsheet program from making a number of it; it is left out.
    case apostrophe
    /// A whole number with a fraction of 0, as programs write it that made a number of it (`2000.0`); it is left out.
    case wholeNumber
    /// An id with a fraction of 0 beside others with another one (`2000.1`): it is kept.
    case fraction
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
    /// A name in which characters were lost (`M?ller`): no letter says it.
    case lostCharacter
    /// A name in which a sign may stand for a letter (`M_ller`): no letter says it.
    case substitute
    /// A name with a sign inside a word that no word has (`M³ller`): no letter says it.
    case oddCharacter
    /// A name that is one only in another encoding (`MŸller`): no letter says it.
    case misread
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
  /// What is read, or was probably meant; empty where there is nothing to say.
  public var detail: String

  /// Of a name that is kept: the other name that speaks for it, where nothing else does.
  var beside = ""

  public init(_ kind: Kind, _ field: CustomerSource.Field? = nil, value: String = "", detail: String = "") {
    self.kind = kind
    self.field = field
    self.value = value
    self.detail = detail
  }

  init(_ kind: Kind, _ field: CustomerSource.Field?, value: String, beside: String) {
    self.init(kind, field, value: value)
    self.beside = beside
  }

  /// A clause for the operator.
  public var description: String {
    switch kind {
    case .noValue: "\(named) is read as empty: \(QuotedText(value)) stands for no value"
    case .unwrapped: "\(named) is read as \(QuotedText(detail)): \(QuotedText(value)) holds more than the address"
    case .furtherAddresses:
      "\(named) holds several addresses, of which the first is used: \(QuotedText(value)) (\(detail))"
    case .mistyped: "\(named) is probably mistyped: \(QuotedText(value)); is \(detail) meant?"
    case .noEnding:
      "\(named) is probably mistyped: \(QuotedText(value)) ends in a name below which there are no domains"
    case .placeholderAddress: "\(named) is probably nobody's address: \(QuotedText(value))"
    case .unread: "\(named) is an address whose mail is probably not read: \(QuotedText(value))"
    case .lookAlike: "\(named) has a domain that looks like \(detail) and is another one: \(QuotedText(value))"
    case .missingCells: "the row has fewer cells than the header; the missing ones are read as empty"
    case .surplusCells: "the row has more cells than the header; they are empty and are left out"
    case .quotedLine: "the row is in quotation marks as a whole; it is read as what is between them"
    case .formula:
      "\(named) is read as empty: it holds \(value.isEmpty ? "a formula" : "the formula \(QuotedText(value))") and not its value"
    case .apostrophe: "\(named) is read without the apostrophe before it"
    case .wholeNumber:
      field == .phone
        ? "\(named) was made a number by a program and is read without its \".0\"; if zeros were at its beginning, they are lost"
        : "\(named) is read as \(QuotedText(detail)): \(QuotedText(value)) was made a number by a program"
    case .fraction: "\(named) is \(QuotedText(value)), which may be a whole number of another program; it is kept"
    case .spreadsheetError: "\(named) is read as empty: \(QuotedText(value)) is an error or a formula of a spreadsheet"
    case .unfilledField: "\(named) is read as empty: \(QuotedText(value)) is the name of a field, not its value"
    case .salutationInName:
      field == .title
        ? "\(named) is read as empty: \(shown) is more than a title"
        : "\(named) is read as empty: \(shown) has a salutation or title beside the name"
    case .noteInName:
      field == .firstName || field == .lastName
        ? "\(named) is read as empty: \(shown) is not one person's name alone"
        : "\(named) is read as empty: \(shown) has a note"
    case .notAName: "\(named) is read as empty: \(shown) is no \(field == .title ? "title" : "name")"
    case .keptAsName: "\(named) is \(QuotedText(value)), which the rest of the row shows to be a name"
    case .unusualName: "\(named) is \(QuotedText(value)), an unusual name; it is used"
    case .noTelephone:
      "\(named) is read as empty: \(value.isEmpty ? "it" : QuotedText(value).description) is no telephone number"
    case .lostCharacter: "\(named) is left out of letters: \(QuotedText(value)) has lost a character"
    case .substitute: "\(named) is left out of letters: \(QuotedText(value)) has a sign where a letter may have been"
    case .oddCharacter: "\(named) is left out of letters: \(QuotedText(value)) has a sign inside a word"
    case .misread: "\(named) is left out of letters: \(QuotedText(value)) is a word only in another encoding"
    case .entity: "\(named) is left out of letters: \(QuotedText(value)) is written as HTML"
    case .escape: "\(named) is left out of letters: \(QuotedText(value)) has letters in the notation of another program"
    }
  }

  /// The value, or the word for one that is not shown.
  private var shown: String { value.isEmpty ? "it" : "\(QuotedText(value))" }

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
    var first: [(line: Int, value: String, detail: String)] = []
  }

  /// A word that is kept as a name, with nothing but another name that speaks for it.
  struct Kept: Hashable {
    var field: CustomerSource.Field?
    var word: String
  }

  static let named = 5
  private(set) var tallies: [(kind: Kind, tally: Tally)] = []
  /// By word: the rows, the first of their lines, and some of the different other names.
  private(set) var kept: [Kept: (rows: Int, line: Int, others: Set<String>)] = [:]

  mutating func add(_ remarks: [RowRemark], line: Int) {
    for remark in remarks {
      if !remark.beside.isEmpty {
        let word = Kept(field: remark.field, word: remark.value)
        var found = kept[word] ?? (0, line, [])
        found.rows += 1
        if found.others.count <= Self.named { found.others.insert(remark.beside) }
        kept[word] = found
      }
      let kind = Kind(kind: remark.kind, field: remark.field)
      var place = tallies.firstIndex { $0.kind == kind }
      if place == nil {
        place = tallies.count
        tallies.append((kind, Tally()))
      }
      guard let place else { continue }
      tallies[place].tally.count += 1
      if tallies[place].tally.first.count < Self.named {
        tallies[place].tally.first.append((line, remark.value, remark.detail))
      }
    }
  }
}

extension RowRemarks.Kind {
  /// Without a last name the greeting is another one.
  private var leftOut: String {
    field == .lastName ? "; the name is left out, and the greeting is the neutral one" : "; letters leave it out"
  }

  /// What was found in `count` rows, without the rows.
  func description(count: Int) -> String {
    let rows = count == 1 ? "1 row has" : "\(count) rows have"
    let place = field.map { " in \"\($0.rawValue)\"" } ?? ""
    return switch kind {
    case .noValue: "\(rows) a text that stands for no value\(place), which is read as empty"
    case .unwrapped: "\(rows) more than an address\(place), which is left out"
    case .furtherAddresses:
      "\(rows) several addresses\(place), of which the first is used, as customers.contact in campaign.yaml says"
    case .mistyped: "\(rows) an address\(place) that is probably mistyped and is used as it is"
    case .noEnding:
      "\(rows) an address\(place) whose domain ends in a name below which there are no domains, and is used as it is"
    case .placeholderAddress: "\(rows) an address\(place) that is probably nobody's and is used as it is"
    case .unread: "\(rows) an address\(place) whose mail is probably not read, and is used as it is"
    case .lookAlike:
      "\(rows) a domain\(place) in letters of another script that looks like one in Latin letters, and is used as it is"
    case .missingCells: "\(rows) fewer cells than the header; the missing ones are read as empty"
    case .surplusCells: "\(rows) more cells than the header; they are empty and are left out"
    case .quotedLine: "\(rows) quotation marks around the whole line, which are taken off"
    case .formula: "\(rows) a formula\(place) and not its value, which is read as empty"
    case .apostrophe: "\(rows) an apostrophe before the number\(place), which is left out"
    case .wholeNumber:
      field == .phone
        ? "\(rows) a number with \".0\"\(place), which a program made of it and which is left out; if zeros were at its "
          + "beginning, they are lost: export the column as text"
        : "\(rows) a number with \".0\"\(place), which a program made of a whole number; it is read without it; if zeros were "
          + "at its beginning, they are lost: export the column as text"
    case .fraction:
      "\(rows) a number with \".0\"\(place), as programs write whole numbers; others have another fraction, so it is kept: "
        + "look whether these are the ids"
    case .spreadsheetError: "\(rows) an error or a formula of a spreadsheet\(place), which is read as empty"
    case .unfilledField: "\(rows) the name of a field in place of its value\(place), which is read as empty"
    case .salutationInName:
      field == .title
        ? "\(rows) more than a title\(place)\(leftOut)"
        : "\(rows) a salutation or title\(place) beside the name\(leftOut); give \(field == .lastName ? "salutation and title columns" : "it a column") of "
          + (field == .lastName ? "their own" : "its own")
    case .noteInName:
      field == .firstName || field == .lastName
        ? "\(rows) a note, a department or several people\(place)\(leftOut)" : "\(rows) a note\(place)\(leftOut)"
    case .notAName:
      field == .title
        ? "\(rows) something other than a title\(place)\(leftOut)"
        : "\(rows) digits, an address, a link or markup\(place)\(leftOut)"
    case .keptAsName:
      "\(rows) a name\(place) that often stands for no value, and is used because the rest of the row agrees"
    case .unusualName: "\(rows) an unusual name\(place): very long, of one letter, or with a picture; it is used"
    case .noTelephone: "\(rows) no number to dial\(place), which is read as empty"
    case .lostCharacter: "\(rows) lost a character\(place), which letters leave out"
    case .substitute: "\(rows) a sign where a letter may have been\(place), which letters leave out"
    case .oddCharacter: "\(rows) a sign inside a word\(place), which letters leave out"
    case .misread: "\(rows) a word\(place) that is one only in another encoding, and letters leave it out"
    case .entity: "\(rows) a text written as HTML\(place), which letters leave out"
    case .escape: "\(rows) letters in the notation of another program\(place), which letters leave out"
    }
  }
}

extension RowRemark.Kind {
  /// A remark's ``RowRemark/detail`` as it is shown after the value.
  func word(before detail: String) -> String {
    switch self {
    case .mistyped: "\(detail)?"
    case .lookAlike: "not \(detail)"
    case .unwrapped, .furtherAddresses, .wholeNumber: "read as \(detail)"
    default: detail
    }
  }
}
