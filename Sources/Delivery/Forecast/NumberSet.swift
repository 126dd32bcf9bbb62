/// A set of small numbers, a bit each. Its elements come ascending.
public struct NumberSet: Sendable, Hashable, Sequence, ExpressibleByArrayLiteral {
  private var words: [UInt64]

  /// Empty, with room for the numbers from 0 to a limit.
  init(below limit: Int) { words = Array(repeating: 0, count: (limit + 63) / 64) }

  public init(_ numbers: some Sequence<UInt32>) {
    self.init(below: 0)
    for number in numbers { insert(Int(number)) }
  }

  public init(arrayLiteral numbers: UInt32...) { self.init(numbers) }

  /// Counted anew each time.
  public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }
  public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  func contains(_ number: Int) -> Bool {
    number / 64 < words.count && words[number / 64] >> UInt64(number % 64) & 1 == 1
  }

  mutating func insert(_ number: Int) {
    while number / 64 >= words.count { words.append(0) }
    words[number / 64] |= 1 << UInt64(number % 64)
  }

  mutating func remove(_ number: Int) {
    if number / 64 < words.count { words[number / 64] &= ~(1 << UInt64(number % 64)) }
  }

  public func makeIterator() -> Iterator { Iterator(words: words, rest: words.first ?? 0) }

  public struct Iterator: IteratorProtocol {
    fileprivate let words: [UInt64]
    fileprivate var place = 0
    /// The bits of the word at `place` that have not come.
    fileprivate var rest: UInt64

    fileprivate init(words: [UInt64], rest: UInt64) {
      self.words = words
      self.rest = rest
    }

    public mutating func next() -> UInt32? {
      while rest == 0 {
        guard place + 1 < words.count else { return nil }
        place += 1
        rest = words[place]
      }
      let bit = rest.trailingZeroBitCount
      rest &= rest - 1
      return UInt32(place * 64 + bit)
    }
  }

  // Room that is not used makes no difference.

  private var used: ArraySlice<UInt64> { words[..<((words.lastIndex { $0 != 0 } ?? -1) + 1)] }

  public static func == (left: NumberSet, right: NumberSet) -> Bool { left.used == right.used }
  public func hash(into hasher: inout Hasher) { hasher.combine(used) }
}
