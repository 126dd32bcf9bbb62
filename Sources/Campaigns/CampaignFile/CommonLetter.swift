/// A letter that whole segments get beside what their mailboxes ask for: an entry of `letters:`, as the notice to all
/// customers.
public struct CommonLetter: Sendable, Hashable {
  /// The name of its template, a folder of `templates/`; no segment's own letter.
  public var letter: String
  /// Keys of ``Campaign/segments``, at least one; nil: all of them.
  public var segments: Set<String>?

  public init(letter: String, segments: Set<String>?) {
    self.letter = letter
    self.segments = segments
  }

  public func isFor(_ access: String) -> Bool { segments?.contains(access) ?? true }
}
