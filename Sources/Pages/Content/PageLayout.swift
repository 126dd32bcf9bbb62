import Foundation
import Operations
import Reports

/// The parts of a campaign's pages.
enum PageSection: String, CaseIterable {
  case overview, customers, calls, uncertain, release

  var words: Words {
    switch self {
    case .overview: .overview
    case .customers: .customersPage
    case .calls: .callsPage
    case .uncertain: .uncertainPage
    case .release: .releasePage
    }
  }

  /// `/campaigns/sommer/calls`
  func path(of campaign: String) -> String {
    self == .overview ? "/campaigns/\(campaign)" : "/campaigns/\(campaign)/\(rawValue)"
  }
}

/// What every page has around its content.
struct PageLayout {
  let text: DocumentText
  /// The queue folder as the operator names it; nil when it is the default one.
  var queuePath: String? = nil

  /// - Parameters:
  ///   - section: Marked as the current one.
  ///   - hasNavigation: False where nobody is let in yet.
  func html(
    _ title: String, campaign: String? = nil, section: PageSection? = nil, hasNavigation: Bool = true, _ body: Markup
  ) -> String {
    let language: Markup = text.language == .german ? "de" : "en"
    let other: Markup = text.language == .german ? "en" : "de"
    let sections: Markup =
      campaign.map { name in
        let items = PageSection.allCases.map { item -> Markup in
          let current: Markup = item == section ? " aria-current=\"page\"" : .nothing
          return "<li><a href=\"\(item.path(of: name))\"\(current)>\(text(item.words))</a></li>\n"
        }
        return "<nav class=\"sections\" aria-label=\"\(text(.pages))\">\n<ul>\n\(items)</ul>\n</nav>\n"
      } ?? .nothing
    let home: Markup = hasNavigation ? "<a href=\"/\">\(text(.campaigns))</a>" : .nothing
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="\(language)">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(title) – Eilbrief</title>
      <link rel="stylesheet" href="/style.css">
      <link rel="icon" href="/icon.svg" type="image/svg+xml">
      <script src="/live.js" defer></script>
      </head>
      <body>
      <a class="skip" href="#content">\(text(.skip))</a>
      <header class="bar">
      <p><strong>Eilbrief</strong> \(home)</p>
      <form method="post" action="/language"><input type="hidden" name="language" value="\(other)"><button lang="\(other)">\(text(.otherLanguage))</button></form>
      </header>
      \(sections)<main id="content">
      <h1>\(title)</h1>
      \(body)</main>
      </body>
      </html>

      """
    return page.html
  }

  /// A form with one button, which does one thing.
  func button(_ words: Words, action: String, fields: [(String, String)] = [], isGrave: Bool = false) -> Markup {
    let hidden = fields.map { name, value -> Markup in
      "<input type=\"hidden\" name=\"\(name)\" value=\"\(Markup(text: value))\">"
    }
    let look: Markup = isGrave ? " class=\"grave\"" : .nothing
    return "<form method=\"post\" action=\"\(action)\">\(hidden)<button\(look)>\(text(words))</button></form>"
  }

  func warning(_ words: String, language: String? = nil) -> Markup {
    let mark: Markup = language.map { " lang=\"\($0)\"" } ?? .nothing
    return "<p class=\"warning\"\(mark)>\(words)</p>\n"
  }
}

extension String {
  /// As a part of a query.
  var inQuery: String {
    addingPercentEncoding(
      withAllowedCharacters: CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")) ?? ""
  }
}
