public import Foundation

/// The hours of a day in which letters may leave: `hours` of a campaign file, `07:00-20:00 Europe/Berlin`.
public struct SendingHours: Sendable, Hashable {
  /// Minutes after midnight on the wall clock of ``zone``, 0 to 1439.
  public var from: Int
  /// The end, which is no longer in it, 1 to 1440; not after ``from``: the hours pass midnight.
  public var until: Int
  public var zone: TimeZone

  public init(from: Int, until: Int, zone: TimeZone) {
    self.from = from
    self.until = until
    self.zone = zone
  }
}

extension SendingHours: CustomStringConvertible {
  /// As in a campaign file: `07:00-20:00 Europe/Berlin`.
  public var description: String { "\(ClockTime.text(from))-\(ClockTime.text(until)) \(zone.name)" }
}

/// `hours:` of a campaign file.
enum HoursSection {
  static func read(_ value: YAMLValue, zone: DefaultZone) -> SendingHours? {
    guard let text = value.text() else { return nil }
    let example = "as in 07:00-20:00 Europe/Berlin"
    guard let (from, end, name) = parts(text), from < 1440 else {
      value.report(
        "\"\(value.path)\" is not a span of hours: \(QuotedText(text)); write from and until, 00:00 to 24:00, with the time "
          + "zone, \(example)")
      return nil
    }
    guard from != end else {
      value.report(
        "\"\(value.path)\" ends when it begins: \(QuotedText(text)); write another end, or leave the key out to send at any time"
      )
      return nil
    }
    if let name, ZoneName.zone(name) == nil {
      value.report("\"\(value.path)\": \(QuotedText(name)) is not a time zone\(ZoneName.advice(instead: name))")
      return nil
    }
    guard let zone = name.map(ZoneName.zone) ?? zone.zone else {
      value.report(
        "\"\(value.path)\" lacks its time zone: \(QuotedText(text)); write it behind the hours, \(example), "
          + "or set \"sender.time_zone\"")
      return nil
    }
    return SendingHours(from: from, until: end == 0 ? 1440 : end, zone: zone)
  }

  /// Two times with a hyphen or a dash between, and what is behind them.
  private static func parts(_ text: String) -> (from: Int, end: Int, zone: String?)? {
    let halves = text.split(maxSplits: 1, omittingEmptySubsequences: false) { "-–—".contains($0) }
    guard halves.count == 2, let from = ClockTime.minutes(String(halves[0]).trimmingBlanks()) else { return nil }
    let words = halves[1].split(maxSplits: 1, whereSeparator: \.isWhitespace)
    guard let end = words.first.flatMap(ClockTime.minutes) else { return nil }
    return (from, end, words.count == 2 ? String(words[1]).trimmingBlanks() : nil)
  }
}
