/// Texts to be found in a letter, in the order of their bytes: those that begin alike stand together, so that the work
/// at one place grows with the length of a text and hardly with the number of texts.
///
/// A space matches any run of white space and line breaks, because the text of a letter is wrapped to lines.
struct TextPatterns: Sendable {
  struct Pattern: Sendable {
    /// White space is a space.
    let bytes: [UInt8]
    /// Its place in the texts that were given; of equal texts the first.
    let number: Int
  }
  private let sorted: [Pattern]

  /// Texts shorter than three bytes are left out.
  init(_ texts: [String]) {
    sorted = texts.enumerated()
      .compactMap { number, text in
        text.utf8.count > 2 ? Pattern(bytes: text.utf8.map { $0 == 0x0A ? 0x20 : $0 }, number: number) : nil
      }
      .sorted {
        $0.bytes == $1.bytes ? $0.number < $1.number : $0.bytes.lexicographicallyPrecedes($1.bytes)
      }
  }

  /// The first two bytes of each text.
  var beginnings: some Sequence<(UInt8, UInt8)> { sorted.lazy.map { ($0.bytes[0], $0.bytes[1]) } }

  /// The end of the longest text that begins at `start` and that `isRight`, and its number.
  func longest(
    in bytes: UnsafeBufferPointer<UInt8>, at start: Int, where isRight: (_ end: Int) -> Bool
  ) -> (end: Int, number: Int)? {
    var range = sorted.startIndex..<sorted.endIndex
    var found: (end: Int, number: Int)?
    var index = start
    var depth = 0
    while let first = range.first {
      // All of the range begin alike up to here, and what ends here stands before what goes on.
      if sorted[first].bytes.count == depth, isRight(index) { found = (index, sorted[first].number) }
      guard index < bytes.count else { break }
      // The first byte counts as it is: no text begins with a line break.
      var next = bytes[index]
      if CustomerTextMask.isSpace(next), depth > 0 || next == 0x20 {
        next = 0x20
        while index < bytes.count, CustomerTextMask.isSpace(bytes[index]) { index += 1 }
      } else {
        index += 1
      }
      let lower = place(in: range) { depth < $0.count ? $0[depth] >= next : false }
      let upper = place(in: lower..<range.upperBound) { $0[depth] > next }
      range = lower..<upper
      depth += 1
    }
    return found
  }

  /// The first place of whose text `isBehind` is true, as it is of all after it.
  private func place(in range: Range<Int>, where isBehind: ([UInt8]) -> Bool) -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = low + (high - low) / 2
      if isBehind(sorted[middle].bytes) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
