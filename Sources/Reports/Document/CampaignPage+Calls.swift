import Letters
import Receipts

/// What is open, who was called, and who is to be called.
extension CampaignPage {
  var open: Markup {
    var items: [(String, String?)] = []
    let figures = document.figures
    func add(_ words: Words, _ count: Int, _ command: String?) {
      if count > 0 { items.append((text(words).filled([text.number(count)]), command)) }
    }
    add(.openWaiting, document.state == .running ? figures.waiting : 0, nil)
    add(.openPaused, document.state == .running ? 0 : figures.waiting, commands?.resume)
    let lost = [MessageState.refused, .expired, .excluded, .cancelled].map(figures.count).reduce(-figures.needless, +)
    // Whoever was reached is told: their letters need nothing more.
    let letters = document.calls?.letters
    add(.openUncertain, letters?.uncertain ?? figures.count(.uncertain), commands?.settle)
    if let calls = document.calls?.figures {
      add(.openCalls, calls.open - calls.letterWanted, commands?.calls)
      add(.openLetters, calls.letterWanted, nil)
    }
    add(.openRejected, figures.rejectedRows, nil)
    add(.openLost, letters?.lost ?? lost, nil)
    let end: Markup =
      document.eta.map { "<p>\(text(.estimatedEnd)) \(Markup.time($0, text)).</p>\n" } ?? .nothing
    let told: Markup =
      figures.waiting == 0 && document.calls?.figures.open == 0 ? "<p>\(text(.everybodyTold))</p>\n" : .nothing
    let byCall = letters?.toldByCall ?? 0
    let settled: Markup =
      byCall > 0 ? "<p class=\"note\">\(text(.lettersToldByCall).filled([text.number(byCall)]))</p>\n" : .nothing
    let isOver = figures.waiting == 0 && document.state != .running
    if isOver, document.purge == nil { items.append((text(.openPurge), commands?.purge)) }
    guard !items.isEmpty else { return "\(told)<p>\(text(.nothingOpen))</p>\n\(settled)" }
    let rows = items.map { sentence, command -> Markup in
      let step: Markup = command.map { " <code>\($0)</code>" } ?? .nothing
      return "<li>\(sentence)\(step)</li>\n"
    }
    return "\(told)\(end)<ul>\n\(rows)</ul>\n\(settled)"
  }

  // MARK: Calls

  /// The calls that were made, then those that are still to be made.
  var telephone: Markup {
    guard let calls = document.calls else { return "\(made)<p>\(text(.listGoneByPurge))</p>\n" }
    guard calls.customers > 0 || document.callsMade.total > 0 else { return "<p>\(text(.nobodyToCall))</p>\n" }
    return "\(made)\(toCall(calls))"
  }

  private var made: Markup {
    let made = document.callsMade
    guard let first = made.first, let last = made.last else { return "<p>\(text(.noCallMade))</p>\n" }
    let figures = document.calls?.figures
    let customers: [CallOutcome: Int] =
      figures.map {
        [
          .reached: $0.reached, .noAnswer: $0.noAnswer, .wrongNumber: $0.wrongNumber, .letterWanted: $0.letterWanted,
        ]
      } ?? [:]
    var table = MarkupTable(
      id: "calls-made", caption: text(.callsMadeTable),
      columns: [.init(title: text(.outcomeOfCall)), .init(title: text(.calls), isNumber: true)]
        + (figures == nil ? [] : [.init(title: text(.customersNow), isNumber: true)]),
      text: text)
    func row(_ name: Words, _ calls: Int?, _ customers: Int) -> [MarkupTable.Cell] {
      let count: MarkupTable.Cell = calls.map { .number($0) } ?? .text("–")
      return [.text("\(text(name))"), count] + (figures == nil ? [] : [.number(customers)])
    }
    table.rows = CallOutcome.allCases.map { row($0.words, made.outcomes[$0] ?? 0, customers[$0] ?? 0) }
    if let figures { table.rows.append(row(.notCalledYet, nil, figures.untried)) }
    table.sum = row(.total, made.total, (figures?.open ?? 0) + (figures?.reached ?? 0))
    let isOperator = document.audience == .operator
    let sentence = text(.callsMadeText).filled([text.number(made.total), text.number(made.customers)])
    return """
      <p>\(sentence)</p>
      \(Self.facts([
        (text(.firstCall), Markup.time(first, text)), (text(.lastCall), Markup.time(last, text)),
        (text(.reachedInTime), "\(text.number(made.reachedByDeadline))"),
        (text(.reachedLate), "\(text.number(made.reachedAfterDeadline))"),
      ]))\(table.html)<p class="note">\(text(.callsMadeNote)) \(text(isOperator ? .callsHashed : .callsHidden))</p>

      """
  }

  private func toCall(_ calls: CallSummary) -> Markup {
    guard calls.customers > 0 else { return "<p>\(text(.nobodyLeftToCall))</p>\n" }
    var table = MarkupTable(
      id: "call-reasons", caption: text(.callReasonsTable),
      columns: [.init(title: text(.callReason)), .init(title: text(.customers), isNumber: true)], text: text)
    let kinds = CallCause.Kind.allCases.filter { (calls.reasons[$0] ?? 0) > 0 }
    table.rows = kinds.sorted { (calls.reasons[$0] ?? 0) > (calls.reasons[$1] ?? 0) }.map { kind in
      [.text("\(text(kind.words))"), .number(calls.reasons[kind] ?? 0)]
    }
    let sentence = text(.callsText).filled([text.number(calls.customers)])
    return "<p>\(sentence)</p>\n\(table.html)<p class=\"note\">\(text(.callsNote))</p>\n\(list(calls))"
  }

  private func list(_ calls: CallSummary) -> Markup {
    guard !calls.listed.isEmpty else { return .nothing }
    var table = MarkupTable(
      id: "call-list", caption: text(.callListTable),
      columns: [
        .init(title: text(.customer)), .init(title: text(.name)), .init(title: text(.phone)),
        .init(title: text(.callReason)), .init(title: text(.lastCall)),
      ], text: text)
    table.rows = calls.listed.map { row in
      let names = [row.company, row.name].filter { !$0.isEmpty }
      let last: Markup = row.lastCall.map { "\(text($0.outcome.words)), \(Markup.time($0.at, text))" } ?? "–"
      return [
        .text(.foreign(row.customer)), .text(.foreign(names.joined(separator: ", "))), .text(.foreign(row.phone)),
        .text("\(row.causes.map { text($0) }.joined(separator: "; "))"), .text(last),
      ]
    }
    let rest = calls.customers - calls.listed.count
    let more: Markup =
      rest > 0
      ? """
      <p>\(text(.moreCalls).filled([text.number(rest)]))\(commands.map { " <code>\($0.calls)</code>" } ?? .nothing)</p>

      """ : .nothing
    return "\(table.html)\(more)"
  }
}

extension DocumentText {
  /// Why a customer is called, without the words of a server.
  func callAsFunction(_ cause: CallCause) -> String {
    let words = self(cause.kind.words)
    return (cause.letter.map { "\($0): " } ?? "") + (cause.kind == .request ? "\(words): \(cause.detail)" : words)
  }
}
