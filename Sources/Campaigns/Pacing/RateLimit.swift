public import Foundation

/// At most `count` messages in any window of `window`: `300/h`, `5000/d`, `10/s`, `120/min`, `250/10min`.
public struct RateLimit: Sendable, Hashable {
  public var count: Int
  public var window: Duration
  /// Where the host counts by the clock (`5000/day@00:00 Europe/Berlin`): when its window begins. Nil: any window of
  /// this length.
  public var start: WindowStart?

  public init(count: Int, window: Duration, start: WindowStart? = nil) {
    self.count = count
    self.window = window
    self.start = start
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

/// The moment of the wall clock at which the window of a limit begins anew: each hour or each day.
public struct WindowStart: Sendable, Hashable {
  /// After the full hour for a window of an hour, after midnight for a window of a day.
  public var minutes: Int
  public var zone: TimeZone

  public init(minutes: Int, zone: TimeZone) {
    self.minutes = minutes
    self.zone = zone
  }
}

/// What takes a place in a limit.
public enum LimitCount: String, Sendable, CaseIterable {
  /// A letter whose recipient was taken, whatever came of it afterwards.
  case accepted
  /// Every attempt.
  case attempts
}
