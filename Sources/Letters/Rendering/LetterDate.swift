import Campaigns

/// Days and times as a letter writes them, in the letter's language.
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

  /// `23. November 2026, 16:00 Uhr`, `23 November 2026, 16:00 (UTC+1)`: wall time of the moment's own offset.
  ///
  /// English letters name the offset, as their readers may live elsewhere.
  func text(_ moment: LocalDateTime) -> String {
    let time = "\(moment.hour):\(moment.minute < 10 ? "0" : "")\(moment.minute)"
    return language == "de"
      ? "\(day(of: moment)), \(time) Uhr" : "\(day(of: moment)), \(time) (\(Self.zone(moment.offset)))"
  }

  /// The day alone. Outside the years 1 to 9999, which no campaign file can name, the moment as RFC 3339 writes it.
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
