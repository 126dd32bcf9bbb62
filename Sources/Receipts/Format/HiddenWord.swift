/// Something a relay may know a customer by, as its words, and where a text has it, in whatever spelling.
///
/// The words must stand alone: not within a longer word, and a number not within a time, a version or an IP address.
struct HiddenWord {
  /// What takes its place; of two that are as long, the higher.
  enum Mark: Int, Comparable {
    case domain, customer, address

    static func < (left: Mark, right: Mark) -> Bool { left.rawValue < right.rawValue }

    var text: String {
      switch self {
      case .domain: "<domain>"
      case .customer: "<customer>"
      case .address: "<address>"
      }
    }
  }

  /// What may stand between the words.
  private enum Gap {
    /// A local part: nothing, or any of its signs; within a word a dot, which some providers ignore.
    case localPart
    /// A name or an id: nothing or a few signs and spaces.
    case name
    /// A domain: a dot, what host names have in place of one, or the word.
    case domain
  }

  let mark: Mark
  private let gap: Gap
  /// The words in each spelling that is compared; each spelling once.
  private let spellings: [(fold: SpelledText.Fold, words: [[Unicode.Scalar]])]
  private let isNumber: Bool

  private init?(_ text: String, _ mark: Mark, _ gap: Gap) {
    let spelled = SpelledText(text)
    var spellings: [(fold: SpelledText.Fold, words: [[Unicode.Scalar]])] = []
    for fold in SpelledText.Fold.allCases {
      let scalars = spelled.folded(fold).map(\.scalar)
      var words = scalars.split { !$0.isOfWord }.map(Array.init)
      // Made of signs alone.
      if words.isEmpty, !scalars.isEmpty, !scalars.allSatisfy({ $0.properties.isWhitespace }) { words = [scalars] }
      if !words.isEmpty { spellings.append((fold, words)) }
      if spelled.isASCII { break }
    }
    guard !spellings.isEmpty else { return nil }
    self.mark = mark
    self.gap = gap
    self.spellings = spellings
    isNumber = spellings[0].words.count == 1 && spellings[0].words[0].allSatisfy(\.isDecimalDigit)
  }

  // MARK: What a customer is known by

  /// The local part of the customer's address, and what is left of it without its tag.
  static func localPart(_ local: String) -> [HiddenWord] {
    var content = local
    if content.hasPrefix("\""), content.hasSuffix("\""), content.utf8.count > 1 {
      content = String(content.dropFirst().dropLast()).replacing("\\", with: "")
    }
    var texts = [content]
    if let plus = content.firstIndex(of: "+"), plus != content.startIndex { texts.append(String(content[..<plus])) }
    return texts.compactMap { HiddenWord($0, .address, .localPart) }
  }

  /// A domain in A-labels and U-labels, and its longest label alone where that says something.
  static func domain(ascii: String, unicode: String) -> [HiddenWord] {
    var words: [HiddenWord?] = []
    for name in Set([ascii, unicode]) {
      words.append(HiddenWord(name, .domain, .domain))
      let longest = name.split(separator: ".").dropLast().max { $0.count < $1.count }
      if let longest, longest.count > 3, !relayWords.contains(String(longest)) {
        words.append(HiddenWord(String(longest), .domain, .name))
      }
    }
    return words.compactMap(\.self)
  }

  static func id(_ id: String) -> [HiddenWord] { [HiddenWord(id, .customer, .name)].compactMap(\.self) }

  /// A person's names: together, in either order, and each word of them.
  static func person(first: String, last: String) -> [HiddenWord] {
    let both = [first, last].filter { !$0.isEmpty }
    var texts = both.count == 2 ? [both.joined(separator: " "), "\(last) \(first)"] : []
    for name in both { texts += [name] + parts(of: name).filter { !particles.contains($0.lowercased()) } }
    // An initial identifies nobody, and to hide every “a” would tell it.
    return texts.filter { $0.utf8.count > 1 }.compactMap { HiddenWord($0, .customer, .name) }
  }

  /// A company's name as a whole and without its legal form, and each word of it that is not one of every relay.
  static func company(_ name: String) -> [HiddenWord] {
    let all = parts(of: name)
    let own = all.filter { !legalForms.contains($0.lowercased()) }
    let telling = own.filter { $0.utf8.count > 2 && !relayWords.contains($0.lowercased()) }
    var texts = [name]
    if own.count > 1 { texts.append(own.joined(separator: " ")) }
    return (texts.filter { $0.utf8.count > 1 && !relayWords.contains($0.lowercased()) } + telling)
      .compactMap { HiddenWord($0, .customer, .name) }
  }

  private static func parts(of name: String) -> [String] {
    name.unicodeScalars.split { !$0.isOfWord }.map { String(String.UnicodeScalarView($0)) }
  }

  /// Words within names that are nobody's own.
  private static let particles: Set<String> = [
    "von", "van", "vom", "zu", "zur", "zum", "der", "den", "dem", "de", "di", "da", "du", "la", "le", "und", "and",
    "the",
    "y", "e",
  ]
  private static let legalForms: Set<String> = [
    "gmbh", "mbh", "mbb", "ag", "kg", "kgaa", "ohg", "ug", "gbr", "eg", "ev", "e", "v", "k", "kfm", "se", "co", "und",
    "and", "the",
    "of", "für", "der", "die", "das", "ltd", "llc", "llp", "inc", "partg", "partgmbb", "haftungsbeschränkt", "sa",
    "sarl",
    "bv", "nv",
  ]
  /// Words of relays themselves: hidden in one customer's replies, they would say what the customer is called.
  private static let relayWords: Set<String> = [
    "account", "address", "bounce", "box", "client", "cloud", "connection", "data", "delivery", "domain", "email",
    "error",
    "example", "firewall", "gateway", "group", "host", "hosting", "info", "internet", "link", "local", "mail",
    "mailbox",
    "mailer", "message", "network", "office", "online", "policy", "post", "postfix", "protection", "recipient", "relay",
    "security", "sender", "server", "service", "services", "smtp", "spam", "status", "support", "system", "systems",
    "user", "web", "with",
  ]

  // MARK: Where a text has it

  /// The spellings of a text, made once for all words that are looked for.
  struct Text {
    fileprivate let isASCII: Bool
    fileprivate let folded: [(fold: SpelledText.Fold, elements: [SpelledText.Element])]
    /// In case and compatibility alone.
    let plain: [SpelledText.Element]

    init(_ spelled: SpelledText) {
      isASCII = spelled.isASCII
      folded = (isASCII ? [.plain] : SpelledText.Fold.allCases).map { ($0, spelled.folded($0)) }
      plain = folded[0].elements
    }
  }

  /// Calls `body` with the bytes of each place.
  func forEachPlace(in text: Text, _ body: (Range<Int>) -> Void) {
    for spelling in spellings {
      for folded in text.folded where text.isASCII || spelling.fold == folded.fold || spellings.count == 1 {
        search(spelling.words, in: folded.elements, body)
      }
    }
  }

  private func search(
    _ words: [[Unicode.Scalar]], in text: [SpelledText.Element], _ body: (Range<Int>) -> Void
  ) {
    let first = words[0][0]
    for start in text.indices where text[start].scalar == first {
      guard start == 0 || !Self.isGlued(text[start - 1].scalar, text[start].scalar),
        var end = match(words, in: text, at: start),
        end == text.count || !Self.isGlued(text[end - 1].scalar, text[end].scalar),
        !isNumber || Self.isNumberAlone(start..<end, in: text)
      else { continue }
      if gap == .localPart, end < text.count, text[end].scalar == "+" {
        // A tag that was added.
        var tag = end + 1
        while tag < text.count, text[tag].scalar.isOfWord { tag += 1 }
        end = tag
      }
      body(text[start].start..<text[end - 1].end)
    }
  }

  /// The index after the words that begin at `start`.
  private func match(_ words: [[Unicode.Scalar]], in text: [SpelledText.Element], at start: Int) -> Int? {
    var place = start
    for (number, word) in words.enumerated() {
      if number > 0 {
        guard let next = afterGap(in: text, at: place) else { return nil }
        place = next
      }
      let allowsDots = gap == .localPart && !word.allSatisfy(\.isDecimalDigit)
      for (index, scalar) in word.enumerated() {
        if index > 0, allowsDots, place < text.count, text[place].scalar == "." { place += 1 }
        guard place < text.count, text[place].scalar == scalar else { return nil }
        place += 1
      }
    }
    return place
  }

  private func afterGap(in text: [SpelledText.Element], at start: Int) -> Int? {
    func skip(_ signs: String, from place: Int, atMost count: Int) -> Int {
      var place = place
      while place < text.count, place < start + count, signs.unicodeScalars.contains(text[place].scalar) { place += 1 }
      return place
    }
    switch gap {
    case .localPart: return skip("._-+=~ /'\"\\!#$%&*?^`{|}", from: start, atMost: 4)
    case .name: return skip(" .,-_'’\"&/#+:\t", from: start, atMost: 4)
    case .domain:
      let opened = skip(" ([{", from: start, atMost: 3)
      // A label of its own may have hyphens, one after the other in an A-label.
      var place = opened
      while place < text.count, place < opened + 3, ".-_".unicodeScalars.contains(text[place].scalar) { place += 1 }
      if place == opened {
        let word = ["dot", "punkt"].first { word in
          text[place...].prefix(word.utf8.count).map(\.scalar).elementsEqual(word.unicodeScalars)
        }
        guard let word, place > start else { return nil }
        place += word.utf8.count
      }
      return skip(" )]}", from: place, atMost: place - start + 3)
    }
  }

  /// Whether two neighbours belong to one word.
  private static func isGlued(_ left: Unicode.Scalar, _ right: Unicode.Scalar) -> Bool {
    left.isOfWord && right.isOfWord && !left.isOfSpacelessScript && !right.isOfSpacelessScript
  }

  /// False for a number that is part of a longer one, such as a status, an IP address, a time or a date, or a reply code.
  /// Whoever reads the rest could tell it, and with it what the customer is called.
  private static func isNumberAlone(_ range: Range<Int>, in text: [SpelledText.Element]) -> Bool {
    func scalar(_ index: Int) -> Unicode.Scalar { text.indices.contains(index) ? text[index].scalar : " " }
    func joins(_ sign: Int, _ digit: Int) -> Bool {
      scalar(digit).isDecimalDigit && (scalar(sign) == "." || scalar(sign) == ":")
    }
    if joins(range.lowerBound - 1, range.lowerBound - 2) || joins(range.upperBound, range.upperBound + 1) {
      return false
    }
    var (start, end) = (range.lowerBound, range.upperBound)
    while scalar(start - 1).isDecimalDigit || scalar(start - 1) == "-" || scalar(start - 1) == "/" { start -= 1 }
    while scalar(end).isDecimalDigit || scalar(end) == "-" || scalar(end) == "/" { end += 1 }
    let run = text[start..<end].map(\.scalar).split { !$0.isDecimalDigit }
    // A date.
    if run.count == 3, run.allSatisfy({ $0.count == 2 || $0.count == 4 }) { return false }
    // A reply code before its status.
    if range.count == 3, "245".unicodeScalars.contains(scalar(range.lowerBound)), scalar(range.upperBound + 2) == ".",
      scalar(range.upperBound + 1).isDecimalDigit, scalar(range.upperBound) == " " || scalar(range.upperBound) == "-"
    {
      return false
    }
    // The day in the time of a log.
    var word = range.lowerBound
    while scalar(word - 1) == " " { word -= 1 }
    let month = text[max(0, word - 3)..<word].map(\.scalar)
    let isMonth = months.contains(String(String.UnicodeScalarView(month))) && !scalar(word - 4).isOfWord
    return !isMonth || range.count > 2
  }

  private static let months: Set<String> = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]
}
