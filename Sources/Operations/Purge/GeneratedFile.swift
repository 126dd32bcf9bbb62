import Files
import Foundation
import Letters
import Preview
import Reports

/// Recognises by its first bytes a file with personal data that a command of ours wrote.
enum GeneratedFile {
  /// The kind of the file; nil for any other file, or one that cannot be read.
  static func kind(of file: URL) -> String? {
    var start: [UInt8] = []
    do {
      try RandomAccessFile(file).read(16_384, at: 0, into: &start)
    } catch {
      return nil
    }
    if file.pathExtension == "png", PictureMark.isIn(Data(start)) { return "a picture of a letter" }
    let text = String(decoding: start, as: UTF8.self)
    if file.pathExtension == "html", text.contains(PreviewPage.generator) { return "a page with letters" }
    if file.pathExtension == "eml", isLetter(text) { return "a letter" }
    if CallScripts.isBegin(text) { return "scripts for calls" }
    return isTable(text) ? "a report" : nil
  }

  /// The MIME boundary is ours: `=_` and 32 hexadecimal digits.
  private static func isLetter(_ text: String) -> Bool {
    text.contains(/boundary="=_[0-9a-f]{32}"/)
  }

  private static func isTable(_ text: String) -> Bool {
    // Reports: as JSON, with their keys in alphabetical order; as CSV, with any delimiter.
    let first = CustomerReport.header.sorted().first ?? ""
    if text.utf8.starts(with: "[\n{\n  \"\(first)\" : ".utf8) { return true }
    return SafeCSV.Delimiter.allCases.contains { delimiter in
      [CustomerReport.header, CallReport.header].contains { header in
        text.utf8.starts(with: SafeCSV(delimiter: delimiter).header(header).utf8)
      }
    }
  }
}
