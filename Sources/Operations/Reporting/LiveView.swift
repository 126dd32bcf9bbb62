import Delivery
public import Files
public import Foundation
import Queue
import Receipts
public import Reports

/// A delivery as the lines one watches: bar, rate, forecast against the deadline, outcomes, the relays' mood, and the last
/// problem with its time.
///
/// Pure: figures and a width in, lines out, none of them wider. Words of others are visible (``VisibleText``) before
/// their width is counted; where the terminal is not UTF-8, all is ASCII.
public struct LiveView {
  private let status: CampaignStatus
  private let now: Date
  private let isUTF8: Bool
  private let words: (OperatorMessage) -> String

  /// More relays are counted only.
  private static let mostRelays = 4

  /// - Parameter words: a message as text, with its times.
  public init(_ status: CampaignStatus, now: Date, isUTF8: Bool, words: @escaping (OperatorMessage) -> String) {
    (self.status, self.now, self.isUTF8, self.words) = (status, now, isUTF8, words)
  }

  public func lines(width: Int) -> [TerminalLine] {
    let width = max(8, width)
    let layout = TerminalLayout(width: width, isUTF8: isUTF8)
    var lines = [layout.ends(TerminalLine(status.campaign, .bold), mood)]
    lines.append(bar(width))
    lines += layout.flow(figures)
    lines += forecast.flatMap { layout.wrapped($0.text, $0.color, most: width < 60 ? 4 : 2) }
    lines += layout.flow(outcomes)
    lines += relays(layout)
    if let problem { lines += layout.wrapped(problem, .faint, most: width < 60 ? 3 : 2) }
    return lines.map { layout.fit($0) }
  }

  // MARK: The campaign

  private var mood: TerminalLine {
    if status.state != .running { return TerminalLine(status.state.rawValue, .yellow) }
    if let process = status.process, process.isStopped { return TerminalLine("stopped", .red) }
    if status.noEstimate == .notDelivered { return TerminalLine("no process", .red) }
    if status.remaining == 0 { return TerminalLine("ending", .green) }
    if isWaiting { return TerminalLine("waiting", .yellow) }
    if !status.relays.isEmpty, status.relays.allSatisfy({ $0.state == .paused }) { return TerminalLine("paused", .red) }
    return TerminalLine("sending", .green)
  }

  private var isWaiting: Bool {
    if !status.relays.isEmpty, status.relays.allSatisfy({ $0.state == .resting }) { return true }
    return !ProgressLine.waits(status, now: now).isEmpty
  }

  private func bar(_ width: Int) -> TerminalLine {
    let counts = [
      status.count(.accepted) + status.needless, status.lost + status.count(.uncertain), status.count(.deferred),
    ]
    let signs = isUTF8 ? ["█", "▓", "▒", "░"] : ["#", "x", "~", "."]
    let colors: [TerminalLine.Color] = [.green, .red, .yellow, .faint]
    var cells = Self.shares(counts, of: status.total, cells: width)
    cells.append(width - cells.reduce(0, +))
    return zip(cells, zip(signs, colors)).reduce(TerminalLine("")) { line, part in
      line + TerminalLine(String(repeating: part.1.0, count: part.0), part.1.1)
    }
  }

  /// How many cells each count has. What is not nothing has one, what is not all leaves one.
  static func shares(_ counts: [Int], of total: Int, cells: Int) -> [Int] {
    guard total > 0 else { return counts.map { _ in 0 } }
    var shares = counts.map { $0 == 0 ? 0 : max(1, $0 * cells / total) }
    let most = counts.reduce(0, +) >= total ? cells : cells - 1
    let all = shares.reduce(0, +)
    guard let largest = shares.indices.max(by: { shares[$0] < shares[$1] }) else { return shares }
    // Rounded down, a full bar would have a gap.
    if all > most || most == cells { shares[largest] = max(0, shares[largest] + most - all) }
    return shares
  }

  private var figures: [TerminalLine] {
    let done = status.total - status.remaining
    var parts = [TerminalLine("\(done) of \(status.total)")]
    if status.total > 0 {
      // Never 100 % before the end.
      let tenths = done * 1000 / status.total
      parts.append(TerminalLine("\(tenths / 10).\(tenths % 10) %"))
    }
    if status.remaining > 0 {
      let rate = status.ratePerSecond
      if rate > 0 {
        // What takes a minute and more for each letter is told by the hour.
        parts.append(
          TerminalLine(rate < 0.1 ? "\(Int((rate * 3600).rounded()))/h" : "\(Self.decimal(rate))/s"))
      }
      parts.append(TerminalLine("\(status.remaining) left"))
    }
    return parts
  }

  private static func decimal(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  private var outcomes: [TerminalLine] {
    let shown: [(MessageState, TerminalLine.Color)] = [
      (.accepted, .green), (.deferred, .yellow), (.refused, .red), (.expired, .red), (.uncertain, .red),
      (.excluded, .red), (.cancelled, .red),
    ]
    return shown.filter { status.count($0.0) > 0 }
      .map { TerminalLine("\($0.0.rawValue) \(status.count($0.0))", $0.1) }
  }

  // MARK: The end

  private var forecast: [(text: String, color: TerminalLine.Color)] {
    var lines: [(String, TerminalLine.Color)] = []
    if status.remaining > 0 {
      lines += ProgressLine.waits(status, now: now).map { (words($0), .yellow) }
      if let eta = status.eta {
        lines.append((words(ending(eta)), .plain))
      } else if let reason = status.noEstimate.flatMap(ProgressLine.text) {
        lines.append((words(reason), .yellow))
      }
    }
    if let deadline = status.deadline { lines.append(against(deadline)) }
    return lines
  }

  private func ending(_ eta: Date) -> OperatorMessage {
    let end = eta.timeIntervalSince(now)
    var range: OperatorMessage = ""
    if let forecast = status.forecast, let early = forecast.earliest.moments.all, let late = forecast.latest.moments.all
    {
      let (first, last) = (early.timeIntervalSince(now), late.timeIntervalSince(now))
      if last - first >= 1 { range = " (\(span: first) to \(span: last))" }
    }
    return "done in \(span: end)\(range), \(moment(eta))"
  }

  private func against(_ deadline: Date) -> (String, TerminalLine.Color) {
    let left = deadline.timeIntervalSince(now)
    let begin: OperatorMessage = "deadline \(moment(deadline)), "
    guard left > 0 else {
      return (words(begin + "passed \(span: -left) ago"), status.remaining > 0 ? .red : .plain)
    }
    let start = begin + "in \(span: left)"
    guard status.remaining > 0, let forecast = status.forecast, status.eta != nil else { return (words(start), .plain) }
    let likely = forecast.likely.late.customers.count
    let worst = forecast.latest.late.customers.count
    if likely > 0 {
      let range = " (\(forecast.earliest.late.customers.count) to \(worst))"
      return (words(start + ": \(pluralized(likely, "customer"))\(range) too late"), .red)
    }
    if worst > 0 {
      return (words(start + ": in time, or up to \(pluralized(worst, "customer")) late"), .yellow)
    }
    return (words(start + ": in time"), .green)
  }

  /// Without its date where that is soon.
  private func moment(_ date: Date) -> OperatorMessage {
    abs(date.timeIntervalSince(now)) < 20 * 3600 ? "\(clock: date)" : "\(time: date)"
  }

  // MARK: The relays

  private func relays(_ layout: TerminalLayout) -> [TerminalLine] {
    // What does not send comes first.
    let all = status.relays.filter { $0.state != .sending } + status.relays.filter { $0.state == .sending }
    let shown = all.prefix(Self.mostRelays)
    let names = shown.map { layout.shown($0.relay) }
    let column = min(names.map { DisplayWidth.of($0) }.max() ?? 0, layout.width / 3)
    var lines = zip(shown, names).flatMap { relay, name -> [TerminalLine] in
      let (text, color) = mood(of: relay)
      let front = DisplayWidth.padded(layout.clipped(name, to: column), to: column) + "  "
      return layout.wrapped(text, color, most: layout.width < 60 ? 3 : 2, after: front)
    }
    let others = all.count - shown.count
    if others > 0 { lines.append(TerminalLine("and \(pluralized(others, "more relay"))")) }
    return lines
  }

  private func mood(of relay: RelayCondition) -> (String, TerminalLine.Color) {
    switch relay.state {
    case .paused: return ("paused until an operator has looked: \(relay.trouble ?? "")", .red)
    case .resting:
      let why = relay.words.map { $0.code == nil ? ", its connections failed" : ", it asked for less" } ?? ""
      return (words(relay.until.map { "rests until \(clock: $0)\(why)" } ?? "rests\(why)"), .yellow)
    case .sending:
      guard let pace = status.paces[relay.relay] else { return ("sending", .green) }
      let rate = pace < 0.1 ? "\(Int((pace * 3600).rounded()))/h" : "\(Self.decimal(pace))/s"
      return ("throttled, takes about \(rate)", .yellow)
    }
  }

  /// `last problem 14:31 +01:00, main: greylisting: … “451 4.7.1 …”`
  private var problem: String? {
    let said = status.relays.compactMap { relay in relay.words.map { (relay.relay, $0) } }
    guard let (relay, last) = said.max(by: { $0.1.at < $1.1.at }) else { return nil }
    let says = last.class.flatMap(ReplyClass.init).map { "\(ExplanationTexts(.english).says($0)) " } ?? ""
    return words("last problem \(clock: last.at), \(relay): \(says)“\(last.oneLine)”")
  }
}
