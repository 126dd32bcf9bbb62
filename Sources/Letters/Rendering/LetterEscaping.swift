import Mustache

/// The escaping of a value in a part of a letter: the kind of template file decides, never the template.
///
/// It replaces swift-mustache's escaping, which compares whole characters and so lets a `<` pass that is followed by a
/// combining mark. A customer's values are put in after swift-mustache has finished (see ``RenderKey``), so both ways
/// must escape alike.
struct LetterEscaping: MustacheContentType {
  /// The pragma that is put before the source of a template file of this kind.
  static func pragma(for part: LetterPart) -> String {
    _ = registered
    return part == .html ? "{{% CONTENT_TYPE: LETTER_HTML }}\n" : "{{% CONTENT_TYPE: TEXT }}\n"
  }

  private static let registered: Void = MustacheContentTypes.register(LetterEscaping(), named: "LETTER_HTML")

  func escapeText(_ text: String) -> String { Self.html(text) }

  /// `& < > " '` as character references, so that a value stays text in an element and in a quoted attribute.
  static func html(_ text: String) -> String {
    guard text.utf8.contains(where: { reference(for: $0) != nil }) else { return text }
    var escaped: [UInt8] = []
    escaped.reserveCapacity(text.utf8.count + 32)
    for byte in text.utf8 {
      if let reference = reference(for: byte) {
        reference.withUTF8Buffer { escaped.append(contentsOf: $0) }
      } else {
        escaped.append(byte)
      }
    }
    return String(decoding: escaped, as: UTF8.self)
  }

  @inline(__always)
  private static func reference(for byte: UInt8) -> StaticString? {
    switch byte {
    case UInt8(ascii: "&"): "&amp;"
    case UInt8(ascii: "<"): "&lt;"
    case UInt8(ascii: ">"): "&gt;"
    case UInt8(ascii: "\""): "&quot;"
    case UInt8(ascii: "'"): "&#39;"
    default: nil
    }
  }
}

/// The same escaping for pages that show letters.
public enum LetterEscaped {
  /// `& < > " '` as character references: text in an element and in a quoted attribute.
  public static func html(_ text: String) -> String { LetterEscaping.html(text) }
}
