import Campaigns
import Delivery
import Foundation

/// What relays and the campaign file allow, counted from outside.
extension Auditor {
  /// In no window does the relay see more than its limit. What is not known after another start of the machine: how the wall
  /// clock was set meanwhile, or just before.
  func checkLimits(of relay: Int) {
    let settings = scenario.relays[relay]
    // What was claimed counts then, and goes out late when its process is stopped in between.
    let seen = book.seen[relay].filter { sight in
      !sight.isLate && (settings.count == .attempts || sight.isRecipientTaken)
    }
    for limit in settings.limits {
      if let start = limit.start {
        checkClock(limit, start, seen, relay)
      } else {
        checkWindows(limit, seen, relay)
      }
    }
  }

  private func checkWindows(_ limit: RateLimit, _ seen: [RelayBook.Sight], _ relay: Int) {
    let window = Int(limit.window.seconds * 1_000_000)
    var start = 0
    for (index, last) in seen.enumerated() {
      while last.at - seen[start].at >= window { start += 1 }
      guard index - start >= limit.count else { continue }
      let counted = seen[start...index].count {
        $0.boot == last.boot || processes[$0.process].jumps == last.jumps
      }
      if counted > limit.count {
        return report("relay \(relay + 1) saw \(counted) messages in a window of \(limit.window), not \(limit.count)")
      }
    }
  }

  /// By the host's clock, which goes a little wrong and is never set: ours must not have been either.
  private func checkClock(_ limit: RateLimit, _ start: WindowStart, _ seen: [RelayBook.Sight], _ relay: Int) {
    guard world.jumps == 0 else { return }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = start.zone
    for skew in [-2.0, 0, 2] {
      var counted: [DateComponents: Int] = [:]
      for sight in seen {
        let shown = world.date(sight.at).addingTimeInterval(skew)
        let offset = TimeInterval(start.zone.secondsFromGMT(for: shown))
        // As the clock shows it, less the minutes at which the window begins.
        let moved = Date(timeIntervalSince1970: shown.timeIntervalSince1970 + offset - Double(start.minutes) * 60)
        calendar.timeZone = .gmt
        let parts: Set<Calendar.Component> =
          limit.window >= .seconds(86_400) ? [.year, .month, .day] : [.year, .month, .day, .hour]
        counted[calendar.dateComponents(parts, from: moved), default: 0] += 1
      }
      if let most = counted.values.max(), most > limit.count {
        report("relay \(relay + 1) saw \(most) messages in a window of its clock, not \(limit.count)")
      }
    }
  }

  /// No letter begins outside the hours, as the clock on the wall shows them.
  func checkHours(_ message: Int) {
    // A process that was stopped has looked before.
    guard let hours = scenario.hours, !hadZombie, world.clock - world.lastJump > 100_000 else { return }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = hours.zone
    let shown = calendar.dateComponents([.hour, .minute], from: world.date(world.clock + world.wallOffset + 1000))
    let minute = (shown.hour ?? 0) * 60 + (shown.minute ?? 0)
    let isWithin =
      hours.from < hours.until
      ? hours.from <= minute && minute < hours.until : minute >= hours.from || minute < hours.until
    if !isWithin { report("message \(message) went out at minute \(minute) of the day, outside the hours") }
  }
}
