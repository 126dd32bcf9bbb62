/// What is wrong with a text in a column of names, titles or companies; a greeting uses only a text without a fault.
///
/// Nothing is cut out of a name to make another of it: `Frau Müller`, `Müller (verzogen)` and `Müller, Anna` are not
/// read as Müller, since the same rule would make names of texts that hold none.
enum NameCell {
  enum Column: Sendable { case salutation, title, first, last, company }

  /// Why `text` must not be in a letter; nil when it may. Plain texts are passed in one look at their bytes.
  ///
  /// - Parameter takesTitle: `Dr. Weber` is fine as a last name: no title stands before it.
  static func fault(of text: String, in column: Column, takesTitle: Bool = false) -> RowRemark.Kind? {
    if text.isEmpty || isPlain(text, in: column) { return nil }
    if let kind = NoValue.kind(of: text) { return RowRemark.Kind(kind) }
    switch column {
    case .salutation: return hasNoValue(beside: text, isFirm: false) ? .noteInName : nil
    case .title: return titleFault(text)
    case .company: return companyFault(text)
    case .first, .last: return personFault(text, isLast: column == .last, takesTitle: takesTitle)
    }
  }

  /// A person's name of an unusual form: it is used, and the operator should look at it.
  static func isUnusual(_ text: String, in column: Column) -> Bool {
    if text.utf8.count <= 40, text.utf8.count > 2, text.utf8.allSatisfy({ $0 < 0xE2 }) { return false }
    // A single letter of Latin is an abbreviation; of other scripts it may be a name.
    if column == .last, text.utf8.count <= 3, text.unicodeScalars.allSatisfy({ $0.value < 0x250 }) {
      return text.count(where: \.isLetter) == 1
    }
    return text.count > 40 || text.unicodeScalars.contains { $0.properties.isEmojiPresentation }
  }

  // MARK: - The fast way

  /// Letters, blanks and a few marks, with no word that may be one to look for: surely without a fault.
  static func isPlain(_ text: String, in column: Column) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      let isFirm = column == .company || column == .salutation
      let filter = isFirm ? WordFilter.company : column == .title ? .title : .person
      var hash = WordHash()
      var words = 0
      var isCapital = true
      var letters = 0
      // What a name begins and ends with is looked at as if a blank were beside it.
      var previous = UInt8(ascii: " ")
      for byte in bytes {
        if hash.isEmpty, byte > 0x60, byte <= 0x7A { isCapital = false }
        if hash.take(byte) {
          letters += 1
          // Punctuation, symbols and pictures are looked at one by one.
          if byte == 0xC2 || byte == 0xE2 || byte == 0xEF || byte == 0xF0 { return false }
        } else {
          switch byte {
          case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."): break
          case UInt8(ascii: "'"): if words == 0, hash.isEmpty { return false }
          case UInt8(ascii: "&"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: ","), UInt8(ascii: "("),
            UInt8(ascii: ")"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            guard isFirm else { return false }
          default: return false
          }
          if !hash.isEmpty {
            if filter.mayHave(hash) { return false }
            words += 1
            hash = WordHash()
          }
          if !isFirm, column != .title {
            let isDash = byte == UInt8(ascii: "-")
            if isDash, previous == UInt8(ascii: " ") || previous == UInt8(ascii: "-") { return false }
            if byte == UInt8(ascii: " "), previous == UInt8(ascii: "-") { return false }
          }
          if !isFirm, previous == UInt8(ascii: "."), byte == UInt8(ascii: ".") { return false }
        }
        // A point inside a word is one of an abbreviation or of a domain.
        if previous == UInt8(ascii: "."), !isFirm, column != .title, byte != UInt8(ascii: " ") { return false }
        previous = byte
      }
      if !hash.isEmpty {
        if filter.mayHave(hash) { return false }
        words += 1
      }
      guard letters > 0 else { return false }
      if column == .first || column == .last {
        if previous == UInt8(ascii: "-") || previous == UInt8(ascii: "'") { return false }
        if column == .last, previous == UInt8(ascii: ".") { return false }
        if bytes.count <= 2, !isCapital { return false }
      }
      // `aaa` and `xx` are looked at; so are words in small letters between others.
      let first = bytes[0] | 0x20
      if bytes.count > 1, bytes[1] | 0x20 == first { return false }
      return isFirm || words == 1 || isCapital
    }
  }

  // MARK: - The slow way

  private static func titleFault(_ text: String) -> RowRemark.Kind? {
    if let fault = markupFault(text) { return fault }
    let words = words(of: text)
    if words.contains(where: NameWords.noTitles.contains) { return .notAName }
    if words.contains(where: NameWords.salutations.contains) { return .salutationInName }
    if words.contains(where: NameWords.companyNotes.contains) || hasNoValue(beside: text, isFirm: false) {
      return .noteInName
    }
    let isTitle = text.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || " .-()'’".unicodeScalars.contains($0) }
    return isTitle ? nil : .notAName
  }

  private static func companyFault(_ text: String) -> RowRemark.Kind? {
    if let fault = markupFault(text) { return fault }
    let hasNote = words(of: text).contains(where: NameWords.companyNotes.contains)
    return hasNote || hasNoValue(beside: text, isFirm: true) ? .noteInName : nil
  }

  /// An address, a link or markup, which are no text that a letter or a call says.
  static func markupFault(_ text: String) -> RowRemark.Kind? {
    guard text.utf8.contains(where: isMarkup) || text.hasPrefix("www.") else { return nil }
    if text.contains("://") || text.hasPrefix("www.") && text.contains(".") && !text.contains(" ") { return .notAName }
    if let at = text.firstIndex(of: "@"), at != text.startIndex, text[at...].contains("."), !text.contains(" ") {
      return .notAName
    }
    for (opening, closing) in [("{{", "}}"), ("${", "}"), ("<<", ">>"), ("[[", "]]"), ("@@", "@@")] {
      if let start = text.firstRange(of: opening), text[start.upperBound...].contains(closing) { return .unfilledField }
    }
    return text.contains("<") && hasTag(text) ? .notAName : nil
  }

  private static func isMarkup(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "{"), UInt8(ascii: "<"), UInt8(ascii: "["): true
    default: false
    }
  }

  /// `<b>`, `</p>`, `<br/>`: HTML. A firm may have its town in such brackets.
  private static func hasTag(_ text: String) -> Bool {
    let tags: Set<Substring> = [
      "a", "b", "i", "u", "p", "br", "em", "div", "span", "font", "strong", "html", "script", "td",
    ]
    return text.split(separator: "<", omittingEmptySubsequences: false).dropFirst().contains { part in
      tags.contains(part.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber }) && part.contains(">")
    }
  }

  /// The words in small letters, without points; of `Frau-Müller` the salutation too.
  static func words(of text: String) -> [String] {
    var words: [String] = []
    let parts = text.unicodeScalars.split {
      switch $0 {
      case " ", "(", ")", ",", ";", ":", "/", "!", "?", ".", "\"", "„", "“": true
      default: $0.isBlank
      }
    }
    for word in parts {
      let bare = NoValueWords.bare(Substring(word))
      if bare.isEmpty { continue }
      words.append(bare)
      if bare.utf8.contains(UInt8(ascii: "-")), let first = bare.split(separator: "-").first,
        NameWords.salutations.contains(String(first))
      {
        words.append(String(first))
      }
    }
    return words
  }
}
