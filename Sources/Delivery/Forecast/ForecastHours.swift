import Campaigns
import Foundation

/// The hours of a day in which letters may leave, for a clock that only goes forward.
struct ForecastHours {
  private let hours: SendingHours
  /// They begin and end at full minutes: until the next one nothing changes.
  private var openUntil = Date.distantPast

  init(_ hours: SendingHours) { self.hours = hours }

  /// The earliest moment, `now` or later, that is within the hours.
  mutating func next(at now: Date) -> Date {
    if now < openUntil { return now }
    if let opening = hours.opening(at: now) { return opening }
    openUntil = Date(timeIntervalSince1970: (now.timeIntervalSince1970 / 60).rounded(.down) * 60 + 60)
    return now
  }
}
