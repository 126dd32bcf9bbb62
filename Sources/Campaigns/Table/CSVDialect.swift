import Files

/// The form in which a table is written: its delimiter and its header.
///
/// The delimiter is the one with which a line has the columns that the campaign names; a first line `sep=;` is believed
/// when it does. Only where no delimiter gives these columns are cells counted, so that the error can say what was seen.
struct CSVDialect {
  let delimiter: UInt8
  let hasSeparatorLine: Bool
  let finding: HeaderFinder.Finding
  /// The number of cells in the line that was taken for the header, with this delimiter.
  private(set) var notices: [TableNotice] = []

  /// Tried in this order; where several give the same, the first is taken.
  private static let usual = ";,\t|".utf8.map { $0 }
  /// Tried when no usual one gives the named columns: everything in ASCII that is neither part of words and addresses nor
  /// a blank. A blank is none because tables that are set with blanks have cells of several words.
  static let others = (1...0x7E).map(UInt8.init).filter { byte in
    let isWord = Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber
    return !isWord && !usual.contains(byte) && !" \n\r\"'.-_@()".utf8.contains(byte)
  }
  static var all: [UInt8] { usual + others }

  /// How far is looked with a usual delimiter and with another one, in bytes.
  private static let reach = 1_048_576
  private static let shortReach = 65_536

  private let source: TextSource

  init(_ source: TextSource, finder: HeaderFinder) throws(CustomerFileError) {
    self.source = source
    let (separator, place) = try Self.begin(of: source)
    hasSeparatorLine = separator != nil
    let distinct = try Self.distinct(in: source, at: place)
    func search(_ delimiter: UInt8, _ reach: Int) -> HeaderFinder.Finding {
      finder.search(TableReader(source.reader(delimiter, at: place, reach: reach)))
    }
    var tried: [(delimiter: UInt8, finding: HeaderFinder.Finding)] = []
    if let separator { tried = [(separator, search(separator, Self.reach))] }
    if tried.first?.finding.isHeader != true {
      for candidate in distinct.usual where candidate != separator {
        tried.append((candidate, search(candidate, Self.reach)))
      }
    }
    if !tried.contains(where: \.finding.isHeader) {
      for candidate in distinct.others where candidate != separator {
        let finding = search(candidate, Self.shortReach)
        if finding.isHeader { tried.append((candidate, finding)) }
      }
    }
    var best: (place: Int, score: Score)?
    for index in tried.indices {
      let score = Score(tried[index].finding, source.reader(tried[index].delimiter, at: place, reach: Self.shortReach))
      if best.map({ score.isBetter(than: $0.score) }) ?? true { best = (index, score) }
    }
    let chosen = tried[best?.place ?? 0]
    delimiter = chosen.delimiter
    if chosen.finding.isHeader || chosen.finding.failure == nil {
      finding = chosen.finding
    } else {
      // What ended the search may have been its own limit.
      finding = finder.search(TableReader(source.reader(delimiter, at: place)))
    }
    if let separator, separator != delimiter, finding.isHeader {
      notices.append(.wrongSeparatorLine(Self.character(delimiter)))
    }
  }

  /// The delimiter that the first line names, if it names one, and where the table begins.
  private static func begin(
    of source: TextSource
  ) throws(CustomerFileError) -> (separator: UInt8?, place: TextSource.Place) {
    // A delimiter that no text contains gives the whole first line.
    var lines = source.reader(nil, at: source.start, reach: shortReach)
    var record = TableRecord()
    guard (try? lines.next(into: &record)) == true, let named = try separator(record.text(0), name: source.name) else {
      return (nil, source.start)
    }
    return (named, TextSource.Place(offset: lines.offset, line: lines.line))
  }

  /// The delimiters without those that give what another one before them gives: of all that the text does not have, one is
  /// left.
  private static func distinct(
    in source: TextSource, at place: TextSource.Place
  ) throws(CustomerFileError) -> (usual: [UInt8], others: [UInt8]) {
    let text = try source.bytes(at: place, reach: shortReach)
    var isThere = [Bool](repeating: false, count: 256)
    for byte in text { isThere[Int(byte)] = true }
    func distinct(_ delimiters: [UInt8]) -> [UInt8] {
      let absent = delimiters.first { !isThere[Int($0)] }
      return delimiters.filter { isThere[Int($0)] || $0 == absent }
    }
    // With a usual one is looked further than these bytes go.
    return (text.count < shortReach ? distinct(usual) : usual, distinct(others))
  }

  /// Those of `titles` that a header may have, whatever the delimiter is: see ``HeaderFinder/occurring(_:in:)``.
  static func occurring(_ titles: [String], in source: TextSource) throws(CustomerFileError) -> Set<String> {
    let (separator, place) = try begin(of: source)
    let distinct = try distinct(in: source, at: place)
    var found = Set<String>()
    for delimiter in [separator].compactMap(\.self) + distinct.usual {
      found.formUnion(
        HeaderFinder.occurring(titles, in: TableReader(source.reader(delimiter, at: place, reach: reach))))
    }
    for delimiter in distinct.others {
      let reader = source.reader(delimiter, at: place, reach: shortReach)
      found.formUnion(HeaderFinder.occurring(titles, in: TableReader(reader)))
    }
    return found
  }

  /// How well a delimiter fits.
  private struct Score {
    var header: (Int, Int, Int)
    /// The cells that most of the first lines have, and how many of them do. A title above them has one.
    var cells = 0
    var alike = 0

    init(_ finding: HeaderFinder.Finding, _ reader: CSVReader) {
      header = finding.line?.score ?? (0, 0, 0)
      var rows = reader
      var record = TableRecord()
      var counts: [Int: Int] = [:]
      let last = rows.line + 10
      // Faults of the first rows are reported when the rows are really read.
      while rows.line < last, (try? rows.next(into: &record)) == true {
        if !record.isBlank { counts[record.count, default: 0] += 1 }
      }
      if let most = counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }) { (cells, alike) = most }
    }

    func isBetter(than other: Score) -> Bool {
      if header != other.header { return header > other.header }
      return (cells, alike) > (other.cells, other.alike)
    }
  }

  static func character(_ delimiter: UInt8) -> Character { Character(Unicode.Scalar(delimiter)) }

  /// A delimiter in a sentence.
  static func name(of delimiter: Character) -> String {
    delimiter == "\t" ? "a tab" : QuotedText(String(delimiter)).description
  }

  /// What a first line `sep=;` names; spreadsheet programs fill such a line up with delimiters.
  private static func separator(_ line: String, name: String) throws(CustomerFileError) -> UInt8? {
    guard line.lowercased().hasPrefix("sep=") else { return nil }
    let named = Array(line.utf8.dropFirst(4))
    if named == Array("\\t".utf8) { return UInt8(ascii: "\t") }
    if let first = named.first, usual.contains(first) || others.contains(first), named.allSatisfy({ $0 == first }) {
      return first
    }
    throw CustomerFileError(
      name, line: 1,
      "the delimiter \(QuotedText(String(line.dropFirst(4)))) that \"sep=\" names is not read; save the table with "
        + "semicolons between the cells")
  }
}

/// The text that a table is read from, and where in it the table begins and ends.
struct TextSource {
  struct Place {
    var offset: Int
    var line: Int
  }
  let file: RandomAccessFile
  let name: String
  let encoding: TextEncoding
  let start: Place
  let end: Int
  /// Cells are written with backslashes, as databases do.
  var hasEscapes = false

  init(_ file: RandomAccessFile, name: String, encoding detected: EncodingDetector, end: TableEnd) {
    self.file = file
    self.name = name
    encoding = detected.encoding
    start = Place(offset: detected.markLength, line: 1)
    self.end = end.offset
  }

  /// - Parameters:
  ///   - delimiter: nil when whole lines are read.
  ///   - reach: The number of bytes that are read at most.
  func reader(_ delimiter: UInt8?, at place: Place, reach: Int? = nil) -> CSVReader {
    CSVReader(
      file, name: name, encoding: encoding, delimiter: delimiter, hasEscapes: hasEscapes, offset: place.offset,
      line: place.line, end: reach.map { min(end, place.offset + $0) } ?? end)
  }

  /// The bytes from a place on, `reach` at most.
  func bytes(at place: Place, reach: Int) throws(CustomerFileError) -> [UInt8] {
    var bytes: [UInt8] = []
    do throws(FileError) {
      try file.read(max(0, min(reach, end - place.offset)), at: place.offset, into: &bytes)
    } catch {
      throw CustomerFileError(name, error.clause)
    }
    return bytes
  }

  /// The first lines, to see what a text is that is no table.
  func firstLines() -> [String] {
    var reader = reader(nil, at: start, reach: 16_384)
    var record = TableRecord()
    var lines: [String] = []
    while lines.count < 60, (try? reader.next(into: &record)) == true { lines.append(record.text(0)) }
    return lines
  }
}
