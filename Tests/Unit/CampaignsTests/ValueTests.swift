import Foundation
import Testing

@testable import Campaigns

@Suite struct ValueTests {
  @Test(arguments: [
    ("2026-11-22T17:40:00+01:00", 1_795_365_600, 3600), ("1970-01-01T00:00:00Z", 0, 0),
    ("1969-12-31T23:59:59Z", -1, 0), ("2024-02-29T23:30:00-05:30", 1_709_269_200, -19_800),
    ("0001-01-01T00:00:00Z", -62_135_596_800, 0), ("9999-12-31T23:59:59Z", 253_402_300_799, 0),
  ])
  func dateTimesKeepTheirOffset(text: String, seconds: Int, offset: Int) throws {
    let moment = try #require(LocalDateTime(text))
    #expect(moment.date.timeIntervalSince1970 == Double(seconds))
    #expect(moment.offset == offset)
    #expect(moment.description == text)
  }

  @Test func wallTimeIsTheAuthors() throws {
    let moment = try #require(LocalDateTime("2026-11-23T00:05:09+01:00"))
    #expect(moment.day == CalendarDate("2026-11-23"))
    #expect((moment.hour, moment.minute, moment.second) == (0, 5, 9))
  }

  @Test(arguments: [
    "2026-11-22T17:40:00", "2026-11-22 17:40:00Z", "2026-11-22T24:00:00Z", "2026-11-22T17:60:00Z",
    "2026-02-29T00:00:00Z",
    "2026-11-22T17:40:00+0100", "2026-11-22T17:40:00+24:00", "2026-11-22T17:40:60Z", "2026-11-22T17:40:00z", "",
    "2026-11-22T17:40:00.5Z", "٢٠٢٦-11-22T17:40:00Z",
  ])
  func refusesOtherDateTimes(_ text: String) { #expect(LocalDateTime(text) == nil) }

  @Test func everyDayComesBack() throws {
    var expected = try #require(CalendarDate("1899-12-31"))
    for number in (expected.daysSince1970 + 1)..<(expected.daysSince1970 + 80_000) {
      let day = try #require(CalendarDate(daysSince1970: number))
      #expect(day.daysSince1970 == number)
      #expect(expected < day)
      expected = day
    }
  }

  @Test(arguments: [
    ("300/h", 300, 3600), ("5000/d", 5000, 86_400), ("10/s", 10, 1), ("120/min", 120, 60), ("250/10min", 250, 600),
    ("200/4h", 200, 14_400), ("300/hour", 300, 3600), ("300 / h", 300, 3600), ("300 per hour", 300, 3600),
    ("250/10 minutes", 250, 600), ("5000 / Day", 5000, 86_400), ("10/second", 10, 1), ("120 a minute", 120, 60),
    ("300 an hour", 300, 3600), ("10000 per 7 days", 10_000, 604_800), ("200/4 H", 200, 14_400), ("7/90sec", 7, 90),
  ])
  func limits(text: String, count: Int, seconds: Int) {
    #expect(RateLimit(text) == RateLimit(count: count, window: .seconds(seconds)))
  }

  @Test(arguments: [
    "", "300", "300/", "0/h", "-1/h", "300/m", "1/0h", "1/h/h", "1/2", "99999999999/h", "1/999d", "1/10m",
    "5,000/d", "5.000/d", "5 000/d", "300 h", "per hour", "300/M", "300/hr/min", "300/h@", "300/h@15", "300/2h@:15",
    "1/d@24:00 UTC", "1/d@:15 UTC", "1/d@00:00", "1/d@00:00 CET", "1/h@01:15", "1/h@:60", "300 mails/h", "+3/h",
  ])
  func refusesOtherLimits(_ text: String) { #expect(RateLimit(text) == nil) }

  @Test(arguments: [
    ("5000/day@00:00 Europe/Berlin", 86_400, 0, "Europe/Berlin"), ("5000/d @ 9:30   UTC", 86_400, 570, "UTC"),
    ("5000 per 24h@23:59 America/New_York", 86_400, 1439, "America/New_York"), ("5000/hour@:15", 3600, 15, "UTC"),
    ("5000/60min@00:45 Asia/Kolkata", 3600, 45, "Asia/Kolkata"),
  ])
  func limitsByTheClock(text: String, seconds: Int, minutes: Int, zone: String) throws {
    let start = WindowStart(minutes: minutes, zone: try #require(TimeZone(identifier: zone)))
    let limit = RateLimit(count: 5000, window: .seconds(seconds), start: start)
    #expect(RateLimit(text) == limit)
    #expect(RateLimit("\(limit)") == limit, "as it is written by the program")
  }

  @Test(arguments: ["", "30", "1h**2", "1h*0", "1h*101", "1h*", "*3", "0m", "-1h", "1w", "400d", "1h,2h"])
  func refusesOtherSchedules(_ text: String) { #expect(RetrySchedule.delays(text) == nil) }

  @Test(arguments: [
    ("relay", "relays"), ("discoverd", "discovered"), ("naem", "name"), ("Relays", "relays"), ("xy", nil), ("", nil),
    ("password_fiel", "password_file"), ("zzzzzz", nil),
  ])
  func nearestName(typed: String, expected: String?) {
    let known = ["relays", "discovered", "name", "password_file"]
    #expect(NearestName(among: known).suggestion(for: typed) == expected)
  }

  @Test func quotedTextIsOneVisibleLine() {
    #expect(
      QuotedText("a\u{1B}[31m\n\u{200B}\u{A0}\"\\ü").description == "\"a\\u{1B}[31m\\n\\u{200B}\\u{A0}\\\"\\\\ü\"")
    #expect(QuotedText(String(repeating: "x", count: 90)).description == "\"\(String(repeating: "x", count: 80))…\"")
  }

  @Test(arguments: [
    "Passwort", "IMAP-Passwort", "Kennwort", "kennwort_alt", "PASSWD", "Mail Password", "pwd", "Pass", "PIN", "mailPin",
    "PW", "secret", "API-Key", "Pass-Wort", "Zugangscode", "Credentials", "pass\u{200B}wort",
    "Contraseña", "SMTP_PASS", "Passwörter",
  ])
  func announcesPasswords(_ name: String) { #expect(PasswordColumn.matches(name)) }

  @Test(arguments: [
    "Kundennummer", "Shipping", "Kompass", "Reisepass", "Spinne", "Zugang", "Postfach", "Secretary", "Tanne", "Firma",
    "",
    "Ansprechpartner", "Passau",
  ])
  func announcesNone(_ name: String) { #expect(!PasswordColumn.matches(name)) }
}
