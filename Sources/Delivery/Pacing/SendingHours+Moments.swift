public import Campaigns
public import Foundation

/// Where a moment of the wall clock is in the hours.
///
/// Where clocks are set back or forward over their beginning or end, the hours are as short as they can be meant.
extension SendingHours {
  /// Letters may leave at `moment`.
  public func contains(_ moment: Date) -> Bool { opening(at: moment) == nil }

  /// When the hours begin next; nil within them.
  public func opening(at moment: Date) -> Date? {
    if from == until { return nil }
    var next: Date?
    for day in days(around: moment) {
      let hours = hours(of: day)
      if hours.contains(moment) { return nil }
      if !hours.isEmpty, hours.lowerBound > moment { next = min(next ?? hours.lowerBound, hours.lowerBound) }
    }
    return next
  }

  /// When the hours began that `moment` is in; nil outside of them, and where they never end.
  public func beginning(at moment: Date) -> Date? {
    if from == until { return nil }
    return days(around: moment).map(hours).first { $0.contains(moment) }?.lowerBound
  }

  private func days(around moment: Date) -> ClosedRange<Int> {
    let today = Int((LocalMoment.shown(at: moment, in: zone) / 86_400).rounded(.down))
    return today - 1...today + 2
  }

  /// The hours that begin on the day of this number.
  private func hours(of day: Int) -> Range<Date> {
    let midnight = Double(day) * 86_400
    let first = LocalMoment.range(of: midnight + Double(from) * 60, in: zone).upperBound
    let minutes = until > from ? until : until + 1440
    let end = LocalMoment.range(of: midnight + Double(minutes) * 60, in: zone).lowerBound
    return first..<max(first, end)
  }
}
