/// The times at which a deferred message is tried again, and the time at which it is given up.
public struct RetrySchedule: Sendable, Hashable {
  /// `30m 1h*3 4h*6` is written out: ten delays. The last one repeats until `giveUpAfter`.
  public var delays: [Duration]
  /// The time limit, counted from the first attempt.
  public var giveUpAfter: Duration

  /// `delays` holds at least one delay.
  public init(delays: [Duration], giveUpAfter: Duration) {
    precondition(!delays.isEmpty, "a retry schedule has at least one delay")
    self.delays = delays
    self.giveUpAfter = giveUpAfter
  }

  /// Half an hour, three times an hour, then every four hours, for four days (RFC 5321, 4.5.4.1).
  public static let standard = RetrySchedule(
    delays: [.seconds(1800)] + Array(repeating: .seconds(3600), count: 3)
      + Array(repeating: .seconds(14_400), count: 6),
    giveUpAfter: .seconds(4 * 86_400))

  /// The delays of `30m 1h*3 4h*6`; nil when a part is not a duration, a repetition is not from 1 to 100, or nothing
  /// is left.
  public static func delays(_ text: String) -> [Duration]? {
    var delays: [Duration] = []
    for part in text.split(whereSeparator: \.isWhitespace) {
      let pieces = part.split(separator: "*", omittingEmptySubsequences: false)
      guard pieces.count <= 2, let delay = duration(pieces[0]) else { return nil }
      guard let times = pieces.count == 2 ? wholeNumber(pieces[1]) : 1, (1...100).contains(times) else { return nil }
      delays += Array(repeating: delay, count: times)
    }
    return delays.isEmpty ? nil : delays
  }

  /// A duration such as `30s`, `30m`, `30min`, `4h`, `4d`: from one second to 366 days; otherwise nil.
  public static func duration(_ text: some StringProtocol) -> Duration? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = wholeNumber(digits), number > 0,
      let unit = secondsOfUnit[String(text.dropFirst(digits.count))], number <= 366 * 86_400 / unit
    else { return nil }
    return .seconds(number * unit)
  }
}

/// `retry:` of a campaign file; omitted keys are as in ``RetrySchedule/standard``.
enum RetrySection {
  static func read(_ value: YAMLValue) -> RetrySchedule? {
    guard
      let section = YAMLSection(
        value, keys: ["schedule", "give_up_after"], example: "{schedule: 30m 1h*3 4h*6, give_up_after: 4d}")
    else { return nil }
    let delays = section.optional("schedule").map(delays) ?? RetrySchedule.standard.delays
    let giveUpAfter = section.optional("give_up_after").map { $0.duration() } ?? RetrySchedule.standard.giveUpAfter
    guard let delays, let giveUpAfter else { return nil }
    return RetrySchedule(delays: delays, giveUpAfter: giveUpAfter)
  }

  private static func delays(_ value: YAMLValue) -> [Duration]? {
    guard let text = value.text() else { return nil }
    if let delays = RetrySchedule.delays(text) { return delays }
    value.report(
      "\"\(value.path)\" is not a list of delays: \(QuotedText(text)); write numbers with s, min, h or d, "
        + "repeated with *, as in 30m 1h*3 4h*6")
    return nil
  }
}
