import Mail

/// A letter of one script among those of another, in a part of an address that looks as if it were written in one: the
/// address is not the one that a reader sees, and nobody can know which one is meant.
struct MixedScripts: Hashable {
  /// The letter that does not belong to the others.
  let letter: Unicode.Scalar
  let script: Script
  /// The script of the letters around it.
  let around: Script
  /// The letter that it looks like, of the script around it.
  let lookAlike: Unicode.Scalar?
  /// The character's place in the cell; nil when the cell has the domain in another spelling.
  let place: Int?
  /// The address with every such letter replaced by what it looks like; nil when one looks like none.
  let other: String?
  /// The domain as DNS has it, when the letter is in the domain.
  let inDNS: String?

  /// Nil when every part of the address is written in one script.
  ///
  /// - Parameter text: The cell, in which places are counted.
  init?(_ address: EmailAddress, in text: String) {
    let isLocal = Self.strangers(in: address.local) != nil
    let domain = address.domain.unicode.split(separator: ".").lazy.map(String.init)
    let part = isLocal ? address.local : domain.first { Self.strangers(in: $0) != nil }
    guard let part, let found = Self.strangers(in: part) else { return nil }
    (letter, script, around) = (found.first, found.script, found.around)
    lookAlike = LookAlikes.of(found.first, in: found.around)
    inDNS = isLocal ? nil : address.domain.ascii
    place = Self.place(of: found.first, in: text)
    let replaced = Self.replacing(found.script, by: found.around, in: part)
    other = replaced.map { part in
      isLocal
        ? "\(part)@\(address.domain.unicode)"
        : "\(address.local)@"
          + address.domain.unicode.split(separator: ".").map { Self.strangers(in: String($0)) == nil ? "\($0)" : part }
          .joined(separator: ".")
    }
  }

  private static func place(of letter: Unicode.Scalar, in text: String) -> Int? {
    let small = letter.properties.lowercaseMapping
    let scalars = text.unicodeScalars
    return scalars.firstIndex { $0 == letter || $0.properties.lowercaseMapping == small }.map { text[..<$0].count + 1 }
  }

  /// The first letter that does not belong to the others of `part`.
  ///
  /// Letters of two scripts in one word do not belong together. Two words, as in `иван-shop`, may be in two scripts, unless
  /// the letters of one look like the other's.
  private static func strangers(in part: String) -> (first: Unicode.Scalar, script: Script, around: Script)? {
    if part.utf8.allSatisfy({ $0 < 0x80 }) { return nil }
    var all: [Script: Int] = [:]
    var isMixedWord = false
    for word in part.unicodeScalars.split(whereSeparator: isSeparator) {
      var scripts: Set<Script> = []
      for case let script? in word.map(Script.init) {
        scripts.insert(script)
        all[script, default: 0] += 1
      }
      if !Script.belongTogether(scripts) { isMixedWord = true }
    }
    guard !Script.belongTogether(Set(all.keys)) else { return nil }
    let most = all.values.max() ?? 0
    // Of equally many, the Latin ones are taken for those that are meant.
    let around = all[.latin] == most ? .latin : all.filter { $0.value == most }.keys.first
    guard let around else { return nil }
    let others = part.unicodeScalars.filter { scalar in Script(scalar).map { $0 != around } ?? false }
    guard let first = others.first, let script = Script(first) else { return nil }
    if !isMixedWord, !others.allSatisfy({ LookAlikes.of($0, in: around) != nil }) { return nil }
    return (first, script, around)
  }

  private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "." || scalar == "-" || scalar == "_" || scalar == "+"
  }

  private static func replacing(_ script: Script, by around: Script, in part: String) -> String? {
    var result = String.UnicodeScalarView()
    for scalar in part.unicodeScalars {
      if let found = Script(scalar), found != around {
        guard let like = LookAlikes.of(scalar, in: around) else { return nil }
        result.append(like)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}

/// Letters of other scripts that look like Latin ones, as far as they are used to write words (UTS #39, confusables).
enum LookAlikes {
  /// Each letter before the Latin one that nobody can tell it from.
  private static let exact = table(
    """
    аa еe оo рp сc уy хx ѕs іi јj һh ԛq ԝw ѵv ӏl АA ВB ЕE КK МM НH ОO РP СC ТT УY ХX ЅS ІI ЈJ ҺH ԚQ ԜW ѴV ӀI
    οo ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX օo ոn սu հh ցg զq յj
    """)
  /// Those that are taken for it in a word of Latin letters.
  private static let rough = table("вb гr кk мm нh пn тt αa βß γy ηn ιi κk νv ρp τt υu χx ωw εe")
  private static let latin = exact.merging(rough) { exact, _ in exact }

  private static func table(_ pairs: String) -> [Unicode.Scalar: Unicode.Scalar] {
    var table: [Unicode.Scalar: Unicode.Scalar] = [:]
    for pair in pairs.unicodeScalars.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
      if let letter = pair.first, let like = pair.last { table[letter] = like }
    }
    return table
  }

  /// The letters of other scripts by the Latin ones they look like.
  private static let others: [Unicode.Scalar: [Unicode.Scalar]] = Dictionary(
    grouping: latin.keys.sorted(), by: { latin[$0] ?? $0 })

  /// What a reader takes `letter` for in a word of `script`; nil when there is no such letter.
  static func of(_ letter: Unicode.Scalar, in script: Script) -> Unicode.Scalar? {
    if script == .latin { return latin[letter] }
    return others[letter]?.first { Script($0) == script }
  }

  /// The domain in Latin letters when a whole part of it looks like that and is something else, below a Latin ending:
  /// `сосо.com`. Nil for any other.
  static func reading(of domain: Domain) -> String? {
    let parts = domain.unicode.split(separator: ".")
    guard let last = parts.last, last.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
    var isOther = false
    let read = parts.map { part -> String in
      let letters = part.unicodeScalars.filter { Script($0) != nil }
      guard !letters.isEmpty, letters.allSatisfy({ exact[$0] != nil }) else { return String(part) }
      isOther = true
      return String(String.UnicodeScalarView(part.unicodeScalars.map { exact[$0] ?? $0 }))
    }
    return isOther ? read.joined(separator: ".") : nil
  }
}
