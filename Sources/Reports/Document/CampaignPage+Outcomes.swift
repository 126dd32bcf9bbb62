import Letters
import Receipts

/// What became of the letters, what is open, and who is called.
extension CampaignPage {
  /// In the order in which a reader asks for them.
  private static let states: [MessageState] = [
    .accepted, .queued, .sending, .deferred, .uncertain, .refused, .expired, .excluded, .cancelled,
  ]

  var providers: Markup {
    guard let outcomes = document.domains else { return "<p>\(text(.goneByPurge))</p>\n" }
    guard document.figures.letters > 0 else { return "<p>\(text(.noLetters))</p>\n" }
    var table = MarkupTable(
      id: "domains", caption: text(.domainsTable),
      columns: [.init(title: text(.domain)), .init(title: text(.letters), isNumber: true)]
        + Self.states.map { .init(title: text($0.words), isNumber: true, canBeLeftOut: $0 != .accepted) },
      text: text)
    // A reader of paper is not helped by a hundred rows.
    let shown = outcomes.domains.prefix(25)
    table.rows = shown.map { row(.code($0.domain), $0) }
    var rest = outcomes.others ?? DomainOutcome(domain: "")
    for domain in outcomes.domains.dropFirst(25) { rest.add(domain) }
    if rest.letters > 0 {
      let count = outcomes.otherDomains.map { $0 + outcomes.domains.count - shown.count }
      let name = count.map { text(.otherDomains).filled([text.number($0)]) } ?? text(.allOtherDomains)
      table.rows.append(row("\(name)", rest))
    }
    let figures = document.figures
    table.sum =
      [.text("\(text(.total))"), .number(figures.letters)] + Self.states.map { .number(figures.count($0)) }
    let note = text(document.audience == .operator ? .domainsNote : .domainsHidden)
    return "\(table.html)<p class=\"note\">\(note)</p>\n"
  }

  private func row(_ name: Markup, _ outcome: DomainOutcome) -> [MarkupTable.Cell] {
    [.text(name), .number(outcome.letters)] + Self.states.map { .number(outcome.messages[$0] ?? 0) }
  }

  var replies: Markup {
    guard let replies = document.replies else { return "<p>\(text(.goneByPurge))</p>\n" }
    let accepted = text(.acceptedReplies).filled([text.number(document.figures.count(.accepted))])
    guard !replies.isEmpty else { return "<p>\(accepted)</p>\n<p>\(text(.noReplies))</p>\n" }
    let isOperator = document.audience == .operator
    var table = MarkupTable(
      id: "meanings", caption: text(.repliesTable),
      columns: [
        .init(title: text(.meaning)), .init(title: text(.class)), .init(title: text(.code)),
        .init(title: text(.state)),
      ] + (isOperator ? [.init(title: text(.words))] : []) + [.init(title: text(.letters), isNumber: true)],
      text: text)
    table.rows = replies.prefix(40).map { reply in
      let without: Words = reply.state == .excluded ? .notMade : reply.state == .expired ? .neverSent : .noReply
      let words: Markup = reply.words.map { "<bdi lang=\"en\">\($0)</bdi>" } ?? .nothing
      return [
        .text("\(reply.meaning ?? text(without))"),
        .text(reply.class.map(Markup.code) ?? "–"), .text(reply.code.map { "\($0)" } ?? "–"),
        .text("\(text(reply.state.words))"),
      ] + (isOperator ? [.text(words)] : []) + [.number(reply.count)]
    }
    return
      "<p>\(accepted)</p>\n\(table.html)<p class=\"note\">\(text(isOperator ? .repliesNote : .repliesHidden))</p>\n"
  }

  var open: Markup {
    var items: [(String, String?)] = []
    let figures = document.figures
    func add(_ words: Words, _ count: Int, _ command: String?) {
      if count > 0 { items.append((text(words).filled([text.number(count)]), command)) }
    }
    add(.openWaiting, document.state == .running ? figures.waiting : 0, nil)
    add(.openPaused, document.state == .running ? 0 : figures.waiting, commands?.resume)
    add(.openUncertain, figures.count(.uncertain), commands?.settle)
    add(.openCalls, document.calls?.customers ?? 0, commands?.calls)
    add(.openRejected, figures.rejectedRows, nil)
    let lost = [MessageState.refused, .expired, .excluded, .cancelled].map(figures.count).reduce(0, +)
    add(.openLost, lost, nil)
    let end: Markup =
      document.eta.map { "<p>\(text(.estimatedEnd)) \(Markup.time($0, text)).</p>\n" } ?? .nothing
    let isOver = figures.waiting == 0 && document.state != .running
    if isOver, document.purge == nil { items.append((text(.openPurge), commands?.purge)) }
    guard !items.isEmpty else { return "<p>\(text(.nothingOpen))</p>\n" }
    let rows = items.map { sentence, command -> Markup in
      let step: Markup = command.map { " <code>\($0)</code>" } ?? .nothing
      return "<li>\(sentence)\(step)</li>\n"
    }
    return "\(end)<ul>\n\(rows)</ul>\n"
  }

  var calls: Markup {
    guard let calls = document.calls else { return "<p>\(text(.goneByPurge))</p>\n" }
    guard calls.customers > 0 else { return "<p>\(text(.nobodyToCall))</p>\n" }
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
        .init(title: text(.callReason)),
      ], text: text)
    table.rows = calls.listed.map { row in
      let names = [row.company, row.name].filter { !$0.isEmpty }
      return [
        .text(.foreign(row.customer)), .text(.foreign(names.joined(separator: ", "))), .text(.foreign(row.phone)),
        .text("\(row.causes.map { text($0) }.joined(separator: "; "))"),
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
