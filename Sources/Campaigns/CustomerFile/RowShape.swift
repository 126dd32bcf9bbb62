/// Decides whether a row whose cells are not as many as the header's can be read without moving a value into another
/// column, and takes off cells what a spreadsheet program put around them.
///
/// Missing cells at the end are empty, and surplus empty ones are nothing. A row is rejected when cells that no customer
/// can be without are missing, when a surplus cell holds something, and when the cells may have moved: that is so when
/// the row is longer than most and nothing behind the place of a surplus delimiter shows that the columns are right.
struct RowShape {
  private let file: CustomerFile
  /// The number of columns up to the last that has a title.
  private let titled: Int
  private let expectsQuotedLines: Bool
  private let segments: [String: Segment]
  /// Without these a row is no customer.
  private let needed: [Int]
  private let contact: Int?
  private let mailbox: Int?
  private let access: Int?
  /// Columns of text in which every text is as good as another.
  private let texts: [Int]
  private let numbers: [(column: Int, field: CustomerSource.Field)]
  private let named: [(column: Int, field: CustomerSource.Field)]

  init(_ file: CustomerFile, segments: [String: Segment]) {
    self.file = file
    self.segments = segments
    titled = (file.header.lastIndex { !$0.isEmpty } ?? -1) + 1
    expectsQuotedLines = file.notices.contains(.quotedLines)
    needed = [.id, .mailbox, .access].compactMap { file.columns[$0] }
    contact = file.columns[.contact]
    mailbox = file.columns[.mailbox]
    access = file.columns[.access]
    let fields: [CustomerSource.Field] = [.company, .salutation, .title, .firstName, .lastName, .phone, .program]
    texts = fields.compactMap { file.columns[$0] }
    numbers = [.id, .phone].compactMap { field in file.columns[field].map { ($0, field) } }
    named = CustomerSource.Field.allCases.compactMap { field in file.columns[field].map { ($0, field) } }
  }

  /// True for nearly every row: its cells are where the header has them.
  func fits(_ record: TableRecord) -> Bool {
    record.count == file.header.count && (record.count == titled || file.usualCells > titled) && !record.wasWrapped
  }

  /// Why the row is rejected because of its number of cells; nil when it can be read.
  func reason(against record: TableRecord, _ remarks: inout [RowRemark]) -> String? {
    if record.wasWrapped, !expectsQuotedLines { remarks.append(RowRemark(.quotedLine)) }
    let header = file.header.count
    if record.count < header {
      // A row of this kind may be half of one: then an address stands among the texts.
      let isCut =
        needed.contains { $0 >= record.count }
        || (contact.map { $0 >= record.count } ?? false) && texts.contains { holdsAddress(record, $0) }
      guard !isCut else {
        return "\(counted(record)); every row needs all columns, empty ones too"
      }
      if record.count < titled, record.count != file.usualCells { remarks.append(RowRemark(.missingCells)) }
      if record.count <= titled || file.usualCells > titled { return nil }
    }
    guard record.count > header || (record.count > titled && file.usualCells <= titled) else { return nil }
    if let filled = (header..<max(header, record.count)).first(where: { !record.isBlank($0) }) {
      let text = record.text(filled).trimmingBlanks()
      // It may be a telephone number, which is nobody's business but the caller's.
      let shown = text.count(where: \.isNumber) < 5 ? "\(QuotedText(text))" : "a number"
      let place = "\(counted(record)), and column \(filled + 1) holds \(shown)"
      guard case .csv = file.form else { return "\(place); give the column a title, or empty the cell" }
      return "\(place); put a value that holds \(delimiter) in quotes\(entity(record))"
    }
    guard record.count != file.usualCells, case .csv = file.form else { return nil }
    if mayHaveMoved(record) {
      return
        "\(counted(record)), other rows \(file.usualCells); a value may hold \(delimiter) and needs quotation marks "
        + "then, else remove the empty cells at the end\(entity(record))"
    }
    if record.count > header { remarks.append(RowRemark(.surplusCells)) }
    return nil
  }

  /// What to say when a semicolon of HTML divided a cell: `O&apos;Neil`.
  private func entity(_ record: TableRecord) -> String {
    guard case .csv(let form) = file.form, form.delimiter == ";" else { return "" }
    for field in 0..<record.count {
      let text = record.text(field)
      guard let sign = text.lastIndex(of: "&") else { continue }
      let entity = text[sign...] + ";"
      if TextDoubt(in: String(entity), isName: false) == .entity {
        return "; \(QuotedText(String(entity))) is HTML, whose semicolon divides the value: export it as plain text"
      }
    }
    return ""
  }

  private func counted(_ record: TableRecord) -> String {
    "the row has \(record.count) \(record.count == 1 ? "column" : "columns"), the header has \(file.header.count)"
  }

  private var delimiter: String {
    guard case .csv(let form) = file.form else { return "a delimiter" }
    return CSVDialect.name(of: form.delimiter)
  }

  private func holdsAddress(_ record: TableRecord, _ column: Int) -> Bool {
    record.bytes[record.range(column)].contains(UInt8(ascii: "@"))
  }

  /// True when a text and its neighbour, behind every column whose value shows that it is the right one, may be the two
  /// halves of one value.
  private func mayHaveMoved(_ record: TableRecord) -> Bool {
    var anchor = -1
    for column in [contact, mailbox].compactMap({ $0 }) where holdsAddress(record, column) {
      anchor = max(anchor, column)
    }
    if let access, segments[record.text(access).trimmingBlanks()] != nil { anchor = max(anchor, access) }
    return texts.contains { $0 > anchor && !record.isBlank($0) && !record.isBlank($0 + 1) }
  }

  // MARK: - Cells

  /// The record without formulas and without apostrophes before numbers; nearly always the record itself.
  func withoutDecoration(
    _ record: TableRecord, _ remarks: inout [RowRemark], _ reasons: inout [String]
  ) -> TableRecord {
    let hasApostrophe = numbers.contains { isMarkedNumber(record, $0.column) }
    guard record.hasEqualsSign || hasApostrophe else { return record }
    var fields = (0..<record.count).map { record.bytes[record.range($0)] }
    for (column, field) in named where column < record.count && isFormula(fields[column]) {
      if field == .phone, Self.isPlainNumber(fields[column].dropFirst()) {
        fields[column].removeFirst()
        continue
      }
      let text = record.text(column)
      switch field {
      case .id, .contact, .mailbox, .access:
        reasons.append(
          "the \(field.rawValue) is a formula, \(QuotedText(text)), and not its value; save the values of the table")
      default: remarks.append(RowRemark(.formula, field, value: field == .phone ? "" : text))
      }
      fields[column] = []
    }
    for (column, field) in numbers where isMarkedNumber(record, column) {
      remarks.append(RowRemark(.apostrophe, field, value: field == .phone ? "" : record.text(column)))
      fields[column].removeFirst()
    }
    var changed = record
    changed.replaceFields(fields)
    return changed
  }

  /// `=A2&"x"`, `=SVERWEIS(…)`. An equals sign with a blank behind it is none, nor is `=?UTF-8?Q?…?=` of a mail.
  private func isFormula(_ field: ArraySlice<UInt8>) -> Bool {
    guard field.first == UInt8(ascii: "="), let next = field.dropFirst().first else { return false }
    return next != 0x20 && next != UInt8(ascii: "=") && next != UInt8(ascii: "?")
  }

  /// `=+4999955512` and `=0999555`, which calculate nothing.
  private static func isPlainNumber(_ field: ArraySlice<UInt8>) -> Bool {
    field.contains { (0x30...0x39).contains($0) }
      && field.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x20 || $0 == UInt8(ascii: "+") }
  }

  /// `'01000` and `'+49 …`, but not `'t Hooft`.
  private func isMarkedNumber(_ record: TableRecord, _ column: Int) -> Bool {
    let range = record.range(column)
    guard range.count > 1, record.bytes[range.lowerBound] == UInt8(ascii: "'") else { return false }
    let next = record.bytes[range.lowerBound + 1]
    return (0x30...0x39).contains(next) || next == UInt8(ascii: "+") || next == UInt8(ascii: "(")
  }
}
