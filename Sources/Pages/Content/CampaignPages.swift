import Foundation
import Mail
import Operations
import Queue
import Receipts
import Reports

/// All campaigns of the queue folder, and the overview of one.
extension PageLayout {
  func campaigns(_ campaigns: [(name: String, status: CampaignStatus?)]) -> String {
    guard !campaigns.isEmpty else { return html(text(.campaigns), "<p>\(text(.noCampaigns))</p>\n") }
    var table = MarkupTable(
      id: "campaigns", caption: text(.campaigns),
      columns: [
        .init(title: text(.campaign)), .init(title: text(.state)), .init(title: text(.letters), isNumber: true),
        .init(title: text(.accepted), isNumber: true), .init(title: text(.openCalls), isNumber: true),
        .init(title: text(.deadline)),
      ], text: text)
    table.rows = campaigns.map { name, status in
      let link: Markup = "<a href=\"\(PageSection.overview.path(of: name))\">\(name)</a>"
      guard let status else {
        return [.text(link), .text("\(text(.unreadable))")] + Array(repeating: .text("–"), count: 4)
      }
      return [
        .text(link), .text("\(text(status.state.words))"), .number(status.total), .number(status.count(.accepted)),
        .text("\(status.calls.map { text.number($0.open) } ?? "–")"),
        .text(status.deadline.map { .time($0, text) } ?? "–"),
      ]
    }
    return html(text(.campaigns), table.html)
  }

  func overview(_ name: String, _ figures: LiveFigures, _ report: CampaignActs.Report?, launch: String, at now: Date)
    -> String
  {
    let status = figures.status
    var body = report.map { self.report($0, of: name) } ?? .nothing
    if status.state == .draft {
      body += "<p>\(text(.launchByCommand)) \(Markup.code(launch))</p>\n"
      return html(name, campaign: name, section: .overview, body)
    }
    if status.purge != nil { body += warning(text(.purged)) }
    let fragments = LiveFragments(figures, text, at: now)
    let source = "/campaigns/\(name)/events"
    func box(_ kind: LiveFragments.Kind) -> Markup {
      "<div data-event=\"\(kind.rawValue)\" data-source=\"\(source)\">\n\(fragments.html(kind))</div>\n"
    }
    body +=
      "<p class=\"note\" id=\"still\">\(text(.noScript))</p>\n<p class=\"warning\" id=\"lost\" role=\"status\" hidden>\(text(.lostTouch))</p>\n"
    body += "\(box(.figures))\(box(.chart))"
    body += acts(on: name, status)
    body += "<h2>\(text(.relays))</h2>\n\(box(.relays))\(box(.outcomes))"
    return html(name, campaign: name, section: .overview, body)
  }

  /// What became of an act.
  func report(_ report: CampaignActs.Report, of name: String) -> Markup {
    let act = report.act.words.map { text($0) + ": " } ?? ""
    let command = NextCommand(campaign: name, queue: queuePath)
    switch report.end {
    case .underWay:
      let notes = report.notes.map { "<br><span lang=\"en\">\(command.text($0))</span>" as Markup }
      return """
        <p class="warning" role="status">\(act + text(.underWay).filled([text.time(report.at)]))\(notes)</p>

        """
    case .done(let message):
      return """
        <p class="warning" role="status"><strong>\(text(.done))</strong> <span lang="en">\(command.text(message))</span></p>

        """
    case .failed(let message):
      return """
        <div class="warning" role="alert"><strong>\(text(.failed))</strong> <span lang="en">\(Markup.lines(command.text(message)))</span></div>

        """
    }
  }

  private func acts(on name: String, _ status: CampaignStatus) -> Markup {
    var parts: [Markup] = []
    let path = "/campaigns/\(name)"
    func part(_ note: Words, _ form: Markup) { parts.append("<div><p>\(text(note))</p>\(form)</div>\n") }
    if status.state == .running { part(.pauseNote, button(.pauseIt, action: "\(path)/pause")) }
    let waits = [.paused, .aborted].contains(status.state) || status.state == .completed && status.remaining > 0
    if waits || status.state == .running && status.process == nil {
      part(status.canary?.state == .look ? .resumeAfterLook : .resumeNote, button(.resumeIt, action: "\(path)/resume"))
    }
    if ![.cancelled, .draft].contains(status.state), status.remaining > 0 {
      let form: Markup = """
        <form method="post" action="\(path)/cancel"><label for="word">\(text(.cancelNote))</label>
        <input id="word" name="word" autocomplete="off" required> <button class="grave">\(text(.cancelIt))</button></form>
        """
      parts.append("<div>\(form)</div>\n")
    }
    return parts.isEmpty ? .nothing : "<h2>\(text(.acts))</h2>\n<div class=\"acts\">\n\(parts)</div>\n"
  }

  // MARK: Outcomes

  /// Domains that are named.
  private static let mostDomains = 12
  private static let states: [MessageState] = [
    .accepted, .queued, .sending, .deferred, .uncertain, .refused, .expired, .excluded, .cancelled,
  ]

  func outcomes(_ outcomes: CampaignOutcomes) -> Markup { "\(domains(outcomes))\(replies(outcomes))" }

  private func domains(_ outcomes: CampaignOutcomes) -> Markup {
    var table = MarkupTable(
      id: "domains", caption: text(.byDomain),
      columns: [.init(title: text(.domain)), .init(title: text(.letters), isNumber: true)]
        + Self.states.map { .init(title: text($0.words), isNumber: true, canBeLeftOut: $0 != .accepted) }, text: text)
    func row(_ name: Markup, _ letters: [MessageState: Int]) -> [MarkupTable.Cell] {
      [.text(name), .number(letters.values.reduce(0, +))] + Self.states.map { .number(letters[$0] ?? 0) }
    }
    table.rows = outcomes.domains.domains.prefix(Self.mostDomains).map { row(.code($0.domain), $0.messages) }
    var rest: [MessageState: Int] = [:]
    for domain in outcomes.domains.domains.dropFirst(Self.mostDomains) + [outcomes.domains.others].compactMap({ $0 }) {
      rest.merge(domain.messages) { $0 + $1 }
    }
    if !rest.isEmpty { table.rows.append(row("\(text(.others))", rest)) }
    return "<h2>\(text(.byDomain))</h2>\n\(table.html)"
  }

  private func replies(_ outcomes: CampaignOutcomes) -> Markup {
    guard !outcomes.replies.isEmpty else { return .nothing }
    var table = MarkupTable(
      id: "replies", caption: text(.byReply),
      columns: [
        .init(title: text(.meaning)), .init(title: text(.state)), .init(title: text(.letters), isNumber: true),
        .init(title: text(.example)),
      ], text: text)
    table.rows = outcomes.replies.prefix(25).map { reply in
      [
        .text("\(CampaignOutcomes.meaning(of: reply, in: text.language) ?? text(.noReply))"),
        .text("\(text(reply.state.words))"), .number(reply.count),
        .text("<bdi lang=\"en\">\(reply.words ?? "")</bdi>"),
      ]
    }
    return "<h2>\(text(.byReply))</h2>\n\(table.html)"
  }
}

extension PageAct {
  var words: Words? {
    switch self {
    case .pause: .pauseIt
    case .resume: .resumeIt
    case .cancel: .cancelIt
    case .approve: .approveIt
    case .settle: .settle
    case .call: .record
    }
  }
}
