import Campaigns
import Foundation
import Mail
import Operations
import Queue
import Receipts
import Reports

/// The customers of a campaign, and one of them.
extension PageLayout {
  static let mostCustomers = 50

  func customers(_ name: String, _ search: CustomerSearch, for words: String) -> String {
    let path = PageSection.customers.path(of: name)
    var body: Markup = """
      <form method="get" action="\(path)" role="search"><label for="q">\(text(.searchFor))</label>
      <input id="q" name="q" type="search" value="\(Markup(text: words))"> <button>\(text(.search))</button></form>

      """
    guard !search.matches.isEmpty else {
      return html(text(.customersPage), campaign: name, section: .customers, "\(body)<p>\(text(.foundNone))</p>\n")
    }
    var table = MarkupTable(
      id: "customers", caption: text(.customersPage),
      columns: [.customer, .company, .name, .address, .letterStates].map { .init(title: text($0)) }, text: text)
    table.rows = search.matches.map { match in
      let letters = match.record.messages.map { message in
        (match.record.messages.count > 1 ? "\(message.letter): " : "") + text(message.state.words)
      }
      let planned: Words = match.record.kind == .phone ? .planPhone : .planNone
      return [
        .text(link(name, match.record.id)), .text(.foreign(match.company)), .text(.foreign(match.name)),
        .text(.foreign(match.address)), .text("\(letters.isEmpty ? text(planned) : letters.joined(separator: ", "))"),
      ]
    }
    body += table.html
    if search.hasMore {
      body += "<p class=\"note\">\(text(.foundMore).filled([text.number(search.matches.count)]))</p>\n"
    }
    return html(text(.customersPage), campaign: name, section: .customers, body)
  }

  func link(_ campaign: String, _ customer: String) -> Markup {
    "<a href=\"/campaigns/\(campaign)/customer?id=\(customer.inQuery)\">\(Markup.foreign(customer))</a>"
  }

  func customer(_ name: String, _ id: String, _ proof: CustomerProofPage) -> String {
    html("\(text(.customer)) \(id)", campaign: name, section: .customers, proof.content)
  }
}

/// Letters that nobody knows about.
extension PageLayout {
  static let mostUncertain = 200

  func uncertain(_ name: String, _ letters: [UncertainMessage], _ report: CampaignActs.Report?) -> String {
    let section = PageSection.uncertain
    let before = report.map { self.report($0, of: name) } ?? .nothing
    guard !letters.isEmpty else {
      return html(text(section.words), campaign: name, section: section, "\(before)<p>\(text(.noneUncertain))</p>\n")
    }
    let items = letters.prefix(Self.mostUncertain).enumerated().map { index, letter -> Markup in
      func form(_ words: Words, _ resolution: String) -> Markup {
        button(
          words, action: section.path(of: name),
          fields: [("customer", letter.customer), ("letter", letter.letter), ("resolution", resolution)])
      }
      return """
        <section class="call" aria-labelledby="letter-\(index)">
        <h2 id="letter-\(index)">\(link(name, letter.customer)) \(Markup.foreign(letter.letter))</h2>
        <dl class="facts">
        <dt>\(text(.address))</dt><dd>\(Markup.foreign(letter.recipient.displayText))</dd>
        <dt>\(text(.relay))</dt><dd>\(Markup.foreign(letter.relay))</dd>
        <dt>\(text(.attemptedAt))</dt><dd>\(Markup.time(letter.attemptedAt, text))</dd>
        <dt>\(text(.messageID))</dt><dd>\(Markup.code(letter.messageID.description))</dd>
        </dl>
        <div class="choice">\(form(.asAccepted, "accepted"))\(form(.sendAgain, "resend"))</div>
        </section>

        """
    }
    let note: Markup =
      letters.count > Self.mostUncertain
      ? "<p class=\"note\">\(text(.firstShown).filled([Self.mostUncertain, letters.count].map(text.number)))</p>\n"
      : .nothing
    return html(
      text(section.words), campaign: name, section: section,
      "\(before)<p>\(text(.uncertainNote))</p>\n\(items)\(note)")
  }
}
