import Foundation
import Mail

/// Reads the moment at the beginning of a log line.
///
/// `Nov 24 18:00:00` (syslog) has neither year nor zone, `2026-11-24 18:00:00` (Exim) no zone: the year is the one that
/// brings the moment nearest to `reference`, the zone is `zone`. What states its zone (`2026-11-24T18:00:00.123+01:00`,
/// `…Z`, `… +0100`) is taken at its word.
struct LogStamp {
  private let zone: TimeZone
  private let reference: Date
  private let referenceYear: Int
  /// Offsets from UTC by the hour, since the zone's rules are slow to ask.
  private var offsets: [Int: Int] = [:]
  /// The last stamp and what it meant: lines of the same second follow each other.
  private var lastBytes: [UInt8] = []
  private var last: Date?

  init(zone: TimeZone, reference: Date) {
    self.zone = zone
    self.reference = reference
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    referenceYear = calendar.component(.year, from: reference)
  }

  /// Takes `Nov 24 18:00:00 ` off the line.
  mutating func takeSyslog(_ line: inout ArraySlice<UInt8>) -> Date? {
    let stamp = line.prefix(15)
    guard stamp.count == 15 else { return nil }
    if let last, lastBytes.elementsEqual(stamp) {
      line = line.dropFirst(16)
      return last
    }
    var rest = ByteReader(stamp)
    guard let month = Self.months.firstIndex(where: { $0.elementsEqual(stamp.prefix(3)) }).map({ $0 + 1 }) else {
      return nil
    }
    rest.skip(3)
    guard rest.take(0x20) else { return nil }
    if rest.peek == 0x20 { rest.skip(1) }
    guard let day = rest.number(1...2), rest.take(0x20), let clock = rest.clock(), rest.isAtEnd else { return nil }
    let moments = (referenceYear - 1...referenceYear + 1).compactMap { year in
      Self.civil(year, month, day, clock).map { local($0) }
    }
    let reference = reference
    guard
      let moment = moments.min(by: {
        abs($0.timeIntervalSince(reference)) < abs($1.timeIntervalSince(reference))
      })
    else { return nil }
    line = line.dropFirst(16)
    lastBytes = Array(stamp)
    last = moment
    return moment
  }

  /// The text around a stamp of the form `2026-11-24…`.
  enum Form {
    /// A space between day and clock: Exim's own.
    case exim
    /// A space after it: syslog's.
    case syslog
    /// A comma after it: the first column of a table.
    case column
  }

  /// Takes `2026-11-24T18:00:00.123+01:00 ` off the line. A zone may be missing.
  mutating func takeISO(_ line: inout ArraySlice<UInt8>) -> (date: Date, form: Form)? {
    var rest = ByteReader(line.prefix(40))
    guard let year = rest.number(4...4), rest.take(0x2D), let month = rest.number(2...2), rest.take(0x2D),
      let day = rest.number(2...2), rest.peek == 0x54 || rest.peek == 0x20
    else { return nil }
    let isExim = rest.peek == 0x20
    rest.skip(1)
    guard let clock = rest.clock(), let seconds = Self.civil(year, month, day, clock) else { return nil }
    var fraction = 0.0
    if rest.peek == 0x2E, let digits = rest.fraction() { fraction = digits }
    var moment: Date
    if isExim {
      var zoned = rest
      if zoned.take(0x20), let offset = zoned.offset() {
        moment = Date(timeIntervalSince1970: Double(seconds - offset))
        rest = zoned
      } else {
        moment = local(seconds)
      }
    } else if let offset = rest.offset() {
      moment = Date(timeIntervalSince1970: Double(seconds - offset))
    } else {
      moment = local(seconds)
    }
    moment.addTimeInterval(fraction)
    let isColumn = rest.take(0x2C)
    guard isColumn || rest.take(0x20) else { return nil }
    line = line[rest.position...]
    return (moment, isExim ? .exim : isColumn ? .column : .syslog)
  }

  /// The moment at which a clock in the log's zone shows this many seconds since 1970. Where clocks are put back and it
  /// shows them twice, the first.
  private mutating func local(_ seconds: Int) -> Date {
    let hour = seconds / 3600
    if let offset = offsets[hour] { return Date(timeIntervalSince1970: Double(seconds - offset)) }
    let guess = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds - 86_400)))
    let moment = Date(timeIntervalSince1970: Double(seconds - guess))
    let actual = zone.secondsFromGMT(for: moment)
    // Zones change by the full or half hour, so an hour of the wall clock has one offset.
    if offsets.count > 100_000 { offsets.removeAll() }
    offsets[hour] = actual
    return Date(timeIntervalSince1970: Double(seconds - actual))
  }

  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].map {
    Array($0.utf8)
  }

  /// Seconds since 1970 of a moment in UTC; nil when there is no such day.
  private static func civil(_ year: Int, _ month: Int, _ day: Int, _ clock: Int) -> Int? {
    guard (1...12).contains(month), (1...CivilTime.daysInMonth(month, of: year)).contains(day) else { return nil }
    return CivilTime.daysFrom1970(year: year, month: month, day: day) * 86_400 + clock
  }
}

extension ByteReader {
  /// `18:00:00` as seconds; a leap second counts as the one before it.
  fileprivate mutating func clock() -> Int? {
    guard let hour = number(2...2), take(0x3A), let minute = number(2...2), take(0x3A), let second = number(2...2),
      hour < 24, minute < 60, second <= 60
    else { return nil }
    return hour * 3600 + minute * 60 + min(second, 59)
  }

  /// `.123`, any number of digits.
  fileprivate mutating func fraction() -> Double? {
    skip(1)
    var value = 0.0
    var unit = 0.1
    var digits = 0
    while let digit = number(1...1) {
      value += Double(digit) * unit
      unit /= 10
      digits += 1
    }
    return digits > 0 ? value : nil
  }

  /// `Z`, `+01:00` or `+0100` as seconds east of UTC.
  fileprivate mutating func offset() -> Int? {
    if take(0x5A) { return 0 }
    let sign: Int
    if take(0x2B) { sign = 1 } else if take(0x2D) { sign = -1 } else { return nil }
    guard let hours = number(2...2) else { return nil }
    _ = take(0x3A)
    guard let minutes = number(2...2), hours < 24, minutes < 60 else { return nil }
    return sign * (hours * 3600 + minutes * 60)
  }
}
