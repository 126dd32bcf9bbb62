public import Foundation

/// Reads the times of a mail server's exports.
///
/// RFC 3339 and its relatives (`2026-11-22 10:15:00`, with or without an offset), `22.11.2026 10:15`, Unix time in seconds,
/// milliseconds or microseconds, LDAP's generalized time (`20261122101500Z`), Active Directory's 100 nanoseconds since 1601,
/// and the days since the end of 1899 of a spreadsheet cell that has lost its format. A time without a zone is of the
/// zone's clock; a day without a time is its beginning, so that it never counts as later than it was.
public struct ExportTime: Sendable {
  public struct Reading: Sendable, Hashable {
    public var date: Date
    /// It names no zone itself.
    public var usesZone: Bool
    /// It is a day without a time.
    public var isDay: Bool
  }

  private let calendar: Calendar

  public init(zone: TimeZone) {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    self.calendar = calendar
  }

  /// Nil when it is no time.
  public func reading(_ text: String) -> Reading? {
    let bytes = Array(text.utf8)
    guard (6...40).contains(bytes.count) else { return nil }
    var cursor = Cursor(bytes)
    let digits = cursor.digits
    switch (digits.count, cursor.isAtEnd) {
    case (8, true), (12, true), (14, _): return compact(&cursor, digits)
    case (10, false), (12, false): return number(cursor, digits) ?? compact(&cursor, digits)
    case (9...10, _): return number(cursor, digits)
    case (13, true): return moment(Double(Int(digits) ?? 0) / 1_000)
    case (16, true): return moment(Double(Int(digits) ?? 0) / 1_000_000)
    case (18, true): return moment(Double(Int(digits) ?? 0) / 10_000_000 - 11_644_473_600)
    case (5, false): return serial(text)
    case (4, false): return yearFirst(&cursor, digits)
    case (1...2, false): return dayFirst(&cursor, digits)
    default: return nil
    }
  }

  /// The beginning of a day.
  public func beginning(of day: CalendarDate) -> Date? { local(day.year, day.month, day.day, 0, 0, 0) }

  // MARK: Forms

  /// `1795428900` or `1795428900.25`.
  private func number(_ cursor: Cursor, _ digits: String) -> Reading? {
    var cursor = cursor
    guard cursor.isAtEnd || cursor.take(".") && !cursor.digits.isEmpty && cursor.isAtEnd else { return nil }
    guard digits.count < 11 else { return nil }
    return moment(Double(digits) ?? 0)
  }

  /// `20261122101500Z`, `202611221015+0100`, `20261122`.
  private func compact(_ cursor: inout Cursor, _ digits: String) -> Reading? {
    let parts = stride(from: 0, to: digits.count, by: 2).map { Int(digits.dropFirst($0).prefix(2)) ?? 0 }
    guard parts.count >= 4 else { return nil }
    let clock = parts.dropFirst(4) + [0, 0, 0]
    if cursor.take(".") || cursor.take(",") { guard !cursor.digits.isEmpty else { return nil } }
    return finish(
      &cursor, parts[0] * 100 + parts[1], parts[2], parts[3], clock[4], clock[5], clock[6], isDay: digits.count == 8)
  }

  /// `2026-11-22`, `2026-11-22T10:15:00+01:00`, `2026/11/22 10:15`.
  private func yearFirst(_ cursor: inout Cursor, _ year: String) -> Reading? {
    let separator = cursor.next == UInt8(ascii: "/") ? "/" : "-"
    guard cursor.take(separator), let month = cursor.short, cursor.take(separator), let day = cursor.short else {
      return nil
    }
    return clock(&cursor, Int(year) ?? 0, month, day)
  }

  /// `22.11.2026 10:15`, `22.11.2026, 10.15 Uhr`.
  private func dayFirst(_ cursor: inout Cursor, _ day: String) -> Reading? {
    guard cursor.take("."), let month = cursor.short, cursor.take(".") else { return nil }
    let year = cursor.digits
    guard year.count == 4 else { return nil }
    return clock(&cursor, Int(year) ?? 0, month, Int(day) ?? 0)
  }

  /// The time of day and the zone behind a day, if they are there.
  private func clock(_ cursor: inout Cursor, _ year: Int, _ month: Int, _ day: Int) -> Reading? {
    guard !cursor.isAtEnd else { return finish(&cursor, year, month, day, 0, 0, 0, isDay: true) }
    guard cursor.take("T") || cursor.take("t") || cursor.take(", ") || cursor.take(" ") else { return nil }
    while cursor.take(" ") {}
    func separator(_ cursor: inout Cursor) -> Bool { cursor.take(":") || cursor.take(".") }
    guard let hour = cursor.short, separator(&cursor), let minute = cursor.short else { return nil }
    var second = 0
    if separator(&cursor) {
      guard let found = cursor.short else { return nil }
      second = found
      if cursor.take(".") || cursor.take(",") { guard !cursor.digits.isEmpty else { return nil } }
    }
    return finish(&cursor, year, month, day, hour, minute, second, isDay: false)
  }

  private func finish(
    _ cursor: inout Cursor, _ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int,
    isDay: Bool
  ) -> Reading? {
    guard (1970...9999).contains(year), let date = CalendarDate(year: year, month: month, day: day), hour < 24,
      minute < 60, second < 60
    else { return nil }
    let hasZone: Bool
    var offset = 0
    let isSpaced = cursor.take(" ")
    if cursor.take("Z") || cursor.take("z") || cursor.take("UTC") || cursor.take("GMT") {
      hasZone = true
    } else if cursor.next == UInt8(ascii: "+") || cursor.next == UInt8(ascii: "-") {
      let sign = cursor.take("-") ? -1 : 1
      if sign == 1 { _ = cursor.take("+") }
      let digits = cursor.digits
      var minutes = digits.count == 4 ? Int(digits.suffix(2)) ?? 60 : 0
      if digits.count == 2, cursor.take(":") { minutes = cursor.short ?? 60 }
      guard digits.count == 2 || digits.count == 4, let hours = Int(digits.prefix(2)), hours < 24, minutes < 60 else {
        return nil
      }
      (hasZone, offset) = (true, sign * (hours * 3600 + minutes * 60))
    } else {
      hasZone = false
      if isSpaced { guard cursor.take("Uhr") else { return nil } } else { _ = cursor.take("Uhr") }
    }
    guard cursor.isAtEnd else { return nil }
    guard !hasZone else {
      let seconds = date.daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second - offset
      return Reading(date: Date(timeIntervalSince1970: Double(seconds)), usesZone: false, isDay: false)
    }
    return local(year, month, day, hour, minute, second).map { Reading(date: $0, usesZone: true, isDay: isDay) }
  }

  /// `46348,4271`, to the second.
  private func serial(_ text: String) -> Reading? {
    guard text.utf8.dropFirst(5).first == UInt8(ascii: ".") || text.utf8.dropFirst(5).first == UInt8(ascii: ","),
      text.utf8.dropFirst(6).allSatisfy({ (48...57).contains($0) }),
      let days = Double(text.replacing(",", with: "."))
    else { return nil }
    let wall = Int(((days - 25_569) * 86_400).rounded())
    guard wall >= 0, let day = CalendarDate(daysSince1970: wall / 86_400) else { return nil }
    let second = wall % 86_400
    return local(day.year, day.month, day.day, second / 3600, second / 60 % 60, second % 60)
      .map { Reading(date: $0, usesZone: true, isDay: false) }
  }

  private func moment(_ seconds: Double) -> Reading? {
    guard seconds > 0, seconds < 253_402_300_800 else { return nil }
    return Reading(date: Date(timeIntervalSince1970: seconds), usesZone: false, isDay: false)
  }

  /// Two wall times are the same moment when clocks are set forward; of two moments with one wall time it is the first.
  private func local(_ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int) -> Date? {
    calendar.date(
      from: DateComponents(year: year, month: month, day: day, hour: hour, minute: minute, second: second))
  }

  /// A place in a text, from which its parts are taken.
  private struct Cursor {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { place == bytes.count }
    var next: UInt8? { isAtEnd ? nil : bytes[place] }

    /// All digits that follow, at most twenty.
    var digits: String {
      mutating get {
        let found = bytes[place...].prefix(20).prefix { (48...57).contains($0) }
        place += found.count
        return String(decoding: found, as: UTF8.self)
      }
    }

    /// A number of one or two digits.
    var short: Int? {
      mutating get {
        let found = digits
        return (1...2).contains(found.count) ? Int(found) : nil
      }
    }

    mutating func take(_ text: String) -> Bool {
      guard bytes[place...].starts(with: text.utf8) else { return false }
      place += text.utf8.count
      return true
    }
  }
}
