/// How much may be unpacked, parsed and handed out for one file. What spreadsheet programs write stays far below it; an
/// archive that unpacks without end, and a cell that is repeated a million times, are met with an error in time that is
/// proportional to the size of the file.
///
/// Everything is counted in bytes: those that are unpacked, ``element`` for each element of XML, ``number`` for each number that
/// has a format, and those of the rows.
final class WorkBudget {
  static let element = 16
  /// For a number that is brought into a format, besides ``element`` for each part of that.
  static let number = 160
  /// Small files may be anything; a table of constant cells is packed to a hundredth.
  static let base = 32 << 20
  static let perByte = 100

  private var left: Int

  init(fileSize: Int) { left = Self.base + Self.perByte * fileSize }

  func spend(_ count: Int) throws(WorkbookError) {
    left -= count
    if left < 0 { throw .unpacksTooFar }
  }
}
