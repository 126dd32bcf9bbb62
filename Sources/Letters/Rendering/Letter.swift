public import Mail

/// A finished letter: what one customer reads, before it becomes a message.
///
/// Lines end in `\n`. The same campaign, templates, date and customer give the same letter.
public struct Letter: Sendable, Hashable {
  /// One line, without a line break at its end.
  public let subject: String
  /// Complete by itself; lines of at most 72 characters where the values allow.
  public let text: String
  public let html: String
  /// `de` or `en`.
  public let language: String
  /// Name of the template's folder.
  public let template: String
  /// What the customer reads out to ask whether the letter is ours.
  public let code: VerificationCode
  /// SHA-256 over the template's files, see ``TemplateSet/digest(of:)``.
  public let templateDigest: SHA256Digest
}

/// The three parts of a letter; each is rendered from a template file of its own.
public enum LetterPart: String, Sendable, Hashable, CaseIterable, Comparable {
  case subject
  case text = "txt"
  case html

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
