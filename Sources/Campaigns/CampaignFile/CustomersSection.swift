import Foundation

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
