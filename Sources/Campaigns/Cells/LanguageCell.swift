/// A cell of the column `language`: one of the languages that letters are written in, in whatever way files name it.
///
/// - A code of two or three letters, with a country, a script or an encoding behind it or without: `de`, `ger`, `de-AT`,
///   `en_US.UTF-8` (BCP 47, POSIX).
/// - The name of the language in a language of its neighbours, with something in brackets: `Deutsch (Schweiz)`.
/// - The letters of German forms, `D` and `E`; the numbers of Windows, `1031` (LCID).
enum LanguageCell: Sendable, Hashable {
  case language(String)
  case empty
  /// It names both languages.
  case both
  /// It names another language, or none.
  case unknown

  static let accepted =
    "known are de (also de-DE, de_AT, deutsch, German, D) and en (also en-GB, en_US, englisch, English, E); "
    + "an empty cell is the language of the campaign"

  /// - Parameter text: Without white space around it, in normal form C.
  init(_ text: String) {
    switch text {
    case "": self = .empty
    case "de": self = .language("de")
    case "en": self = .language("en")
    default: self = Self.read(text)
    }
  }

  private static func read(_ text: String) -> LanguageCell {
    guard text.utf8.count <= 64 else { return .unknown }
    let text = CellBlank.trimmed(text)
    if text.isEmpty { return .empty }
    // İ in small letters is an i with a point above it.
    let lowered = String(text.lowercased().unicodeScalars.filter { $0 != "\u{307}" }.map(Character.init))
    if let name = names[lowered] { return .language(name) }
    if let name = names[String(lowered.drop { "(['\"".contains($0) }.prefix { !")]'\".".contains($0) })] {
      return .language(name)
    }
    let bare = withoutMarks(lowered)
    if let name = names[bare] { return .language(name) }
    if NoValue.isPlaceholder(text) { return .empty }
    if let number = Int(lowered), (1024...65_535).contains(number) {
      // The lower ten bits are the language.
      return number & 0x3FF == 7 ? .language("de") : number & 0x3FF == 9 ? .language("en") : .unknown
    }
    return named(lowered) ?? tagged(bare) ?? (namesBoth(lowered) ? .both : .unknown)
  }

  /// Without the marks and what cannot be seen at the ends: `<de>`, `EN;`, `de-`.
  private static func withoutMarks(_ text: String) -> String {
    let scalars = Substring(text).unicodeScalars
    let isMark = { (scalar: Unicode.Scalar) in scalar.isMark || CellBlank.contains(scalar) }
    guard let first = scalars.firstIndex(where: { !isMark($0) }), let last = scalars.lastIndex(where: { !isMark($0) })
    else { return "" }
    return String(text[first..<scalars.index(after: last)])
  }

  /// `de/en`, `Deutsch und Englisch`
  private static func namesBoth(_ text: String) -> Bool {
    let words = text.split { !$0.isLetter }.filter { !["und", "and", "oder", "or", "u"].contains($0) }
    let found = words.map { names[String($0)] }
    return !found.contains(nil) && Set(found).count > 1
  }

  /// `deutsch (österreich)`, `english, us`, `german - austria`.
  private static func named(_ text: String) -> LanguageCell? {
    let word = text.prefix { $0.isLetter }
    guard word.count > 3, let language = names[String(word)] else { return nil }
    let rest = String(text.dropFirst(word.count)).trimmingBlanks()
    guard let first = rest.first, "([-–,_".contains(first) else { return nil }
    // Two languages are none.
    let others = rest.split { !$0.isLetter }.contains { other in names[String(other)].map { $0 != language } ?? false }
    return others ? nil : .language(language)
  }

  /// The first part is the language; those behind it are a script, a country, a variant.
  private static func tagged(_ text: String) -> LanguageCell? {
    let tag = text.prefix { $0 != "." && $0 != "@" }
    let parts = tag.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "_" || $0 == " " }
    guard parts.count > 1, parts.count <= 5, ["de", "deu", "ger", "en", "eng"].contains(parts[0]),
      let language = names[String(parts[0])]
    else { return nil }
    let isTag = parts.dropFirst().allSatisfy { part in
      (2...8).contains(part.count) && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }
    // With a blank between them they are two languages, else the second is a country.
    if text.contains(" "), names[String(parts[1])] != nil { return nil }
    // `de-en` is two languages: a country is never called EN.
    return isTag && parts[1] != "en" && parts[1] != "eng" && parts[1] != "deu" ? .language(language) : nil
  }

  private static let names: [String: String] = {
    var names: [String: String] = [:]
    for name in NoValueWords.list(
      """
      de | deu | ger | d | dt | deutsch | german | deutsche | deutsche sprache | allemand | alemán | aleman | tedesco |
      alemão | duits | tysk | niemiecki | německy | němčina | almanca | német | saksa | nemščina | njemački | немецкий |
      hochdeutsch | deutschsprachig
      """)
    {
      names[name] = "de"
    }
    for name in NoValueWords.list(
      """
      en | eng | e | engl | englisch | english | englische sprache | anglais | inglés | ingles | inglese | inglês | engels |
      engelsk | engelska | angielski | anglicky | angličtina | ingilizce | angol | englanti | angleščina | engleski |
      английский | englischsprachig | britisches englisch | british english | american english
      """)
    {
      names[name] = "en"
    }
    return names
  }()
}
