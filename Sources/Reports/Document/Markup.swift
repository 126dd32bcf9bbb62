import Files
package import Foundation
import Letters
import Mail

/// HTML made of text and of other HTML: what is not known to be HTML is escaped, so that no word of a customer, a server
/// or a file is ever read as markup.
///
/// Characters that nobody can see, or that turn the direction of a text around, are written out: see ``VisibleText``.
package struct Markup: Sendable, Hashable, ExpressibleByStringInterpolation {
  package private(set) var html: String

  package init(stringLiteral value: String) { html = value }
  package init(stringInterpolation: StringInterpolation) { html = stringInterpolation.html }
  /// A text, escaped.
  package init(text: String) { html = LetterEscaped.html(VisibleText.line(text)) }

  package static func += (left: inout Markup, right: Markup) { left.html += right.html }

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var html = ""

    package init(literalCapacity: Int, interpolationCount: Int) {}
    package mutating func appendLiteral(_ literal: String) { html += literal }
    /// A text, escaped.
    package mutating func appendInterpolation(_ text: String) { html += Markup(text: text).html }
    package mutating func appendInterpolation(_ number: Int) { html += String(number) }
    package mutating func appendInterpolation(_ markup: Markup) { html += markup.html }
    package mutating func appendInterpolation(_ parts: [Markup]) { for part in parts { html += part.html } }
  }

  package static let nothing: Markup = ""

  /// A text of several lines, each a line of its own.
  package static func lines(_ text: String) -> Markup {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true).map { Markup(text: String($0)) }
    return lines.dropFirst().reduce(lines.first ?? .nothing) { "\($0)<br>\($1)" }
  }

  /// Words of others: their direction is their own.
  package static func foreign(_ text: String) -> Markup { "<bdi>\(text)</bdi>" }
  package static func code(_ text: String) -> Markup { "<code>\(text)</code>" }

  /// A moment for people, with the exact one for programs.
  package static func time(_ date: Date, _ text: DocumentText) -> Markup {
    "<time datetime=\"\(RFC3339.string(date))\">\(text.time(date))</time>"
  }
}

/// A table that can be read by a screen reader, scrolls by itself where it is wider than the screen, and repeats its head
/// on every page of paper.
package struct MarkupTable {
  package struct Column {
    var title: String
    var isNumber = false
    /// Left out where it has only zeros.
    var canBeLeftOut = false

    package init(title: String, isNumber: Bool = false, canBeLeftOut: Bool = false) {
      (self.title, self.isNumber, self.canBeLeftOut) = (title, isNumber, canBeLeftOut)
    }
  }

  package enum Cell {
    case text(Markup)
    case number(Int)
  }

  let id: String
  let caption: String
  var columns: [Column]
  /// The first cell is the row's head.
  package var rows: [[Cell]] = []
  /// The last row, set apart; nil for none.
  package var sum: [Cell]?
  let text: DocumentText

  package init(
    id: String, caption: String, columns: [Column], rows: [[Cell]] = [], sum: [Cell]? = nil, text: DocumentText
  ) {
    (self.id, self.caption, self.columns) = (id, caption, columns)
    (self.rows, self.sum, self.text) = (rows, sum, text)
  }

  package var html: Markup {
    let shown = columns.indices.filter { index in
      !columns[index].canBeLeftOut
        || rows.contains { row in if case .number(0) = row[index] { false } else { true } }
    }
    let heads = shown.map { index -> Markup in
      "<th scope=\"col\"\(look(index))>\(columns[index].title)</th>"
    }
    let body = rows.map { row(shown, $0) }
    let foot: Markup = sum.map { "<tfoot>\n\(row(shown, $0))</tfoot>\n" } ?? .nothing
    return """
      <div class="scroll" role="region" aria-labelledby="\(id)" tabindex="0">
      <table>
      <caption id="\(id)">\(caption)</caption>
      <thead><tr>\(heads)</tr></thead>
      <tbody>
      \(body)</tbody>
      \(foot)</table>
      </div>

      """
  }

  private func look(_ column: Int) -> Markup { columns[column].isNumber ? " class=\"n\"" : .nothing }

  private func row(_ shown: [Int], _ cells: [Cell]) -> Markup {
    let parts = shown.map { index -> Markup in
      let content: Markup =
        switch cells[index] {
        case .text(let markup): markup
        case .number(let number): "\(text.number(number))"
        }
      if index == 0 { return "<th scope=\"row\">\(content)</th>" }
      return "<td\(look(index))>\(content)</td>"
    }
    return "<tr>\(parts)</tr>\n"
  }
}
