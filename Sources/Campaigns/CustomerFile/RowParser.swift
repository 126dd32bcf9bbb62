import Files
import Mail

/// One row of the customer file with every value parsed; nil and empty where the file has nothing.
struct CustomerRow {
  var id: String
  var company: String
  var salutation: String
  var title: String
  var firstName: String
  var lastName: String
  var phone: String
  var language: String?
  var contact: EmailAddress?
  var mailbox: EmailAddress
  var access: String
  var programs: [MailProgram]
  /// What its letters are ordered by: rows of one customer need not agree on it.
  var orderCell = OrderCell.empty
  var line: Int

  /// A hash of everything that the rows of one customer have to agree on; it is stable only within one run of the
  /// program. Rows with equal hashes say the same about the same customer.
  var customerHash: Int {
    var hasher = Hasher()
    for text in [id, company, salutation, title, firstName, lastName, phone] { hasher.combine(text) }
    hasher.combine(language)
    hasher.combine(contact?.key)
    return hasher.finalize()
  }
}

/// Makes rows of records. A row is good, or it is rejected with every reason there is; what is read otherwise than it is
/// written is remarked.
struct RowParser {
  struct Result {
    /// The customer's id; nil when the row does not show it.
    var id: String?
    /// The parsed row; nil when the row is rejected.
    var row: CustomerRow?
    var reason: String?
    /// The fields that the row is rejected for; nil when it is rejected as a whole, and what can be read of it is another
    /// question.
    var faulty: Set<CustomerSource.Field>?
    /// The value of the access column when no segment has it.
    var unknownAccess: String?
    /// Mail programs that letters have no instructions for, as they are written.
    var unknownPrograms: [String] = []
    /// What the operator should know of the row although it is read.
    var remarks: [RowRemark] = []
    /// A sign that the whole file was read, or saved, with the wrong encoding.
    var mojibake: String?
  }

  let file: CustomerFile
  let segments: [String: Segment]
  private let columns: Columns
  private let shape: RowShape
  /// How the file names the columns.
  private let headers: [CustomerSource.Field: String]
  private let nameHeaders: RowNames.Headers

  /// Where each field is in a record; nil for a field without a column.
  private struct Columns {
    let id, company, salutation, title, firstName, lastName, language, contact, phone, mailbox, access, program: Int?
    init(_ columns: [CustomerSource.Field: Int]) {
      id = columns[.id]
      company = columns[.company]
      salutation = columns[.salutation]
      title = columns[.title]
      firstName = columns[.firstName]
      lastName = columns[.lastName]
      language = columns[.language]
      contact = columns[.contact]
      phone = columns[.phone]
      mailbox = columns[.mailbox]
      access = columns[.access]
      program = columns[.program]
    }
  }

  init(file: CustomerFile, segments: [String: Segment]) {
    self.file = file
    self.segments = segments
    columns = Columns(file.columns)
    shape = RowShape(file, segments: segments)
    headers = file.columns.mapValues { file.header[$0] }
    nameHeaders = RowNames.Headers(headers)
  }

  private static let longestID = 128

  func parse(_ record: TableRecord) -> Result {
    file.parsedRows.add()
    var result = Result()
    if !shape.fits(record) {
      if let reason = shape.reason(against: record, &result.remarks) {
        result.reason = reason
        if let fault = record.fault { result.reason? += "; \(fault.description(header: file.header))" }
        result.mojibake = mojibake(in: record)
        return result
      }
    }
    if let fault = record.fault {
      result.reason = fault.description(header: file.header)
      // Its other cells are in their places: it is a row of this customer, whose other rows do not stand without it.
      if let place = fault.field, place != columns.id, record.count == file.header.count {
        var ignored: [String] = []
        result.id = id(record, &ignored)
      }
      return result
    }
    if let reason = mojibake(in: record) {
      result.mojibake = reason
      result.reason = reason
      return result
    }
    var reasons: [String] = []
    let record = shape.withoutDecoration(record, &result.remarks, &reasons)
    if !reasons.isEmpty {
      result.reason = reasons.joined(separator: "; ")
      result.id = id(record, &reasons)
      return result
    }
    var remarks = result.remarks
    var faulty: Set<CustomerSource.Field> = []
    var isWhole = true
    func reading<Value>(_ field: CustomerSource.Field, _ read: (inout [String]) -> Value) -> Value {
      let before = reasons.count
      defer { if reasons.count > before { faulty.insert(field) } }
      return read(&reasons)
    }
    let id = reading(.id) { self.id(record, &$0) }
    result.id = id
    remarkFraction(record, id, &remarks)
    let access = text(columns.access, record)
    if segments[access] == nil {
      // A lost delimiter moves the values: then this row is wrong, and not the campaign.
      if record.count < file.usualCells {
        isWhole = false
        reasons.append(
          "the row has \(record.count) columns, the others have \(file.usualCells), and no known access value: its values "
            + "may have moved; put a value that holds a line end in quotes, or complete the row")
      } else {
        result.unknownAccess = access
      }
    }
    let language = reading(.language) { self.language(record, &$0, &remarks) }
    let contact = reading(.contact) { self.address(.contact, columns.contact, record, &$0, &remarks) }
    let mailbox = reading(.mailbox) { self.address(.mailbox, columns.mailbox, record, &$0, &remarks) }
    if let contact, let mailbox, let meant = AddressDoubt.ownDomain(meantBy: contact, beside: mailbox) {
      remarks.append(RowRemark(.mistyped, .contact, value: contact.displayText, detail: meant))
    }
    let company = reading(.company) { line("company", columns.company, record, &$0) }
    var names = RowNames(
      salutation: reading(.salutation) { line("salutation", columns.salutation, record, &$0) },
      title: reading(.title) { line("title", columns.title, record, &$0) },
      first: reading(.firstName) { line("first_name", columns.firstName, record, &$0) },
      last: reading(.lastName) { line("last_name", columns.lastName, record, &$0) },
      company: company)
    TextDoubt.leaveOut(.company, &names.company, &remarks)
    TextDoubt.leaveOut(.title, &names.title, &remarks)
    TextDoubt.leaveOut(.firstName, &names.first, &remarks)
    TextDoubt.leaveOut(.lastName, &names.last, &remarks)
    names.clean(
      nameHeaders, .init(language: language ?? file.language, contact: contact, mailbox: mailbox), &remarks)
    let phone = reading(.phone) {
      let phone = self.phone(record, &$0, &remarks)
      if isScientific(phone) { $0.append("the telephone number \(Self.madeANumber)") }
      return phone
    }
    if mailbox == nil { faulty.insert(.mailbox) }
    if reasons.isEmpty, mailbox == nil { reasons.append("the mailbox address is missing") }
    let programs = programs(record, &remarks)
    guard reasons.isEmpty, let id, let mailbox else {
      result.reason = reasons.joined(separator: "; ")
      result.faulty = isWhole ? faulty : nil
      return result
    }
    result.unknownPrograms = programs.unknown
    result.remarks = remarks
    result.row = CustomerRow(
      id: id, company: names.company, salutation: names.salutation, title: names.title, firstName: names.first,
      lastName: names.last, phone: phone, language: language, contact: contact, mailbox: mailbox, access: access,
      programs: programs.programs, orderCell: orderCell(record), line: record.line)
    return result
  }

  private func mojibake(in record: TableRecord) -> String? {
    for field in 0..<record.count {
      if let found = record.mojibake(field) {
        return found.description(of: record.text(field), notUTF8: file.notUTF8)
      }
    }
    return nil
  }

  /// The value without white space around it, in normal form C; empty when the file has no such column.
  private func text(_ column: Int?, _ record: TableRecord) -> String {
    guard let column, !record.range(column).isEmpty else { return "" }
    return record.text(column).precomposed.trimmingBlanks()
  }

  private func id(_ record: TableRecord, _ reasons: inout [String]) -> String? {
    let id = text(columns.id, record)
    if id.isEmpty {
      reasons.append("the id is empty")
    } else if id.utf8.count > Self.longestID {
      reasons.append("the id \(QuotedText(id)) is longer than \(Self.longestID) bytes")
    } else if !id.unicodeScalars.allSatisfy(Self.isVisible) {
      reasons.append("the id \(QuotedText(id)) has an invisible character")
    } else if NoValue.isNoID(id) || isHeader(id, of: .id) {
      reasons.append("the id \(QuotedText(id)) stands for no value; every customer needs an id of its own")
    } else if isScientific(id) {
      reasons.append("the id \(QuotedText(id)) \(Self.madeANumber)")
    } else if file.idFractions == .left, let number = WholeNumber(id) {
      return number.digits
    } else {
      return id
    }
    return nil
  }

  private func remarkFraction(_ record: TableRecord, _ id: String?, _ remarks: inout [RowRemark]) {
    guard file.idFractions != .asWritten, let id else { return }
    let text = text(columns.id, record)
    guard WholeNumber(text) != nil else { return }
    remarks.append(
      id == text
        ? RowRemark(.fraction, .id, value: text) : RowRemark(.wholeNumber, .id, value: text, detail: id))
  }

  private static let madeANumber =
    "was made a number by a spreadsheet program; format the column as text and enter the value again"

  /// Nil when the row names none: then it is the campaign's.
  private func language(
    _ record: TableRecord, _ reasons: inout [String], _ remarks: inout [RowRemark]
  ) -> String? {
    let text = text(columns.language, record)
    if text.isEmpty { return nil }
    switch LanguageCell(text) {
    case .language(let language): return language
    case .empty: note(text, in: .language, &remarks)
    case .both: reasons.append("two languages in \(QuotedText(text)), and a letter is in one; choose one, de or en")
    case .unknown: reasons.append("unknown language \(QuotedText(text)); \(LanguageCell.accepted)")
    }
    return nil
  }

  private func phone(_ record: TableRecord, _ reasons: inout [String], _ remarks: inout [RowRemark]) -> String {
    let text = line("phone", columns.phone, record, &reasons, clean: \.withoutDirectionMarks)
    // No number that is dialled begins with a digit other than 0 and ends in this.
    if let number = WholeNumber(text), number.digits.utf8.count > 4, !number.digits.hasPrefix("0") {
      remarks.append(RowRemark(.wholeNumber, .phone))
      return number.digits
    }
    guard let fault = isHeader(text, of: .phone) ? .unfilledField : PhoneCell.fault(of: text) else { return text }
    remarks.append(RowRemark(fault, .phone, value: fault == .noTelephone ? PhoneCell.shown(text) : text))
    return ""
  }

  private func programs(_ record: TableRecord, _ remarks: inout [RowRemark]) -> MailProgram.Cell {
    let cell = MailProgram.Cell(text(columns.program, record))
    // Only what is not known is looked at.
    guard !cell.unknown.isEmpty else { return cell }
    let text = text(columns.program, record)
    guard NoValue.isPlaceholder(text) else { return cell }
    note(text, in: .program, &remarks)
    return MailProgram.Cell("")
  }

  private func note(_ text: String, in field: CustomerSource.Field, _ remarks: inout [RowRemark]) {
    if let kind = NoValue.kind(of: text) { remarks.append(RowRemark(RowRemark.Kind(kind), field, value: text)) }
  }

  /// Errors of a spreadsheet do not stand among texts, but with the empty cells behind them.
  private func orderCell(_ record: TableRecord) -> OrderCell {
    let cell = OrderCell(text(file.orderColumn, record))
    return cell.kind == .text && NoValue.isNoOrder(text(file.orderColumn, record)) ? .empty : cell
  }

  /// True when the cell repeats the header of its column.
  private func isHeader(_ text: String, of field: CustomerSource.Field) -> Bool {
    guard let header = headers[field], text.utf8.count == header.utf8.count else { return false }
    return text.lowercased() == header.lowercased()
  }

  private func address(
    _ field: CustomerSource.Field, _ column: Int?, _ record: TableRecord, _ reasons: inout [String],
    _ remarks: inout [RowRemark]
  ) -> EmailAddress? {
    guard let column, !record.range(column).isEmpty else { return nil }
    let text = record.text(column).precomposed
    let cell = AddressCell(text, in: field, takesFirst: field == .contact && file.takesFirstContact)
    remarks += cell.remarks
    if let fault = cell.fault { reasons.append(fault.description(of: text, in: field)) }
    return cell.address
  }

  /// A text as a letter can print it. Control characters above ASCII were found by ``Mojibake``.
  private func line(
    _ name: String, _ column: Int?, _ record: TableRecord, _ reasons: inout [String],
    clean: (String) -> String = { $0 }
  ) -> String {
    let text = clean(onOneLine(text(column, record))).withoutInvisibleMarks
    if let control = text.utf8.first(where: { $0 < 0x20 || $0 == 0x7F }) {
      reasons.append("\"\(name)\" has the control character \(VisibleText.notation(Unicode.Scalar(control)))")
    }
    if let turning = text.firstTurningScalar {
      reasons.append("\"\(name)\" has \(VisibleText.notation(turning)), \(TextDirection.why)")
    }
    return text
  }

  /// A line break in a spreadsheet's cell, with the white space around it, becomes one space in a letter.
  private func onOneLine(_ text: String) -> String {
    guard text.utf8.contains(where: { (0x09...0x0D).contains($0) || $0 == 0xE2 }) else { return text }
    return text.unicodeScalars.split { (0x09...0x0D).contains($0.value) || $0 == "\u{2028}" || $0 == "\u{2029}" }
      .map { String($0).trimmingBlanks() }.filter { !$0.isEmpty }.joined(separator: " ")
  }

  private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value >= 0x20 && scalar.value != 0x7F }
    return switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator: false
    default: true
    }
  }

  /// `1,23E+10` or `1.23E+10`: what Excel makes of a long number.
  private func isScientific(_ text: String) -> Bool {
    guard text.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }),
      let exponent = text.lastIndex(where: { $0 == "E" || $0 == "e" })
    else { return false }
    let mantissa = text[..<exponent].drop { $0 == "-" || $0 == "+" }
    let sign = text[text.index(after: exponent)...]
    guard sign.first == "+" || sign.first == "-" else { return false }
    let digits = sign.dropFirst()
    let isDigit = { (character: Character) in character.isASCII && character.isNumber }
    let pieces = mantissa.split(omittingEmptySubsequences: false) { $0 == "," || $0 == "." }
    return !digits.isEmpty && digits.allSatisfy(isDigit) && pieces.count <= 2
      && pieces.allSatisfy { !$0.isEmpty && $0.allSatisfy(isDigit) }
  }
}
