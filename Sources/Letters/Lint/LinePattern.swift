import Synchronization

/// A regular expression for one line of a letter. It is compiled once for all letters, which takes far longer than
/// matching; one thread matches at a time.
final class LinePattern: Sendable {
  private let regex: Mutex<Regex<AnyRegexOutput>>

  init(_ regex: sending Regex<Substring>) { self.regex = Mutex(Regex<AnyRegexOutput>(regex)) }

  /// One with a group: the group is what is found.
  init(_ regex: sending Regex<(Substring, Substring)>) { self.regex = Mutex(Regex<AnyRegexOutput>(regex)) }

  func first(in line: Substring) -> String? {
    regex.withLock { regex in
      guard let match = try? regex.firstMatch(in: line), let found = match.output.last?.substring else { return nil }
      return String(found)
    }
  }
}
