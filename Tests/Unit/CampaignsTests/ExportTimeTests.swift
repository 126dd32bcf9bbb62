import Foundation
import Testing

@testable import Campaigns

/// Times of a mail server's exports, as databases, directories and people write them.
@Suite struct ExportTimeTests {
  private static let berlin = ExportTime(zone: TimeZone(identifier: "Europe/Berlin") ?? .gmt)
  /// 2026-11-22T10:15:00Z
  private static let moment = Date(timeIntervalSince1970: 1_795_342_500)

  @Test(arguments: [
    "2026-11-22T10:15:00Z", "2026-11-22T11:15:00+01:00", "2026-11-22t10:15:00z", "2026-11-22 10:15:00+00",
    "2026-11-22 11:15:00.123456+0100", "2026-11-22 10:15 UTC", "2026-11-22 05:15:00 -0500", "20261122101500Z",
    "202611221015Z", "20261122101500.0Z", "20261122111500+0100", "1795342500", "1795342500.75", "1795342500000",
    "1795342500000000", "134398161000000000",
  ])
  func namesItsZone(text: String) throws {
    let reading = try #require(Self.berlin.reading(text))
    #expect(reading == .init(date: Self.moment, usesZone: false, isDay: false) || text.contains(".75"), "\(text)")
    #expect(abs(reading.date.timeIntervalSince(Self.moment)) < 1)
  }

  @Test(arguments: [
    "2026-11-22 11:15:00", "2026-11-22T11:15:00", "2026-11-22 11:15", "2026/11/22 11:15:00", "22.11.2026 11:15",
    "22.11.2026 11:15:00", "22.11.2026, 11.15 Uhr", "20261122111500", "202611221115", "46348,46875", "46348.46875",
  ])
  func isOfTheZone(text: String) throws {
    #expect(Self.berlin.reading(text) == .init(date: Self.moment, usesZone: true, isDay: false), "\(text)")
  }

  @Test(arguments: ["2026-11-22", "22.11.2026", "20261122", "2026/11/22"])
  func aDayIsItsBeginning(text: String) throws {
    let begin = Date(timeIntervalSince1970: 1_795_302_000)
    #expect(Self.berlin.reading(text) == .init(date: begin, usesZone: true, isDay: true), "\(text)")
  }

  /// Summer time ends on 2026-10-25 at three: the hour from two on is there twice, and the first one counts.
  @Test func anHourThatIsThereTwice() throws {
    let reading = try #require(Self.berlin.reading("2026-10-25 02:30:00"))
    #expect(reading.date == Date(timeIntervalSince1970: 1_792_888_200))
    #expect(Self.berlin.reading("2026-03-29 02:30:00") != nil)
  }

  @Test(arguments: [
    "", "-", "gestern", "2026", "2026-13-01", "2026-02-30 10:00", "2026-11-22 24:00:00", "2026-11-22 10:60", "10:15",
    "11/22/2026 10:15", "22.11.26 10:15", "2026-11-22T10:15:00+25:00", "2026-11-22 10:15:00 CET", "20261122101500X",
    "99999999999999999999", "184467440737095516150", "2026-11-22 10:15:00;", "0x6b49d0a4", "-1795342500",
    "1795342500.", "2026-11-22 10:15:00.", "00000101000000Z", "hunter2hunter2", "２０２６-11-22",
    "2026-11-22 10:15:00 Uhr Z",
    "\u{0}2026-11-22", "19691231235959Z",
  ])
  func isNoTime(text: String) {
    #expect(Self.berlin.reading(text) == nil, "\(text)")
  }
}
