import CYAMLEvents
import Mail

/// A scalar of a YAML text: where and how it is written.
struct YAMLScalar {
  enum Style { case plain, singleQuoted, doubleQuoted, literal, folded }

  /// In characters of the text, with quotes, header of a block and all.
  var range: Range<Int>
  var style: Style
  /// The keys from the root to this value, or to the group whose key this is.
  var keys: [String]
  var isKey: Bool
  /// An entry of a list.
  var isEntry: Bool
  var isInBrackets: Bool
  var text: String

  var isBlock: Bool { style == .literal || style == .folded }
  var path: String { keys.joined(separator: ".") }
  var isFreeText: Bool { !isKey && YAMLKeys.isFreeText(keys, text) }
}

/// One pass over the events of a YAML text, before a tree is made of it: what may not be there, the keys that occur twice,
/// and where each scalar is.
///
/// A tree is made only of a text that this pass takes. Aliases multiply what a text holds (each of ten lines naming the
/// one before ten times is a tree of ten thousand million), and nested groups cost a stack frame each; so both end here,
/// with memory and time that grow with the text alone. A syntax error ends the pass too: it is reported by the parser
/// that meets it next.
struct YAMLScan {
  typealias Place = YAMLDocument.Place

  /// A campaign file nests four deep.
  static let deepest = 32
  static let tooDeep = "this is nested more than \(deepest) levels deep; a campaign file needs four"

  /// The first thing that may not be there.
  private(set) var refused: (place: Place, message: String)?
  /// The places of keys that occur again in the same group.
  private(set) var repeated: [(place: Place, key: String)] = []
  /// All scalars in the order of the text, when the text is well formed; empty for one that no campaign file is.
  private(set) var scalars: [YAMLScalar] = []

  /// A campaign file has some hundred.
  private static let mostScalars = 20_000

  /// A group or a list that has begun.
  private struct Level {
    /// The keys so far with the place of the last one; nil in a list.
    var keys: [String: Place]?
    /// The next node is a key.
    var expectsKey: Bool
    var isInBrackets: Bool
    /// The key whose value comes next, or came last.
    var key: String?
  }

  init(_ text: [UInt8]) {
    text.withUnsafeBufferPointer { bytes in
      // An empty text has no base address, and nothing to look at.
      guard let base = bytes.baseAddress, let stream = cyaml_open(base, bytes.count) else { return }
      defer { cyaml_close(stream) }
      run { cyaml_next(stream) }
    }
  }

  private mutating func run(_ next: () -> cyaml_event) {
    var levels: [Level] = []
    while refused == nil {
      let event = next()
      let place = Place(line: Int(event.line) + 1, column: Int(event.column) + 1)
      switch event.kind {
      case cyaml_end: return
      case cyaml_failed:
        scalars = []
        return
      case cyaml_alias: refused = (place, YAMLDocument.noAliases)
      case cyaml_group_end, cyaml_list_end:
        levels.removeLast()
      case cyaml_group_begin, cyaml_list_begin, cyaml_scalar:
        if event.has_anchor { refused = (place, YAMLDocument.noAliases) }
        let isKey = levels.last?.expectsKey ?? false
        if event.kind == cyaml_scalar { add(event, isKey: isKey, in: levels) }
        if isKey, event.kind == cyaml_scalar { note(event, place, in: &levels[levels.count - 1]) }
        if !levels.isEmpty, levels[levels.count - 1].keys != nil { levels[levels.count - 1].expectsKey = !isKey }
        guard event.kind != cyaml_scalar else { break }
        guard levels.count < Self.deepest else {
          refused = (place, Self.tooDeep)
          return
        }
        let isGroup = event.kind == cyaml_group_begin
        levels.append(
          Level(keys: isGroup ? [:] : nil, expectsKey: isGroup, isInBrackets: event.in_brackets))
      default: break
      }
    }
  }

  private mutating func add(_ event: cyaml_event, isKey: Bool, in levels: [Level]) {
    guard scalars.count < Self.mostScalars else { return }
    let style: YAMLScalar.Style =
      switch event.style {
      case cyaml_single_quoted: .singleQuoted
      case cyaml_double_quoted: .doubleQuoted
      case cyaml_literal: .literal
      case cyaml_folded: .folded
      default: .plain
      }
    scalars.append(
      YAMLScalar(
        range: Int(event.begin)..<Int(event.end), style: style,
        keys: (isKey ? levels.dropLast() : levels[...]).compactMap(\.key), isKey: isKey,
        isEntry: levels.last.map { $0.keys == nil } ?? false, isInBrackets: levels.last?.isInBrackets ?? false,
        text: Self.text(of: event)))
  }

  private static func text(of event: cyaml_event) -> String {
    String(decoding: UnsafeBufferPointer(start: event.text, count: event.length), as: UTF8.self)
  }

  /// The place of a key counts as repeated when another one of the same text follows it.
  private mutating func note(_ event: cyaml_event, _ place: Place, in level: inout Level) {
    let key = Self.text(of: event)
    level.key = key
    if let earlier = level.keys?.updateValue(place, forKey: key) { repeated.append((earlier, key)) }
  }
}
