/// A relay's password: given to libcurl and to nothing else.
///
/// Printing, interpolating or dumping it shows a placeholder, so it reaches no log and no error by accident.
public struct Password: Sendable {
  let text: String

  /// Nil when the text is empty or holds a NUL, CR or LF: no SASL mechanism could send it as it is.
  public init?(_ text: String) {
    guard !text.isEmpty, !text.utf8.contains(where: { $0 == 0 || $0 == 0x0D || $0 == 0x0A }) else { return nil }
    self.text = text
  }
}

extension Password: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "(password)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
