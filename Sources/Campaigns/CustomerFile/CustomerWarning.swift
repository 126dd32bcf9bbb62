import Mail

/// Something in the customer file that does not stop the campaign but that the operator should know.
public struct CustomerWarning: Sendable, Hashable, CustomStringConvertible {
  public enum Kind: String, Sendable, CaseIterable {
    /// A segment that no row uses.
    case unusedSegment
    /// Rows of nothing but delimiters, which are left out.
    case blankRows
    /// Rows that are no customers: sums, the header again, notes at the end.
    case leftOut
    /// One mailbox in several rows of a customer.
    case repeatedMailbox
    /// One mailbox under several customers.
    case sharedMailbox
    /// One contact address for several customers.
    case sharedContact
    /// Letters that go to a mailbox that is itself affected.
    case contactAffected
    /// Customers who get a call instead of a letter.
    case noContact
    /// Customers to be called whose phone number is not in the file.
    case noTelephone
    /// A mail program that letters have no instructions for.
    case unknownProgram
    /// Something done to the table as a whole: see ``TableNotice``.
    case table
    /// Values that were read otherwise than they are written, or that are probably wrong: see ``RowRemark``.
    case values
  }
  public var kind: Kind
  /// The lines that the warning is about, in order.
  public var lines: [Int]
  public var message: String

  public init(kind: Kind, lines: [Int], message: String) {
    self.kind = kind
    self.lines = lines
    self.message = message
  }

  public var description: String { message }
}

/// Line numbers as part of a sentence: `line 3`, `lines 3, 9 and 40`, at most ten of them.
struct LineList: CustomStringConvertible {
  let lines: [Int]
  init(_ lines: [Int]) { self.lines = lines }

  var description: String {
    guard lines.count > 1 else { return "line \(lines.first.map(String.init) ?? "?")" }
    if lines.count <= 10 {
      return "lines \(lines.dropLast().map(String.init).joined(separator: ", ")) and \(lines[lines.count - 1])"
    }
    return "lines \(lines.prefix(9).map(String.init).joined(separator: ", ")) and \(lines.count - 9) more"
  }
}

/// Words and gathers the warnings of a customer file. Of every kind the first ones are named and the rest are counted,
/// so that a file with a million of them exhausts neither the memory nor the reader's patience.
struct WarningList {
  static let named = 100
  /// The number of customers that a warning about many names.
  private static let examples = 5

  private(set) var warnings: [CustomerWarning] = []
  private let index: RowIndex
  private let isWorkbook: Bool
  private var reader: CustomerRowReader

  init(_ file: CustomerFile, segments: [String: Segment], index: RowIndex) {
    self.index = index
    isWorkbook = if case .spreadsheet = file.form { true } else { false }
    reader = CustomerRowReader(file, segments: segments)
  }

  private mutating func add(_ kind: CustomerWarning.Kind, _ lines: [Int], _ message: String) {
    warnings.append(CustomerWarning(kind: kind, lines: lines, message: message))
  }

  mutating func unused(_ segments: [String]) {
    for name in segments { add(.unusedSegment, [], "segment \(QuotedText(name)) is not used by any row") }
  }

  mutating func noted(_ notices: [TableNotice]) { for notice in notices { add(.table, [], "\(notice)") } }

  /// One warning per kind of remark and field, with the first rows.
  mutating func remarked(_ remarks: RowRemarks) {
    for (kind, tally) in remarks.tallies {
      let rows = tally.first.map { row in
        "line \(row.line)" + (row.value.isEmpty ? "" : " \(QuotedText(row.value))")
          + (row.detail.isEmpty ? "" : " (\(kind.kind.word(before: row.detail)))")
      }
      let more = tally.count > rows.count ? " and \(tally.count - rows.count) more" : ""
      add(
        .values, tally.first.map(\.line),
        "\(kind.description(count: tally.count)): \(rows.joined(separator: ", "))\(more)")
    }
  }

  mutating func blank(_ count: Int, first: Int) {
    let what = isWorkbook ? "blanks" : "delimiters"
    add(
      .blankRows, [first],
      count == 1
        ? "line \(first) holds nothing but \(what) and is left out"
        : "\(count) lines hold nothing but \(what) and are left out, the first is line \(first)")
  }

  mutating func leftOut(_ rows: LeftOutRows) {
    for (lines, text) in rows.descriptions { add(.leftOut, lines, text) }
  }

  /// Each program with its first line and how many rows name it; `others` are rows that name one beyond these.
  mutating func unknown(_ programs: [(name: String, first: Int, count: Int)], others: Int) {
    for (name, first, count) in programs {
      let rows = count == 1 ? "1 row names" : "\(count) rows name"
      add(
        .unknownProgram, [first],
        "\(rows) the mail program \(QuotedText(name)), which has no instructions of its own; the general text is for "
          + "it (\(count == 1 ? "line" : "first in line") \(first))")
    }
    if others > 0 {
      add(.unknownProgram, [], "\(others) more names of mail programs have no instructions of their own")
    }
  }

  mutating func repeated(_ repeats: [(id: String, mailbox: CustomerMerge.Repeat)], count: Int) {
    for (id, mailbox) in repeats.prefix(Self.named) {
      let access = mailbox.access.map { QuotedText($0).description }
      let end =
        access.count == 1
        ? "it is counted once" : "its access differs (\(access.joined(separator: ", "))), each is followed"
      add(
        .repeatedMailbox, mailbox.lines,
        "mailbox \(QuotedText(mailbox.address.displayText)) of customer \(QuotedText(id)) stands in "
          + "\(LineList(mailbox.lines)); \(end)")
    }
    let rest = count - min(repeats.count, Self.named)
    if rest > 0 { add(.repeatedMailbox, [], "\(rest) more mailboxes stand in several rows of their customer") }
  }

  /// `pairs` are rows with the same address under two customers, each later row with one before it.
  mutating func shared(
    _ pairs: [SharedAddress], kind: CustomerWarning.Kind
  ) throws(CustomerFileError) {
    var order: [String] = []
    var found: [String: (address: EmailAddress, rows: [Int: String])] = [:]
    var looked = 0
    for pair in pairs where isGood(pair) {
      if looked == Self.named * 10 || order.count == Self.named { break }
      looked += 1
      for position in [Int(pair.earlier), Int(pair.later)] {
        guard let row = try reader.row(position, of: index).row,
          let address = kind == .sharedMailbox ? row.mailbox : row.contact
        else { continue }
        if found[address.key] == nil {
          order.append(address.key)
          found[address.key] = (address, [:])
        }
        found[address.key]?.rows[row.line] = row.id
      }
    }
    for key in order {
      // Two addresses with the same hash are separated here, and then they are not shared.
      guard let (address, rows) = found[key], Set(rows.values).count > 1 else { continue }
      let lines = rows.keys.sorted()
      let shown = QuotedText(address.displayText)
      add(
        kind, lines,
        kind == .sharedMailbox
          ? "mailbox \(shown) stands under \(Set(rows.values).count) customers, in \(LineList(lines)); each is told about it"
          : "\(Set(rows.values).count) customers have the contact address \(shown), in \(LineList(lines)); "
            + "each letter goes there")
    }
    let rest = pairs.count { isGood($0) } - looked
    if rest > 0 {
      add(
        kind, [],
        "\(rest) more rows share their \(kind == .sharedMailbox ? "mailbox" : "contact address") with another customer")
    }
  }

  private func isGood(_ pair: SharedAddress) -> Bool {
    !index[Int(pair.earlier)].has(.rejected) && !index[Int(pair.later)].has(.rejected)
  }

  /// One warning about all these customers, given by their first rows.
  mutating func customers(_ firsts: [Int], kind: CustomerWarning.Kind) throws(CustomerFileError) {
    guard !firsts.isEmpty else { return }
    var named: [String] = []
    for first in firsts.prefix(Self.examples) {
      let id = try reader.row(first, of: index).id ?? "?"
      named.append("\(QuotedText(id)) (line \(index[first].line))")
    }
    var list = named.joined(separator: ", ")
    if firsts.count > named.count { list += " and \(firsts.count - named.count) more" }
    let one = firsts.count == 1
    let count = one ? "1 customer" : "\(firsts.count) customers"
    let message =
      switch kind {
      case .contactAffected:
        "\(count) \(one ? "gets" : "get") the letter at a mailbox that is affected itself, where an intruder may be reading: "
          + list
      case .noContact:
        "\(count) \(one ? "is" : "are") called in place of a letter, for want of an e-mail address: \(list)"
      default: "\(count) to be called \(one ? "has" : "have") no telephone number in the file: \(list)"
      }
    add(kind, firsts.map { Int(index[$0].line) }, message)
  }
}
