import Campaigns
import Foundation
import Mail
import TestSupport

/// A customer file for a test, written as a spreadsheet program would, and the settings it is read with.
struct CustomerTable {
  static let header = "Kundennummer;Firma;Vorname;Nachname;Sprache;E-Mail;Telefon;Postfach;Zugang"

  static let columns: [CustomerSource.Field: String] = [
    .id: "Kundennummer", .company: "Firma", .firstName: "Vorname", .lastName: "Nachname", .language: "Sprache",
    .contact: "E-Mail", .phone: "Telefon", .mailbox: "Postfach", .access: "Zugang",
  ]

  static var segments: [String: Segment] {
    get throws {
      let incoming = MailServer(host: try Domain("imap.example.org"), port: 993, encryption: .tls, service: .imap)
      let outgoing = MailServer(host: try Domain("smtp.example.org"), port: 465, encryption: .tls, service: .submission)
      return [
        "imap": .letter(template: "password-change", incoming: incoming, outgoing: outgoing),
        "pop3": .letter(template: "password-change", incoming: incoming, outgoing: outgoing),
        "webmail": .letter(template: "webmail", incoming: incoming, outgoing: outgoing),
        "e2e": .none(reason: "Ende-zu-Ende"), "mx": .none(reason: "eigener Server"),
        "central": .phone(reason: "zentraler Posteingang"), "fax": .phone(reason: "Faxgerät"),
      ]
    }
  }

  let folder: TemporaryFolder
  let source: CustomerSource

  init(_ bytes: some Sequence<UInt8>, columns: [CustomerSource.Field: String] = columns) throws {
    folder = try TemporaryFolder()
    source = CustomerSource(file: try folder.write(bytes, to: "kunden.csv"), columns: columns)
  }

  /// The usual header with these rows below it.
  init(rows: [String]) throws {
    try self.init(([Self.header] + rows).map { $0 + "\r\n" }.joined().utf8)
  }

  func book() throws -> CustomerBook { try CustomerBook(source, segments: Self.segments) }

  /// What opening the file says is wrong; empty when nothing is.
  func complaint() throws -> String {
    do {
      _ = try book()
      return ""
    } catch let error as CustomerFileError {
      return error.description
    }
  }
}

extension CustomerBook {
  /// The form of a table that is text.
  var csv: CSVForm {
    get throws {
      guard case .csv(let form) = file.form else { throw NotText() }
      return form
    }
  }

  private struct NotText: Error {}

  func all() throws -> [Customer] {
    var all: [Customer] = []
    var reader = customers()
    while let customer = try reader.next() { all.append(customer) }
    return all
  }

  /// Rows in are rows used and rows rejected; every used row is one customer's.
  func addsUp() throws -> Bool {
    let customers = try all()
    let lines = try rejected.all.map(\.line)
    return rows == usedRows + rejected.count && customers.count == customerCount
      && customers.map(\.lines.count).reduce(0, +) == usedRows
      && Set(customers.flatMap(\.lines) + lines).count == rows
  }
}

extension RejectedRows {
  var all: [RejectedRow] { get throws { try first(.max) } }
}
