import Files
import Mail

/// The making of a ``CustomerBook``: every row is parsed once and checked, then the rows of each customer are compared,
/// then the customers. Rows that agree are compared by a hash; only those of a customer whose rows differ are parsed
/// again, and the few that a warning names.
struct RowSurvey {
  let file: CustomerFile
  let segments: [String: Segment]
  private(set) var index = RowIndex()
  private(set) var rejected: RejectedRows.Recorder
  private(set) var samples = UmlautSamples()
  private(set) var rowsBySegment: [String: Int] = [:]
  private(set) var customerCount = 0
  /// Of the ids as they are read.
  private(set) var idFractions = IDFractions()

  /// What the rows are compared by. They are kept one beside the other in memory only while they are needed.
  private var hashes = RowHashColumns()
  private var sharedMailboxes: [SharedAddress] = []
  private var sharedContacts: [SharedAddress] = []
  private var repeats: [(id: String, mailbox: CustomerMerge.Repeat)] = []
  private var repeatCount = 0
  private var remarks = RowRemarks()
  /// Those of the last row, which may turn out to be one half of a row.
  private var lastRemarks: (remarks: [RowRemark], line: Int)?
  private var blankRows: (count: Int, first: Int)?
  private var leftOut: LeftOutRows
  private var brokenRows: BrokenRows
  private var unknownPrograms: [(name: String, first: Int, count: Int)] = []
  private var otherUnknownPrograms = 0

  init(_ file: CustomerFile, segments: [String: Segment]) {
    self.file = file
    self.segments = segments
    rejected = RejectedRows.Recorder(file: file.name)
    leftOut = LeftOutRows(file, segments: segments)
    brokenRows = BrokenRows(file)
  }

  /// The number of problems of one kind that are named before the rest is only counted.
  private static let named = 20

  mutating func readRows() throws(CustomerFileError) {
    let parser = RowParser(file: file, segments: segments)
    var reader = file.reader()
    var record = TableRecord()
    var guesses: [Problem] = []
    var unknownAccess: [(value: String, lines: [Int])] = []
    let step = StepProgress.begin(.readingRows)
    defer { step.end() }
    while try reader.next(into: &record) {
      step.advance()
      if record.isBlank {
        leftOut.noteBlankLine()
        if record.count > 1 { blankRows = ((blankRows?.count ?? 0) + 1, blankRows?.first ?? record.line) }
        continue
      }
      var result = parser.parse(record)
      if result.row == nil || result.unknownAccess != nil {
        if try leaveOut(record) { continue }
        if let previous = brokenRows.previous(of: record) {
          try rejectBroken(previous, record)
          result = RowParser.Result(reason: "the row seems to be the rest of line \(previous.line)")
        } else if !leftOut.mayBeCustomer(record, result) {
          result.unknownAccess = nil
          if record.fault == nil, result.mojibake == nil, leftOut.isText(record) {
            result = RowParser.Result(reason: LeftOutRows.notACustomer)
          }
        }
      }
      if result.mojibake != nil, case .spreadsheet = file.form, let found = mojibake(in: record) {
        result.mojibake = found
        result.reason = found
      }
      if let guess = result.mojibake, guesses.count < Self.named {
        guesses.append(Problem(file: file.name, line: record.line, message: guess))
      }
      if let value = result.unknownAccess {
        if let place = unknownAccess.firstIndex(where: { $0.value == value }) {
          unknownAccess[place].lines.append(record.line)
        } else if unknownAccess.count < Self.named {
          unknownAccess.append((value, [record.line]))
        }
      }
      for name in result.unknownPrograms { note(program: name, line: record.line) }
      addLastRemarks()
      lastRemarks = (result.remarks, record.line)
      if result.row != nil {
        // Notes stand behind the last customer.
        for note in leftOut.takeNotes() { try add(RowParser.Result(reason: LeftOutRows.notACustomer), note) }
      }
      try add(result, record)
    }
    addLastRemarks()
    for text in leftOut.endNotes() { try add(RowParser.Result(reason: LeftOutRows.notACustomer), text) }
    index.finish()
    guard index.count > 0 else {
      throw CustomerFileError(file.name, "the file has a header but no rows; it needs one row per mailbox")
    }
    var doubts = [TextDoubt.problem(in: remarks, rows: index.count, file: file.name)].compactMap(\.self)
    // The cause may be the encoding that is named.
    if !doubts.isEmpty {
      doubts += file.notices.filter(\.isAboutEncoding).map { Problem(file: file.name, message: "\($0)") }
    }
    let problems = guesses + doubts + unknownAccess.map { unknown($0.value, $0.lines) }
    guard problems.isEmpty else { throw CustomerFileError(problems.inOrder()) }
    do throws(PlanStagingError) {
      try hashes.compare(&index, mailboxes: &sharedMailboxes, contacts: &sharedContacts)
    } catch {
      throw CustomerFileError(file.name, "\(error)")
    }
    hashes = RowHashColumns()
  }

  private mutating func addLastRemarks() {
    if let last = lastRemarks { remarks.add(last.remarks, line: last.line) }
    lastRemarks = nil
  }

  /// The sign of a wrong encoding in a cell of a workbook.
  private func mojibake(in record: TableRecord) -> String? {
    (0..<record.count).lazy.compactMap { field in
      record.mojibake(field)?.description(of: record.text(field), notUTF8: nil, isCell: true)
    }.first
  }

  /// True for a row that is no customer. A note is kept back until it is known that no customer follows.
  private mutating func leaveOut(_ record: TableRecord) throws(CustomerFileError) -> Bool {
    if leftOut.isBlank(record) {
      leftOut.noteBlankLine()
      blankRows = ((blankRows?.count ?? 0) + 1, blankRows?.first ?? record.line)
      return true
    }
    guard let kind = leftOut.kind(of: record) else { return false }
    // The rest of a row that was broken is no note.
    let isKept = kind == .note || kind == .line
    if isKept, brokenRows.previous(of: record) != nil { return false }
    if isKept, !leftOut.keep(record, kind) { return false }
    if !isKept { leftOut.add(kind, record) }
    brokenRows.forget()
    return true
  }

  /// Rejects a row that was used although the row behind it is its other half.
  private mutating func rejectBroken(_ previous: BrokenRows.Row, _ rest: TableRecord) throws(CustomerFileError) {
    index.reject(previous.position)
    lastRemarks = nil
    try rejected.add(
      previous.line, customerID: previous.id,
      reason: "the row seems to go on in line \(rest.line), broken by a line end inside a value; put the value in "
        + "quotes, or make it one line")
    brokenRows.forget()
  }

  private mutating func note(program name: String, line: Int) {
    if let place = unknownPrograms.firstIndex(where: { $0.name == name }) {
      unknownPrograms[place].count += 1
    } else if unknownPrograms.count < Self.named {
      unknownPrograms.append((name, line, 1))
    } else {
      otherUnknownPrograms += 1
    }
  }

  private func unknown(_ value: String, _ lines: [Int]) -> Problem {
    let known = segments.keys.sorted()
    let near = NearestName(among: known).suggestion(for: value)
    let title = file.columns[.access].map { file.header[$0] } ?? ""
    var message =
      value.isEmpty
      ? "column \(QuotedText(title)) is empty; known values are \(known.map { QuotedText($0).description }.joined(separator: ", "))"
      : "unknown access value \(QuotedText(value))"
        + (near.map { ", did you mean \(QuotedText($0))?" }
          ?? "; known values are \(known.map { QuotedText($0).description }.joined(separator: ", "))")
    if lines.count > 1 { message += " (also in \(LineList(Array(lines.dropFirst()))))" }
    return Problem(file: file.name, line: lines[0], message: message)
  }

  private mutating func add(_ result: RowParser.Result, _ record: TableRecord) throws(CustomerFileError) {
    let position = index.count
    if let id = result.id { idFractions.look(at: id) }
    guard RowIndex.canHold(line: record.line, offset: record.offset, position) else {
      throw CustomerFileError(file.name, "the file has more lines than can be read; divide it among several campaigns")
    }
    var flags: [RowIndex.Flag] = []
    brokenRows.note(record, result, position)
    if let row = result.row {
      leftOut.look(atID: row.id)
      rowsBySegment[row.access, default: 0] += 1
      switch segments[row.access] {
      case .letter: flags.append(.letter)
      case .phone: flags.append(.call)
      case Segment.none?, nil: break
      }
      if !row.phone.isEmpty { flags.append(.phone) }
      if row.contact != nil { flags.append(.contact) }
      samples.look(at: row)
    } else {
      flags.append(.rejected)
      try rejected.add(record.line, customerID: result.id, reason: result.reason ?? "")
    }
    hashes.add(result.row)
    index.append(idHash: result.id.map(HashIndex.hash), offset: record.offset, line: record.line, flags: flags)
  }

  /// Compares the rows of each customer: counts the customers, and rejects those whose rows contradict each other or
  /// are not all good.
  mutating func assemble() throws(CustomerFileError) {
    var reader = CustomerRowReader(file, segments: segments)
    for first in 0..<index.count where !index[first].has(.follows) {
      let chain = index.chain(from: first)
      if chain.count == 1 {
        if !index[first].has(.rejected) { customerCount += 1 }
        continue
      }
      guard chain.count <= Customer.mostRows else {
        try reject(chain)
        continue
      }
      guard chain.contains(where: { index[$0].has(.rejected) || index[$0].has(.differs) }) else {
        customerCount += 1
        continue
      }
      for group in try reader.groups(chain, of: index) where !group.rows.isEmpty {
        if let line = group.rejectedLines.first {
          try reject(group, "the row in line \(line) of the same customer is rejected")
          continue
        }
        let merged = CustomerMerge(group.rows, language: file.language)
        guard merged.contradictions.isEmpty else {
          try reject(
            group, "the rows of this customer contradict each other: \(merged.contradictions.joined(separator: "; "))")
          continue
        }
        customerCount += 1
        repeatCount += merged.repeats.count
        if repeats.count < WarningList.named { repeats += merged.repeats.map { (group.id, $0) } }
      }
    }
  }

  private mutating func reject(_ group: CustomerRowReader.Group, _ reason: String) throws(CustomerFileError) {
    for position in group.positions { index.reject(position) }
    try rejected.add(group.rows.map(\.line), customerID: group.id, reason: reason)
  }

  /// Rejects the rows of a customer who has too many of them, unread: they are not compared with each other.
  private mutating func reject(_ chain: [Int]) throws(CustomerFileError) {
    var reader = CustomerRowReader(file, segments: segments)
    let id = try reader.row(chain[0], of: index).id
    let good = chain.filter { !index[$0].has(.rejected) }
    for position in good { index.reject(position) }
    guard !good.isEmpty else { return }
    try rejected.add(
      good.map { Int(index[$0].line) }, customerID: id,
      reason: "the customer has \(chain.count) rows, and a letter can list \(Customer.mostRows) mailboxes at most; "
        + "if these are several customers, give each an id of their own")
  }

  /// Finds the customers whose letter an intruder may be reading.
  mutating func noteAffectedContacts() {
    for first in 0..<index.count where !index[first].has(.follows) {
      guard let row = index.chain(from: first).first(where: { index[$0].has(.contact) }) else { continue }
      if index[row].has(.contactIsAffected) { index.set(.affectedContact, on: first) }
    }
  }

  /// The warnings: what the operator should know although nothing is rejected because of it.
  func warnings() throws(CustomerFileError) -> [CustomerWarning] {
    var list = WarningList(file, segments: segments, index: index)
    list.noted(file.notices)
    list.unused(segments.keys.filter { rowsBySegment[$0] == nil }.sorted())
    if let blankRows { list.blank(blankRows.count, first: blankRows.first) }
    list.leftOut(leftOut)
    list.remarked(remarks)
    list.unknown(unknownPrograms, others: otherUnknownPrograms)
    list.repeated(repeats, count: repeatCount)
    try list.shared(sharedMailboxes, kind: .sharedMailbox)
    try list.shared(sharedContacts, kind: .sharedContact)
    var readByOthers: [Int] = []
    var unreachable: [Int] = []
    var called: [Int] = []
    for first in 0..<index.count {
      for kind in index.warnings(of: first) {
        switch kind {
        case .contactAffected: readByOthers.append(first)
        case .noContact: called.append(first)
        default: unreachable.append(first)
        }
      }
    }
    try list.customers(readByOthers, kind: .contactAffected)
    try list.customers(called, kind: .noContact)
    try list.customers(unreachable, kind: .noTelephone)
    return list.warnings
  }
}
