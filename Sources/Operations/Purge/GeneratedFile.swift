import Files
import Foundation
import Letters
import Preview
import Reports

/// Recognises by its first bytes a file with personal data that a command of ours wrote.
enum GeneratedFile {
  /// The kind of the file; nil for any other file, or one that cannot be read.
  static func kind(of file: URL) -> String? {
    guard let start = start(of: file) else { return nil }
    if file.pathExtension == "png", PictureMark.isIn(start) { return "a picture of a letter" }
    let text = String(decoding: start, as: UTF8.self)
    if file.pathExtension == "html", text.contains(PreviewPage.generator) { return "a page with letters" }
    if file.pathExtension == "eml", isLetter(text) { return "a letter" }
    if CallScripts.isBegin(text) { return "scripts for calls" }
    if isDocument(text, start, .personal) { return "a report" }
    if RejectedRowsTable.isBegin(start) { return "rows of a customer file" }
    return isTable(text) ? "a report" : nil
  }

  /// True for a report, a call list, scripts or rows to be corrected, of whatever campaign.
  static func isReport(_ file: URL) -> Bool {
    guard let start = start(of: file) else { return false }
    let text = String(decoding: start, as: UTF8.self)
    // A list of nobody, as JSON.
    return CallScripts.isBegin(text) || isTable(text) || text == "[]\n" || RejectedRowsTable.isBegin(start)
      || isDocument(text, start, .personal) || isDocument(text, start, .anonymous)
  }

  /// A report on a campaign or a customer, as HTML, PDF or JSON.
  private static func isDocument(_ text: String, _ start: Data, _ mark: DocumentMark) -> Bool {
    let generator = mark == .personal ? CampaignPage.generator : CampaignPage.anonymousGenerator
    return text.hasPrefix("<!DOCTYPE html>") && text.contains(generator) || PDFMark.isIn(start, mark.rawValue)
      || CampaignDocument.isBegin(text, isPersonal: mark == .personal)
  }

  /// True for rows of a customer file, which somebody corrects.
  static func isToBeCorrected(_ file: URL) -> Bool { start(of: file).map(RejectedRowsTable.isBegin) ?? false }

  /// True for a page of `preview --open`.
  static func isPage(_ file: URL) -> Bool {
    start(of: file).map { String(decoding: $0, as: UTF8.self).contains(PreviewPage.generator) } ?? false
  }

  private static func start(of file: URL) -> Data? {
    var start: [UInt8] = []
    do {
      try RandomAccessFile(file).read(16_384, at: 0, into: &start)
    } catch {
      return nil
    }
    return Data(start)
  }

  /// The MIME boundary is ours: `=_` and 32 hexadecimal digits.
  private static func isLetter(_ text: String) -> Bool {
    text.contains(/boundary="=_[0-9a-f]{32}"/)
  }

  private static func isTable(_ text: String) -> Bool {
    // Reports: as JSON, with their keys in alphabetical order; as CSV, with any delimiter.
    for header in [CustomerReport.header, ReasonRow.header] {
      let first = header.sorted().first ?? ""
      if text.utf8.starts(with: "[\n{\n  \"\(first)\" : ".utf8) { return true }
    }
    if text.utf8.starts(with: ReasonTexts.title.utf8) { return true }
    return SafeCSV.Delimiter.allCases.contains { delimiter in
      let headers = [
        CustomerReport.header, CustomerReport.earlierHeader, CallReport.header, CallReport.earlierHeader,
        ReasonRow.header,
      ]
      return (headers + CallForm.allCases.map(\.header)).contains { header in
        text.utf8.starts(with: SafeCSV(delimiter: delimiter).header(header).utf8)
      }
    }
  }
}
