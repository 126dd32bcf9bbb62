public import Foundation
import Mail

/// A moment with the offset it was written in, such as `2026-11-22T17:40:00+01:00` (RFC 3339), so that a letter can
/// print the wall time the author meant.
public struct LocalDateTime: Sendable, Hashable, CustomStringConvertible {
  public let date: Date
  /// The offset in seconds east of UTC.
  public let offset: Int

  public init(date: Date, offset: Int) {
    self.date = date
    self.offset = offset
  }

  /// Nil unless `text` is `YYYY-MM-DDThh:mm:ss` followed by `Z` or an offset `+hh:mm`. The offset is never guessed;
  /// fractions of a second and leap seconds are not accepted.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 20 || bytes.count == 25, bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"),
      bytes[16] == UInt8(ascii: ":"), let day = CalendarDate(String(decoding: bytes[0..<10], as: UTF8.self)),
      let hour = Self.twoDigits(bytes, 11), hour < 24, let minute = Self.twoDigits(bytes, 14), minute < 60,
      let second = Self.twoDigits(bytes, 17), second < 60
    else { return nil }
    if bytes.count == 20 {
      guard bytes[19] == UInt8(ascii: "Z") else { return nil }
      offset = 0
    } else {
      guard bytes[19] == UInt8(ascii: "+") || bytes[19] == UInt8(ascii: "-"), bytes[22] == UInt8(ascii: ":"),
        let hours = Self.twoDigits(bytes, 20), hours < 24, let minutes = Self.twoDigits(bytes, 23), minutes < 60
      else { return nil }
      offset = (bytes[19] == UInt8(ascii: "-") ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
    date = Date(timeIntervalSince1970: Double(day.daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second - offset))
  }

  private static func twoDigits(_ bytes: [UInt8], _ start: Int) -> Int? {
    wholeNumber(String(decoding: bytes[start..<start + 2], as: UTF8.self))
  }

  /// Seconds since 1970-01-01T00:00:00 on the wall clock of the offset.
  private var wallSeconds: Int { Int(date.timeIntervalSince1970.rounded(.down)) + offset }

  private var wallDays: Int { (wallSeconds >= 0 ? wallSeconds : wallSeconds - 86_399) / 86_400 }

  /// The day on the wall clock of the offset; nil outside the years 1 to 9999.
  public var day: CalendarDate? { CalendarDate(daysSince1970: wallDays) }
  public var hour: Int { (wallSeconds - wallDays * 86_400) / 3600 }
  public var minute: Int { (wallSeconds - wallDays * 86_400) / 60 % 60 }
  public var second: Int { (wallSeconds - wallDays * 86_400) % 60 }

  /// The moment in the form of RFC 3339; UTC as `Z`.
  public var description: String {
    let time = "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))"
    let minutes = abs(offset) / 60
    let zone = offset == 0 ? "Z" : "\(offset < 0 ? "-" : "+")\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2))"
    return "\(day.map(String.init(describing:)) ?? "?")T\(time)\(zone)"
  }
}

/// A day without a time or a time zone, such as `2026-11-20`.
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

  /// The day that is `days` after 1970-01-01.
  init?(daysSince1970 days: Int) {
    let (year, month, day) = CivilTime.day(daysFrom1970: days)
    self.init(year: year, month: month, day: day)
  }

  /// The number of days between 1970-01-01 and this day.
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
