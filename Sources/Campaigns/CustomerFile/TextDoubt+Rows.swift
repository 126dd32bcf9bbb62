/// What becomes of values whose text is in doubt.
extension TextDoubt {
  /// Empties `value` and says so when its text is in doubt: no letter says it.
  static func leaveOut(_ field: CustomerSource.Field, _ value: inout String, _ remarks: inout [RowRemark]) {
    // `#NOM?` is an error of a spreadsheet and no lost letter.
    guard !value.isEmpty, NoValue.kind(of: value) == nil, let doubt = TextDoubt(in: value, isName: field != .company)
    else { return }
    remarks.append(RowRemark(doubt.remark, field, value: value))
    value = ""
  }

  private var remark: RowRemark.Kind {
    switch self {
    case .lostCharacter: .lostCharacter
    case .substitute: .substitute
    case .oddCharacter: .oddCharacter
    case .misread: .misread
    case .entity: .entity
    case .escape: .escape
    }
  }

  /// The kinds that an export makes of every letter beyond ASCII, not only of one.
  private static let systematic: [[RowRemark.Kind]] = [
    [.lostCharacter], [.oddCharacter, .misread], [.entity], [.escape],
  ]

  /// More rows than this, and more than one in a thousand, are no single cases but a fault of the export; in a small file a
  /// third of the rows is.
  private static let singleCases = 3

  /// Why the whole file is refused; nil when such values are few.
  static func problem(in remarks: RowRemarks, rows: Int, file: String) -> Problem? {
    for kinds in systematic {
      // A row may have it in several fields.
      let found = remarks.tallies.filter { kinds.contains($0.kind.kind) }
      let counted = found.map { one in
        let tallies = found.filter { $0.kind.field == one.kind.field }
        return (count: tallies.reduce(0) { $0 + $1.tally.count }, tallies: tallies)
      }
      guard let most = counted.max(by: { $0.count < $1.count }) else { continue }
      let isMany = most.count > singleCases && most.count * 1000 > rows
      let isThird = most.count >= 2 && most.count * 3 >= rows
      guard isMany || isThird, let likeliest = most.tallies.max(by: { $0.tally.count < $1.tally.count }),
        let first = likeliest.tally.first.first
      else { continue }
      let what =
        switch likeliest.kind.kind {
        case .lostCharacter: "have lost characters, so the export had no letters beyond ASCII"
        case .oddCharacter: "have signs inside words, so parts of the file are in another encoding"
        case .misread: "have words that are words only in another encoding, so parts of the file are in it"
        case .entity: "are written as HTML"
        default: "have letters in the notation of another program"
        }
      return Problem(
        file: file, line: first.line,
        message:
          "\(most.count) of \(rows) rows \(what), such as \(QuotedText(first.value)); export the file again from "
          + "where it comes from, as \"CSV UTF-8\"")
    }
    return placeholder(in: remarks, rows: rows, file: file)
  }

  /// One customer may be called Null; when many with different first names are, the export wrote it where it had nothing.
  private static func placeholder(in remarks: RowRemarks, rows: Int, file: String) -> Problem? {
    let found = remarks.kept.filter { _, kept in
      kept.others.count > singleCases && kept.rows * 1000 > rows
    }
    guard let (kept, tally) = found.min(by: { $0.value.line < $1.value.line }) else { return nil }
    let (field, other) =
      kept.field == .firstName ? ("first name", "last names") : ("last name", "first names")
    return Problem(
      file: file, line: tally.line,
      message:
        "\(tally.rows) of \(rows) rows have the \(field) \(QuotedText(kept.word)) with different \(other), so it stands for no "
        + "value; empty these cells, or export the file again with empty cells where nothing is known")
  }
}
