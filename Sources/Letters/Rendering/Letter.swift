public import Mail

/// A finished letter: the text that one customer reads, before it becomes a message.
///
/// Lines end in `\n`. The same campaign, templates, date and customer give the same letter.
public struct Letter: Sendable, Hashable {
  /// The subject: one line, without a line break at its end.
  public let subject: String
  /// The plain text, complete by itself; lines of at most 72 characters where the values allow.
  public let text: String
  public let html: String
  /// `de` or `en`.
  public let language: String
  /// The name of the template's folder.
  public let template: String
  /// The code that the customer reads out to ask whether the letter is ours.
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

/// The reason why there can be no letter for one customer: a user mistake in the customer file, the templates or the
/// campaign file.
///
/// The description names the customer by id, the place, and what to do; it carries no address and no other value.
public struct LetterError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Problem: Sendable, Hashable {
    /// A variable that is needed has no value for this customer.
    case emptyValue(name: String, file: String, line: Int, column: Int)
    case missingLanguage(language: String, template: String, known: [String])
    /// The customer does not get this letter.
    case notAsked(letter: String)
    case severalLinesInSubject
    /// The customer has no address a letter could go to.
    case noContact
    /// A part of it can be in no message; the template's file, where that part is made from one.
    case notAMessage(MessageError, file: String?)
    /// There is no Message-ID for the sender's domain.
    case noMessageID(AddressError)
    /// Its customer's certificates are in these files, and nothing can be encrypted with them.
    case notEncrypted(files: [String])
    /// What was kept of the customer cannot be read.
    case unreadableCustomer
  }

  public let customer: String
  public let problem: Problem

  public init(customer: String, problem: Problem) {
    self.customer = customer
    self.problem = problem
  }

  /// The description without the customer: the same for all who have the problem.
  public var reason: String { text(naming: "") }

  public var description: String { text(naming: "customer \(customer): ") }

  private func text(naming customer: String) -> String {
    switch problem {
    case .emptyValue(let name, let file, let line, let column):
      "\(file):\(line):\(column): \(customer){{\(name)}} is needed here and empty; "
        + "fill it in, or write {{#\(name)}} … {{/\(name)}} around the text that needs it"
    case .missingLanguage(let language, let template, let known):
      "\(customer)template \(template) has no language “\(language)”, only \(known.joined(separator: ", ")); "
        + "add \(template)/\(language).subject.mustache, .txt.mustache and .html.mustache, or change the customer's language"
    case .notAsked(let letter):
      "\(customer)the letter \(letter) is not for this customer; check the access column against segments: and "
        + "letters: in the campaign file"
    case .severalLinesInSubject:
      "\(customer)the subject has more than one line; keep the .subject.mustache file to one line"
    case .noContact:
      "\(customer)there is no contact address a letter could go to"
    case .notAMessage(let error, let file):
      (file.map { "\($0): " } ?? "") + "\(customer)\(error)"
    case .noMessageID(let error):
      "\(customer)\"sender.from\" gives no Message-ID: its domain \(error)"
    case .notEncrypted(let files):
      files.map { "\($0): " }.joined() + "\(customer)the letter cannot be encrypted with this certificate; "
        + "ask the customer for another one, or remove it"
    case .unreadableCustomer:
      "\(customer)what the queue keeps of this customer cannot be read; restore queue.sqlite from a copy"
    }
  }
}
