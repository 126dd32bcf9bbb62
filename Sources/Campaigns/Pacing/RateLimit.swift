public import Foundation

/// At most `count` messages in any window of `window`: `300/h`, `5000/d`, `10/s`, `120/min`, `250/10min`.
public struct RateLimit: Sendable, Hashable {
  public var count: Int
  public var window: Duration
  /// Where the host counts by the clock (`5000/day@00:00 Europe/Berlin`): when its window begins. Nil: any window of
  /// this length.
  public var start: WindowStart?

  public init(count: Int, window: Duration, start: WindowStart? = nil) {
    self.count = count
    self.window = window
    self.start = start
  }

  /// Nil unless `text` is a count from 1 to 10 million, a slash, and a window in `s`, `min`, `h` or `d` (`10min`; a
  /// missing number is one). The longest window is a year. A limit by the clock names its zone here.
  public init?(_ text: String) {
    guard let limit = try? LimitText(text, zone: .missing).limit else { return nil }
    self = limit
  }
}

extension RateLimit: CustomStringConvertible {
  /// As it may be written in a campaign file: `300/h`, `250/10min`, `5000/d@00:00 Europe/Berlin`.
  public var description: String {
    let seconds = Int(window.components.seconds)
    let (unit, name) = [(86_400, "d"), (3600, "h"), (60, "min")].first { seconds % $0.0 == 0 } ?? (1, "s")
    let number = seconds / unit
    let clock = start.map { start in
      "@\(seconds == 3600 ? ":" + padded(start.minutes, 2) : ClockTime.text(start.minutes)) \(start.zone.name)"
    }
    return "\(count)/\(number == 1 ? "" : String(number))\(name)\(clock ?? "")"
  }
}

extension TimeZone {
  /// As the IANA database has it: Foundation calls UTC GMT.
  package var name: String { identifier == "GMT" ? "UTC" : identifier }
}

/// The moment of the wall clock at which the window of a limit begins anew: each hour or each day.
public struct WindowStart: Sendable, Hashable {
  /// After the full hour for a window of an hour, after midnight for a window of a day.
  public var minutes: Int
  public var zone: TimeZone

  public init(minutes: Int, zone: TimeZone) {
    self.minutes = minutes
    self.zone = zone
  }
}

/// What takes a place in a limit.
public enum LimitCount: String, Sendable, CaseIterable {
  /// A letter whose recipient was taken, whatever came of it afterwards.
  case accepted
  /// Every attempt.
  case attempts
}
