/// What must not be greeted in the columns of first and last names.
extension NameCell {
  static func personFault(_ text: String, isLast: Bool, takesTitle: Bool) -> RowRemark.Kind? {
    if let fault = markupFault(text) ?? signFault(text, isLast: isLast) { return fault }
    if text.split(separator: " ").contains(where: isDomain) { return .notAName }
    let all = words(of: text)
    if all.count == 1, NameWords.nobody.contains(all[0]) || text.count == 1 && text.first?.isLowercase ?? false {
      return .noValue
    }
    let title = titleWords(all)
    if title > 0, !takesTitle || title == all.count { return .salutationInName }
    let words = all.dropFirst(title)
    if words.contains(where: isSalutation) { return .salutationInName }
    let name = title == 0 ? text[...] : behindTitle(text, title)
    let spaced = name.split { $0.isWhitespace }
    if isLast, spaced.count > 1, NameWords.salutationsInFront.contains(words[words.startIndex]) {
      return .salutationInName
    }
    if spaced.contains(where: { NameWords.degrees.contains(withoutPoints($0)) }) { return .salutationInName }
    if words.contains(where: NameWords.notes.contains) || words.contains(where: NameWords.departments.contains) {
      return .noteInName
    }
    if hasNoValue(beside: String(name), isFirm: false) || hasAbbreviation(spaced) || spaced.contains("RIP") {
      return .noteInName
    }
    if words.count > 1 {
      if isLast, isOffice(spaced) || hasRelation(spaced) { return .noteInName }
      if !isLast, hasRelation(spaced) { return .noteInName }
    }
    return hasNoteInSmallLetters(spaced, isLast: isLast) ? .noteInName : nil
  }

  private static func isSalutation(_ word: String) -> Bool {
    NameWords.salutations.contains(word) || NameWords.titles.contains(word)
  }

  // MARK: - Titles

  /// True when a title stands before the name: `Dr. Weber`.
  static func beginsWithTitle(_ text: String) -> Bool {
    // Every title has one of these letters in front.
    guard let first = text.utf8.first, "dDpPmMiIuU".utf8.contains(first) else { return false }
    return titleWords(words(of: text)) > 0
  }

  /// The title before a name, and the name: `Dr.` and `Weber`. Nil when no title stands before a name.
  static func parted(_ text: String) -> (title: String, name: String)? {
    guard beginsWithTitle(text) else { return nil }
    let name = behindTitle(text, titleWords(words(of: text)))
    guard !name.isEmpty else { return nil }
    return (String(text[..<name.startIndex]).trimmingBlanks(), String(name))
  }

  /// How many of the first words are a title: of `Dr. med. dent. Weber` three.
  private static func titleWords(_ words: [String]) -> Int {
    guard let first = words.first, NameWords.titles.contains(first) else { return 0 }
    return words.prefix { NameWords.titles.contains($0) || NameWords.titleEndings.contains($0) }.count
  }

  /// The text behind its first `count` words.
  private static func behindTitle(_ text: String, _ count: Int) -> Substring {
    let parts = text.split { $0.isWhitespace || $0 == "." }.filter { !NoValueWords.bare($0).isEmpty }
    return parts.count > count ? text[parts[count].startIndex...] : ""
  }

  // MARK: - Signs

  /// The sign of a note, of several people, or of a text that is none.
  private static func signFault(_ text: String, isLast: Bool) -> RowRemark.Kind? {
    var hasLetter = false
    var previous: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      switch scalar {
      case "a"..."z", "A"..."Z", "\u{C0}"..."\u{24F}": hasLetter = true
      case "0"..."9", "@", "{", "}", "[", "]", "<", ">", "|", "\\", "^", "~", "_", "*", "#", "=", "%", "$", "€", "§",
        "«", "»":
        return .notAName
      case "(", ")", ",", ";", ":", "/", "&", "+", "!", "?", "\"", "„", "“", "”", "†", "…": return .noteInName
      // A dash beside a space, and points in a row.
      case "-", "\u{2013}", "\u{2014}", ".":
        if previous == scalar || previous == " " { return .noteInName }
      case " ": if isDash(previous) { return .noteInName }
      default:
        if scalar.properties.isAlphabetic {
          hasLetter = true
        } else if scalar.properties.numericType != nil {
          return .notAName
        }
      }
      previous = scalar
    }
    guard hasLetter else { return .notAName }
    if isDash(previous) || isApostrophe(previous) { return .noteInName }
    if let first = text.unicodeScalars.first, isApostrophe(first) {
      // 't Hart, 's-Gravesande
      let word = text.unicodeScalars.dropFirst().prefix { $0.properties.isAlphabetic }
      if word.count != 1 { return .noteInName }
    }
    // Abbreviations of what is behind a name are short: jun.
    if isLast, previous == ".", let last = text.split(whereSeparator: { $0 == " " || $0 == "." }).last, last.count > 3 {
      return .noteInName
    }
    return nil
  }

  private static func isDash(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "-" || scalar == "\u{2013}" || scalar == "\u{2014}"
  }

  private static func isApostrophe(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "'" || scalar == "\u{2018}" || scalar == "\u{2019}" || scalar == "`" || scalar == "´"
  }

  /// `firma.example`, not `Dr.Weber` or `J.R.`
  private static func isDomain(_ word: Substring) -> Bool {
    let parts = word.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 1, let last = parts.last else { return false }
    return last.count >= 2 && parts.dropLast().contains { $0.count > 4 || $0 == "www" }
  }

  // MARK: - Words beside a name

  /// `Müller NULL`, `Müller k.A.`, `Müller GmbH (#NV)`: a text without a value beside others.
  ///
  /// - Parameter isFirm: In the names of firms such words may be meant, but for their last one.
  static func hasNoValue(beside text: String, isFirm: Bool) -> Bool {
    let words = text.split { $0.isWhitespace }
    guard words.count > 1 else { return false }
    let isCapital = !text.contains(where: \.isLowercase)
    for (index, word) in words.enumerated() {
      let bare = trimmed(word)
      if bare.hasPrefix("#"), bare.count > 1, NoValue.kind(of: String(bare)) == .spreadsheetError { return true }
      let isLast = index == words.count - 1
      switch bare {
      case "NULL": if !isFirm || isLast || !isCapital { return true }
      case "undefined", "NaN": return true
      case "null", "nan": if !isFirm || isLast { return true }
      case "None": if !isFirm || isLast && isLegalForm(words[index - 1]) { return true }
      default:
        // K.A. Müller has initials; N.V. is a legal form.
        if bare.contains("."), bare.first?.isLowercase ?? false || !isFirm && index > 0,
          NoValueWords.certain[NoValueWords.bare(bare)] != nil
        {
          return true
        }
        // `k. A.`
        if isLast, index > 0, case let before = words[index - 1], before.count == 2, before.hasSuffix("."),
          before.first?.isLowercase ?? false, bare.count <= 2,
          NoValueWords.certain[NoValueWords.bare("\(before) \(bare)")] != nil
        {
          return true
        }
      }
    }
    return false
  }

  private static func trimmed(_ word: Substring) -> Substring {
    let marks = "()[]{}<>\"',;:"
    var word = word.drop { marks.contains($0) }
    while let last = word.last, marks.contains(last) { word.removeLast() }
    return word
  }

  private static func isLegalForm(_ word: Substring) -> Bool {
    let bare = withoutPoints(word)
    return bare != "co" && NameWords.relations.contains(bare) || bare == "gmbh"
  }

  private static func withoutPoints(_ word: Substring) -> String {
    word.contains(".") ? NoValueWords.bare(word.filter { $0 != "." }) : NoValueWords.bare(word)
  }

  /// `Müller e.K.`, `z. H. Müller`: what has points inside, or is of single letters with points.
  private static func hasAbbreviation(_ words: [Substring]) -> Bool {
    var joined = ""
    var start = 0
    func isOne(at index: Int) -> Bool {
      guard joined.count(where: \.isLetter) > 1, let first = joined.first else { return false }
      let bare = withoutPoints(joined[...])
      if first.isLowercase { return NameWords.abbreviations.contains(bare) }
      return bare == "rip" || index > 0 && NameWords.neverInitials.contains(bare)
    }
    for (index, word) in words.enumerated() {
      if word.dropLast().contains(".") {
        if isOne(at: start) { return true }
        (joined, start) = (String(word), index)
      } else if word.hasSuffix("."), word.count <= 3 {
        if joined.isEmpty { start = index }
        joined += word
      } else {
        if isOne(at: start) { return true }
        joined = ""
      }
    }
    return isOne(at: start)
  }

  /// `Stadt Köln`, `WEG Gartenweg`; `Weg` is a name.
  private static func isOffice(_ words: [Substring]) -> Bool {
    guard words.count > 1, words[0].first?.isUppercase ?? false else { return false }
    let first = NoValueWords.bare(words[0])
    return NameWords.officesInFront.contains(first) && (first != "weg" || words[0] == "WEG")
  }

  /// A word that says who somebody is, or what a firm is: `Müller und Weber`, `Müller KG`. After a particle such a word is a
  /// name (`von Alt`, `Am See`), and so are the short ones of other languages (`U Thant`, `Kim Se`).
  private static func hasRelation(_ words: [Substring]) -> Bool {
    for (index, word) in words.enumerated() {
      let bare = NoValueWords.bare(word)
      if word == "bei" {
        // `bei der Wieden`
        let next = index + 1 < words.count ? words[index + 1] : ""
        if !["der", "dem", "den"].contains(next) { return true }
      }
      let parts = bare.contains(" ") ? bare.split(separator: " ").map(String.init) : [bare]
      guard parts.contains(where: NameWords.relations.contains) else { continue }
      if index > 0, words[..<index].allSatisfy(isParticle), word.first?.isUppercase ?? false, bare != "und" { continue }
      if index == 0, word == "U" { continue }
      // van Voorst tot Voorst
      if word == "tot", index > 0, index < words.count - 1 { continue }
      if bare == "und", index > 0, words[index - 1] == "von", index + 1 < words.count, words[index + 1] == "zu" {
        continue
      }
      if words.count == 2, index == 1, word == "Co" || word == "Se", words[0].count <= 4 { continue }
      return true
    }
    return false
  }

  private static func isParticle(_ word: Substring) -> Bool { NameWords.particles.contains(NoValueWords.bare(word)) }

  /// A word in small letters that is no part of names, beside one that begins with a capital letter: `Müller ist weg`. Of a
  /// text in small letters only, several such words are a note: `no longer here`.
  private static func hasNoteInSmallLetters(_ words: [Substring], isLast: Bool) -> Bool {
    guard words.count > 1 else { return false }
    let others = words.count { word in
      guard let first = word.first, first.isLowercase, word.allSatisfy({ $0.isLowercase || $0 == "." }) else {
        return false
      }
      return !isParticle(word)
    }
    if words.contains(where: { $0.first?.isUppercase ?? false }) { return others > 0 }
    return isLast && words.count > 2 && others > 1
  }
}
