/// A letter that whole segments get in addition to what their mailboxes ask for: an entry of `letters:`, such as the
/// notice to all customers.
public struct SegmentLetter: Sendable, Hashable {
  /// The name of its template, a folder of `templates/`; never the name of a segment's own letter.
  public var letter: String
  /// Keys of ``Campaign/segments``, at least one; nil: all of them.
  public var segments: Set<String>?

  public init(letter: String, segments: Set<String>?) {
    self.letter = letter
    self.segments = segments
  }

  public func isFor(_ access: String) -> Bool { segments?.contains(access) ?? true }
}

/// `letters:` of a campaign file: letters for whole segments, each with `all` or the list of its segments.
enum LettersSection {
  private static let example = "{breach-notice: all} or {breach-notice: [imap, e2e]}"

  /// The letters, in the order of the file.
  ///
  /// - Parameter segments: The campaign's segments, when they could be read.
  static func read(_ value: YAMLValue, segments: [String: Segment]?) -> [SegmentLetter]? {
    guard let entries = value.entries(example: example) else { return nil }
    guard !entries.isEmpty else {
      value.report("\"letters\" is empty; name a letter with its segments, as in \(example), or remove the key")
      return nil
    }
    let own = Set((segments ?? [:]).values.compactMap(\.letter))
    var letters: [SegmentLetter] = []
    var isWhole = true
    for (key, member) in entries {
      guard let name = key.text().flatMap({ LetterName.read($0, key) }), let chosen = Self.segments(member, segments)
      else {
        isWhole = false
        continue
      }
      if own.contains(name) {
        key.report(
          "the letter \(QuotedText(name)) is what a segment asks for with \"letter\"; here belong letters without servers, "
            + "for whole segments")
        isWhole = false
      }
      letters.append(SegmentLetter(letter: name, segments: chosen))
    }
    return isWhole ? letters : nil
  }

  /// Nil, and reported, when they cannot be read; nil inside for `all`.
  private static func segments(_ value: YAMLValue, _ known: [String: Segment]?) -> Set<String>?? {
    if let word = value.word {
      guard value.text() != nil else { return nil }
      if word == "all" { return .some(nil) }
      value.report("\"\(value.path)\" must be \"all\" or a list of segments, as in \(example), not \(QuotedText(word))")
      return nil
    }
    guard let members = value.list(example: example) else { return nil }
    var chosen: Set<String> = []
    var isWhole = true
    for member in members {
      guard let name = member.text() else {
        isWhole = false
        continue
      }
      if let known, known[name] == nil {
        let near = NearestName(among: known.keys.sorted()).suggestion(for: name).map { ", did you mean \"\($0)\"?" }
        member.report(
          "\(QuotedText(name)) is not one of the segments\(near ?? "; there are: \(known.keys.sorted().joined(separator: ", "))")"
        )
        isWhole = false
      }
      if !chosen.insert(name).inserted {
        member.report("the segment \(QuotedText(name)) is there twice; keep one of them")
        isWhole = false
      }
    }
    return isWhole ? .some(chosen) : nil
  }
}

/// The name of a letter: of a folder in `templates/`, never a way out of it.
enum LetterName {
  /// Nil, and reported at `value`, when `text` is not a valid name.
  static func read(_ text: String, _ value: YAMLValue) -> String? {
    let isName = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D
        || byte == 0x5F
    }
    guard isName else {
      value.report(
        "\"\(value.path)\" must name a folder of \"templates\" in letters, digits, - and _, not \(QuotedText(text))")
      return nil
    }
    return text
  }
}
