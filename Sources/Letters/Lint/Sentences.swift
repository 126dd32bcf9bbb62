/// The sentences a reader sees in a part of a letter, as words in lower case, each sentence with the line it began in.
///
/// Text and HTML give the same sentences for the same words: lists, headings and paragraphs end a sentence, as `.`,
/// `!`, `?`, `:` and `;` do. Parts that are not shown (`<style>`, `<title>`, comments) are left out.
struct Sentences {
  struct Sentence {
    /// Words with one space between them and one at each end, so that ` word ` finds a whole word.
    let words: ByteSearch
    /// The line, counted from 1.
    let line: Int
  }

  private(set) var all: [Sentence] = []
  /// The words of the whole part.
  private(set) var words: Set<String> = []
  /// The text a reader sees, each run of white space and breaks as one space.
  private(set) var visible = ByteSearch([])

  private var current: [String] = []
  private var word = ""
  private var line = 1
  private var begun = 1

  init(text: String) {
    for written in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let trimmed = written.drop { $0 == " " }
      if trimmed.isEmpty || Self.beginsItem(trimmed) { end() }
      for scalar in trimmed.unicodeScalars { add(scalar) }
      endWord()
      line += 1
    }
    end()
    visible = ByteSearch(flattening: text)
  }

  init(html: String) {
    var shown = ""
    var rest = html.unicodeScalars[...]
    var hidden: String?
    while let scalar = rest.first {
      if scalar == "<" {
        let tag = Self.tag(rest)
        for scalar in tag.written where scalar == "\n" { line += 1 }
        rest = rest[tag.written.endIndex...]
        if let name = hidden {
          if tag.name == "/" + name { hidden = nil }
          continue
        }
        if ["style", "title", "script"].contains(tag.name) { hidden = tag.name }
        if !Self.inline.contains(tag.name.hasPrefix("/") ? String(tag.name.dropFirst()) : tag.name) {
          end()
          shown += " "
        }
        continue
      }
      if scalar == "\n" {
        line += 1
      }
      let character = scalar == "&" ? Self.reference(rest) : (scalar, rest.index(after: rest.startIndex))
      rest = rest[character.1...]
      guard hidden == nil else { continue }
      shown.unicodeScalars.append(character.0)
      add(character.0)
    }
    end()
    visible = ByteSearch(flattening: shown)
  }

  private mutating func add(_ scalar: Unicode.Scalar) {
    if Self.isPartOfWord(scalar) {
      if current.isEmpty, word.isEmpty { begun = line }
      word.unicodeScalars.append(scalar)
    } else {
      endWord()
      if ".!?:;".unicodeScalars.contains(scalar) { end() }
    }
  }

  private static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9": true
    default:
      scalar.isASCII
        ? scalar.value == UInt32(CustomerTextMask.mark)
        : scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
  }

  private mutating func endWord() {
    guard !word.isEmpty else { return }
    let small = word.lowercased()
    words.insert(small)
    current.append(small)
    word = ""
  }

  private mutating func end() {
    endWord()
    guard !current.isEmpty else { return }
    all.append(Sentence(words: ByteSearch(Array((" " + current.joined(separator: " ") + " ").utf8)), line: begun))
    current = []
  }

  private static func beginsItem(_ line: Substring) -> Bool {
    if line.hasPrefix("- ") || line.hasPrefix("[ ]") { return true }
    let digits = line.prefix { $0.isASCII && $0.isNumber }
    return !digits.isEmpty && line.dropFirst(digits.count).hasPrefix(". ")
  }

  private static let inline: Set<String> = ["a", "strong", "b", "em", "i", "span", "code", "u", "small"]

  /// The tag or comment that `html` begins with, and its name in lower case, after a `/` when it is an end tag.
  private static func tag(_ html: Substring.UnicodeScalarView) -> (name: String, written: Substring.UnicodeScalarView) {
    let end = html.firstIndex(of: ">").map { html.index(after: $0) } ?? html.endIndex
    let name = html[..<end].dropFirst().prefix { $0 != " " && $0 != ">" && $0 != "\n" }
    return (String(Substring(name)).lowercased(), html[..<end])
  }

  private static let references: [(String, Unicode.Scalar)] = [
    ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "),
  ]

  private static func reference(_ html: Substring.UnicodeScalarView) -> (Unicode.Scalar, String.UnicodeScalarView.Index)
  {
    for (written, scalar) in references where html.starts(with: written.unicodeScalars) {
      return (scalar, html.index(html.startIndex, offsetBy: written.unicodeScalars.count))
    }
    return ("&", html.index(after: html.startIndex))
  }
}

/// A phrase to look for in ``Sentences``: words in lower case, `…` for any words between them.
struct Phrase: Sendable {
  let text: String
  private let words: [String]
  private let parts: [[UInt8]]

  init(_ text: String) {
    self.text = text
    let parts = text.split(separator: "…").map { $0.split(separator: " ") }
    words = parts.joined().map(String.init)
    self.parts = parts.map { Array((" " + $0.joined(separator: " ") + " ").utf8) }
  }

  /// False when one of its words is missing from the part: then no sentence needs to be checked.
  func mayBeIn(_ sentences: Sentences) -> Bool { words.allSatisfy(sentences.words.contains) }

  func isIn(_ sentence: Sentences.Sentence) -> Bool {
    var start = 0
    for part in parts {
      guard let found = sentence.words.first(part, from: start) else { return false }
      // The space after a part may be the one before the next.
      start = found + part.count - 1
    }
    return true
  }
}

extension Sentences {
  /// The HTML with spaces for every tag and everything that is not shown, line by line: the text a reader sees, in the
  /// lines of the file.
  static func shown(of html: String) -> String {
    var shown = ""
    var rest = html.unicodeScalars[...]
    var hidden: String?
    while let scalar = rest.first {
      if scalar == "<" {
        let tag = tag(rest)
        shown.unicodeScalars.append(contentsOf: tag.written.filter { $0 == "\n" })
        rest = rest[tag.written.endIndex...]
        if let name = hidden {
          if tag.name == "/" + name { hidden = nil }
        } else if ["style", "title", "script"].contains(tag.name) {
          hidden = tag.name
        }
        continue
      }
      let character = scalar == "&" ? reference(rest) : (scalar, rest.index(after: rest.startIndex))
      rest = rest[character.1...]
      if hidden == nil || scalar == "\n" { shown.unicodeScalars.append(character.0) }
    }
    return shown
  }
}
