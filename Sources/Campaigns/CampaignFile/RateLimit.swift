/// At most `count` messages in any window of `window`: `300/h`, `5000/d`, `10/s`, `120/min`, `250/10min`.
public struct RateLimit: Sendable, Hashable {
  public var count: Int
  public var window: Duration

  public init(count: Int, window: Duration) {
    self.count = count
    self.window = window
  }

  /// Nil unless `text` is a count from 1 to 10 million, a slash, and a window in `s`, `min`, `h` or `d` (`10min`; a
  /// missing number is one). The longest window is a year.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let count = wholeNumber(parts[0]), (1...10_000_000).contains(count) else { return nil }
    let digits = parts[1].prefix { $0.isASCII && $0.isNumber }
    // "m" alone could be read as a month, so it is not a unit here.
    guard let unit = secondsOfUnit[String(parts[1].dropFirst(digits.count))], !parts[1].hasSuffix("m"),
      let number = digits.isEmpty ? 1 : wholeNumber(digits), number > 0, number <= 366 * 86_400 / unit
    else { return nil }
    self.init(count: count, window: .seconds(number * unit))
  }
}

/// Seconds in each unit of time that `campaign.yaml` knows.
let secondsOfUnit = ["s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400]

/// A whole number in ASCII digits, without sign; at most nine digits, so that it can be multiplied without overflow.
func wholeNumber(_ text: some StringProtocol) -> Int? {
  guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
  return Int(text)
}
