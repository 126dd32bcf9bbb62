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
  /// The sheet of a workbook; nil for the first.
  public var sheet: String?
  /// The encoding of a file that is text; nil when it is to be found.
  public var encoding: TextEncoding?
  /// Of several addresses in a contact cell the first is taken; otherwise such a row is rejected.
  public var takesFirstContact: Bool
  /// The language of customers for whom the file names none: the `language` of the campaign.
  public var language: String
  /// The header each field is read from.
  public var columns: [Field: String]

  public init(
    file: URL, sheet: String? = nil, encoding: TextEncoding? = nil, takesFirstContact: Bool = false,
    language: String = "de", columns: [Field: String]
  ) {
    self.file = file
    self.sheet = sheet
    self.encoding = encoding
    self.takesFirstContact = takesFirstContact
    self.language = language
    self.columns = columns
  }
}

/// `language:` of a campaign file: the languages that letters are written in.
enum LetterLanguage: String, CaseIterable { case de, en }

/// `customers:` of a campaign file.
enum CustomersSection {
  /// Of several addresses in one contact cell.
  private enum ContactChoice: String, CaseIterable { case first }

  /// - Parameter language: The campaign's.
  static func read(_ value: YAMLValue, folder: URL, language: String) -> CustomerSource? {
    guard
      let section = YAMLSection(
        value, keys: ["file", "sheet", "encoding", "contact", "columns"], example: "{file: kunden.csv, columns: {…}}")
    else { return nil }
    let sheet = section.optional("sheet").flatMap { $0.text() }
    let encoding = section.optional("encoding").flatMap(encoding)
    let contact = section.optional("contact").flatMap { $0.choice(ContactChoice.self) }
    let file = section.required("file", example: "kunden.csv")?.file(in: folder)
    let columns = section.required("columns", example: "{id: Kundennummer, contact: E-Mail, …}").flatMap(columns)
    guard let file, let columns else { return nil }
    return CustomerSource(
      file: file, sheet: sheet, encoding: encoding, takesFirstContact: contact == .first, language: language,
      columns: columns)
  }

  private static func encoding(_ value: YAMLValue) -> TextEncoding? {
    guard let text = value.text() else { return nil }
    if let encoding = TextEncoding(named: text) { return encoding }
    let known = TextEncoding.allCases.map(\.rawValue).joined(separator: ", ")
    value.report("\"customers.encoding\" cannot be \(QuotedText(text)); it is one of: \(known)")
    return nil
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
