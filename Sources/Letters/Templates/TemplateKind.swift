/// The purpose of a template, decided by its name: the files it has, and the variables its files may use.
enum TemplateKind: Sendable {
  case letter
  /// The script that a caller follows with a customer; see ``CallScripts``.
  case callScript

  static let callScriptName = "call-script"

  init(template: String) { self = template == Self.callScriptName ? .callScript : .letter }

  var parts: [LetterPart] {
    switch self {
    case .letter: LetterPart.allCases
    // Nobody reads a subject out.
    case .callScript: [.text, .html]
    }
  }

  var variables: LetterVariables {
    switch self {
    case .letter: .all
    case .callScript: .callScript
    }
  }

  /// Completes “LANGUAGE.txt.mustache is missing; …”.
  var needs: String {
    switch self {
    case .letter: "a letter needs a subject, a text and an HTML file in each language"
    case .callScript: "a script needs a text and an HTML file in each language"
    }
  }
}
