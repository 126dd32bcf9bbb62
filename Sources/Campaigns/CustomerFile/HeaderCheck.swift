/// Matches the header of a customer file with the columns that the campaign file names.
struct HeaderCheck {
  let name: String
  let line: Int
  let notUTF8: EncodingDetector.Finding?
  var isWorkbook = false

  /// The place of each field's column and of the one that letters are ordered by, counted from 0; and the titles that
  /// are written otherwise than they are named.
  struct Columns {
    var fields: [CustomerSource.Field: Int] = [:]
    var order: Int?
    var notices: [TableNotice] = []
  }

  /// All problems are thrown together; a column that announces passwords is reported alone, since nothing else about
  /// such a file matters.
  ///
  /// - Parameter lines: The first lines of a table that is text.
  func columns(
    in header: [String], _ table: LocatedTable, lines: [String], source: CustomerSource, order: String?
  ) throws(CustomerFileError) -> Columns {
    let record = table.header
    try refusePasswords(header, table.finding)
    if let format = ForeignFormat(table: lines, header: line - 1) {
      throw CustomerFileError(name, line: line, format.description)
    }
    guard table.finding.isHeader else {
      if let failure = table.finding.failure, ForeignFormat(text: lines) == nil { throw failure }
      let (line, message) = TableDiagnosis(source: source, table: table, lines: lines).message(header: header)
      throw CustomerFileError(name, line: line, message)
    }
    if let fault = record.fault {
      throw CustomerFileError([problem("the header cannot be read: \(fault.description(header: header))")])
    }
    for index in header.indices {
      if let found = record.mojibake(index) {
        throw CustomerFileError([
          problem(found.description(of: record.text(index), notUTF8: notUTF8, isCell: isWorkbook))
        ])
      }
    }
    let keys = header.map(HeaderFinder.looseTitle)
    var problems: [Problem] = []
    var missing: [(field: CustomerSource.Field?, key: String, title: String)] = []
    var columns = Columns()
    // A column that one field names exactly is no other's.
    let exact = Set(source.columns.values).union(order.map { [$0] } ?? [])
    func place(of title: String, field: CustomerSource.Field?) -> Int? {
      var places = header.indices.filter { header[$0] == title }
      if places.isEmpty {
        let key = HeaderFinder.looseTitle(title)
        places = header.indices.filter { place in
          keys[place] == key && !exact.contains(header[place])
            && (field == nil || !columns.fields.values.contains(place))
        }
        if places.count == 1 { columns.notices.append(.titleTaken(written: header[places[0]], named: title)) }
      }
      if places.count == 1 { return places[0] }
      if places.isEmpty {
        missing.append((field, field?.rawValue ?? "order", title))
      } else {
        problems.append(
          problem(
            "column \(QuotedText(title)) is there more than once, as columns "
              + places.prefix(10).map { String($0 + 1) }.joined(separator: " and ") + "; rename all but one"))
      }
      return nil
    }
    for field in CustomerSource.Field.allCases {
      guard let title = source.columns[field] else { continue }
      columns.fields[field] = place(of: title, field: field)
    }
    if let order {
      // What is wrong with a column that a field is read from was said before.
      if let field = CustomerSource.Field.allCases.first(where: { source.columns[$0] == order }) {
        columns.order = columns.fields[field]
      } else {
        columns.order = place(of: order, field: nil)
      }
    }
    if missing.count > 2 {
      problems.append(problem(TableDiagnosis.missing(missing.map { ($0.key, $0.title) }, in: header)))
    } else {
      for (field, key, title) in missing {
        let setting = field.map { "customers.columns.\($0.rawValue)" } ?? "order.column"
        problems.append(self.missing(title, for: key, key: setting, in: header))
      }
    }
    problems += customers(above: table.finding, columns)
    guard problems.isEmpty else { throw CustomerFileError(problems) }
    if let moved = MovedColumns(table, columns.fields) { throw CustomerFileError([problem(moved.description)]) }
    return columns
  }

  /// A table that was sorted together with its header has customers above it, who must not be taken for titles.
  private func customers(above finding: HeaderFinder.Finding, _ columns: Columns) -> [Problem] {
    let places = [CustomerSource.Field.mailbox, .contact].compactMap { columns.fields[$0] }
    let found = finding.above.first { record in
      let addresses = places.count { record.bytes[record.range($0)].contains(UInt8(ascii: "@")) }
      let filled = (0..<record.count).count { !record.isBlank($0) }
      return addresses == places.count || (addresses > 0 && filled > 2)
    }
    guard let found else { return [] }
    return [
      Problem(
        file: name, line: found.line,
        message: "a customer stands above the header, which is line \(line); put the header above all customers")
    ]
  }

  /// Looks at the header, and at titles above a column that has none of its own: there a header in two lines has its
  /// other half. A title over the whole table may well have the word in it.
  private func refusePasswords(_ header: [String], _ finding: HeaderFinder.Finding) throws(CustomerFileError) {
    var found: [(line: Int, column: Int, title: String)] = []
    for (column, title) in header.enumerated() where PasswordColumn.matches(title) {
      found.append((line, column, title))
    }
    for record in finding.above where (0..<record.count).count(where: { !record.isBlank($0) }) > 1 {
      for column in 0..<record.count
      where column >= header.count || header[column].isEmpty || !finding.isHeader {
        let title = record.text(column)
        if PasswordColumn.matches(title) { found.append((record.line, column, title.trimmingBlanks())) }
      }
    }
    guard !found.isEmpty else { return }
    throw CustomerFileError(
      found.map { line, column, title in
        Problem(
          file: name, line: line,
          message: "column \(column + 1), \(QuotedText(title)), seems to hold passwords; the file is not read. "
            + "Remove the column from the file, and the file from wherever else it lies")
      })
  }

  private func missing(_ title: String, for name: String, key: String, in header: [String]) -> Problem {
    // Only a header that is near is repeated: in a file without a header line, the first row is in its place.
    let near = NearestName(among: header).suggestion(for: title).map { ", did you mean \(QuotedText($0))?" }
    let advice = "; correct the header, or \(key) in campaign.yaml"
    return problem("there is no column \(QuotedText(title)) for \"\(name)\"" + (near ?? advice))
  }

  private func problem(_ message: String) -> Problem { Problem(file: name, line: line, message: message) }
}
