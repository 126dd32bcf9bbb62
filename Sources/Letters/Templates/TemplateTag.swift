/// One tag of a template with its place, found by reading the source text.
///
/// swift-mustache renders an unknown name as nothing and keeps no places. So the names are checked on this list before
/// anything is rendered. Only what a letter needs is allowed: `{{name}}`, `{{.}}`, `{{#name}}`, `{{^name}}`,
/// `{{/name}}` and `{{! comment }}`. Everything else of Mustache is refused, each with its reason, because it would
/// bypass the check of the names or the escaping.
struct TemplateTag: Sendable, Hashable {
  enum Kind: Sendable, Hashable { case variable, section, inverted }

  let kind: Kind
  let name: String
  let line: Int
  let column: Int
  /// The sections around the tag, outermost first.
  let enclosing: [Opening]

  /// Sections inside each other. Rendering takes a stack frame for each, and nobody reads a text with more conditions.
  static let deepest = 32
  /// Faults of one file that are reported; the rest of the file is not read.
  static let mostFaults = 100

  struct Opening: Sendable, Hashable {
    let name: String
    let inverted: Bool
    let line: Int
    let column: Int
  }

  /// The tags of `source` in their order, and their faults.
  static func scan(_ source: String, file: String) -> (tags: [TemplateTag], faults: [TemplateError.Fault]) {
    var scanner = TagScanner(source: Array(source.utf8), file: file)
    scanner.run()
    return (scanner.tags, scanner.faults)
  }
}

/// Walks through the bytes of one template file.
private struct TagScanner {
  let source: [UInt8]
  let file: String
  var tags: [TemplateTag] = []
  var faults: [TemplateError.Fault] = []
  private var open: [TemplateTag.Opening] = []
  private var position = 0
  private var line = 1
  private var column = 1

  init(source: [UInt8], file: String) {
    self.source = source
    self.file = file
  }

  mutating func run() {
    while position < source.count {
      guard faults.count < TemplateTag.mostFaults else { return }
      if at("{{") {
        guard readTag() else { return }
      } else {
        advance(1)
      }
    }
    for section in open.reversed() {
      fault(
        section.line, section.column,
        "this section has no end; write {{/\(section.name)}} where it ends")
    }
  }

  /// False when the rest of the file cannot be read as tags.
  private mutating func readTag() -> Bool {
    let (tagLine, tagColumn) = (line, column)
    guard let end = endOfTag() else {
      fault(tagLine, tagColumn, "this tag has no end; close it with }} on the same line")
      return false
    }
    let content = source[position + 2..<end]
    advance(end + 2 - position)
    let sign = content.first ?? 0
    let name = { (text: ArraySlice<UInt8>) in Self.trimmed(text) }
    switch sign {
    case UInt8(ascii: "!"): break
    case UInt8(ascii: "#"), UInt8(ascii: "^"):
      guard open.count < TemplateTag.deepest else {
        fault(
          tagLine, tagColumn,
          "this section is inside \(TemplateTag.deepest) others, and that is as deep as they may be; write it outside of them"
        )
        return false
      }
      opened(name(content.dropFirst()), inverted: sign == UInt8(ascii: "^"), tagLine, tagColumn)
    case UInt8(ascii: "/"): closed(name(content.dropFirst()), tagLine, tagColumn)
    case UInt8(ascii: "{"), UInt8(ascii: "&"):
      fault(
        tagLine, tagColumn, "a value is never put into a letter unescaped; write {{name}}, the kind of file decides")
      if sign == UInt8(ascii: "{"), position < source.count, source[position] == UInt8(ascii: "}") { advance(1) }
    case UInt8(ascii: ">"), UInt8(ascii: "<"), UInt8(ascii: "$"):
      fault(tagLine, tagColumn, "a template cannot use parts of another file; write the text out here")
    case UInt8(ascii: "%"):
      fault(tagLine, tagColumn, "settings such as CONTENT_TYPE have no place here; the kind of file decides")
    case UInt8(ascii: "="):
      fault(tagLine, tagColumn, "the signs {{ and }} cannot be changed")
    default:
      let name = name(content)
      if checked(name, tagLine, tagColumn) {
        tags.append(TemplateTag(kind: .variable, name: name, line: tagLine, column: tagColumn, enclosing: open))
      }
    }
    return true
  }

  private mutating func opened(_ name: String, inverted: Bool, _ tagLine: Int, _ tagColumn: Int) {
    if checked(name, tagLine, tagColumn) {
      tags.append(
        TemplateTag(
          kind: inverted ? .inverted : .section, name: name, line: tagLine, column: tagColumn, enclosing: open))
    }
    open.append(.init(name: name, inverted: inverted, line: tagLine, column: tagColumn))
  }

  private mutating func closed(_ name: String, _ tagLine: Int, _ tagColumn: Int) {
    guard let section = open.last else {
      fault(tagLine, tagColumn, "{{/\(name)}} ends a section that was not begun; write {{#\(name)}} before it")
      return
    }
    if section.name != name {
      fault(
        tagLine, tagColumn,
        "{{/\(name)}} stands where the section of line \(section.line) must end; write {{/\(section.name)}}")
    }
    open.removeLast()
  }

  /// True for `.` and for names of lower-case letters, digits, underscores and single dots between them.
  private mutating func checked(_ name: String, _ tagLine: Int, _ tagColumn: Int) -> Bool {
    if name == "." { return true }
    let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let plain = parts.allSatisfy { part in
      !part.isEmpty
        && part.allSatisfy { byte in
          (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
        }
    }
    if !plain {
      fault(
        tagLine, tagColumn,
        name.isEmpty
          ? "this tag names no variable"
          : "“\(name.prefix(40))” is not the name of a variable: names have small letters, digits, _ and dots")
    }
    return plain
  }

  /// The place where the `}}` of the tag at `position` begins. Only a comment may extend over several lines.
  private func endOfTag() -> Int? {
    let isComment = position + 2 < source.count && source[position + 2] == UInt8(ascii: "!")
    var index = position + 2
    while index + 1 < source.count {
      if source[index] == UInt8(ascii: "}"), source[index + 1] == UInt8(ascii: "}") { return index }
      if source[index] == UInt8(ascii: "\n"), !isComment { return nil }
      index += 1
    }
    return nil
  }

  private func at(_ text: StaticString) -> Bool {
    text.withUTF8Buffer {
      position + $0.count <= source.count && source[position..<position + $0.count].elementsEqual($0)
    }
  }

  private mutating func advance(_ count: Int) {
    for byte in source[position..<position + count] {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    position += count
  }

  private mutating func fault(_ line: Int, _ column: Int, _ message: String) {
    faults.append(.init(file: file, line: line, column: column, message: message))
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
    var bytes = bytes
    while let first = bytes.first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") { bytes.removeFirst() }
    while let last = bytes.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}
