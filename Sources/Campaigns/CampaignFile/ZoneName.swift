public import Foundation

/// A name of the IANA time zone database. Abbreviations mean different zones in different places, and offsets ignore
/// summer time: both are refused.
public enum ZoneName {
  static let utc = TimeZone(identifier: "UTC") ?? .gmt

  public static func zone(_ text: String) -> TimeZone? {
    // Not all names are among the known identifiers: "Asia/Kolkata" is missing there.
    guard text == "UTC" || text.contains("/"), !["posix/", "right/"].contains(where: text.hasPrefix) else { return nil }
    return TimeZone(identifier: text)
  }

  /// The end of a sentence that says `text` is no time zone.
  public static func advice(instead text: String) -> String {
    NearestName(among: TimeZone.knownTimeZoneIdentifiers.filter { $0.contains("/") }).suggestion(for: text)
      .map { ", did you mean \(QuotedText($0))?" } ?? "; write it as in Europe/Berlin"
  }
}

/// The time zone of a clock time that names none: `sender.time_zone`.
enum DefaultZone {
  case named(TimeZone)
  case missing
  /// It is wrong itself, which was reported.
  case unreadable

  init(_ sender: Sender?, named isNamed: Bool) {
    if let zone = sender?.timeZone {
      self = .named(zone)
    } else {
      self = sender == nil || isNamed ? .unreadable : .missing
    }
  }

  var zone: TimeZone? {
    switch self {
    case .named(let zone): zone
    case .missing: nil
    // The file gives no campaign.
    case .unreadable: ZoneName.utc
    }
  }
}

/// A time of the wall clock.
enum ClockTime {
  /// Minutes after midnight of `07:00` or `7:00`, up to `24:00`; otherwise nil.
  static func minutes(_ text: some StringProtocol) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2,
      let hour = wholeNumber(parts[0]), let minute = wholeNumber(parts[1]), minute < 60
    else { return nil }
    let minutes = hour * 60 + minute
    return minutes <= 1440 ? minutes : nil
  }

  /// `07:00`.
  static func text(_ minutes: Int) -> String { "\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2))" }
}
