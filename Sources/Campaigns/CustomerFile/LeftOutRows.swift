import Foundation

/// Recognises rows that are no customers and says which were left out: sums, counts, rules, notes under the table, the
/// header once more, rows of empty quoted cells.
///
/// A row with an address, a telephone number or a known access value is never one of them, nor is one with an id and
/// nothing that says it is a sum: such rows are rejected, so that nobody is left out without being missed. What no list of
/// words has, a text with figures or a sentence, is left out only at the end, where no customer follows.
struct LeftOutRows {
  enum Kind: Hashable {
    /// The titles of the header again, as where files were joined or pages broken.
    case header
    /// A sum, a count, a rule between title and rows.
    case sum
    /// Some sentence, or a word with figures.
    case note
    /// Some text behind a blank line: a note where others stand beside it.
    case line
  }

  private let file: CustomerFile
  private let segments: [String: Segment]
  private let titles: [String]
  /// The first column that has a title: the table's left edge.
  private let edge: Int
  private var first: [Kind: [(line: Int, text: String)]] = [:]
  private var counts: [Kind: Int] = [:]

  /// Notes behind which no customer was found so far.
  private var notes: [(record: TableRecord, kind: Kind)] = []
  /// A blank line stands before the next row, with nothing but notes between.
  private var isBehindBlank = false
  /// A sum or a count stands behind the last customer.
  private var hasSum = false
  /// A customer has an id without a digit.
  private var hasWordIDs = false

  private static let named = 3
  private static let mostNotes = 50
  static let notACustomer = "the row holds a text and no customer; remove it, or complete it"

  init(_ file: CustomerFile, segments: [String: Segment]) {
    self.file = file
    self.segments = segments
    titles = file.header.map(HeaderFinder.looseTitle)
    edge = file.header.firstIndex { !$0.isEmpty } ?? 0
  }

  /// What a row is that cannot be used; nil when it may be a customer.
  func kind(of record: TableRecord) -> Kind? {
    guard !record.bytes.contains(UInt8(ascii: "@")) else { return nil }
    let filled = (0..<record.count).filter { !record.isBlank($0) }
    guard !filled.isEmpty else { return nil }
    if isHeader(record) { return .header }
    // Counts may stand in any column, but an access value is a customer's.
    for field in [CustomerSource.Field.mailbox, .contact, .access] {
      guard let column = file.columns[field], !record.isBlank(column) else { continue }
      let text = cell(record, column)
      guard isNumber(text) || TableRecord.isRule(text), field != .access || segments[text] == nil else { return nil }
    }
    let cells = filled.map { cell(record, $0) }
    if record.isRule || record.isEndOfCopy { return .sum }
    let id = file.columns[.id].map { cell(record, $0) } ?? ""
    if let phone = file.columns[.phone], !record.isBlank(phone), !isSum(id) { return nil }
    if isSum(id), !id.contains(where: \.isNumber) { return .sum }
    // Without a word that is clear, nothing may be there that could be of a customer.
    if id.isEmpty || isSum(id) || isCount(id),
      cells.allSatisfy({ isNumber($0) || TableRecord.isRule($0) || isSum($0) || isCount($0) })
    {
      return .sum
    }
    guard filled[0] <= edge, !isName(filled[0]) else { return nil }
    if isFigures(cells) || filled.count == 1 && Self.isSentence(cells[0]) || isCutSentence(record, cells) {
      return .note
    }
    let isLine = isBehindBlank && filled.count == 1 && !mayBeID(cells[0])
    return isLine ? .line : nil
  }

  /// `Összesen;;;4`: one text without digits before figures, where ids have digits.
  private func isFigures(_ cells: [String]) -> Bool {
    cells.count > 1 && cells.dropFirst().allSatisfy(isNumber) && !cells[0].contains(where: \.isNumber) && !hasWordIDs
  }

  /// A sentence that the delimiter cuts: `Stand 22.11.2026; 9 Uhr; Vertrieb`.
  private func isCutSentence(_ record: TableRecord, _ cells: [String]) -> Bool {
    guard record.count < file.usualCells, record.count <= 3, record.count == cells.count else { return false }
    // What was in quotes as a whole is one text.
    return Self.isSentence(record.wasWrapped ? cells.joined(separator: " ") : cells[0])
  }

  private func mayBeID(_ text: String) -> Bool {
    if text.contains(where: \.isWhitespace) || text.contains("://") { return false }
    return text.contains(where: \.isNumber) || hasWordIDs
  }

  /// Learns what ids are like from a row that is used.
  mutating func look(atID id: String) {
    if !hasWordIDs, !id.utf8.contains(where: { (0x30...0x39).contains($0) }) { hasWordIDs = true }
  }

  /// A blank line is there; what stands above it and is no note has nothing to do with what follows.
  mutating func noteBlankLine() { isBehindBlank = true }

  /// A customer of whom nothing but the name is there is a customer.
  private func isName(_ column: Int) -> Bool {
    [.company, .firstName, .lastName].contains { (field: CustomerSource.Field) in file.columns[field] == column }
  }

  /// Several words, or one behind a colon: `Quelle: CRM`.
  private static func isSentence(_ text: String) -> Bool {
    let words = text.split(separator: " ")
    return words.count > 2 || (words.count == 2 && words.contains { $0.hasSuffix(":") })
  }

  /// False for a row in which nothing but a text stands somewhere: it has no access value, no mailbox, and is rejected by
  /// itself without a word about the file.
  func mayBeCustomer(_ record: TableRecord, _ result: RowParser.Result) -> Bool {
    result.row != nil || result.unknownAccess?.isEmpty == false
      || file.columns[.mailbox].map { record.bytes[record.range($0)].contains(UInt8(ascii: "@")) } == true
  }

  /// True for one cell of several words, which is nobody's id.
  func isText(_ record: TableRecord) -> Bool {
    let filled = (0..<record.count).filter { !record.isBlank($0) }
    return filled.count == 1 && cell(record, filled[0]).contains(where: \.isWhitespace)
  }

  /// True for a row of empty cells in quotes.
  func isBlank(_ record: TableRecord) -> Bool { (0..<record.count).allSatisfy(record.isBlank) }

  mutating func add(_ kind: Kind, _ record: TableRecord) {
    counts[kind, default: 0] += 1
    if kind == .sum, !record.isRule { hasSum = true }
    guard first[kind, default: []].count < Self.named else { return }
    let text = (0..<record.count).map { cell(record, $0) }.filter { !$0.isEmpty }.joined(separator: " ")
    first[kind, default: []].append((record.line, text))
  }

  /// Keeps a note until it is known what follows; false when there are too many of them.
  mutating func keep(_ note: TableRecord, _ kind: Kind) -> Bool {
    guard notes.count < Self.mostNotes else { return false }
    notes.append((note, kind))
    return true
  }

  /// Takes the notes that a customer stands behind: they are none.
  mutating func takeNotes() -> [TableRecord] {
    isBehindBlank = false
    hasSum = false
    guard !notes.isEmpty else { return [] }
    defer { notes = [] }
    return notes.map(\.record)
  }

  /// At the end of the file: leaves the notes out, and returns what is none after all.
  mutating func endNotes() -> [TableRecord] {
    let hasNote = hasSum || notes.contains { $0.kind == .note }
    var others: [TableRecord] = []
    for (record, kind) in notes {
      if kind == .note || hasNote { add(.note, record) } else { others.append(record) }
    }
    notes = []
    return others
  }

  /// One sentence per kind.
  var descriptions: [(lines: [Int], text: String)] {
    [Kind.header, .sum, .note].compactMap { kind in
      guard let count = counts[kind], let first = first[kind] else { return nil }
      let lines = first.map(\.line)
      let places =
        kind == .header
        ? (count == 1 ? "in line \(lines[0])" : "in lines " + lines.map(String.init).joined(separator: ", "))
        : first.map { "line \($0.line) \(QuotedText($0.text))" }.joined(separator: ", ")
      let more = count > lines.count ? " and \(count - lines.count) more" : ""
      let text =
        switch kind {
        case .header: "the header is there again \(places)\(more), which is left out"
        case .sum, .note, .line:
          (count == 1 ? "1 row is no customer and is left out" : "\(count) rows are no customers and are left out")
            + ": \(places)\(more)"
        }
      return (lines, text)
    }
  }

  private func cell(_ record: TableRecord, _ column: Int) -> String { record.text(column).trimmingBlanks() }

  private func isHeader(_ record: TableRecord) -> Bool {
    var found = 0
    for column in titles.indices where !titles[column].isEmpty {
      guard HeaderFinder.looseTitle(record.text(column)) == titles[column] else { return false }
      found += 1
    }
    return found > 0
  }

  /// `1.234`, `1 234,50`, `100 %`.
  private func isNumber(_ text: String) -> Bool {
    text.unicodeScalars.contains { (0x30...0x39).contains($0.value) }
      && text.unicodeScalars.allSatisfy {
        (0x30...0x39).contains($0.value) || ".,' \u{A0}\u{202F}€%".unicodeScalars.contains($0)
      }
  }

  /// `(3 rows affected)`, `4 Zeilen`.
  private func isCount(_ text: String) -> Bool {
    let words = Self.words(of: text)
    guard let number = words.first(where: isNumber), number == words.first, words.count > 1, words.count < 9 else {
      return false
    }
    return words.dropFirst().contains { Self.counted.contains($0) }
  }

  private func isSum(_ text: String) -> Bool {
    guard let word = Self.words(of: text).first(where: { !isNumber($0) && !TableRecord.isRule($0) }) else {
      return false
    }
    return Self.sums.contains(word)
  }

  /// In lower case, without the signs around them.
  private static func words(of text: String) -> [String] {
    text.lowercased().split { $0.isWhitespace || "()[]:;=".contains($0) }.map {
      $0.trimmingCharacters(in: .punctuationCharacters)
    }
    .filter { !$0.isEmpty }
  }

  private static let sums: Set<String> = [
    "summe", "summen", "gesamt", "gesamtsumme", "gesamtzahl", "gesamtanzahl", "gesamtergebnis", "teilergebnis", "total",
    "totals", "subtotal", "grand", "zwischensumme", "endsumme", "anzahl", "insgesamt", "sum", "count", "ende", "end",
    "eof", "dateiende", "listenende", "stand", "seite", "page", "blatt", "übertrag", "somme", "totale", "totaux",
    "suma", "razem", "ogółem", "łącznie", "totaal", "eindtotaal", "subtotaal", "eindsom", "aantal", "nombre", "fin",
    "ergebnis", "mittelwert", "average", "toplam", "genel", "celkem", "celkový", "spolu", "összesen", "végösszeg",
    "yhteensä",
    "summa", "totalsumma", "sammanlagt", "ukupno", "skupaj", "итого", "всего", "σύνολο", "somma", "sous-total",
  ]
  private static let counted: Set<String> = [
    "row", "rows", "zeile", "zeilen", "record", "records", "datensatz", "datensätze", "satz", "sätze", "kunde",
    "kunden",
    "customer", "customers", "eintrag", "einträge", "entries", "entry", "postfach", "postfächer", "mailboxes", "lignes",
    "ergebnisse", "treffer", "results", "wiersze", "rijen", "filas", "righe",
  ]
}
