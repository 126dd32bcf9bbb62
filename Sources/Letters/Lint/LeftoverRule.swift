/// A rule for what a template or a program leaves behind in a letter: placeholders that nobody filled, empty values,
/// salutations without a name, and passwords. It checks the text a reader sees, line by line, without the customer's
/// own texts.
struct LeftoverRule: Sendable {
  let name: String
  /// The words after the text that was found.
  let message: String
  /// One of these is in every line that has a fault: matching is slow, and most lines have none.
  private let signs: [[UInt8]]
  private let find: @Sendable (Substring) -> Substring?

  static let all: [LeftoverRule] = [
    LeftoverRule(
      "leftover", "is left over from a template",
      signs: ["nil", "undefined", "XX", "TODO", "FIXME", "NaN", "null", "Optional(", "${", "<<", "%", "[", "orem "]
    ) { line in
      (try? #/(?:^|[^\w\-@.])(nil|undefined|XXX+|TODO|FIXME|NaN)(?![\w\-@]|\.\w)/#.firstMatch(in: line))?.output.1
        ?? (try? #/Optional\(|\$\{[^}]*\}?|<<[^<>]*>>|%[sd@](?!\w)|[Ll]orem [Ii]psum/#.firstMatch(in: line))?.output
        ?? (try? #/\[[A-ZÄÖÜ][A-ZÄÖÜ0-9_ .\-]+\]/#.firstMatch(in: line))?.output
        // “null” is a German word too: it counts only where a value would be at the end.
        ?? (try? #/(?:^|[^\w\-@.])(null)(?:[,)]|\s*$)/#.firstMatch(in: line))?.output.1
    },
    LeftoverRule(
      "salutation", "is a salutation without a name",
      signs: ["geehrte", "Liebe", "Dear", "Guten Tag", "Hallo", "Hello"]
    ) { line in
      (try? #/^\s*(?:Sehr geehrte[rs]?(?: Herr| Frau)?|Lieber?|Dear(?: Mr| Ms| Mrs)?\.?)\s*,/#.firstMatch(in: line))?
        .output
        ?? (try? #/(?:Guten Tag|Hallo|Hello) +,|Sehr geehrte(?:\(r\)|\/r|\*r|:r)/#.firstMatch(in: line))?.output
    },
    LeftoverRule(
      "password", "looks like a password: no letter carries one",
      signs: ["asswor", "ASSWOR", "ennwort", "ENNWORT", "ugangscode", "PIN"]
    ) { line in
      (try? #/(?:(?i:passwor[dt]|kennwort|zugangscode)|\bPIN)\s*[:=]\s*[^\s:=]+\s*$/#.firstMatch(in: line))?.output
        ?? (try? #/(?i)(?:passwort|kennwort) lautet:?\s+\S+/#.firstMatch(in: line))?.output
        ?? (try? #/(?i)(?:passwor[dt]|kennwort) (?:is|ist):?\s+["“„'][^\s]+/#.firstMatch(in: line))?.output
        ?? (try? #/(?i)(?:passwor[dt]|kennwort) (?:is|ist):?\s+(?=\S*\d)\S{6,}/#.firstMatch(in: line))?.output
    },
  ]

  private init(
    _ name: String, _ message: String, signs: [String], find: @escaping @Sendable (Substring) -> Substring?
  ) {
    self.name = name
    self.message = message
    self.signs = signs.map { Array($0.utf8) }
    self.find = find
  }

  /// The finding in `text` (a subject, a text, or what is shown of an HTML part), with its line.
  func findings(in text: String) -> [(line: Int, found: String)] {
    let whole = ByteSearch(Array(text.utf8))
    let signs = signs.filter(whole.contains)
    guard !signs.isEmpty else { return [] }
    var findings: [(line: Int, found: String)] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let bytes = ByteSearch(Array(line.utf8))
      guard signs.contains(where: bytes.contains), let found = find(line) else { continue }
      findings.append((index + 1, String(found.drop { $0 == " " })))
    }
    return findings
  }
}
