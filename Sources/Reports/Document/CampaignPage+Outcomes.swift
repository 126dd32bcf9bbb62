import Receipts

/// What became of the letters.
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
}
