/// The choice among the encodings in which every byte is a character, by what the words of a file would be in each.
///
/// The cost of an encoding is that of all words read in it (``WordCost``), and of the encoding itself, since programs that
/// write it are common or rare. Encodings in which the whole file reads the same are one: between them there is nothing to
/// decide. The choice is clear when the next reading costs so much more that it is a thousand times less likely, and when
/// the words are words at all.
struct EncodingChoice {
  /// An encoding and those that give the same text.
  struct Reading {
    var encoding: TextEncoding
    var cost: Int
    /// A byte of the file is no character in it; such a reading is shown and never chosen.
    var hasUndefined = false
    fileprivate var characters: [UInt32]
  }

  /// The likely readings, the best one first; at least one.
  let readings: [Reading]
  let isClear: Bool
  /// The words that tell the best two readings apart, those that do so best first.
  let telling: [WordSample.Word]

  /// How far the next reading has to be behind the best one, in bits: of few words more is asked.
  private static func margin(words: Int) -> Int { max(10, 15 - words) }
  /// The most that a word may cost on average in a reading that is right.
  private static let mostOfAWord = 30
  /// A reading that is further behind the best one is not shown.
  private static let mostBehind = 24

  /// The cost of each encoding that is found without being named. Western ones are the rule where customers are in Germany; a
  /// table in a Central European or Turkish one holds mostly words of these languages, not one among many others.
  private static func candidates(_ words: [WordSample.Word]) -> [(encoding: TextEncoding, cost: Int)] {
    let isCentral = isCentral(words)
    // ş, ğ and İ, whatever they are.
    let isTurkish = share(of: [0xD0, 0xDD, 0xDE, 0xF0, 0xFE], in: words) >= 0.2
    let turkish = isTurkish ? 5 : words.count < 5 ? 7 : 20
    return [
      (.windows1252, 0), (.latin1, 2), (.latin9, 3), (.cp850, 3), (.macRoman, 3), (.cp437, 5), (.cp858, 5),
      (.windows1250, isCentral ? 4 : 12), (.latin2, isCentral ? 5 : 13), (.windows1254, turkish),
      (.latin5, turkish + 1), (.cp852, isCentral ? 6 : 13),
    ]
  }

  init(_ sample: WordSample) {
    // In the same order on every run.
    let words = sample.words.keys.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    var isUsed = [Bool](repeating: false, count: 128)
    for word in words { for byte in word.bytes where byte >= 0x80 { isUsed[Int(byte) - 0x80] = true } }
    let used = isUsed.indices.filter { isUsed[$0] }
    var readings: [Reading] = []
    for (encoding, cost) in Self.candidates(words) {
      let upper = encoding.upper
      let characters = used.map { upper[$0] }
      guard !readings.contains(where: { $0.characters == characters }) else { continue }
      var reading = Reading(
        encoding: encoding, cost: cost, hasUndefined: characters.contains(0), characters: characters)
      var wordCost = WordCost(encoding)
      for word in words { reading.cost += wordCost(word) ?? WordCost.most }
      readings.append(reading)
    }
    readings.sort { $0.cost < $1.cost }
    let best = readings[0]
    if readings.count > 1 {
      let next = readings[1]
      isClear =
        !best.hasUndefined && next.cost - best.cost >= Self.margin(words: words.count)
        && best.cost <= Self.mostOfAWord * words.count + Self.mostBehind
      telling = Self.telling(words, best.encoding, next.encoding)
    } else {
      isClear = !best.hasUndefined
      telling = []
    }
    self.readings = Array(
      readings.enumerated().filter { $0.offset < 2 || $0.element.cost <= best.cost + Self.mostBehind }.map(\.element)
        .prefix(3))
  }

  /// True for a table whose words look like those of Central Europe in letters that are the same bytes there as in Western
  /// Europe.
  private static func isCentral(_ words: [WordSample.Word]) -> Bool {
    // á í ó ú ý, and š ž in both places they have; á í ó ú in DOS. With ñ they are Spanish.
    let letters: Set<UInt8> = [0xE1, 0xED, 0xF3, 0xFA, 0xFD, 0x9A, 0x9E, 0xB9, 0xBE, 0xA0, 0xA1, 0xA2, 0xA3, 0xEC]
    return share(of: letters, in: words) >= 0.3 && share(of: [0xF1], in: words) < 0.05
  }

  /// The share of words that hold one of these bytes.
  private static func share(of letters: Set<UInt8>, in words: [WordSample.Word]) -> Double {
    Double(words.count { $0.bytes.contains(where: letters.contains) }) / Double(max(1, words.count))
  }

  private static func telling(
    _ words: [WordSample.Word], _ best: TextEncoding, _ next: TextEncoding
  ) -> [WordSample.Word] {
    let (upper, other) = (best.upper, next.upper)
    var (cost, otherCost) = (WordCost(best), WordCost(next))
    var found: [(word: WordSample.Word, difference: Int)] = []
    for word in words
    where word.bytes.contains(where: { $0 >= 0x80 && upper[Int($0) - 0x80] != other[Int($0) - 0x80] }) {
      found.append((word, abs((otherCost(word) ?? 0) - (cost(word) ?? 0))))
    }
    found.sort { $0.difference > $1.difference }
    return found.prefix(3).map(\.word)
  }

  /// The word that speaks most against reading the file in `named`; nil when that is as likely as the best reading.
  func telling(against named: TextEncoding, _ sample: WordSample) -> WordSample.Word? {
    let best = readings[0].encoding
    var (cost, namedCost) = (WordCost(best), WordCost(named))
    var difference = 0
    var most: (word: WordSample.Word, difference: Int)?
    // In the same order on every run.
    for word in sample.words.keys.sorted(by: { $0.bytes.lexicographicallyPrecedes($1.bytes) }) {
      let behind = (namedCost(word) ?? WordCost.most) - (cost(word) ?? WordCost.most)
      difference += behind
      if let most, (most.difference, word.bytes.count) >= (behind, most.word.bytes.count) { continue }
      most = (word, behind)
    }
    return difference >= Self.margin(words: sample.words.count) + 8 ? most?.word : nil
  }

  /// The word that is none in the best reading although most are; nil when there is none, and the choice is among readings.
  ///
  /// A reading in which a byte is no character, or in which the words are bad on average, may still be that of most lines.
  func stranger(_ sample: WordSample) -> WordSample.Word? {
    let best = readings[0]
    let words = sample.words.sorted { $0.value < $1.value }.map(\.key)
    guard best.hasUndefined || best.cost > Self.mostOfAWord * words.count + Self.mostBehind else { return nil }
    var cost = WordCost(best.encoding)
    let costs = words.map { cost($0) ?? WordCost.most }
    let bad = costs.count { $0 > Self.mostOfAWord }
    guard bad > 0, bad * 2 < costs.count, let worst = costs.max() else { return nil }
    return costs.firstIndex(of: worst).map { words[$0] }
  }

  /// The word that reads worst in an encoding in which the words of the file are none; nil when they are words.
  static func worst(_ sample: WordSample, in named: TextEncoding) -> WordSample.Word? {
    // Of Cyrillic and of Baltic letters there are no statistics.
    guard ![.windows1251, .windows1257].contains(named) else { return nil }
    var cost = WordCost(named)
    let words = sample.words.sorted { $0.value < $1.value }.map(\.key)
    let costs = words.map { cost($0) ?? WordCost.most }
    guard costs.reduce(0, +) > mostOfAWord * costs.count, let worst = costs.max() else { return nil }
    return costs.firstIndex(of: worst).map { words[$0] }
  }

  /// What the operator is asked: the same cells in the likely encodings.
  func question(_ sample: WordSample, _ bytes: FileBytes) throws(CustomerFileError) -> [Problem] {
    let example = readings[readings.count > 1 && readings[0].encoding == .windows1252 ? 1 : 0].encoding.rawValue
    let words = sample.words.count == 1 ? "1 word" : "\(sample.words.count) words"
    var problems = [
      Problem(
        file: bytes.name, line: nil,
        message: "the encoding is not certain from \(words) with letters beyond ASCII. Below are the same cells in the "
          + "encodings that are likely; write the right one under \"customers\" in campaign.yaml, such as "
          + "\"encoding: \(example)\", or save the file as \"CSV UTF-8\"")
    ]
    let places = telling.compactMap { sample.words[$0] }.sorted()
    for place in places {
      let cell = try bytes.cell(at: place)
      let texts = readings.map { "\($0.encoding.rawValue) \(QuotedText($0.encoding.text(cell)))" }
      let problem = Problem(
        file: bytes.name, line: try bytes.line(at: place), message: texts.joined(separator: ", "))
      if !problems.contains(problem) { problems.append(problem) }
    }
    return problems
  }
}
