import Foundation
import Reports
import Synchronization

/// What changes by itself, as one look at a campaign has found it: rendered once for each language, for all who watch.
final class SharedFragments: Sendable {
  /// Makes all parts in one language.
  typealias Renderer = @Sendable (LiveFigures, DocumentText, _ now: Date) -> [LiveFragments.Kind: String]

  private let figures: LiveFigures
  private let zone: TimeZone
  private let now: Date
  private let render: Renderer
  private let rendered = Mutex<[DocumentLanguage: [LiveFragments.Kind: String]]>([:])

  init(_ figures: LiveFigures, _ zone: TimeZone, at now: Date, render: @escaping Renderer = events(of:in:at:)) {
    (self.figures, self.zone, self.now, self.render) = (figures, zone, now, render)
  }

  /// Each part as a server-sent event (HTML, 9.2).
  func events(_ language: DocumentLanguage) -> [LiveFragments.Kind: String] {
    rendered.withLock { rendered in
      if let found = rendered[language] { return found }
      let events = render(figures, DocumentText(language: language, zone: zone), now)
      rendered[language] = events
      return events
    }
  }

  static func events(
    of figures: LiveFigures, in text: DocumentText, at now: Date
  ) -> [LiveFragments.Kind: String] {
    let fragments = LiveFragments(figures, text, at: now)
    return Dictionary(
      uniqueKeysWithValues: LiveFragments.Kind.allCases.map { ($0, event($0, fragments.html($0).html)) })
  }

  private static func event(_ kind: LiveFragments.Kind, _ html: String) -> String {
    // Without a line of data a browser would take no notice of it.
    let lines = html.isEmpty ? "data:\n" : html.split(separator: "\n").map { "data: \($0)\n" }.joined()
    return "event: \(kind.rawValue)\n\(lines)\n"
  }
}
