import Campaigns
package import Foundation

/// The languages of a report.
public enum DocumentLanguage: String, Sendable, Hashable, CaseIterable {
  case german = "de"
  case english = "en"
}

/// How a report writes words, numbers and times in its language.
///
/// Written here instead of by Foundation's formatters: those depend on the machine's locale data.
package struct DocumentText: Sendable {
  package let language: DocumentLanguage
  package let zone: TimeZone

  package init(language: DocumentLanguage, zone: TimeZone) {
    (self.language, self.zone) = (language, zone)
  }

  package func callAsFunction(_ words: Words) -> String { language == .german ? words.german : words.english }

  /// `1.234.567`, `1,234,567`
  package func number(_ value: Int) -> String {
    let digits = String(abs(value))
    var grouped = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { grouped += language == .german ? "." : "," }
      grouped.append(digit)
    }
    return (value < 0 ? "−" : "") + grouped
  }

  /// A share in per cent that is 0 or 100 only where it is exactly that: `99,9 %`, `99.9%`.
  package func share(_ part: Int, of whole: Int) -> String {
    guard whole > 0 else { return "–" }
    let tenths = min(max(Int((Double(part) * 1_000 / Double(whole)).rounded()), part > 0 ? 1 : 0), 1_000)
    let shown = part < whole && tenths == 1_000 ? 999 : tenths
    let decimal = language == .german ? "," : "."
    let value = shown % 10 == 0 ? "\(shown / 10)" : "\(shown / 10)\(decimal)\(shown % 10)"
    return value + (language == .german ? " %" : "%")
  }

  /// `23.11.2026, 16:00:05 UTC+1`, `23 Nov 2026, 16:00:05 UTC+1`
  package func time(_ date: Date) -> String { time(LocalDateTime(date: date, offset: zone.secondsFromGMT(for: date))) }

  /// In the offset it was written in.
  func time(_ moment: LocalDateTime) -> String {
    "\(moment.day.map(day) ?? moment.description), \(clock(moment)) \(Self.zone(moment.offset))"
  }

  func day(_ day: CalendarDate) -> String {
    language == .german
      ? "\(padded(day.day)).\(padded(day.month)).\(day.year)" : "\(day.day) \(Self.months[day.month - 1]) \(day.year)"
  }

  /// The shortest text for a place on an axis `span` seconds long: `23.11.`, `14:30`, `14:30:05`.
  package func mark(_ date: Date, span: TimeInterval) -> String {
    let moment = LocalDateTime(date: date, offset: zone.secondsFromGMT(for: date))
    guard let day = moment.day else { return "" }
    let short = language == .german ? "\(day.day).\(day.month)." : "\(day.day) \(Self.months[day.month - 1])"
    if span > 4 * 86_400 { return short }
    let minutes = "\(padded(moment.hour)):\(padded(moment.minute))"
    if span > 86_400 { return "\(short) \(minutes)" }
    return span > 1_800 ? minutes : "\(minutes):\(padded(moment.second))"
  }

  /// The offset at `date`: `UTC+1`.
  func zoneName(at date: Date) -> String { Self.zone(zone.secondsFromGMT(for: date)) }

  private func clock(_ moment: LocalDateTime) -> String {
    "\(padded(moment.hour)):\(padded(moment.minute)):\(padded(moment.second))"
  }

  private static func zone(_ offset: Int) -> String {
    if offset == 0 { return "UTC" }
    let minutes = abs(offset) / 60
    let rest = minutes % 60
    return "UTC\(offset < 0 ? "−" : "+")\(minutes / 60)" + (rest == 0 ? "" : ":\(padded(rest))")
  }

  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}

private func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
