import Foundation

/// Reads a limit as people write it: `300/h`, `250 / 10 min`, `5000 per day`; by the host's clock
/// `5000/day@00:00 Europe/Berlin`, `300/hour@:15`.
struct LimitText {
  /// Why a text is no limit.
  enum Objection: Error, Hashable {
    case form
    /// The count has a separator of thousands; its digits alone.
    case thousands(String)
    case count
    /// `m` could be a month.
    case unclearUnit(String)
    case unit(String)
    case window
    /// A window that no clock begins: only hours and days do.
    case clockWindow
    /// Behind the @ is no time: of an hour the minute, of a day hour and minute.
    case clockTime(String, ofHour: Bool)
    case zone(String)
    case noZone
  }

  let limit: RateLimit

  init(_ text: String, zone: DefaultZone) throws(Objection) {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    let (count, window) = try Self.rate(String(parts[0]))
    var start: WindowStart?
    if parts.count == 2 { start = try Self.start(parts[1], of: window, zone: zone) }
    limit = RateLimit(count: count, window: .seconds(window), start: start)
  }

  /// The count, and the window in seconds.
  private static func rate(_ text: String) throws(Objection) -> (count: Int, window: Int) {
    var parts = text.split(separator: "/", omittingEmptySubsequences: false).map {
      $0.split(whereSeparator: \.isWhitespace)
    }
    if parts.count == 1 {
      // `300 per hour`, `300 an hour`.
      let words = parts[0]
      guard let per = words.firstIndex(where: { ["per", "a", "an"].contains($0.lowercased()) }) else { throw .form }
      parts = [Array(words[..<per]), Array(words[(per + 1)...])]
    }
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { throw .form }
    let written = parts[0].joined(separator: " ")
    guard let count = wholeNumber(written) else {
      let digits = written.filter { $0.isASCII && $0.isNumber }
      let separators: Set<Character> = [".", ",", "'", "’", "_", " "]
      let isGrouped =
        written.first?.isNumber == true && written.allSatisfy { digits.contains($0) || separators.contains($0) }
      guard isGrouped else { throw .form }
      // More digits than any number here has, with or without separators.
      throw wholeNumber(digits).map(counts.contains) == true ? .thousands(digits) : .count
    }
    guard counts.contains(count) else { throw .count }
    let window = parts[1].joined()
    let digits = window.prefix { $0.isASCII && $0.isNumber }
    let unit = window.dropFirst(digits.count).lowercased()
    guard !unit.isEmpty else { throw .form }
    guard unit != "m" else { throw .unclearUnit(unit) }
    guard let seconds = units[unit] else { throw unit.allSatisfy(\.isLetter) ? .unit(unit) : .form }
    guard let number = digits.isEmpty ? 1 : wholeNumber(digits), number > 0, number <= 366 * 86_400 / seconds else {
      throw .window
    }
    return (count, number * seconds)
  }

  private static let counts = 1...10_000_000

  private static let units = [
    "s": 1, "sec": 1, "second": 1, "seconds": 1, "min": 60, "mins": 60, "minute": 60, "minutes": 60, "h": 3600,
    "hr": 3600,
    "hour": 3600, "hours": 3600, "d": 86_400, "day": 86_400, "days": 86_400,
  ]

  private static func start(
    _ text: Substring, of window: Int, zone fallback: DefaultZone
  ) throws(Objection) -> WindowStart {
    let isHour = window == 3600
    guard isHour || window == 86_400 else { throw .clockWindow }
    let words = text.split(maxSplits: 1, whereSeparator: \.isWhitespace)
    let time = words.first.map(String.init) ?? ""
    // Each hour begins at a minute of its own: `:15`, also written as `00:15`.
    guard let minutes = ClockTime.minutes(time.hasPrefix(":") ? "0" + time : time),
      isHour ? minutes < 60 : minutes < 1440 && !time.hasPrefix(":")
    else { throw .clockTime(time, ofHour: isHour) }
    if words.count == 2 {
      let name = String(words[1]).trimmingBlanks()
      guard let zone = ZoneName.zone(name) else { throw .zone(name) }
      return WindowStart(minutes: minutes, zone: zone)
    }
    // Hours begin at the same minute in nearly all zones; days do not.
    guard let zone = fallback.zone ?? (isHour ? ZoneName.utc : nil) else { throw .noZone }
    return WindowStart(minutes: minutes, zone: zone)
  }
}

extension LimitText.Objection {
  /// What is wrong with `text`, and what to write instead.
  func advice(for text: String) -> String {
    let example = "as in 300/h or 250/10min"
    switch self {
    case .form:
      return "\(QuotedText(text)) is not a limit; write messages per time in s, min, h or d, \(example)"
    case .thousands(let digits):
      return "\(QuotedText(text)) is not a limit; write the number without separators, as in \(digits)/h"
    case .count: return "\(QuotedText(text)) is not a limit; write 1 to 10000000 messages, \(example)"
    case .unclearUnit(let unit):
      return "\(QuotedText(text)) is not a limit: \"\(unit)\" could be a minute or a month; write min, \(example)"
    case .unit(let unit):
      return "\(QuotedText(text)) is not a limit: \(QuotedText(unit)) is no unit of time here; write s, min, h or d, "
        + "as in 300/h or 10000/7d"
    case .window: return "\(QuotedText(text)) is not a limit; its time is from 1s to 366d, \(example)"
    case .clockWindow:
      return "\(QuotedText(text)): only windows of one hour or one day begin by the clock; "
        + "write as in 5000/day@00:00 Europe/Berlin or 300/hour@:15, or leave out what is behind the @"
    case .clockTime(_, ofHour: true):
      return "\(QuotedText(text)): behind the @ stands the minute at which each hour begins, as in 300/hour@:15"
    case .clockTime(_, ofHour: false):
      return "\(QuotedText(text)): behind the @ stands the time at which the day begins, 00:00 to 23:59, "
        + "as in 5000/day@00:00 Europe/Berlin"
    case .zone(let name):
      return "\(QuotedText(text)): \(QuotedText(name)) is not a time zone\(ZoneName.advice(instead: name))"
    case .noZone:
      return "\(QuotedText(text)) lacks the time zone of the host's clock; write it behind the time, "
        + "as in 5000/day@00:00 Europe/Berlin, or set \"sender.time_zone\""
    }
  }
}

extension YAMLValue {
  /// Limits that all apply; one that is written twice counts once.
  func limits(zone: DefaultZone) -> [RateLimit]? {
    guard let members = list(example: "[300/h, 5000/d]") else { return nil }
    var limits: [RateLimit] = []
    var isWhole = true
    for member in members {
      guard let text = member.text() else {
        isWhole = false
        continue
      }
      do throws(LimitText.Objection) {
        let limit = try LimitText(text, zone: zone).limit
        if let other = limits.first(where: { $0.window == limit.window && $0.start == limit.start }) {
          guard other.count != limit.count else { continue }
          member.report(
            "\"\(member.path)\": \(QuotedText(text)) contradicts \(other), a limit for the same time; "
              + "keep the one that the host names")
          isWhole = false
        }
        limits.append(limit)
      } catch {
        member.report("\"\(member.path)\": \(error.advice(for: text))")
        isWhole = false
      }
    }
    return isWhole ? limits : nil
  }
}
