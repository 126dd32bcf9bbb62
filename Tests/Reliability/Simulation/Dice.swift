/// The only source of chance in a simulation: one stream of numbers from the seed (SplitMix64).
struct Dice {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// 0 ..< count
  mutating func below(_ count: Int) -> Int { Int(next() >> 33) % count }

  mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

  /// True in `share` of a million throws.
  mutating func chance(_ share: Int) -> Bool { share > 0 && below(1_000_000) < share }

  /// Any order of magnitude in the range is as likely as another.
  mutating func spread(_ range: ClosedRange<Int>) -> Int {
    var high = range.upperBound
    // Half as large, again and again, as often as the range allows.
    let halvings = below(
      max(1, (high / max(range.lowerBound, 1)).bitWidth - (high / max(range.lowerBound, 1)).leadingZeroBitCount))
    high = max(range.lowerBound, high >> halvings)
    return within(range.lowerBound...high)
  }

  /// 0 ..< 1
  mutating func fraction() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }

  mutating func one<Value>(of values: [Value]) -> Value { values[below(values.count)] }
}
