public import Foundation

/// Moments as text in receipts, the status and the campaign file: RFC 3339 §5.6.
///
/// They are always written in UTC with milliseconds, so that every text has the same length and sorts in order of time;
/// a moment outside the years 0 to 9999 is written as the nearest one inside. A written moment is read back as the same
/// moment, to the millisecond.
public enum RFC3339 {
  /// The moment as `2026-11-23T08:00:00.123Z`: 24 characters.
  public static func string(_ date: Date) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(24)
    append(date, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the same text as ASCII to `bytes`.
  public static func append(_ date: Date, to bytes: inout [UInt8]) {
    CivilTime(date).appendRFC3339(to: &bytes)
  }

  /// The moment and its offset in seconds east of UTC; nil unless `text` is `YYYY-MM-DDTHH:MM:SS`, perhaps a fraction,
  /// and `Z` or `+HH:MM`, with every field in its range. A leap second (`:60`) is nil: no clock here can show one. Nine
  /// digits of a fraction count.
  public static func parse(_ text: String) -> (date: Date, offset: Int)? {
    var reader = Reader(bytes: text.utf8[...])
    guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
      let day = reader.number(2), reader.take("T") || reader.take("t"), let hour = reader.number(2), reader.take(":"),
      let minute = reader.number(2), reader.take(":"), let second = reader.number(2),
      let nanoseconds = reader.fraction(), let offset = reader.offset(), reader.bytes.isEmpty
    else { return nil }
    guard (1...12).contains(month), (1...CivilTime.daysInMonth(month, of: year)).contains(day), hour < 24,
      minute < 60, second < 60
    else { return nil }
    let days = CivilTime.daysFrom1970(year: year, month: month, day: day)
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
    let sinceReference = Double(seconds - 978_307_200) + Double(nanoseconds) / 1e9
    return (Date(timeIntervalSinceReferenceDate: sinceReference), offset)
  }

  private struct Reader {
    var bytes: Substring.UTF8View

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard bytes.first == UInt8(ascii: character) else { return false }
      bytes.removeFirst()
      return true
    }

    mutating func digit() -> Int? {
      guard let byte = bytes.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      bytes.removeFirst()
      return Int(byte - UInt8(ascii: "0"))
    }

    mutating func number(_ digits: Int) -> Int? {
      var value = 0
      for _ in 0..<digits {
        guard let digit = digit() else { return nil }
        value = value * 10 + digit
      }
      return value
    }

    /// The fraction in nanoseconds; 0 when there is no fraction, nil when a point has no digit after it.
    mutating func fraction() -> Int? {
      guard take(".") else { return 0 }
      guard let first = digit() else { return nil }
      var unit = 100_000_000
      var value = first * unit
      while let digit = digit() {
        unit /= 10
        value += digit * unit
      }
      return value
    }

    mutating func offset() -> Int? {
      if take("Z") || take("z") { return 0 }
      let sign: Int
      if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
      guard let hours = number(2), take(":"), let minutes = number(2), hours < 24, minutes < 60 else { return nil }
      return sign * (hours * 3600 + minutes * 60)
    }
  }
}
