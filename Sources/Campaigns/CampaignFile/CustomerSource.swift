public import Foundation

/// The source of the customers: a file, and which of its columns holds which field.
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

/// `customers:` of a campaign file.
enum CustomersSection {
  static func read(_ value: YAMLValue, folder: URL) -> CustomerSource? {
    guard let section = YAMLSection(value, keys: ["file", "columns"], example: "{file: kunden.csv, columns: {…}}")
    else { return nil }
    let file = section.required("file", example: "kunden.csv")?.file(in: folder)
    let columns = section.required("columns", example: "{id: Kundennummer, contact: E-Mail, …}").flatMap(columns)
    guard let file, let columns else { return nil }
    return CustomerSource(file: file, columns: columns)
  }

  private static func columns(_ value: YAMLValue) -> [CustomerSource.Field: String]? {
    let fields = CustomerSource.Field.allCases
    guard let section = YAMLSection(value, keys: fields.map(\.rawValue), example: "{id: Kundennummer, contact: E-Mail}")
    else { return nil }
    var columns: [CustomerSource.Field: String] = [:]
    var fieldOfHeader: [String: CustomerSource.Field] = [:]
    var isWhole = true
    for field in fields {
      let needed = CustomerSource.Field.needed.contains(field)
      guard
        let member = needed
          ? section.required(field.rawValue, example: example(of: field)) : section.optional(field.rawValue)
      else {
        if needed { isWhole = false }
        continue
      }
      guard let header = member.text() else {
        isWhole = false
        continue
      }
      if let other = fieldOfHeader[header] {
        member.report(
          "column \(QuotedText(header)) is named for \"\(other.rawValue)\" and for \"\(field.rawValue)\"; "
            + "each field needs a column of its own")
        isWhole = false
      }
      fieldOfHeader[header] = field
      columns[field] = header
    }
    return isWhole ? columns : nil
  }

  private static func example(of field: CustomerSource.Field) -> String {
    switch field {
    case .id: "Kundennummer"
    case .contact: "E-Mail"
    case .mailbox: "Postfach"
    case .access: "Zugang"
    default: field.rawValue
    }
  }
}
