public import Foundation

/// Times and spans as an operator reads them, in the machine's time zone, which is named.
public enum LocalTime {
  /// `14:32 +01:00`
  public static func clock(_ date: Date) -> String {
    let parts = Calendar.current.dateComponents([.hour, .minute], from: date)
    return "\(padded(parts.hour ?? 0)):\(padded(parts.minute ?? 0)) \(zone(date))"
  }

  /// `2026-11-23 14:32 +01:00`
  public static func full(_ date: Date) -> String {
    let parts = Calendar.current.dateComponents([.year, .month, .day], from: date)
    return "\(parts.year ?? 0)-\(padded(parts.month ?? 0))-\(padded(parts.day ?? 0)) \(clock(date))"
  }

  /// `19 s`, `6 min`, `6 h 40 min`, `2 d 3 h`
  public static func span(_ seconds: TimeInterval) -> String {
    let whole = max(0, Int(seconds.rounded(.up)))
    if whole < 90 { return "\(whole) s" }
    let minutes = (whole + 30) / 60
    if minutes < 60 { return "\(minutes) min" }
    let hours = minutes / 60
    if hours < 48 { return minutes % 60 == 0 ? "\(hours) h" : "\(hours) h \(minutes % 60) min" }
    return hours % 24 == 0 ? "\(hours / 24) d" : "\(hours / 24) d \(hours % 24) h"
  }

  /// `UTC`, or the offset from it as RFC 3339 writes it: names of zones mean different things in different places.
  private static func zone(_ date: Date) -> String {
    let minutes = Calendar.current.timeZone.secondsFromGMT(for: date) / 60
    guard minutes != 0 else { return "UTC" }
    return "\(minutes < 0 ? "-" : "+")\(padded(abs(minutes) / 60)):\(padded(abs(minutes) % 60))"
  }

  private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
