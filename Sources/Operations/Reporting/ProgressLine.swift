import Delivery
public import Foundation
public import Queue
import Receipts
public import Reports

/// A delivery in one line, for a terminal and a log.
public enum ProgressLine {
  /// The most of a relay's words in the line, in characters.
  private static let mostWords = 60
  /// Words that are older say nothing about now.
  private static let freshWords: TimeInterval = 600

  /// `412 of 1000 done · 31.2/s · 588 left · about 19 s · main: greylisted “451 …” · accepted 401, refused 3, deferred 8`
  public static func text(_ status: CampaignStatus, now: Date) -> OperatorMessage {
    let done = status.total - status.remaining
    var parts: [OperatorMessage] = ["\(done) of \(status.total) done"]
    if status.ratePerSecond > 0, status.waitsForLimitUntil == nil {
      let rate = status.ratePerSecond.formatted(.number.precision(.fractionLength(1)).grouping(.never))
      parts.append("\(rate)/s")
    }
    if status.remaining > 0 { parts.append("\(status.remaining) left") }
    parts += waits(status, now: now)
    if let eta = status.eta {
      parts.append("about \(span: eta.timeIntervalSince(now))")
      if let late = status.forecast?.likely.late.customers.count, late > 0 {
        parts.append("\(pluralized(late, "customer")) too late for the deadline")
      }
    } else if let reason = status.noEstimate, let text = text(reason) {
      parts.append(text)
    }
    parts += status.relays.compactMap { words($0, status, now: now) }
    let shown: [MessageState] = [.accepted, .deferred, .refused, .expired, .uncertain, .excluded, .cancelled]
    let counts = shown.filter { status.count($0) > 0 }.map { "\($0.rawValue) \(status.count($0))" }
    if !counts.isEmpty { parts.append("\(counts.joined(separator: ", "))") }
    return parts.joined(separator: " · ")
  }

  /// What letters wait for; empty while they leave.
  static func waits(_ status: CampaignStatus, now: Date) -> [OperatorMessage] {
    let canary = status.canary.flatMap(CanaryTexts.line)
    var parts = [canary].compactMap { $0 }
    if let until = status.outsideHoursUntil, status.remaining > 0 {
      // Whatever is due then: nothing leaves before.
      parts.append("outside the sending hours until \(time: until)")
    } else if canary != nil {
      // It says what is waited for.
    } else if status.count(.queued) + status.count(.sending) == 0, let due = status.nextDue, due > now {
      parts.append("next attempt at \(clock: due)")
    } else if let moment = status.waitsForLimitUntil, moment > now {
      parts.append("the relays' limits allow the next at \(clock: moment)")
    }
    return parts
  }

  /// Why no end is estimated; nil where that is said elsewhere.
  static func text(_ reason: NoEstimate) -> OperatorMessage? {
    switch reason {
    case .relayRests(let relay, let until, let letters, othersSend: false):
      "no estimate: \(waiting(letters)) for the relay \(relay), which rests until \(clock: until)"
    case .relayRests(let relay, let until, _, othersSend: true):
      "no estimate: the relay \(relay) rests until \(clock: until), and the rate of the others is not known yet"
    case .relaysPaused(let letters): "no estimate: \(waiting(letters)), and every relay is paused"
    case .nothingMoves(let letters): "no estimate: \(waiting(letters)), and nothing has moved for a minute"
    case .notBegun: "no estimate before the first answer"
    case .limitsUnknown: "no estimate: campaign.yaml, which has the relays' limits, cannot be read"
    case .dueTimesUnknown: "no estimate: it is not known when letters are tried again"
    // Said already.
    case .outsideHours: nil
    case .notDelivered, .canary: nil
    }
  }

  private static func waiting(_ letters: Int) -> String {
    letters == 1 ? "1 letter waits" : "\(letters) letters wait"
  }

  /// A relay's last words, while letters wait for what they say.
  private static func words(_ relay: RelayCondition, _ status: CampaignStatus, now: Date) -> OperatorMessage? {
    let isWell = relay.state == .sending
    guard status.remaining > 0, let said = relay.words,
      !isWell || status.count(.deferred) > 0 && now.timeIntervalSince(said.at) < freshWords
    else { return nil }
    let line = said.oneLine
    let clipped = line.count > mostWords ? line.prefix(mostWords - 1) + "…" : line
    var isNamed = false
    if case .relayRests(relay.relay, _, _, _) = status.noEstimate { isNamed = true }
    let rest: OperatorMessage =
      switch relay.state {
      case .resting where isNamed: ""
      case .sending: ""
      case .resting: relay.until.map { " rests until \(clock: $0)" } ?? " rests"
      case .paused: " is paused"
      }
    return "\(relay.relay)\(rest): \(said.class.map { "\($0) " } ?? "")“\(clipped)”"
  }
}

/// What is known of relays that said more than yes, as lines for people.
public enum RelayTexts {
  /// The lines of one relay; empty when there is nothing to say.
  public static func lines(_ relay: RelayCondition) -> [OperatorMessage] {
    var lines: [OperatorMessage] = []
    switch relay.state {
    case .sending: guard relay.words != nil else { return [] }
    case .resting:
      let since = relay.since.map { OperatorMessage(" since \(time: $0)") } ?? ""
      let until = relay.until.map { OperatorMessage("; next try at \(time: $0)") } ?? ""
      lines.append("relay \(relay.relay) rests\(since)\(until)")
    case .paused: lines.append("relay \(relay.relay) is paused: \(relay.trouble ?? "")")
    }
    if let said = relay.words {
      // Times are shown to the minute.
      let minutes = [said.since, said.at].map { Int($0.timeIntervalSince1970 / 60) }
      let row: OperatorMessage =
        minutes[0] < minutes[1] ? "\(time: said.since) to \(time: said.at)" : "\(time: said.at)"
      lines.append("relay \(relay.relay) said last (\(row), \(said.place)): “\(said.oneLine)”")
      if let meaning = meaning(of: said) { lines.append("  \(meaning)") }
    }
    return lines
  }

  /// `the address does not exist (address-dead); it concerns this recipient`; nil when no reply came.
  private static func meaning(of said: RelayCondition.Words) -> String? {
    guard let found = said.class.flatMap(ReplyClass.init) else { return nil }
    let texts = ExplanationTexts(.english)
    let concerns = said.scope.flatMap(ReplyScope.init).map { "; it concerns \(texts.concerns($0))" }
    return "\(texts.says(found)) (\(found.rawValue))\(concerns ?? "")"
  }
}
