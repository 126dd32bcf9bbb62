/// A text in a cell that stands for no value: what spreadsheets, databases, programs and people write where nothing is
/// known. Each is recognised by what kind of text it is, as far as it has a form.
///
/// The whole cell must be such a text: `Null & Söhne` is a name. What is a no-value in every column is told from what is
/// one only where people and firms are named (`Test`, `0`): see ``Strength``.
enum NoValue: Sendable, Hashable {
  /// `#NV`, `#BEZUG!`, `#DIV/0!`, `####`, `Err:502`, or a formula that was not calculated.
  case spreadsheetError
  /// `NULL`, `(null)`, `nan`, `None`, `\N`, `undefined`.
  case null
  /// `-`, `k.A.`, `n/a`, `unbekannt`, `xxx`, `test`, `siehe oben`.
  case placeholder
  /// `{{last_name}}`, `[Nachname]`, `%NAME%`, `«Vorname»`: a field that a form letter did not fill.
  case unfilledField

  /// How surely a text is no value.
  enum Strength { case everywhere, inTexts }

  /// The kind of no-value that `text` is in a name, a company, a telephone number, an address or a language; nil for a
  /// value and for an empty text.
  ///
  /// - Parameter text: Without white space around it.
  static func kind(of text: String) -> NoValue? { found(in: text)?.kind }

  /// True when `text` can be nobody's id: many customers would have it. `test`, `x` and `0000` may be ids, `0` is none.
  static func isNoID(_ text: String) -> Bool {
    // Most ids are numbers.
    if let first = text.utf8.first, first > UInt8(ascii: "0"), first <= UInt8(ascii: "9") { return false }
    guard let (kind, strength) = found(in: text) else { return false }
    return strength == .everywhere || kind == .null || ["0", "0,00", "0.00"].contains(text)
  }

  /// True when a cell that letters are ordered by has an error or nothing to say: words and `0` may be an order.
  static func isNoOrder(_ text: String) -> Bool {
    guard let (kind, strength) = found(in: text), strength == .everywhere else { return false }
    return kind != .placeholder || !text.contains(where: \.isLetter) || text.contains(".") || text.contains("/")
  }

  /// True when `text` is no value where an address, a telephone number or a name is expected: `k.A.`, `-`, `NULL`, `#NV`,
  /// `0`, `keine E-Mail`, `nicht vorhanden`. False for an empty text. Written for cells that are to be short: anything over
  /// 64 bytes is a value.
  static func isPlaceholder(_ text: String) -> Bool { kind(of: text) != nil }

  private static let longest = 64

  private static func found(in text: String) -> (kind: NoValue, strength: Strength)? {
    guard let first = text.utf8.first, text.utf8.count <= longest else { return nil }
    if first == UInt8(ascii: "#") || first == UInt8(ascii: "="), isSpreadsheetError(text) {
      return (.spreadsheetError, .everywhere)
    }
    if first | 0x20 == UInt8(ascii: "e") || first | 0x20 == UInt8(ascii: "f"), isErrorNumber(text) {
      return (.spreadsheetError, .everywhere)
    }
    if text == "\\N" || text == "\\n" { return (.null, .everywhere) }
    let hasMark = text.unicodeScalars.first.map { $0.isMark } ?? false
    if hasMark, isFieldOfATemplate(text) { return (.unfilledField, .everywhere) }
    let bare = NoValueWords.bare(text)
    if bare.isEmpty { return text.contains(where: \.isEmoji) ? nil : (.placeholder, .everywhere) }
    if let kind = NoValueWords.certain[bare] { return (kind, .everywhere) }
    if let kind = NoValueWords.inTexts[bare] {
      return (kind, hasMark && "([{<\"'`".utf8.contains(first) ? .everywhere : .inTexts)
    }
    if NoValueWords.isNegation(bare) { return (.placeholder, .everywhere) }
    return repeated(bare)
  }

  /// `null null`, `test test`, `xxx`, `00`: the same again and again.
  private static func repeated(_ bare: String) -> (kind: NoValue, strength: Strength)? {
    let words = bare.split(separator: " ")
    if words.count > 1 {
      let kinds = words.map { NoValueWords.certain[String($0)] ?? NoValueWords.inTexts[String($0)] }
      guard kinds.allSatisfy({ $0 != nil }), let kind = kinds[0] else { return nil }
      return (kind, words.allSatisfy { NoValueWords.certain[String($0)] != nil } ? .everywhere : .inTexts)
    }
    // `testtest`
    let half = String(bare.prefix(bare.count / 2))
    if words.count == 1, half.count > 2, half + half == bare, let kind = NoValueWords.inTexts[half] {
      return (kind, .inTexts)
    }
    guard let first = bare.first, words.count == 1, bare.allSatisfy({ $0 == first }), bare.count >= 2 else {
      return nil
    }
    if first == "0" { return (.placeholder, .inTexts) }
    // Of other letters two may be initials, and of other digits all may be a number.
    guard first.isLetter, bare.count >= 3 else { return nil }
    return (.placeholder, first == "x" ? .everywhere : .inTexts)
  }

  /// In every language of the program: `#` and capitals with a `!` or `?` at the end, `#` alone, or a known word. A formula
  /// is an error too: its value is not in the file.
  private static func isSpreadsheetError(_ text: String) -> Bool {
    let rest = text.dropFirst()
    if text.utf8.first == UInt8(ascii: "=") {
      // `="0815"` is a text that a program protected.
      return rest.first.map { $0.isLetter || $0 == "$" || $0 == "'" || $0 == "#" || $0 == "(" } ?? false
    }
    if rest.isEmpty || rest.allSatisfy({ $0 == "#" }) { return true }
    if NoValueWords.spreadsheetErrors.contains(rest.lowercased()) { return true }
    guard let last = rest.last, last == "!" || last == "?" else { return false }
    return rest.count <= 32 && rest.contains(where: \.isLetter)
      && rest.dropLast().allSatisfy { $0.isLetter || $0.isNumber || "/_-. '’¡¿".contains($0) || $0.isWhitespace }
  }

  /// `Err:502`, `Fehler:502`, `Error 2042`: LibreOffice and the values of Excel's own errors.
  private static func isErrorNumber(_ text: String) -> Bool {
    // Nearly every text that begins so ends in a letter.
    if let last = text.utf8.last, last < 0x30 || last > 0x39 && last < 0x80 { return false }
    let letters = text.prefix { $0.isLetter }
    let rest = text.dropFirst(letters.count)
    let digits = rest.drop { $0 == ":" || $0 == " " }
    return rest.count > digits.count && (3...4).contains(digits.count) && digits.allSatisfy(\.isNumber)
      && ["err", "error", "fehler", "fehl", "erreur", "errore"].contains(letters.lowercased())
  }

  /// A name between marks that form letters and programs use: `{{x}}`, `{x}`, `${x}`, `#{x}`, `%x%`, `<<x>>`, `<%= x %>`,
  /// `«x»`, `@@x@@`, `##x##`, `$x$`, `__x__`, `*|x|*`, `{!x}`, `[x]`, `<x>`.
  private static func isFieldOfATemplate(_ whole: String) -> Bool {
    let text = Array(whole)
    guard let first = text.first, text.count > 2 else { return false }
    let opening = text.prefix { "{[<«%$#@_*|!=".contains($0) }
    let closing = text.reversed().prefix { "}]>»%$#@_*|".contains($0) }
    let isDoubled = { (mark: Character) in opening.count >= 2 && opening.allSatisfy { $0 == mark } }
    let inside = text.dropFirst(opening.count).dropLast(min(closing.count, text.count - opening.count))
    guard !opening.isEmpty, inside.contains(where: \.isLetter) else { return false }
    let name = String(inside).trimmingBlanks()
    // `[null]` is another kind; `<b>` and `[x]` are no fields, and no names either.
    let bare = NoValueWords.bare(name)
    if NoValueWords.certain[bare] != nil && NoValueWords.certain[bare] != .unfilledField { return false }
    if NoValueWords.inTexts[bare] == .null { return false }
    let isName = name.allSatisfy { $0.isLetter || $0.isNumber || "_-. :/()|!'\"".contains($0) }
    if closing.isEmpty {
      // `$name`, `@name` and `@@name` of a program, in small letters.
      return first == "$" && isName && !name.contains(" ")
    }
    switch first {
    case "{", "[", "<", "%", "*": return isName
    // A firm may have its name in such quotation marks.
    case "«": return isName && !name.contains(" ") && name.utf8.allSatisfy { $0 < 0xC9 }
    case "$", "#": return isName && (opening.count > 1 || closing.contains(first))
    case "@", "_": return isName && isDoubled(first)
    default: return false
    }
  }
}

extension Character {
  /// A picture rather than a mark: not the digits and `#` that emoji are made of.
  fileprivate var isEmoji: Bool {
    unicodeScalars.contains { $0.properties.isEmoji && $0.value > 0x2000 }
  }
}
