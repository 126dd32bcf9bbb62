import Campaigns
import Delivery
import Foundation
import Mail
import Operations
import Queue
import Receipts
import Reports

/// The parts of the overview that change by themselves: each is sent to a browser when it differs from what that has.
struct LiveFragments {
  enum Kind: String, CaseIterable { case figures, chart, relays, outcomes }

  let figures: LiveFigures
  let text: DocumentText
  let now: Date
  private var status: CampaignStatus { figures.status }

  init(_ figures: LiveFigures, _ text: DocumentText, at now: Date) {
    (self.figures, self.text, self.now) = (figures, text, now)
  }

  func html(_ kind: Kind) -> Markup {
    switch kind {
    case .figures: summary
    case .chart: chart
    case .relays: relays
    case .outcomes: figures.outcomes.map { PageLayout(text: text).outcomes($0) } ?? .nothing
    }
  }

  // MARK: Figures

  private var summary: Markup {
    let lost = [MessageState.refused, .expired, .excluded].map(status.count).reduce(-status.needless, +)
    var tiles: [(Int, Words)] = [
      (status.count(.accepted), .tileAccepted), (status.remaining, .tileWaiting),
      (status.count(.uncertain), .tileUncertain), (lost, .tileLost),
    ]
    if status.needless > 0 { tiles.append((status.needless, .lettersNeedless)) }
    if status.bounced > 0 { tiles.append((status.bounced, .tileBounced)) }
    if status.count(.cancelled) > 0 { tiles.append((status.count(.cancelled), .tileCancelled)) }
    if let calls = status.calls { tiles += [(calls.open, .tileCalls), (calls.reached, .tileReached)] }
    if let mailboxes = status.mailboxes {
      if let changed = mailboxes.count(.changed) { tiles.append((changed, .tileChanged)) }
      if let locked = mailboxes.count(.locked) { tiles.append((locked, .tileLocked)) }
      if mailboxes.count(.changed) != nil { tiles.append((mailboxes.open, .tileUnchanged)) }
    }
    if status.ratePerSecond > 0 { tiles.append((Int((status.ratePerSecond * 60).rounded()), .perMinute)) }
    let shown = tiles.map { figure, name -> Markup in
      "<li><b>\(text.number(figure))</b> <span>\(text(name))</span></li>\n"
    }
    let trouble: Markup =
      status.trouble.map { "<p class=\"warning\" lang=\"en\">\($0.message)</p>\n" } ?? .nothing
    return """
      <p><strong>\(text(status.state.words))</strong> \(delivery)</p>
      \(follows)\
      \(trouble)\
      <ul class="tiles">
      \(shown)</ul>
      \(bar)\(deadline)
      """
  }

  private var follows: Markup {
    guard let follows = status.follows else { return .nothing }
    return "<p>\(text(follows.words).filled([follows.campaign]))</p>\n"
  }

  private var delivery: Markup {
    guard status.state == .running else { return .nothing }
    guard let process = status.process else {
      guard status.remaining > 0 else { return .nothing }
      guard let last = status.lastProcess, last.wasKilled else { return "\(text(.nobodyDelivers))" }
      return "\(text(.wasKilled).filled([String(last.pid), last.host]))"
    }
    let pid = String(process.pid)
    return process.isStopped
      ? "\(text(.isStopped).filled([pid, pid]))" : "\(text(.deliveredBy).filled([pid, process.host]))"
  }

  private var bar: Markup {
    let (accepted, total) = (status.count(.accepted), status.total - status.needless)
    guard total > 0 else { return .nothing }
    let label = text(.progress).filled([text.number(accepted), text.number(total), text.share(accepted, of: total)])
    return """
      <label for="progress">\(label)</label>
      <progress id="progress" max="\(total)" value="\(accepted)"></progress>

      """
  }

  private var deadline: Markup {
    var lines: [Markup] = []
    if let deadline = status.deadline {
      let words: Words = deadline > now ? .deadlineIn : .deadlineGone
      lines.append("\(text(words).filled([text.time(deadline)]))")
    }
    if let forecast = status.forecast {
      if let end = forecast.end {
        let range = [forecast.earliest, forecast.latest].compactMap(\.moments.all).map(text.time)
        let between = range.count == 2 ? ", " + text(.endRange).filled(range) : ""
        lines.append("\(text(.endLikely).filled([text.time(end)]) + between).")
      }
      if let deadline = status.deadline, deadline <= forecast.at {
        // What is to come then is no question of the deadline.
      } else if forecast.mayBeLate {
        let late = [forecast.likely, forecast.earliest, forecast.latest].map { text.number($0.late.customers.count) }
        lines.append("<strong class=\"late\">\(text(.lateLetters).filled(late))</strong>")
      } else if status.remaining > 0 {
        lines.append("\(text(.inTime))")
      }
    }
    if status.isEverybodyTold == true, figures.isCounted {
      lines.append("<strong class=\"good\">\(text(.everybodyTold))</strong>")
    }
    return lines.reduce(into: Markup.nothing) { $0 += "<p>\($1)</p>\n" }
  }

  // MARK: The curve

  private var chart: Markup {
    guard let outcomes = figures.outcomes, let deadline = status.deadline else { return .nothing }
    // Everybody was counted a while ago: the curve goes on to what is accepted now.
    var history = outcomes.history
    let more = status.count(.accepted) - history.accepted
    if more > 0, let last = history.points.last, now > last.at, now < deadline {
      history.byDeadline += more
      history.points.append(.init(at: now, accepted: history.accepted))
    }
    guard !history.points.isEmpty || !expected.isEmpty else { return .nothing }
    let curve = CurveChart(
      history: history, letters: max(status.total, 1), deadline: deadline, forecast: expected, text: text)
    return "<figure>\n\(curve.html)<figcaption>\(text(.tableNote))</figcaption>\n</figure>\n"
  }

  private var expected: [CurveChart.Expected] {
    guard let forecast = status.forecast else { return [] }
    let (start, most) = (status.count(.accepted), status.total)
    let moments: [(Double, KeyPath<ForecastOutcome.Moments, Date?>)] = [
      (0.5, \.half), (0.9, \.most), (0.99, \.nearlyAll), (1, \.all),
    ]
    return moments.compactMap { share, path in
      guard let likely = forecast.likely.moments[keyPath: path] else { return nil }
      let more = Int((Double(min(forecast.letters, most - start)) * share).rounded())
      return CurveChart.Expected(
        accepted: min(most, start + max(0, more)), earliest: forecast.earliest.moments[keyPath: path] ?? likely,
        likely: likely, latest: forecast.latest.moments[keyPath: path] ?? likely)
    }
  }

  // MARK: Relays

  private var relays: Markup {
    guard !status.relays.isEmpty else { return "<p>\(text(.noRelays))</p>\n" }
    var table = MarkupTable(
      id: "relays-table", caption: text(.relays),
      columns: [
        .init(title: text(.relay)), .init(title: text(.state)), .init(title: text(.since)), .init(title: text(.until)),
        .init(title: text(.pace), isNumber: true), .init(title: text(.saidLast)),
      ], text: text)
    table.rows = status.relays.map { relay in
      let state: Words =
        switch relay.state {
        case .sending: .relaySending
        case .resting: .relayResting
        case .paused: .relayPaused
        }
      let pace = status.paces[relay.relay].map { "\(text.number(Int(($0 * 60).rounded()))) \(text(.perMinute))" }
      let words = relay.words.map { words in
        [words.code.map(String.init), words.text].compactMap { $0 }.joined(separator: " ")
      }
      let said = [relay.trouble, words].compactMap { $0 }.joined(separator: "; ")
      return [
        .text(.foreign(relay.relay)), .text("\(text(state))"), .text(time(relay.since)), .text(time(relay.until)),
        .text("\(pace ?? "–")"), .text("<bdi lang=\"en\">\(said)</bdi>"),
      ]
    }
    return table.html
  }

  private func time(_ date: Date?) -> Markup { date.map { .time($0, text) } ?? "–" }
}

extension CampaignState {
  var words: Words {
    switch self {
    case .draft: .draft
    case .running: .running
    case .paused: .paused
    case .completed: .completed
    case .cancelled: .cancelled
    case .aborted: .aborted
    }
  }
}
