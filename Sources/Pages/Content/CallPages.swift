import Foundation
import Letters
import Mail
import Operations
import Receipts
import Reports

/// The call list, worked off by several callers at once.
extension PageLayout {
  static let callsOnAPage = 20

  /// - Parameters:
  ///   - caller: Who looks at it; empty until a name was given.
  ///   - locks: Who is calling whom.
  func calls(
    _ name: String, _ page: CallPage, from first: Int, caller: String, locks: [String: CallLocks.Lock],
    _ report: CampaignActs.Report?
  ) -> String {
    let path = PageSection.calls.path(of: name)
    let figures = page.figures
    let counts = [
      figures.open, figures.untried, figures.noAnswer, figures.wrongNumber, figures.letterWanted, figures.reached,
    ]
    var body = report.map { self.report($0, of: name) } ?? .nothing
    body += "<p>\(text(.callFigures).filled(counts.map(text.number)))</p>\n"
    guard !page.entries.isEmpty else {
      body += "<p>\(text(page.open == 0 ? .nobodyToCall : .noMoreHere))</p>\n"
      if first > 0 { body += "<p><a href=\"\(path)\">\(text(.firstPage))</a></p>\n" }
      return html(text(.callsPage), campaign: name, section: .calls, body)
    }
    body += """
      <form method="post" action="\(path)"><label for="by">\(text(.yourName))
      <input id="by" name="by" value="\(Markup(text: caller))" autocomplete="name" maxlength="100" required></label>
      <button name="act" value="name">\(text(.thatIsMe))</button></form>

      """
    for (index, entry) in page.entries.enumerated() {
      body += call(name, entry, number: first + index + 1, caller: caller, locks[entry.report.customer], from: first)
    }
    if first > 0 { body += "<p><a href=\"\(path)\">\(text(.firstPage))</a></p>\n" }
    if first + page.entries.count < page.open {
      body += "<p><a href=\"\(path)?from=\(first + Self.callsOnAPage)\">\(text(.nextPage))</a></p>\n"
    }
    return html(text(.callsPage), campaign: name, section: .calls, body)
  }

  private func call(
    _ name: String, _ entry: CallEntry, number: Int, caller: String, _ lock: CallLocks.Lock?, from first: Int
  ) -> Markup {
    let report = entry.report
    let who = [report.company, report.name].filter { !$0.isEmpty }.joined(separator: ", ")
    let phone: Markup =
      report.phone.isEmpty
      ? "\(text(.noNumber))"
      : Self.dialled(report.phone).map { "<a href=\"tel:\($0)\">\(report.phone)</a>" } ?? "\(report.phone)"
    let causes = report.causes.map { text($0.kind.words) }.joined(separator: "; ")
    var facts: Markup = """
      <dl class="facts">
      <dt>\(text(.telephone))</dt><dd>\(phone)</dd>
      <dt>\(text(.why))</dt><dd>\(causes)</dd>

      """
    if !report.calls.isEmpty {
      let made = report.calls.map { call -> Markup in
        "\(Markup.time(call.at, text)), \(text(call.outcome.words)), \(Markup.foreign(call.by))\(call.note.map { ": \(Markup.foreign($0))" as Markup } ?? .nothing)<br>"
      }
      facts += "<dt>\(text(.madeCalls))</dt><dd>\(made)</dd>\n"
    }
    facts += "</dl>\n"
    if entry.isSafe { facts += "<p>\(text(.allChanged))</p>\n" }
    let urgency: Markup = entry.urgency.map { "<p class=\"note\">\(text($0.words))</p>\n" } ?? .nothing
    return """
      <section class="call" aria-labelledby="call-\(number)">
      <h2 id="call-\(number)">\(number). \(link(name, report.customer)) \(Markup.foreign(who))</h2>
      \(urgency)\(facts)\(acts(name, report.customer, caller: caller, lock, from: first, number: number, script: entry.script))</section>

      """
  }

  /// What a telephone dials; nil where the cell has words, or more than one number (RFC 3966 knows no brackets).
  static func dialled(_ cell: String) -> String? {
    let number = cell.replacing("(0)", with: cell.hasPrefix("+") || cell.hasPrefix("00") ? "" : "0")
    guard number.wholeMatch(of: /\+?[0-9][0-9 ()\/.–-]{2,24}/) != nil else { return nil }
    let digits = number.filter { $0.isASCII && $0.isNumber || $0 == "+" }
    // Two numbers in one cell are longer than any one (ITU-T E.164).
    return digits.count <= 16 ? digits : nil
  }

  /// A customer is taken first, and then the call recorded.
  private func acts(
    _ name: String, _ customer: String, caller: String, _ lock: CallLocks.Lock?, from first: Int, number: Int,
    script: String
  ) -> Markup {
    let path = PageSection.calls.path(of: name)
    let hidden: Markup = """
      <input type="hidden" name="customer" value="\(Markup(text: customer))"><input type="hidden" name="from" value="\(first)">
      """
    if let lock, lock.caller != caller {
      return "<p class=\"warning\">\(text(.takenBy).filled([lock.caller, text.time(lock.until)]))</p>\n"
    }
    guard let lock else {
      guard !caller.isEmpty else { return .nothing }
      return """
        <form method="post" action="\(path)">\(hidden)<input type="hidden" name="by" value="\(Markup(text: caller))">
        <button name="act" value="take">\(text(.take))</button></form>

        """
    }
    let outcomes = CallOutcome.allCases.map { outcome -> Markup in
      "<option value=\"\(outcome.rawValue)\">\(text(outcome.words))</option>"
    }
    let lines = script.split(separator: "\n", omittingEmptySubsequences: false).map { Markup(text: String($0)).html }
    let words: Markup =
      script.isEmpty
      ? .nothing
      : "<h3>\(text(.script))</h3>\n<pre>\(Markup(stringLiteral: lines.joined(separator: "\n")))</pre>\n"
    return """
      <p>\(text(.takenByYou).filled([text.time(lock.until)]))</p>
      \(words)\
      <form method="post" action="\(path)">\(hidden)<input type="hidden" name="by" value="\(Markup(text: caller))">
      <label for="outcome-\(number)">\(text(.outcome)) <select id="outcome-\(number)" name="outcome" required><option value="">–</option>\(outcomes)</select></label>
      <label for="note-\(number)">\(text(.note)) <input id="note-\(number)" name="note" maxlength="500" autocomplete="off"></label>
      <button name="act" value="done">\(text(.record))</button></form>

      """
  }
}

extension CallOutcome {
  var words: Words {
    switch self {
    case .reached: .reached
    case .noAnswer: .noAnswer
    case .wrongNumber: .wrongNumber
    case .letterWanted: .letterWanted
    }
  }
}

extension CallUrgency {
  var words: Words {
    switch self {
    case .untold: .urgencyUntold
    case .late: .urgencyLate
    case .partlyTold: .urgencyPartly
    case .uncertain: .urgencyUncertain
    case .letterWanted: .urgencyWritten
    }
  }
}
