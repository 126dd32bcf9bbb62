import Files

/// Says once what a file is in which the named columns were not found: another format, one without a delimiter, one
/// without a header, or one with other titles.
struct TableDiagnosis {
  let source: CustomerSource
  let table: LocatedTable
  /// The first lines as they are written; empty for a workbook.
  let lines: [String]

  /// - Returns: The line that it is about, nil for the file as a whole, and what to tell.
  func message(header: [String]) -> (line: Int?, text: String) {
    if let format = ForeignFormat(text: lines) { return (nil, format.description) }
    if hasOneValueALine { return (nil, ForeignFormat.oneValueALine.description) }
    let record = table.header
    let found = table.finding.line?.named ?? 0
    if found == 0, !lines.isEmpty, record.count == 1, table.usualCells <= 1 {
      return (record.line, undivided(record.text(0)))
    }
    if found == 0, lines.isEmpty, let delimiter = delimiterInCell(record) {
      return (
        record.line,
        "every row is one cell with \(CSVDialect.name(of: delimiter)) between the values; name the CSV file itself under "
          + "\"customers\" in campaign.yaml, or divide the column in the spreadsheet program (Data, Text to Columns)"
      )
    }
    if found == 0, let places = addresses(record) {
      return (
        record.line,
        "there is no header: \(record.line == 1 ? "the first line" : "this line") is a customer, with an e-mail address in "
          + (places.count == 1 ? "column " : "columns ")
          + places.map { String($0 + 1) }.joined(separator: " and ")
          + "; put a line with the titles above it, those of customers.columns in campaign.yaml: \(wanted)"
      )
    }
    if let mark = quotes(around: header) {
      return (
        record.line,
        "the cells are in \(mark == "'" ? "apostrophes" : "typographic quotation marks") (\(mark)), which are not read; export "
          + "the table with plain quotation marks (\")"
      )
    }
    return (record.line, missing(header))
  }

  /// True where several lines begin with a title each, and have a value behind it.
  private var hasOneValueALine: Bool {
    let titles = source.columns.values.sorted { $0.utf8.count > $1.utf8.count }
    let found = lines.compactMap { line -> String? in
      let line = line.trimmingBlanks()
      guard let title = titles.first(where: { line.hasPrefix($0) }) else { return nil }
      let rest = line.dropFirst(title.count).drop { $0 == " " || $0 == "\t" }
      guard let sign = rest.first, "|:=│".contains(sign) else { return nil }
      return titles.contains { rest.contains($0) } ? nil : title
    }
    return Set(found).count > 2
  }

  /// The mark with which all titles begin and another one ends them; nil when there is none.
  private func quotes(around header: [String]) -> Character? {
    guard header.count > 1, let mark = header[0].first, "'„“”‘‚«»‹›`´".contains(mark) else { return nil }
    let isQuoted = header.allSatisfy { title in
      title.count > 1 && title.first == mark && title.last.map { "'“”’‘«»‹›`´".contains($0) } == true
    }
    return isQuoted ? mark : nil
  }

  /// The delimiter of a text that was pasted into one column.
  private func delimiterInCell(_ record: TableRecord) -> Character? {
    let filled = (0..<record.count).filter { !record.isBlank($0) }
    guard filled.count == 1 else { return nil }
    let titles = Set(source.columns.values.map(HeaderFinder.looseTitle))
    let text = record.text(filled[0])
    return [";", ",", "\t", "|"].first { (delimiter: Character) in
      text.split(separator: delimiter).count { titles.contains(HeaderFinder.looseTitle(Self.unquoted($0))) } > 2
    }
  }

  private static func unquoted(_ text: Substring) -> String {
    String(text).trimmingBlanks().filter { $0 != "\"" }
  }

  /// The titles of the needed columns.
  private var wanted: String {
    CustomerSource.Field.needed.compactMap { source.columns[$0].map { QuotedText($0).description } }.joined(
      separator: ", ")
  }

  private func undivided(_ line: String) -> String {
    let seen = "one column, no delimiter found: the line is \(QuotedText(line))"
    let save = "save the table as .xlsx, .ods, or as \"CSV UTF-8\" with semicolons between the cells"
    if lines.contains(where: { $0.ranges(of: "\" \"").count > 1 }) {
      return
        "the cells are in quotation marks with blanks between them, which are not read (R's write.table does so); write "
        + "the table with semicolons between the cells (write.csv2), or \(save)"
    }
    if let sign = lines.prefix(10).lazy.compactMap(unknownDelimiter).first {
      return "the cells seem to be divided by \(QuotedText(sign)), which is not read; \(save)"
    }
    if line.contains("  ") {
      return "\(seen); the cells seem to be set with blanks, which cannot be told from text; \(save)"
    }
    return "\(seen); \(save)"
  }

  /// What stands behind one named title and before another.
  private func unknownDelimiter(_ line: String) -> String? {
    let titles = source.columns.values.sorted { $0.utf8.count > $1.utf8.count }
    for title in titles {
      guard let place = line.firstRange(of: title) else { continue }
      let rest = line[place.upperBound...]
      for other in titles where other != title {
        guard let next = rest.firstRange(of: other) else { continue }
        let between = String(rest[..<next.lowerBound]).trimmingBlanks()
        if !between.isEmpty, between.count <= 3, !between.contains(where: { $0.isLetter || $0.isNumber }) {
          return between
        }
      }
    }
    return nil
  }

  /// The columns that hold an address, when the line seems to be a row.
  private func addresses(_ record: TableRecord) -> [Int]? {
    let places = (0..<record.count).filter { field in
      let text = record.text(field)
      guard let sign = text.firstIndex(of: "@"), sign != text.startIndex else { return false }
      return text[sign...].contains(".") && !text.trimmingBlanks().contains(" ")
    }
    return places.isEmpty || places.count > 9 ? nil : places
  }

  private func missing(_ header: [String]) -> String {
    let taken = Set(header.map(HeaderFinder.looseTitle))
    let fields = CustomerSource.Field.allCases.filter { field in
      source.columns[field].map { !taken.contains(HeaderFinder.looseTitle($0)) } ?? false
    }
    let titles = header.filter { !$0.isEmpty }
    let nearest = NearestName(among: titles)
    if (table.finding.line?.needed ?? 0) == 0, !titles.isEmpty,
      !fields.contains(where: { source.columns[$0].flatMap(nearest.suggestion) != nil })
    {
      return "none of the first \(HeaderFinder.mostLines) lines has the columns \(wanted), which customers.columns in "
        + "campaign.yaml names; this line is \(titles.map { QuotedText($0).description }.firstFewJoined(20))"
    }
    return Self.missing(
      fields.compactMap { field in source.columns[field].map { (field.rawValue, $0) } }, in: header,
      guessed: table.finding.above.isEmpty ? nil : table.header.line)
  }

  /// One sentence about all columns that are not there.
  ///
  /// - Parameter guessed: The line that seems to be the header when that is not the first.
  static func missing(_ columns: [(key: String, title: String)], in header: [String], guessed: Int? = nil) -> String {
    let titles = header.filter { !$0.isEmpty }
    let named = columns.map { "\(QuotedText($0.title)) for \"\($0.key)\"" }
    let nearest = NearestName(among: titles)
    let near = columns.compactMap { column in
      nearest.suggestion(for: column.title).map { "\(QuotedText($0)) for \(QuotedText(column.title))" }
    }
    let place = guessed.map { "the header seems to be line \($0); " } ?? ""
    return place + "these columns are not there: \(named.firstFewJoined(12)). The header has "
      + (titles.isEmpty ? "no titles" : titles.map { QuotedText($0).description }.firstFewJoined(20))
      + (near.isEmpty ? "" : "; did you mean \(near.firstFewJoined(6))?")
      + (near.isEmpty ? "; correct" : " Correct") + " the header, or customers.columns in campaign.yaml"
  }
}
