/// Why a message cannot be built: a template or a customer's data brought in what no message may hold.
///
/// Its description is an English clause such as "the subject has a line feed at character 5". It never holds the text.
public struct MessageError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Field: String, Sendable, CaseIterable {
    case fromName = "name in From"
    case replyToName = "name in Reply-To"
    case toName = "name in To"
    case subject
    case language
    case boundary
    case text = "plain text"
    case html = "HTML"
  }

  public enum Problem: Sendable, Hashable {
    /// A character that could end the header line, a tab, or one that turns the direction of writing; counted from 1.
    case control(Unicode.Scalar, at: Int)
    /// RFC 5322 §4 bans it, and relays cut there; lines counted from 1.
    case nulByte(line: Int)
    /// The boundary would end the part early.
    case containsBoundary(line: Int)
    /// Not 1 to 66 letters, digits or `'()+_,-./:?`, with `=` only before `_`.
    case notABoundary
    /// Not a language tag in the form of RFC 5646.
    case notALanguageTag
  }

  public let field: Field
  public let problem: Problem

  public init(_ field: Field, _ problem: Problem) {
    self.field = field
    self.problem = problem
  }

  public var description: String {
    switch problem {
    case .control(let scalar, let place): "the \(field.rawValue) has \(scalar.spokenName) at character \(place)"
    case .nulByte(let line): "the \(field.rawValue) has a NUL byte in line \(line)"
    case .containsBoundary(let line): "the \(field.rawValue) has the boundary of the message in line \(line)"
    case .notABoundary: "the \(field.rawValue) is not one RFC 2046 allows"
    case .notALanguageTag: "the \(field.rawValue) is not a language tag such as “de” or “en-GB”"
    }
  }
}
