import Foundation

/// A moment as calendar and clock show it in UTC: proleptic Gregorian, whole milliseconds, by integer arithmetic.
///
/// It is rounded to the nearest millisecond, so that a time written and read again is the same. A moment outside the
/// years 0 to 9999, which neither RFC 3339 nor RFC 5322 can write, becomes the nearest moment inside them.
package struct CivilTime: Equatable {
  var year: Int
  var month: Int
  var day: Int
  var hour: Int
  var minute: Int
  var second: Int
  var millisecond: Int
  /// The day of the week; 0 is Sunday.
  var weekday: Int

  init(_ date: Date) {
    let first = Double(Self.daysFrom1970(year: 0, month: 1, day: 1)) * 86_400_000
    let last = Double(Self.daysFrom1970(year: 10_000, month: 1, day: 1)) * 86_400_000 - 1
    // The reference date keeps more digits than 1970 does; the sum is exact in whole milliseconds.
    let exact = (date.timeIntervalSinceReferenceDate * 1000).rounded() + 978_307_200_000
    let total = exact.isNaN ? Int(first) : Int(min(max(exact, first), last))
    let days = Self.floorDivide(total, 86_400_000)
    let rest = total - days * 86_400_000
    millisecond = rest % 1000
    second = rest / 1000 % 60
    minute = rest / 60_000 % 60
    hour = rest / 3_600_000
    weekday = ((days + 4) % 7 + 7) % 7
    (year, month, day) = Self.day(daysFrom1970: days)
  }

  /// The day that is the given number of days after 1970-01-01.
  package static func day(daysFrom1970 days: Int) -> (year: Int, month: Int, day: Int) {
    // Years begin in March here, so that the leap day is a year's last day.
    let sinceMarch0 = days + 719_468
    let era = floorDivide(sinceMarch0, 146_097)
    let dayOfEra = sinceMarch0 - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }

  /// The whole seconds since 1970 that are shown for `date`.
  static func seconds(since1970 date: Date) -> Int {
    let shown = CivilTime(date)
    return daysFrom1970(year: shown.year, month: shown.month, day: shown.day) * 86_400 + shown.hour * 3600
      + shown.minute * 60 + shown.second
  }

  /// The number of days from 1970-01-01, negative before it.
  package static func daysFrom1970(year: Int, month: Int, day: Int) -> Int {
    let marchYear = month <= 2 ? year - 1 : year
    let marchMonth = month <= 2 ? month + 9 : month - 3
    let era = floorDivide(marchYear, 400)
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * marchMonth + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  package static func daysInMonth(_ month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func floorDivide(_ value: Int, _ divisor: Int) -> Int {
    value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
  }

  /// `Mon, 23 Nov 2026 08:00:00 +0000` (RFC 5322 §3.3); the milliseconds are left out.
  func appendRFC5322(to bytes: inout [UInt8]) {
    bytes.append(contentsOf: Self.weekdays[weekday].utf8)
    bytes.append(contentsOf: ", ".utf8)
    Self.append(day, digits: day < 10 ? 1 : 2, to: &bytes)
    bytes.append(UInt8(ascii: " "))
    bytes.append(contentsOf: Self.months[month - 1].utf8)
    bytes.append(UInt8(ascii: " "))
    Self.append(year, digits: 4, to: &bytes)
    bytes.append(UInt8(ascii: " "))
    appendClock(to: &bytes)
    bytes.append(contentsOf: " +0000".utf8)
  }

  /// `2026-11-23T08:00:00.123Z` (RFC 3339 §5.6).
  func appendRFC3339(to bytes: inout [UInt8]) {
    Self.append(year, digits: 4, to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    Self.append(month, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    Self.append(day, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: "T"))
    appendClock(to: &bytes)
    bytes.append(UInt8(ascii: "."))
    Self.append(millisecond, digits: 3, to: &bytes)
    bytes.append(UInt8(ascii: "Z"))
  }

  private func appendClock(to bytes: inout [UInt8]) {
    Self.append(hour, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    Self.append(minute, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    Self.append(second, digits: 2, to: &bytes)
  }

  private static func append(_ value: Int, digits: Int, to bytes: inout [UInt8]) {
    var divisor = 1
    for _ in 1..<digits { divisor *= 10 }
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }

  private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}
