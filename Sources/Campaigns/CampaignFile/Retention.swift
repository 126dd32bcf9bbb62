public import Foundation

/// The period for which a campaign's personal data is kept: a number of days, counted from the campaign's end.
///
/// A period and the event it starts with, as in a deletion concept; a fixed day would have to be guessed before anybody
/// knows when the campaign ends.
public struct Retention: Sendable, Hashable {
  /// The number of days, 1 to 3660.
  public var days: Int

  public init(days: Int) { self.days = days }

  /// The moment from which the data is to be removed.
  public func end(after finished: Date) -> Date { finished.addingTimeInterval(Double(days) * 86_400) }

  /// Reads a period such as `90d`; nil for anything else.
  init?(_ text: some StringProtocol) {
    guard text.last == "d", let days = wholeNumber(text.dropLast()), (1...3660).contains(days) else { return nil }
    self.days = days
  }
}

/// `retention:` of a campaign file.
enum RetentionSection {
  static func read(_ value: YAMLValue) -> Retention? {
    guard let section = YAMLSection(value, keys: ["purge_after"], example: "{purge_after: 90d}"),
      let period = section.required("purge_after", example: "90d"), let text = period.text()
    else { return nil }
    if let retention = Retention(text) { return retention }
    period.report(
      "\"\(period.path)\" is not a number of days: \(QuotedText(text)); write 1d to 3660d, as in 90d, "
        + "counted from the campaign's end")
    return nil
  }
}
