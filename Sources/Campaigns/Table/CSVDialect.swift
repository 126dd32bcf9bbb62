import Files

/// The form in which a table is written: its delimiter and where its header begins. The delimiter is found by a first
/// line `sep=;`, else by counting in the header and the first rows.
struct CSVDialect {
  let delimiter: UInt8
  let hasSeparatorLine: Bool
  /// The offset at which the header begins.
  let offset: Int
  let line: Int

  private static let candidates = [UInt8(ascii: ";"), UInt8(ascii: ","), UInt8(ascii: "\t")]

  init(_ file: RandomAccessFile, name: String, encoding detected: EncodingDetector) throws(CustomerFileError) {
    func reader(_ delimiter: UInt8, _ offset: Int) -> CSVReader {
      CSVReader(file, name: name, encoding: detected.encoding, delimiter: delimiter, offset: offset)
    }
    // A delimiter that no text contains gives the whole first line.
    var lines = reader(0, detected.markLength)
    var record = TableRecord()
    if try lines.next(into: &record), let separator = Self.separator(record.text(0)) {
      guard Self.candidates.contains(separator) else {
        throw CustomerFileError(name, line: 1, "the delimiter after \"sep=\" must be a semicolon, a comma or a tab")
      }
      (delimiter, hasSeparatorLine, offset, line) = (separator, true, lines.offset, lines.line)
      return
    }
    (hasSeparatorLine, offset, line) = (false, detected.markLength, 1)
    var best: (delimiter: UInt8, columns: Int, alike: Int)?
    for candidate in Self.candidates {
      var rows = reader(candidate, detected.markLength)
      var columns = 0
      var alike = 0
      // Faults of the first rows are reported when the rows are really read.
      while rows.line <= 10, (try? rows.next(into: &record)) == true {
        if columns == 0 { columns = record.isBlank ? 0 : record.count } else if record.count == columns { alike += 1 }
      }
      if let best, (best.columns, best.alike) >= (columns, alike) { continue }
      best = (candidate, columns, alike)
    }
    delimiter = best?.delimiter ?? UInt8(ascii: ";")
  }

  private static func separator(_ line: String) -> UInt8? {
    let bytes = Array(line.utf8)
    return bytes.count == 5 && line.lowercased().hasPrefix("sep=") ? bytes[4] : nil
  }
}
