/// The contents of a finished part of a letter that ``LetterLint`` checks: leftovers of templates, addresses, URLs, and
/// in HTML whatever loads, asks or runs something.
///
/// One pass over the bytes. It reads bytes, not HTML: it would rather find too much in a strange template than too
/// little.
struct LetterWords {
  enum Word: Hashable {
    /// A leftover sign of a template or of a program.
    case leftover(String)
    /// Text that looks like a mail address, as a reader sees it.
    case address(String)
    /// Whatever has `://` or begins with `www.`, `mailto:`, `tel:`, `data:` or `javascript:`.
    case url(String)
    /// An element or attribute that a letter may not have.
    case forbidden(String)
  }

  private let bytes: [UInt8]
  private let isHTML: Bool
  private var found: [(line: Int, word: Word)] = []

  /// Everything found in `content`, with its line counted from 1.
  static func find(in content: String, isHTML: Bool) -> [(line: Int, word: Word)] {
    var words = LetterWords(bytes: Array(content.utf8), isHTML: isHTML)
    words.run()
    return words.found
  }

  private init(bytes: [UInt8], isHTML: Bool) {
    self.bytes = bytes
    self.isHTML = isHTML
  }

  /// The bytes at which something may be found; all others are skipped at once.
  private static let signs: [Bool] = (0..<256).map { "\n{}@:wW<=(".utf8.contains(UInt8($0)) }

  private mutating func run() {
    var line = 1
    var urlEnd = 0
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      guard Self.signs[Int(byte)] else {
        index += 1
        continue
      }
      switch byte {
      case UInt8(ascii: "\n"): line += 1
      case UInt8(ascii: "{"), UInt8(ascii: "}"):
        if index + 1 < bytes.count, bytes[index + 1] == byte {
          found.append((line, .leftover(byte == UInt8(ascii: "{") ? "{{" : "}}")))
          index += 1
        }
      case UInt8(ascii: "@"):
        if let address = address(around: index) { found.append((line, .address(address))) }
      case UInt8(ascii: ":"), UInt8(ascii: "w"), UInt8(ascii: "W"):
        if index >= urlEnd, let url = url(at: index) {
          urlEnd = url.end
          found.append((line, .url(url.text)))
        }
      default: break
      }
      if isHTML, let name = forbidden(at: index) { found.append((line, .forbidden(name))) }
      index += 1
    }
  }

  private func address(around at: Int) -> String? {
    var start = at
    while start > 0, Self.isLocalByte(bytes[start - 1]) { start -= 1 }
    var end = at + 1
    while end < bytes.count, Self.isDomainByte(bytes[end]) { end += 1 }
    while end > at + 1, bytes[end - 1] == UInt8(ascii: ".") || bytes[end - 1] == UInt8(ascii: "-") { end -= 1 }
    // “@media” and a lone @ are not addresses.
    guard start < at, bytes[at + 1..<end].contains(UInt8(ascii: ".")) else { return nil }
    let written = unescaped(String(decoding: bytes[start..<end], as: UTF8.self))
    // <info@…>, "info@…": the enclosing signs are not part of the address.
    return written.split(whereSeparator: { "<>\"'".contains($0) }).last.map(String.init)
  }

  /// The URL that the sign at `index` belongs to, without the punctuation of the sentence around it.
  private func url(at index: Int) -> (text: String, end: Int)? {
    var start = index
    if bytes[index] == UInt8(ascii: ":") {
      while start > 0, Self.isLetterOrDigit(bytes[start - 1]) { start -= 1 }
      let scheme = ["mailto", "tel", "data", "javascript"].contains {
        index - start == $0.utf8.count && has($0, at: start)
      }
      // “Tel: 0999” is a label: no space follows the colon of a URL.
      let opaque = scheme && index + 1 < bytes.count && Self.isURLByte(bytes[index + 1])
      guard opaque || has("://", at: index) else { return nil }
    } else {
      guard has("www.", at: index), index == 0 || !Self.isLetterOrDigit(bytes[index - 1]) else { return nil }
    }
    var end = index
    while end < bytes.count, Self.isURLByte(bytes[end]) { end += 1 }
    while end > index + 1, ".,;:!?)".utf8.contains(bytes[end - 1]) { end -= 1 }
    return (unescaped(String(decoding: bytes[start..<end], as: UTF8.self)), end)
  }

  private static let elements = [
    "script", "form", "input", "button", "img", "picture", "svg", "video", "audio", "iframe", "object", "embed", "link",
    "base",
  ]

  private func forbidden(at index: Int) -> String? {
    switch bytes[index] {
    case UInt8(ascii: "<"):
      return Self.elements.first { name in
        let end = index + 1 + name.utf8.count
        return has(name, at: index + 1) && (end == bytes.count || !Self.isLetterOrDigit(bytes[end]))
      }.map { "<\($0)" }
    case UInt8(ascii: "="):
      if let handler = eventHandler(before: index) { return handler }
      return ["src", "srcset", "background", "http-equiv"].first { name in
        let start = index - name.utf8.count
        return start > 0 && has(name, at: start) && !Self.isLetterOrDigit(bytes[start - 1])
      }.map { "\($0)=" }
    case UInt8(ascii: "("): return index >= 3 && has("url", at: index - 3) ? "url(" : nil
    case UInt8(ascii: "@"): return has("import", at: index + 1) ? "@import" : nil
    default: return nil
    }
  }

  /// `onclick=` and its like, in a tag.
  private func eventHandler(before index: Int) -> String? {
    var start = index
    while start > 0, Self.isLetterOrDigit(bytes[start - 1]) { start -= 1 }
    guard has("on", at: start), index > start + 2, start > 0, bytes[start - 1] <= 0x20,
      let tag = bytes[..<start].lastIndex(where: { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") }),
      bytes[tag] == UInt8(ascii: "<")
    else { return nil }
    return String(decoding: bytes[start...index], as: UTF8.self)
  }

  /// True when the bytes from `start` are `text`, ignoring case; `text` is ASCII in lower case.
  private func has(_ text: String, at start: Int) -> Bool {
    guard start + text.utf8.count <= bytes.count else { return false }
    var index = start
    for byte in text.utf8 {
      let here = bytes[index]
      guard here == byte || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(here) && here + 32 == byte else {
        return false
      }
      index += 1
    }
    return true
  }

  private func unescaped(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
    return [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
      .reduce(text) { $0.replacing($1.0, with: $1.1) }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: byte >= 0x80
    }
  }

  /// The signs of a dot-atom (RFC 5322 §3.2.3), and `;` for the end of a character reference.
  private static func isLocalByte(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || "!#$%&'*+-/=?^_`{|}~.;".utf8.contains(byte)
  }

  private static func isDomainByte(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
  }

  private static func isURLByte(_ byte: UInt8) -> Bool { byte > 0x20 && !"<>\"'".utf8.contains(byte) }
}
