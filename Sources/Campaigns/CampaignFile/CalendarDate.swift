import Mail

/// A day without a time or a time zone, as `2026-11-20`.
public struct CalendarDate: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let year: Int
  public let month: Int
  public let day: Int

  /// Nil unless the three make a day of the Gregorian calendar in the years 1 to 9999.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= CivilTime.daysInMonth(month, of: year)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// Nil unless `text` is a day of the Gregorian calendar, written as `YYYY-MM-DD`.
  public init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].utf8.count == 4, parts[1].utf8.count == 2, parts[2].utf8.count == 2,
      let year = wholeNumber(parts[0]), let month = wholeNumber(parts[1]), let day = wholeNumber(parts[2])
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// The day that lies `days` after 1970-01-01.
  init?(daysSince1970 days: Int) {
    let (year, month, day) = CivilTime.day(daysFrom1970: days)
    self.init(year: year, month: month, day: day)
  }

  /// Days between 1970-01-01 and this day.
  var daysSince1970: Int { CivilTime.daysFrom1970(year: year, month: month, day: day) }

  public static func < (left: Self, right: Self) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }

  public var description: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }
}

/// A number with leading zeros.
func padded(_ value: Int, _ width: Int) -> String {
  let digits = String(value)
  return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
