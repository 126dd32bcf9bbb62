import Campaigns
import Foundation

/// The hours of a day in which letters may leave, for a clock that only goes forward.
struct ForecastHours {
  private let hours: SendingHours
  /// The hours that were looked at last.
  private var open = Date.distantPast..<Date.distantPast

  init(_ hours: SendingHours) { self.hours = hours }

  /// The earliest moment, `now` or later, that is within the hours.
  mutating func next(at now: Date) -> Date {
    if open.contains(now) { return now }
    // From the hours of the day before on: they may pass midnight.
    for day in -1...2 {
      let start = moment(of: hours.from, day: day, beside: now)
      let isNight = hours.until <= hours.from
      let end = moment(of: hours.until, day: isNight ? day + 1 : day, beside: now)
      guard end > now, end > start else { continue }
      open = start..<end
      return max(start, now)
    }
    return now
  }

  /// `minutes` after midnight on the wall clock, `day` days after that of `now`.
  private func moment(of minutes: Int, day: Int, beside now: Date) -> Date {
    let offset = Double(hours.zone.secondsFromGMT(for: now))
    let local = now.timeIntervalSince1970 + offset
    let wall = (local / 86_400).rounded(.down) * 86_400 + Double(day) * 86_400 + Double(minutes) * 60
    // The offset is that of the moment itself: summer time may begin or end between.
    var moment = Date(timeIntervalSince1970: wall - offset)
    for _ in 0..<2 {
      moment = Date(timeIntervalSince1970: wall - Double(hours.zone.secondsFromGMT(for: moment)))
    }
    return moment
  }
}
