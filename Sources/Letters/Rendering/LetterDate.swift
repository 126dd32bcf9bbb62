import Campaigns
import Foundation
import Mail

/// Dates and times as a letter writes them, in the letter's language.
///
/// Written here instead of by Foundation's formatters: those depend on the machine's locale data, and the same input
/// must give the same letter everywhere.
struct LetterDate: Sendable {
  let language: String

  /// `20. November 2026`, `20 November 2026`.
  func text(_ day: CalendarDate) -> String {
    language == "de"
      ? "\(day.day). \(Self.german[day.month - 1]) \(day.year)"
      : "\(day.day) \(Self.english[day.month - 1]) \(day.year)"
  }

  /// `23. November 2026, 16:00 Uhr`, `23 November 2026, 16:00 (UTC+1)`: the wall time of the moment's own offset.
  ///
  /// English letters name the offset, as their readers may live elsewhere. German letters name it where the clocks in
  /// Germany show another time.
  func text(_ moment: LocalDateTime) -> String {
    let time = "\(moment.hour):\(moment.minute < 10 ? "0" : "")\(moment.minute)"
    let zone = "(\(Self.zone(moment.offset)))"
    guard language == "de" else { return "\(day(of: moment)), \(time) \(zone)" }
    let isGerman = moment.offset == Self.germanOffset(at: moment.date)
    return "\(day(of: moment)), \(time) Uhr" + (isGerman ? "" : " \(zone)")
  }

  /// The offset of clocks in Germany in seconds east of UTC: two hours from the last Sunday of March to the last of
  /// October, both at 1:00 UTC, else one. It follows the rule, not the machine's data, so that the same letter is the
  /// same everywhere.
  private static func germanOffset(at date: Date) -> Int {
    let seconds = Int(date.timeIntervalSince1970.rounded(.down))
    let day = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    let year = CivilTime.day(daysFrom1970: day).year
    func change(_ month: Int) -> Int {
      let last = CivilTime.daysFrom1970(year: year, month: month, day: 31)
      // 1970-01-01 was a Thursday: days that leave 3 are Sundays.
      return (last - (((last - 3) % 7) + 7) % 7) * 86_400 + 3600
    }
    return (change(3)..<change(10)).contains(seconds) ? 7200 : 3600
  }

  /// The day alone; outside the years 1 to 9999, which no campaign file can name, the moment in the form of RFC 3339.
  func day(of moment: LocalDateTime) -> String { moment.day.map(text) ?? moment.description }

  private static func zone(_ offset: Int) -> String {
    if offset == 0 { return "UTC" }
    let minutes = abs(offset) / 60
    let rest = minutes % 60
    return "UTC\(offset < 0 ? "-" : "+")\(minutes / 60)" + (rest == 0 ? "" : ":\(rest < 10 ? "0" : "")\(rest)")
  }

  private static let german = [
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
    "Dezember",
  ]
  private static let english = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]
}
