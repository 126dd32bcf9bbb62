import Delivery
import Files

/// The words of `explain`.
public struct ExplainText {
  private let texts: ExplanationTexts

  public init(_ language: ExplanationLanguage) { texts = ExplanationTexts(language) }

  public func text(_ explanation: ReplyExplanation) -> String {
    let found = explanation.classification
    let isGerman = texts.language == .german
    var rows: [(String, String)] = []
    if found.treatment != .accept {
      rows.append((isGerman ? "Klasse" : "class", "\(found.class.rawValue): \(texts.says(found.class))"))
    }
    rows.append((isGerman ? "betrifft" : "scope", "\(found.scope.rawValue): \(texts.concerns(found.scope))"))
    rows.append((isGerman ? "Folge" : "treatment", found.treatment.rawValue))
    if let wait = found.wait { rows.append((isGerman ? "Wartezeit" : "wait", "\(wait) s")) }
    rows.append((isGerman ? "Regel" : "rule", found.rule + (explanation.source.map { " (\($0))" } ?? "")))
    rows.append((isGerman ? "Programm" : "program", texts.does(found.treatment)))
    rows.append((isGerman ? "Sie" : "you", texts.can(found)))
    return rows.map { DisplayWidth.padded($0.0, to: 11) + $0.1 }.joined(separator: "\n")
  }
}
