public import Foundation

/// Where the customers are: a file, and which of its columns holds which field.
public struct CustomerSource: Sendable, Hashable {
  /// A field of a customer, named in the file as in `columns:`.
  public enum Field: String, Sendable, CaseIterable {
    case id, company, salutation, title
    case firstName = "first_name"
    case lastName = "last_name"
    case language, contact, phone, mailbox, access, program

    /// Without these columns there is no campaign; the others may be left out.
    public static let needed: [Field] = [.id, .contact, .mailbox, .access]
  }
  public var file: URL
  /// The header each field is read from.
  public var columns: [Field: String]

  public init(file: URL, columns: [Field: String]) {
    self.file = file
    self.columns = columns
  }
}
