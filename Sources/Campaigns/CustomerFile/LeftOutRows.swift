import Foundation

/// Recognises rows that are no customers and says which were left out: sums, counts, rules, notes under the table, the
/// header once more, rows of empty quoted cells.
///
/// A row with an address, a telephone number or a known access value is never one of them, nor is one with an id and
/// nothing that says it is a sum: such rows are rejected, so that nobody is left out without being missed.
struct LeftOutRows {
  enum Kind: Hashable {
    /// The titles of the header again, as where files were joined or pages broken.
    case header
    /// A sum, a count, a rule between title and rows.
    case sum
    /// Some sentence. It is left out only at the end, where no customer follows.
    case note
  }

  private let file: CustomerFile
  private let segments: [String: Segment]
  private let titles: [String]
  /// The first column that has a title: the table's left edge.
  private let edge: Int
  private var first: [Kind: [(line: Int, text: String)]] = [:]
  private var counts: [Kind: Int] = [:]

  /// Notes behind which no customer was found so far.
  private var notes: [TableRecord] = []

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
    return filled.count == 1 && filled[0] <= edge && !isName(filled[0]) && Self.isSentence(cells[0]) ? .note : nil
  }

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
    guard first[kind, default: []].count < Self.named else { return }
    let text = (0..<record.count).map { cell(record, $0) }.filter { !$0.isEmpty }.joined(separator: " ")
    first[kind, default: []].append((record.line, text))
  }

  /// Keeps a note until it is known what follows; false when there are too many of them.
  mutating func keep(_ note: TableRecord) -> Bool {
    guard notes.count < Self.mostNotes else { return false }
    notes.append(note)
    return true
  }

  mutating func takeNotes() -> [TableRecord] {
    guard !notes.isEmpty else { return [] }
    defer { notes = [] }
    return notes
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
        case .sum, .note:
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
    "suma",
    "razem", "totaal", "aantal", "nombre", "fin", "ergebnis", "mittelwert", "average",
  ]
  private static let counted: Set<String> = [
    "row", "rows", "zeile", "zeilen", "record", "records", "datensatz", "datensätze", "satz", "sätze", "kunde",
    "kunden",
    "customer", "customers", "eintrag", "einträge", "entries", "entry", "postfach", "postfächer", "mailboxes", "lignes",
    "ergebnisse", "treffer", "results", "wiersze", "rijen", "filas", "righe",
  ]
}
