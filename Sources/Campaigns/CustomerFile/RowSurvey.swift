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

  /// ``CustomerRow/customerHash`` of every row, zero for rejected ones; empty once all rows are read.
  private var customerHashes: [Int] = []
  private var ids = HashIndex()
  private var mailboxes = HashIndex()
  private var contacts = HashIndex()
  /// Mailboxes of letter segments, in which an intruder may be reading.
  private var affected = HashIndex()
  private var sharedMailboxes: [(earlier: Int, later: Int)] = []
  private var sharedContacts: [(earlier: Int, later: Int)] = []
  private var repeats: [(id: String, mailbox: CustomerMerge.Repeat)] = []
  private var repeatCount = 0
  private var remarks = RowRemarks()
  private var blankRows: (count: Int, first: Int)?
  private var unknownPrograms: [(name: String, first: Int, count: Int)] = []
  private var otherUnknownPrograms = 0

  init(_ file: CustomerFile, segments: [String: Segment]) {
    self.file = file
    self.segments = segments
    rejected = RejectedRows.Recorder(file: file.name)
  }

  /// The number of problems of one kind that are named before the rest is only counted.
  private static let named = 20

  mutating func readRows() throws(CustomerFileError) {
    let parser = RowParser(file: file, segments: segments)
    var reader = file.reader()
    var record = TableRecord()
    var guesses: [Problem] = []
    var unknownAccess: [(value: String, lines: [Int])] = []
    while try reader.next(into: &record) {
      if record.isBlank {
        if record.count > 1 { blankRows = ((blankRows?.count ?? 0) + 1, blankRows?.first ?? record.line) }
        continue
      }
      let result = parser.parse(record)
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
      remarks.add(result.remarks, line: record.line)
      try add(result, record)
    }
    customerHashes = []
    guard index.count > 0 else {
      throw CustomerFileError(file.name, "the file has a header but no rows; it needs one row per mailbox")
    }
    let doubts = [TextDoubt.problem(in: remarks, rows: index.count, file: file.name)].compactMap(\.self)
    let problems = guesses + doubts + unknownAccess.map { unknown($0.value, $0.lines) }
    guard problems.isEmpty else { throw CustomerFileError(problems.inOrder()) }
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
    guard RowIndex.canHold(line: record.line, offset: record.offset, position) else {
      throw CustomerFileError(file.name, "the file has more lines than can be read; divide it among several campaigns")
    }
    let hash = result.id.map(HashIndex.hash)
    let previous = hash.flatMap { ids.exchange($0, position) }
    var flags: [RowIndex.Flag] = []
    var customerHash = 0
    if let row = result.row {
      rowsBySegment[row.access, default: 0] += 1
      switch segments[row.access] {
      case .letter: flags.append(.letter)
      case .phone: flags.append(.call)
      case Segment.none?, nil: break
      }
      if !row.phone.isEmpty { flags.append(.phone) }
      let isKnownMailbox = note(row, position, isLetter: flags.contains(.letter))
      customerHash = row.customerHash
      if let previous, isKnownMailbox || customerHash != customerHashes[previous] { flags.append(.differs) }
    } else {
      flags.append(.rejected)
      try rejected.add(record.line, customerID: result.id, reason: result.reason ?? "")
    }
    customerHashes.append(customerHash)
    index.append(idHash: hash ?? 0, offset: record.offset, line: record.line, flags: flags, previous: previous)
  }

  /// True when the row's mailbox may be in an earlier row, of whichever customer.
  private mutating func note(_ row: CustomerRow, _ position: Int, isLetter: Bool) -> Bool {
    let id = HashIndex.hash(row.id)
    let mailbox = HashIndex.hash(row.mailbox.key)
    let sameMailbox = mailboxes.exchange(mailbox, position)
    if let sameMailbox, index[sameMailbox].idHash != id { sharedMailboxes.append((sameMailbox, position)) }
    if isLetter { _ = affected.exchange(mailbox, position) }
    if let contact = row.contact,
      let earlier = contacts.exchange(HashIndex.hash(contact.key), position), index[earlier].idHash != id
    {
      sharedContacts.append((earlier, position))
    }
    samples.look(at: row)
    return sameMailbox != nil
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
      for row in index.chain(from: first) where contacts.hash(of: row) != 0 {
        if affected.row(under: contacts.hash(of: row)) != nil { index.noteAffectedContact(first) }
        break
      }
    }
  }

  /// The warnings: what the operator should know although nothing is rejected because of it.
  func warnings() throws(CustomerFileError) -> [CustomerWarning] {
    var list = WarningList(file, segments: segments, index: index)
    list.noted(file.notices)
    list.unused(segments.keys.filter { rowsBySegment[$0] == nil }.sorted())
    if let blankRows { list.blank(blankRows.count, first: blankRows.first) }
    list.remarked(remarks)
    list.unknown(unknownPrograms, others: otherUnknownPrograms)
    list.repeated(repeats, count: repeatCount)
    try list.shared(sharedMailboxes, kind: .sharedMailbox)
    try list.shared(sharedContacts, kind: .sharedContact)
    var readByOthers: [Int] = []
    var unreachable: [Int] = []
    var called: [Int] = []
    for first in 0..<index.count where !index[first].has(.follows) {
      let chain = index.chain(from: first)
      // A customer is rejected as a whole.
      guard !chain.contains(where: { index[$0].has(.rejected) }) else { continue }
      let contact = chain.lazy.map { contacts.hash(of: $0) }.first { $0 != 0 }
      let isLetter = chain.contains { index[$0].has(.letter) }
      if isLetter, index[first].has(.affectedContact) { readByOthers.append(first) }
      if isLetter, contact == nil { called.append(first) }
      let isCall = (isLetter && contact == nil) || chain.contains { index[$0].has(.call) }
      if isCall, !chain.contains(where: { index[$0].has(.phone) }) { unreachable.append(first) }
    }
    try list.customers(readByOthers, kind: .contactAffected)
    try list.customers(called, kind: .noContact)
    try list.customers(unreachable, kind: .noTelephone)
    return list.warnings
  }
}
