import Foundation

/// When the clocks of a time zone show a time.
enum LocalMoment {
  /// The moments that may be meant by a local time, given in seconds since 1970 as if the zone were UTC: one; from the
  /// first to the second where clocks are set back over it; from when they are set forward to when they would have come to
  /// it otherwise.
  static func range(of local: TimeInterval, in zone: TimeZone) -> ClosedRange<Date> {
    let before = local - offset(Date(timeIntervalSince1970: local - 86_400), zone)
    let after = local - offset(Date(timeIntervalSince1970: local + 86_400), zone)
    let dates = (before: Date(timeIntervalSince1970: before), after: Date(timeIntervalSince1970: after))
    if before == after { return dates.before...dates.before }
    let isBefore = local - offset(dates.before, zone) == before
    let isAfter = local - offset(dates.after, zone) == after
    if isBefore != isAfter { return isBefore ? dates.before...dates.before : dates.after...dates.after }
    return min(dates.before, dates.after)...max(dates.before, dates.after)
  }

  /// What clocks show at a moment, in seconds since 1970 as if the zone were UTC.
  static func shown(at moment: Date, in zone: TimeZone) -> TimeInterval {
    moment.timeIntervalSince1970 + offset(moment, zone)
  }

  private static func offset(_ moment: Date, _ zone: TimeZone) -> TimeInterval {
    TimeInterval(zone.secondsFromGMT(for: moment))
  }
}
