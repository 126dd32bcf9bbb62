public import Foundation

/// A page of HTML as PDF, as a browser prints it.
///
/// Made by a ``Chromium`` of its own, which ends with the call, runs no script and loads nothing. Fails with
/// ``PreviewError``.
public enum PrintedPage {
  /// What the document says it was made by: a purge recognises it, and nobody learns the browser's version.
  ///
  /// - Parameter mark: ASCII without brackets.
  public static func pdf(_ html: String, mark: String) throws(PreviewError) -> Data {
    let chromium = try Chromium()
    defer { chromium.close() }
    guard let marked = PDFMark.marked(try chromium.pdf(of: html), as: mark) else {
      throw .noPicture("gave something that is no PDF", lastError: nil)
    }
    return marked
  }
}

/// The field Creator of a PDF, near its beginning (ISO 32000-1, 14.3.3).
public enum PDFMark {
  private static let field = Array("/Creator (".utf8)
  private static let longestHead = 16_384

  /// Whether the field of a PDF that begins with `start` has this text.
  public static func isIn(_ start: Data, _ mark: String) -> Bool {
    guard start.starts(with: Array("%PDF-".utf8)), let from = start.firstRange(of: field)?.upperBound else {
      return false
    }
    let text = start[from...].prefix { $0 != UInt8(ascii: ")") }
    return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespaces) == mark
  }

  /// The document with another text in the field, as long as the one before, since the document names places by their
  /// distance from its beginning; nil when it is no PDF with such a field.
  static func marked(_ pdf: Data, as mark: String) -> Data? {
    guard pdf.starts(with: Array("%PDF-".utf8)),
      let start = pdf.prefix(longestHead).firstRange(of: field)?.upperBound
    else { return nil }
    var end = start
    while end < pdf.endIndex, pdf[end] != UInt8(ascii: ")") {
      end += pdf[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard end < pdf.endIndex, mark.utf8.count <= end - start else { return nil }
    var marked = pdf
    marked.replaceSubrange(
      start..<end, with: Array(mark.utf8) + Array(repeating: UInt8(ascii: " "), count: end - start - mark.utf8.count))
    return marked
  }
}
