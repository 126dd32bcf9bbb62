import Foundation
import Receipts

/// What happened, who was affected, and who was told when.
extension CampaignPage {
  var incident: Markup {
    guard let incident = document.incident else { return "<p>\(text(.noFacts))</p>\n" }
    var facts: [(Words, Markup)] = [
      (.what, .lines(incident.what)), (.happened, "\(text.day(incident.happenedDay))"),
      (.discovered, "\(text.day(incident.discoveredDay))"), (.data, .lines(incident.data.joined(separator: "\n"))),
      (.consequences, .lines(incident.consequences)), (.measures, .lines(incident.measures)),
    ]
    if let authority = incident.authority {
      facts.append(
        (
          .authority,
          """
          \(authority.name), \(text(.filed)) <time datetime="\(authority.filed)">\(text.time(authority.moment))</time>, \
          \(text(.reference)) \(authority.reference)
          """
        ))
    }
    facts.append((.sender, "\(incident.sender)"))
    return Self.facts(facts.map { (text($0), $1) })
  }

  static func facts(_ facts: [(String, Markup)]) -> Markup {
    let rows = facts.map { name, value -> Markup in "<dt>\(name)</dt>\n<dd>\(value)</dd>\n" }
    return "<dl class=\"facts\">\n\(rows)</dl>\n"
  }

  var affected: Markup {
    let figures = document.figures
    let sentence = text(.affectedText).filled(
      [figures.rows, figures.customers, figures.letter, figures.phone, figures.none].map(text.number))
    let rejected: Markup =
      figures.rejectedRows == 0
      ? .nothing : "<p>\(text(.rejectedText).filled([text.number(figures.rejectedRows)]))</p>\n"
    guard let affected = document.affected else {
      return "<p>\(sentence)</p>\n\(rejected)<p>\(text(.goneByPurge))</p>\n"
    }
    var table = MarkupTable(
      id: "segments", caption: text(.segmentsTable),
      columns: [
        .init(title: text(.segment)), .init(title: text(.segmentPlan)),
        .init(title: text(.mailboxes), isNumber: true), .init(title: text(.customers), isNumber: true),
      ]
        + CustomerStanding.allCases.map { .init(title: text($0.words), isNumber: true, canBeLeftOut: true) }, text: text
    )
    table.rows = affected.segments.map { segment in
      [.text(.foreign(segment.segment)), .text(plan(segment.plan)), .number(segment.mailboxes), .number(segment.total)]
        + CustomerStanding.allCases.map { .number(segment.customers[$0] ?? 0) }
    }
    return "<p>\(sentence)</p>\n\(rejected)\(table.html)<p class=\"note\">\(text(.segmentsNote))</p>\n"
  }

  private func plan(_ plan: SegmentPlan?) -> Markup {
    guard let plan else { return "–" }
    let words: Words =
      switch plan.kind {
      case .letter: .planLetter
      case .phone: .planPhone
      case .none: .planNone
      }
    return "\(text(words)): \(Markup.foreign(plan.detail))"
  }

  var told: Markup { "\(letters)\(toldByCall)" }

  /// Who was told on the telephone; nothing where nobody was called.
  private var toldByCall: Markup {
    let made = document.callsMade
    guard made.total > 0 else { return .nothing }
    let figures = [made.reached, made.reachedByDeadline, made.reachedAfterDeadline].map(text.number)
    return "<p>\(text(.toldByCall).filled(figures)) <a href=\"#calls\">7, \(text(.calls))</a>.</p>\n"
  }

  private var letters: Markup {
    let history = document.told
    let letters = document.figures.letters
    guard let first = history.first, let last = history.last else { return "<p>\(text(.nobodyTold))</p>\n" }
    let chart = CurveChart(history: history, letters: letters, deadline: document.deadline, text: text)
    let note: Markup = chart.note.map { " \($0)" } ?? .nothing
    var table = MarkupTable(
      id: "curve", caption: text(.curveTableTitle),
      columns: [
        .init(title: text(.untilTime)), .init(title: text(.accepted), isNumber: true),
        .init(title: text(.shareOfLetters), isNumber: true),
      ], text: text)
    // The deadline has a row of its own, with the exact figure.
    var rows = history.steps().map { ($0.at, $0.accepted, false) }
    if document.madeAt >= document.deadline { rows.append((document.deadline, history.byDeadline, true)) }
    table.rows = rows.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map { at, accepted, isDeadline in
      let mark: Markup = isDeadline ? "<strong>\(text(.deadline))</strong>, " : .nothing
      return [
        .text("\(mark)\(Markup.time(at, text))"), .number(accepted),
        .text("\(text.share(accepted, of: letters))"),
      ]
    }
    return """
      <p>\(text(.toldHow))</p>
      \(Self.facts([
        (text(.firstAccepted), Markup.time(first, text)), (text(.lastAccepted), Markup.time(last, text)),
        (text(.acceptedInTime), "\(text.number(history.byDeadline)) (\(text.share(history.byDeadline, of: letters)))"),
        (text(.acceptedLate), "\(text.number(history.afterDeadline))"),
      ]))<figure>
      \(chart.html)<figcaption>\(text(.curveTitle)). \(text(.timesIn)) \(text.zoneName(at: document.deadline)).\(note)</figcaption>
      </figure>
      \(table.html)
      """
  }
}

extension CustomerStanding {
  var words: Words {
    switch self {
    case .told: .standingTold
    case .reached: .standingReached
    case .waiting: .standingWaiting
    case .uncertain: .standingUncertain
    case .failed: .standingFailed
    case .call: .standingCall
    case .nothing: .standingNothing
    }
  }
}
