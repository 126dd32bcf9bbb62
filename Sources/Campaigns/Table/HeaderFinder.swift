/// Finds the header of a table: the first of its first lines that has every column a campaign cannot be without. What is
/// above it are titles.
///
/// Works on any table, whatever it came from. It reads a copy of the reader, and never further than it must.
struct HeaderFinder {
  /// The lines that are looked at. Reports with longer title pages are cut by hand.
  static let mostLines = 50

  /// A line that may be the header.
  struct Line {
    var record: TableRecord
    /// Behind this line.
    var reader: TableReader
    /// The number of needed columns in it, of those that are named at all, and of those written just as they are named.
    var needed = 0
    var named = 0
    var exact = 0
    var score: (Int, Int, Int) { (needed, named, exact) }

    /// Where no line has a named column, the first with the most cells is the likeliest.
    fileprivate func isBetter(than other: Line) -> Bool {
      score != other.score ? score > other.score : named == 0 && record.count > other.record.count
    }
  }

  struct Finding {
    /// The header, else the line that has most of its columns, else the first that is not blank; nil when all are blank.
    var line: Line?
    var isHeader = false
    /// The lines that hold something and are above it.
    var above: [TableRecord] = []
    /// Why the reading ended before a header was found.
    var failure: CustomerFileError?
  }

  private let exact: Set<String>
  private let loose: Set<String>
  private let needed: Set<String>
  private let longest: Int

  init(_ source: CustomerSource, order: String?) {
    self.init(
      titles: Array(source.columns.values) + (order.map { [$0] } ?? []),
      needed: CustomerSource.Field.needed.compactMap { source.columns[$0] })
  }

  /// - Parameter needed: Those of the titles that a header has at least.
  init(titles: [String], needed: [String]) {
    exact = Set(titles)
    loose = Set(titles.map(Self.looseTitle))
    self.needed = Set(needed.map(Self.looseTitle))
    longest = Self.longest(titles)
  }

  /// Cells of more bytes are not compared with the titles.
  private static func longest(_ titles: [String]) -> Int { 4 * (titles.map(\.utf8.count).max() ?? 0) + 64 }

  /// Those of `titles` that a cell of the first lines has, as ``looseTitle(_:)`` writes them: no other is in a header.
  static func occurring(_ titles: [String], in table: TableReader) -> Set<String> {
    let wanted = Set(titles.map(looseTitle))
    let longest = longest(titles)
    var reader = table
    var record = TableRecord()
    var found = Set<String>()
    var lines = 0
    while lines < mostLines, (try? reader.next(into: &record)) == true {
      lines += 1
      for field in 0..<record.count where record.range(field).count <= longest {
        let key = looseTitle(record.text(field))
        if wanted.contains(key) { found.insert(key) }
      }
    }
    return found
  }

  /// Searches from where the reader is.
  func search(_ table: TableReader) -> Finding {
    var reader = table
    var record = TableRecord()
    var finding = Finding()
    var lines: [TableRecord] = []
    var place = 0
    do throws(CustomerFileError) {
      for _ in 0..<Self.mostLines {
        guard try reader.next(into: &record) else { break }
        guard !record.isBlank else { continue }
        let line = look(at: record, reader)
        if finding.line.map({ line.isBetter(than: $0) }) ?? true {
          finding.line = line
          place = lines.count
        }
        if line.needed == needed.count {
          finding.isHeader = true
          break
        }
        lines.append(record)
      }
    } catch {
      finding.failure = error
    }
    finding.above = Array(lines.prefix(place))
    return finding
  }

  private func look(at record: TableRecord, _ reader: TableReader) -> Line {
    var line = Line(record: record, reader: reader)
    var found = Set<String>()
    for field in 0..<record.count {
      guard record.range(field).count <= longest, !record.range(field).isEmpty else { continue }
      let text = record.text(field)
      let key = Self.looseTitle(text)
      guard loose.contains(key), found.insert(key).inserted else { continue }
      line.named += 1
      if needed.contains(key) { line.needed += 1 }
      if exact.contains(text) { line.exact += 1 }
    }
    return line
  }

  /// The title without what people do not see or do not mean: case, blanks around it and doubled, line breaks, marks
  /// without width, an asterisk or a colon at the end.
  static func looseTitle(_ title: String) -> String {
    // Most titles, and most cells that are none.
    if title.utf8.allSatisfy({ $0 < 0x80 }) { return looseTitle(ofASCII: title.utf8) }
    var key = ""
    var isBlank = false
    for scalar in title.precomposed.unicodeScalars {
      if scalar.properties.isWhitespace {
        isBlank = true
      } else if scalar.properties.generalCategory != .format, scalar.properties.generalCategory != .control {
        if isBlank, !key.isEmpty { key += " " }
        isBlank = false
        key.unicodeScalars.append(scalar)
      }
    }
    // `E-Mail*` has to be filled in, and `Firma:` is from a form.
    var end = key[...]
    while let last = end.last, last == "*" || last == ":" || last == " " { end.removeLast() }
    return end.isEmpty ? key.lowercased() : end.lowercased()
  }

  private static func looseTitle(ofASCII title: String.UTF8View) -> String {
    var key: [UInt8] = []
    key.reserveCapacity(title.count)
    var isBlank = false
    for byte in title {
      switch byte {
      case 0x09...0x0D, 0x20: isBlank = true
      case 0...0x1F, 0x7F: break
      default:
        if isBlank, !key.isEmpty { key.append(0x20) }
        isBlank = false
        key.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
      }
    }
    let end = key.lastIndex { $0 != UInt8(ascii: "*") && $0 != UInt8(ascii: ":") && $0 != 0x20 }
    return String(decoding: end.map { key[...$0] } ?? key[...], as: UTF8.self)
  }
}
