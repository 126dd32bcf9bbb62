import Campaigns
import Foundation

/// Reads the time of a call as people write it: on the clock of the campaign's time zone where it names no other.
///
/// `2026-11-30T14:05:00+01:00`, `2026-11-30 14:05`, `30.11.2026 14:05`, `Mo, 30.11.2026 um 14.05 Uhr`, and `14:05` where the
/// day is known; also the number that a spreadsheet program has for a time, days since the end of 1899. Day and month with
/// slashes mean different days in different countries and are refused.
struct CallTime {
  /// The campaign's zone; the machine's where its file cannot be read.
  let zone: TimeZone
  /// The day of a time that names none.
  var day: CalendarDate?

  init(_ location: CampaignLocation, _ dependencies: Dependencies, day: CalendarDate? = nil) {
    let campaign = try? CampaignFile.read(folder: location.folder)
    zone =
      campaign.flatMap { $0.sender.timeZone ?? TimeZone(secondsFromGMT: $0.deadline.offset) } ?? dependencies.timeZone
    self.day = day
  }

  /// The day on the zone's clock.
  func today(_ now: Date) -> CalendarDate? {
    LocalDateTime(date: now, offset: zone.secondsFromGMT(for: now)).day
  }

  /// Nil when it is no time, or one of an unknown day.
  func date(_ text: String) -> Date? {
    let text = text.trimmingCharacters(in: .whitespaces)
    if let exact = LocalDateTime(text.uppercased()) { return exact.date }
    return local(
      text.replacing(/^(?:Mo|Di|Mi|Do|Fr|Sa|So)\b[.,]* */, with: "").replacing(/\ +um +/, with: " "))
  }

  private func local(_ text: String) -> Date? {
    if let match = text.wholeMatch(
      of: /(\d{4})([-\/])(\d{1,2})\2(\d{1,2})(?:[ T]+|, *)(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?/)
    {
      let parts = match.output
      return date(parts.1, parts.3, parts.4, parts.5, parts.6, parts.7)
    }
    if let match = text.wholeMatch(
      of: /(\d{1,2})\. ?(\d{1,2})\. ?(\d{4}|\d{2})(?: +|, *)(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?: *Uhr)?/)
    {
      let parts = match.output
      return date(parts.3.count == 2 ? "20" + parts.3 : parts.3, parts.2, parts.1, parts.4, parts.5, parts.6)
    }
    if let day, let match = text.wholeMatch(of: /(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?: *Uhr)?/) {
      let parts = match.output
      return date("\(day.year)", "\(day.month)", "\(day.day)", parts.1, parts.2, parts.3)
    }
    return serial(text)
  }

  /// `46356,8618`: what a cell has whose format is not that of a time, to the second.
  private func serial(_ text: String) -> Date? {
    guard let match = text.wholeMatch(of: /(\d{5})[.,](\d{2,15})/), let days = Double("\(match.1).\(match.2)") else {
      return nil
    }
    let wall = Date(timeIntervalSince1970: ((days - 25_569) * 86_400).rounded())
    var clock = Calendar(identifier: .gregorian)
    clock.timeZone = .gmt
    let parts = clock.dateComponents([.year, .month, .day, .hour, .minute, .second], from: wall)
    clock.timeZone = zone
    return clock.date(from: parts)
  }

  /// Two wall times are the same moment when clocks are set forward; of two moments with one wall time it is the first.
  private func date(
    _ year: Substring, _ month: Substring, _ day: Substring, _ hour: Substring, _ minute: Substring,
    _ second: Substring?
  ) -> Date? {
    guard let year = Int(year), let month = Int(month), let number = Int(day), let hour = Int(hour),
      let minute = Int(minute), let second = Int(second ?? "0"), hour < 24, minute < 60, second < 60,
      CalendarDate(year: year, month: month, day: number) != nil
    else { return nil }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    return calendar.date(
      from: DateComponents(year: year, month: month, day: number, hour: hour, minute: minute, second: second))
  }
}
