import Foundation
import Mail
import TestSupport
import Testing

@Suite struct RFC3339Tests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"),
    (1_795_420_800.123, "2026-11-23T08:00:00.123Z"),
    (1_795_420_800.9996, "2026-11-23T08:00:01.000Z"),
    (-0.001, "1969-12-31T23:59:59.999Z"),
    (951_782_400, "2000-02-29T00:00:00.000Z"),
    (951_868_800, "2000-03-01T00:00:00.000Z"),
    (4_107_542_399, "2100-02-28T23:59:59.000Z"),
    (4_107_542_400, "2100-03-01T00:00:00.000Z"),
    (-2_203_891_200, "1900-03-01T00:00:00.000Z"),
    (-62_167_219_200, "0000-01-01T00:00:00.000Z"),
    (253_402_300_799.999, "9999-12-31T23:59:59.999Z"),
    (1e300, "9999-12-31T23:59:59.999Z"),
    (-1e300, "0000-01-01T00:00:00.000Z"),
    (Double.infinity, "9999-12-31T23:59:59.999Z"),
    (Double.nan, "0000-01-01T00:00:00.000Z"),
  ])
  func writes(seconds: Double, text: String) {
    #expect(RFC3339.string(Date(timeIntervalSince1970: seconds)) == text)
    var bytes: [UInt8] = [1]
    RFC3339.append(Date(timeIntervalSince1970: seconds), to: &bytes)
    #expect(bytes == [1] + Array(text.utf8))
  }

  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0, 0),
    ("1970-01-01t00:00:00z", 0, 0),
    ("2026-11-23T08:00:00.5Z", 1_795_420_800.5, 0),
    ("2026-11-23T08:00:00.123456789012Z", 1_795_420_800.123456789, 0),
    ("2026-11-23T09:00:00+01:00", 1_795_420_800, 3600),
    ("2026-11-23T00:30:00-07:30", 1_795_420_800, -27_000),
    ("2026-11-23T08:00:00-00:00", 1_795_420_800, 0),
    ("2024-02-29T00:00:00Z", 1_709_164_800, 0),
    ("0000-01-01T00:00:00Z", -62_167_219_200, 0),
  ])
  func reads(text: String, seconds: Double, offset: Int) throws {
    let parsed = try #require(RFC3339.parse(text))
    #expect(abs(parsed.date.timeIntervalSince1970 - seconds) < 1e-6)
    #expect(parsed.offset == offset)
  }

  @Test(arguments: [
    "", "2026-11-23", "2026-11-23T08:00Z", "2026-11-23T08:00:00", "2026-11-23 08:00:00Z", "2026-13-01T00:00:00Z",
    "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-11-31T00:00:00Z",
    "2026-11-00T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T08:60:00Z", "2026-06-30T23:59:60Z",
    "2026-11-23T08:00:00.Z", "2026-11-23T08:00:00,5Z", "2026-11-23T08:00:00+0100", "2026-11-23T08:00:00+24:00",
    "2026-11-23T08:00:00+01:60", "2026-11-23T08:00:00Z ", " 2026-11-23T08:00:00Z", "26-11-23T08:00:00Z",
    "+026-11-23T08:00:00Z", "2026-1-23T08:00:00Z", "２026-11-23T08:00:00Z",
  ])
  func refuses(text: String) {
    #expect(RFC3339.parse(text) == nil)
  }

  @Test func whatIsWrittenIsReadBackToTheMillisecond() throws {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<5000 {
      let milliseconds = Int.random(in: -62_167_219_200_000...253_402_300_799_999, using: &generator)
      let text = RFC3339.string(Date(timeIntervalSince1970: Double(milliseconds) / 1000))
      let parsed = try #require(RFC3339.parse(text))
      #expect((parsed.date.timeIntervalSince1970 * 1000).rounded() == Double(milliseconds))
      #expect(RFC3339.string(parsed.date) == text)
    }
  }

  /// Foundation's calendar as a judge for every day of four centuries and a bit.
  @Test func everyDayAgreesWithFoundation() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
    var date = Date(timeIntervalSince1970: -2_208_988_800 + 43_199)
    for _ in 0..<3000 {
      let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
      let fields = [parts.month, parts.day, parts.hour, parts.minute, parts.second].map { value in
        String(String(100 + (value ?? 0)).dropFirst())
      }
      let expected = "\(parts.year ?? 0)-\(fields[0])-\(fields[1])T\(fields[2]):\(fields[3]):\(fields[4]).000Z"
      #expect(RFC3339.string(date) == expected)
      date.addTimeInterval(86_400 * 49 + 3607)
    }
  }
}
