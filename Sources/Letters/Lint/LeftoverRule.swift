/// A rule for what a template or a program leaves behind in a letter: placeholders that nobody filled, empty values,
/// salutations without a name, and passwords. It checks the text a reader sees, line by line, without the customer's
/// own texts.
struct LeftoverRule: Sendable {
  let name: String
  /// The words after the text that was found.
  let message: String
  /// One of these is in every line that has a fault: matching is slow, and most lines have none.
  private let signs: [[UInt8]]
  /// What a fault looks like; of several the first that is found counts.
  private let patterns: [LinePattern]

  static let all: [LeftoverRule] = [
    LeftoverRule(
      "leftover", "is left over from a template",
      signs: ["nil", "undefined", "XX", "TODO", "FIXME", "NaN", "null", "Optional(", "${", "<<", "%", "[", "orem "],
      [
        LinePattern(#/(?:^|[^\w\-@.])(nil|undefined|XXX+|TODO|FIXME|NaN)(?![\w\-@]|\.\w)/#),
        LinePattern(#/Optional\(|\$\{[^}]*\}?|<<[^<>]*>>|%[sd@](?!\w)|[Ll]orem [Ii]psum/#),
        LinePattern(#/\[[A-ZÄÖÜ][A-ZÄÖÜ0-9_ .\-]+\]/#),
        // “null” is a German word too: it counts only where a value would be at the end.
        LinePattern(#/(?:^|[^\w\-@.])(null)(?:[,)]|\s*$)/#),
      ]),
    LeftoverRule(
      "salutation", "is a salutation without a name",
      signs: ["geehrte", "Liebe", "Dear", "Guten Tag", "Hallo", "Hello"],
      [
        LinePattern(#/^\s*(?:Sehr geehrte[rs]?(?: Herr| Frau)?|Lieber?|Dear(?: Mr| Ms| Mrs)?\.?)\s*,/#),
        LinePattern(#/(?:Guten Tag|Hallo|Hello) +,|Sehr geehrte(?:\(r\)|\/r|\*r|:r)/#),
      ]),
    LeftoverRule(
      "password", "looks like a password: no letter carries one",
      signs: ["asswor", "ASSWOR", "ennwort", "ENNWORT", "ugangscode", "PIN"],
      [
        LinePattern(#/(?:(?i:passwor[dt]|kennwort|zugangscode)|\bPIN)\s*[:=]\s*[^\s:=]+\s*$/#),
        LinePattern(#/(?i)(?:passwort|kennwort) lautet:?\s+\S+/#),
        LinePattern(#/(?i)(?:passwor[dt]|kennwort) (?:is|ist):?\s+["“„'][^\s]+/#),
        LinePattern(#/(?i)(?:passwor[dt]|kennwort) (?:is|ist):?\s+(?=\S*\d)\S{6,}/#),
      ]),
  ]

  private init(_ name: String, _ message: String, signs: [String], _ patterns: [LinePattern]) {
    self.name = name
    self.message = message
    self.signs = signs.map { Array($0.utf8) }
    self.patterns = patterns
  }

  /// The finding in `text` (a subject, a text, or what is shown of an HTML part), with its line.
  func findings(in text: String) -> [(line: Int, found: String)] {
    let whole = ByteSearch(Array(text.utf8))
    let signs = signs.filter(whole.contains)
    guard !signs.isEmpty else { return [] }
    var findings: [(line: Int, found: String)] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let bytes = ByteSearch(Array(line.utf8))
      guard signs.contains(where: bytes.contains),
        let found = patterns.lazy.compactMap({ $0.first(in: line) }).first
      else { continue }
      findings.append((index + 1, String(found.drop { $0 == " " })))
    }
    return findings
  }
}
