/// Words that were written in one encoding of single bytes, read in another, and saved as they looked: `JŠger`, `F÷rster`.
///
/// A word is one of these when, in the bytes of the encoding that was read, it is a German word in the other one, and at
/// least a thousand times likelier there (``WordCost``). Names of other languages are as likely as they stand.
enum MisreadWord {
  /// What is read by mistake, and what the text was.
  private static let pairs: [(read: TextEncoding, written: TextEncoding)] = [
    (.windows1252, .macRoman), (.windows1252, .cp850), (.cp850, .windows1252), (.cp437, .windows1252),
    (.macRoman, .windows1252),
  ]
  /// How much less the word costs as it was meant, in bits, and how much it may cost then.
  private static let margin = 10
  private static let most = 14

  private struct Pair {
    let read: WordCost
    let written: WordCost
    let bytes: [Unicode.Scalar: UInt8]
    let upper: [UInt32]
  }

  private static let tables: [Pair] = pairs.map { read, written in
    var bytes: [Unicode.Scalar: UInt8] = [:]
    for (index, value) in read.upper.enumerated() where value != 0 {
      if let scalar = Unicode.Scalar(value) { bytes[scalar] = UInt8(index) + 0x80 }
    }
    return Pair(read: WordCost(read), written: WordCost(written), bytes: bytes, upper: written.upper)
  }

  private static let umlauts = Set("äöüßÄÖÜ".unicodeScalars)

  /// False for nearly every text: its letters beyond ASCII are those of German and others that nothing is misread as.
  static func mayBe(in text: Substring.UTF8View) -> Bool {
    var previous: UInt8 = 0
    for byte in text {
      if byte >= 0x80 {
        switch (previous, byte) {
        // Ä É Ö Ü ß, and small letters but á and ÷.
        case (0xC3, 0x84), (0xC3, 0x89), (0xC3, 0x96), (0xC3, 0x9C), (0xC3, 0x9F), (0xC3, 0xA0), (0xC3, 0xA2...0xB6),
          (0xC3, 0xB8...0xBF):
          break
        case (_, 0xC3): break
        case (0xC3, _): return true
        // What is in none of these encodings begins with other bytes.
        case (_, 0xC2), (_, 0xC5), (_, 0xC6), (_, 0xCB), (_, 0xCE), (_, 0xCF), (_, 0xE2...0xEF): return true
        default: break
        }
      }
      previous = byte
    }
    return false
  }

  /// True when one of the words of a text is misread.
  static func isIn(_ text: [Unicode.Scalar]) -> Bool {
    var index = 0
    while index < text.count {
      guard isPart(text[index]) else {
        index += 1
        continue
      }
      let start = index
      while index < text.count, isPart(text[index]), index - start < 40 { index += 1 }
      if isMisread(text[start..<index]) { return true }
    }
    return false
  }

  private static func isPart(_ scalar: Unicode.Scalar) -> Bool { !scalar.isASCII || scalar.isLetter }

  /// `Groá`, `Weiá`, `Straáe`: ß of the DOS encodings, behind vowels that in no language have á behind them. Letters that
  /// stand beside á are not rare enough to be told by what they cost: `Mauá` and `Juliá` are names.
  private static func hasMisreadSharpS(_ word: ArraySlice<Unicode.Scalar>) -> Bool {
    guard word.count > 2, let place = word.firstIndex(of: "á") else { return false }
    let before = word[..<place]
    guard before.allSatisfy({ $0.isASCII || umlauts.contains($0) }) else { return false }
    let beginning = String(String.UnicodeScalarView(before)).lowercased()
    let parts = place == word.index(before: word.endIndex) ? sharpEndings : sharpBeginnings
    return parts.contains { beginning.hasSuffix($0) }
  }

  /// What stands before the ß of groß, Stoß, Schoß, Floß, Kloß, weiß, Preuß, Strauß, Grieß, Maß, Fuß, Ruß, Fluß, Schluß.
  private static let sharpEndings = [
    "ro", "sto", "scho", "flo", "klo", "ei", "eu", "äu", "rau", "rie", "lie", "schie", "ma", "spa", "fu", "ru", "flu",
    "schlu", "genu", "pa",
  ]
  /// What stands before a ß that more letters follow: große, Straße, Weißmann, Preußen, Gießerei.
  private static let sharpBeginnings = ["gro", "stra", "wei", "preu", "strau", "schlo", "gie"]

  private static func isMisread(_ word: ArraySlice<Unicode.Scalar>) -> Bool {
    guard word.count > 2, word.contains(where: { !$0.isASCII }) else { return false }
    if hasMisreadSharpS(word) { return true }
    return tables.contains { pair in
      var bytes: [UInt8] = [0x20]
      var isGerman = false
      for index in word.indices {
        let scalar = word[index]
        if scalar.isASCII {
          bytes.append(UInt8(scalar.value))
          continue
        }
        guard let byte = pair.bytes[scalar], let meant = Unicode.Scalar(pair.upper[Int(byte) - 0x80]) else {
          return false
        }
        bytes.append(byte)
        if meant == scalar { continue }
        guard umlauts.contains(meant) else { return false }
        let hasLetterBefore = index > word.startIndex && word[index - 1].isLetter
        let hasNext = index + 1 < word.endIndex
        // Latvian, Czech, Slovak and Sotho have š at the beginning and between such consonants: šriftas, apakšraksts, hindština.
        if scalar == "š" {
          guard hasLetterBefore, !"kgthlmKGTHLM".unicodeScalars.contains(word[index - 1]),
            !hasNext || word[index - 1] != word[index + 1]
          else { return false }
        }
        // õ is a letter of Estonian and Portuguese names; ﬂ may be the ligature of a printed page.
        if scalar == "õ" || (scalar == "ﬂ" && hasNext) { return false }
        // Signs before and between words are signs: `…und`, `€uro`, `Bau×Form`.
        if !scalar.isLetter || meant.isCapital {
          guard hasLetterBefore || scalar.isLetter, !hasNext || !word[index + 1].isCapital || meant.isCapital else {
            return false
          }
          if hasLetterBefore, meant.isCapital, !word[index - 1].isCapital { return false }
        }
        isGerman = true
      }
      guard isGerman else { return false }
      bytes.append(0x20)
      var (read, written) = (pair.read, pair.written)
      guard let cost = read(WordSample.Word(bytes: bytes)), let meant = written(WordSample.Word(bytes: bytes)) else {
        return false
      }
      return meant <= most && cost - meant >= margin
    }
  }
}
