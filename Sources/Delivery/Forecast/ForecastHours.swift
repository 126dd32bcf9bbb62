import Campaigns
import Foundation

/// The hours of a day in which letters may leave, for a clock that goes forward by small steps.
struct ForecastHours {
  private let hours: SendingHours
  /// They begin and end at full minutes: within one nothing changes.
  private var open = Date.distantPast..<Date.distantPast

  init(_ hours: SendingHours) { self.hours = hours }

  /// The earliest moment, `now` or later, that is within the hours.
  mutating func next(at now: Date) -> Date {
    if open.contains(now) { return now }
    if let opening = hours.opening(at: now) { return opening }
    let minute = Date(timeIntervalSince1970: (now.timeIntervalSince1970 / 60).rounded(.down) * 60)
    open = minute..<minute.addingTimeInterval(60)
    return now
  }
}
