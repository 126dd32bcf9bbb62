import Foundation
import Reports
import Synchronization

/// What changes by itself, as one look at a campaign has found it: rendered once for each language, for all who watch.
final class SharedFragments: Sendable {
  private let figures: LiveFigures
  private let zone: TimeZone
  private let now: Date
  private let rendered = Mutex<[DocumentLanguage: [LiveFragments.Kind: String]]>([:])

  init(_ figures: LiveFigures, _ zone: TimeZone, at now: Date) {
    (self.figures, self.zone, self.now) = (figures, zone, now)
  }

  /// Each part as a server-sent event (HTML, 9.2).
  func events(_ language: DocumentLanguage) -> [LiveFragments.Kind: String] {
    rendered.withLock { rendered in
      if let found = rendered[language] { return found }
      let fragments = LiveFragments(figures, DocumentText(language: language, zone: zone), at: now)
      let events = Dictionary(
        uniqueKeysWithValues: LiveFragments.Kind.allCases.map { ($0, Self.event($0, fragments.html($0).html)) })
      rendered[language] = events
      return events
    }
  }

  private static func event(_ kind: LiveFragments.Kind, _ html: String) -> String {
    // Without a line of data a browser would take no notice of it.
    let lines = html.isEmpty ? "data:\n" : html.split(separator: "\n").map { "data: \($0)\n" }.joined()
    return "event: \(kind.rawValue)\n\(lines)\n"
  }
}
