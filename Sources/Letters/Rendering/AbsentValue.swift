import Mustache

/// Stands for a value that is empty for this customer or campaign: nothing to a section, a mark where it is printed.
///
/// swift-mustache would print nothing for it; the mark in the result shows that the letter needs the value.
struct AbsentValue: MustacheParent, MustacheCustomRenderable {
  /// The whole name, as `incident.authority.name`.
  let name: String

  var isNull: Bool { true }
  var renderText: String { "\(LetterMark.begin)\(LetterMark.absent)\(name)\(LetterMark.end)" }
  func child(named member: String) -> Any? { AbsentValue(name: "\(name).\(member)") }
}

/// The two control characters that frame a mark in a rendered text.
///
/// Neither templates nor values can hold them: template files with control characters are refused, and values are put
/// through ``Swift/String/asSingleLine``.
enum LetterMark {
  static let begin: Character = "\u{1}"
  static let end: Character = "\u{2}"
  static let absent: Character = "?"

  static func field(_ number: Int) -> String { "\(begin)\(number)\(end)" }
}
