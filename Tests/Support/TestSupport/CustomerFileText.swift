public import Foundation

/// A customer file as an operator's spreadsheet writes it: semicolons, CRLF, quotes where they are needed, a row for
/// every mailbox.
public struct CustomerFileText: Sendable {
  public enum Encoding: Sendable { case utf8, utf8WithMark, cp1252 }

  public static let header = [
    "Kundennummer", "Firma", "Anrede", "Titel", "Vorname", "Nachname", "Sprache", "E-Mail", "Telefon", "Postfach",
    "Zugang",
  ]

  public let customers: [GeneratedCustomer]
  public let encoding: Encoding

  public init(customers: [GeneratedCustomer], encoding: Encoding) {
    self.customers = customers
    self.encoding = encoding
  }

  public func bytes() throws -> Data {
    var text = Self.line(Self.header)
    for customer in customers {
      for mailbox in customer.mailboxes {
        text += Self.line([
          customer.id, customer.company, customer.salutation, customer.title, customer.firstName, customer.lastName,
          customer.language, customer.contact, customer.phone, mailbox.address, mailbox.access,
        ])
      }
    }
    switch encoding {
    case .utf8: return Data(text.utf8)
    case .utf8WithMark: return Data([0xEF, 0xBB, 0xBF] + Array(text.utf8))
    case .cp1252:
      guard let data = text.data(using: .windowsCP1252) else { throw HarnessError("a name does not fit cp1252") }
      return data
    }
  }

  private static func line(_ fields: [String]) -> String {
    fields.map { field in
      field.contains { "\";\r\n".contains($0) } ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
    }.joined(separator: ";") + "\r\n"
  }
}
