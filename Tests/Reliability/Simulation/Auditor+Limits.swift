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
    check(settings.limits, seen, at: "relay \(relay + 1)")
  }

  /// The same for what the receiving domains of a rule see, over all relays.
  func checkLimits(ofDestination index: Int) {
    let rule = scenario.destinations.rules[index]
    let seen = book.seen.joined().filter { sight in
      !sight.isLate && (rule.count == .attempts || sight.isRecipientTaken) && isCertain(index, for: sight.message)
    }.sorted { $0.at < $1.at }
    check(rule.limits, seen, at: "\(rule.destination)")
  }

  /// The rule is the message's, and the delivery could know.
  private func isCertain(_ rule: Int, for message: Int) -> Bool {
    let domain = SimulatedPlan.domain(of: message)
    return scenario.destinations.rule(of: domain) == rule
      && !(scenario.destinations.needLookup(of: domain) && unknownDomains.contains(domain))
  }

  /// A message leaves: no more than so many of its destination are on the wire.
  func checkConnections(_ message: Int, by process: Int) {
    onTheWire[process, default: []].append(message)
    guard let rule = scenario.destinations.rule(of: SimulatedPlan.domain(of: message)), isCertain(rule, for: message),
      let most = scenario.destinations.rules[rule].connections
    else { return }
    let sent = onTheWire[process, default: []].count { isCertain(rule, for: $0) }
    if sent > most {
      report("\(sent) messages to \(scenario.destinations.rules[rule].destination) on the wire, not \(most)")
    }
  }

  func left(_ message: Int, by process: Int) {
    if let index = onTheWire[process]?.firstIndex(of: message) { onTheWire[process]?.remove(at: index) }
  }

  private func check(_ limits: [RateLimit], _ seen: [RelayBook.Sight], at place: String) {
    for limit in limits {
      if let start = limit.start {
        checkClock(limit, start, seen, place)
      } else {
        checkWindows(limit, seen, place)
      }
    }
  }

  private func checkWindows(_ limit: RateLimit, _ seen: [RelayBook.Sight], _ place: String) {
    let window = Int(limit.window.seconds * 1_000_000)
    var start = 0
    for (index, last) in seen.enumerated() {
      while last.at - seen[start].at >= window { start += 1 }
      guard index - start >= limit.count else { continue }
      let counted = seen[start...index].count {
        $0.boot == last.boot || processes[$0.process].jumps == last.jumps
      }
      if counted > limit.count {
        return report("\(place) saw \(counted) messages in a window of \(limit.window), not \(limit.count)")
      }
    }
  }

  /// By the host's clock, which goes a little wrong and is never set: ours must not have been either.
  private func checkClock(_ limit: RateLimit, _ start: WindowStart, _ seen: [RelayBook.Sight], _ place: String) {
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
        report("\(place) saw \(most) messages in a window of its clock, not \(limit.count)")
      }
    }
  }

  /// No letter begins outside the hours, as the clock on the wall shows them.
  func checkHours(_ message: Int) {
    // A process that was stopped has looked before.
    guard let hours = scenario.hours, !hadZombie, world.clock - world.lastJump > 100_000 else { return }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = hours.zone
    // A millisecond may lie between the look at the clock and the first byte, and dates are rounded.
    let minutes = [-1000, 1000].map { skew in
      let shown = calendar.dateComponents([.hour, .minute], from: world.date(world.clock + world.wallOffset + skew))
      return (shown.hour ?? 0) * 60 + (shown.minute ?? 0)
    }
    let isWithin = minutes.contains { minute in
      hours.from < hours.until
        ? hours.from <= minute && minute < hours.until : minute >= hours.from || minute < hours.until
    }
    if !isWithin { report("message \(message) went out at minute \(minutes[1]) of the day, outside the hours") }
  }
}
