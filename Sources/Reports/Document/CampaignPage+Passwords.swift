import Foundation
import Receipts

/// Who has changed the password.
extension CampaignPage {
  var passwords: Markup {
    guard let passwords = document.passwords else { return .nothing }
    let figures = passwords.figures
    var facts: [(String, Markup)] = [(text(.mailboxesAffected), "\(text.number(figures.total))")]
    func share(_ count: Int) -> Markup { "\(text.number(count)) (\(text.share(count, of: figures.total)))" }
    if let changed = figures.count(.changed) { facts.append((text(.mailboxesChanged), share(changed))) }
    if let locked = figures.count(.locked) { facts.append((text(.mailboxesLocked), share(locked))) }
    if figures.reached > 0 { facts.append((text(.mailboxesReached), share(figures.reached))) }
    let open: Words = figures.count(.changed) == nil ? .mailboxesOther : .mailboxesOpen
    facts.append((text(open), share(figures.open)))
    for change in MailboxChange.allCases {
      guard let at = figures.readAt[change] else { continue }
      facts.append((text(change == .changed ? .changesReadAt : .locksReadAt), Markup.time(at, text)))
    }
    let over: Markup = figures.isOver ? "<p><strong>\(text(.passwordsOver))</strong></p>\n" : .nothing
    return "<p>\(text(.passwordsHow))</p>\n\(Self.facts(facts))\(over)\(curve(passwords))"
  }

  private func curve(_ passwords: PasswordSummary) -> Markup {
    let (history, total) = (passwords.changes, passwords.figures.total)
    guard history.first != nil else { return .nothing }
    let chart = CurveChart(
      history: history, letters: total, deadline: document.deadline, about: .changes, text: text)
    let note: Markup = chart.note.map { " \($0)" } ?? .nothing
    var table = MarkupTable(
      id: "changes", caption: text(.changesTable),
      columns: [
        .init(title: text(.untilTime)), .init(title: text(.mailboxesChanged), isNumber: true),
        .init(title: text(.shareOfMailboxes), isNumber: true),
      ], text: text)
    var rows = history.steps().map { ($0.at, $0.accepted, false) }
    if document.madeAt >= document.deadline { rows.append((document.deadline, history.byDeadline, true)) }
    table.rows = rows.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map { at, changed, isDeadline in
      let mark: Markup = isDeadline ? "<strong>\(text(.deadline))</strong>, " : .nothing
      return [
        .text("\(mark)\(Markup.time(at, text))"), .number(changed), .text("\(text.share(changed, of: total))"),
      ]
    }
    return """
      <figure>
      \(chart.html)<figcaption>\(text(.changesTitle)). \(text(.timesIn)) \(text.zoneName(at: document.deadline)).\(note)</figcaption>
      </figure>
      \(table.html)
      """
  }
}
