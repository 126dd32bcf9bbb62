import Foundation
import TestSupport
import Testing

@testable import Campaigns

/// A thousand customers, saved by LibreOffice as everything it can save a table as: the same customers are read from each.
@Suite(.serialized, .timeLimit(.minutes(10))) struct LibreOfficeLongTests {
  /// An encoding that LibreOffice writes CSV in, with its number there.
  struct Encoding: Sendable, CustomStringConvertible {
    let name: String
    let number: Int
    /// False as long as the program does not know it.
    let isRead: Bool
    var description: String { name }
  }

  static let encodings = [
    Encoding(name: "UTF-8", number: 76, isRead: true),
    Encoding(name: "UTF-16LE", number: 65_535, isRead: true),
    Encoding(name: "Windows-1252", number: 1, isRead: true),
    Encoding(name: "ISO-8859-1", number: 12, isRead: true),
    Encoding(name: "cp850", number: 4, isRead: true),
    Encoding(name: "cp437", number: 3, isRead: true),
    Encoding(name: "Mac Roman", number: 2, isRead: true),
    Encoding(name: "ISO-8859-2", number: 13, isRead: true),
    Encoding(name: "Windows-1250", number: 33, isRead: true),
  ]

  /// Text as LibreOffice takes it and writes it: semicolon, quotation mark, number of the encoding, first line.
  private static func filter(_ encoding: Int) -> String { "59,34,\(encoding),1" }

  private static let columns: [CustomerSource.Field: String] = {
    var columns = CustomerTable.columns
    columns[.salutation] = "Anrede"
    columns[.program] = "Programm"
    return columns
  }()

  private static let table: String = {
    let places = ["Bäckerei", "Café", "Möbelhaus", "Kanzlei", "Bürohaus", "Gärtnerei; Baumschule"]
    let names = ["Groß", "Kühn", "Weiß", "Jäger", "Höfer", "Österreich", "Tal"]
    let rows = (0..<1000).map { number in
      let place = places[number % places.count]
      return [
        "00\(1000 + number)", "\"\(place) \(number)\"", number % 2 == 0 ? "Frau" : "Herr", "René", names[number % 7],
        number % 3 == 0 ? "en" : "de", "kontakt@k\(number).example", "0\(999_900_000 + number)",
        "post@k\(number).example", number % 4 == 0 ? "pop3" : "imap", "Outlook",
      ].joined(separator: ";")
    }
    let header = "Kundennummer;Firma;Anrede;Vorname;Nachname;Sprache;E-Mail;Telefon;Postfach;Zugang;Programm"
    return ([header] + rows).joined(separator: "\n") + "\n"
  }()

  /// The customers of a file.
  private func customers(_ file: URL) throws -> [Customer] {
    let book = try CustomerBook(
      CustomerSource(file: file, columns: Self.columns), segments: CustomerTable.segments)
    #expect(book.rejected.isEmpty)
    return try book.all()
  }

  /// Has LibreOffice save the table in another form, and gives the file.
  private func save(as form: String, _ ending: String, in folder: TemporaryFolder) async throws -> URL {
    let source = try folder.write(Array(Self.table.utf8), to: "kunden.csv")
    let made = folder.url.appending(path: "made")
    // The first and the eighth column are text, so that their zeros stay.
    let outcome = try await ChildProcess.run(
      "soffice",
      [
        "-env:UserInstallation=file://\(folder.url.appending(path: "profile").path)", "--headless", "--convert-to",
        form,
        "--infilter=CSV:\(Self.filter(76)),1/2/8/2", "--outdir", made.path, source.path,
      ])
    let file = made.appending(path: "kunden.\(ending)")
    #expect(FileManager.default.fileExists(atPath: file.path), "\(outcome.output)\(outcome.errors)")
    return file
  }

  private func original(in folder: TemporaryFolder) throws -> [Customer] {
    let original = try customers(try folder.write(Array(Self.table.utf8), to: "original.csv"))
    #expect(original.count == 1000)
    return original
  }

  @Test(arguments: ["xlsx", "ods"]) func workbooksHaveTheSameCustomers(_ ending: String) async throws {
    let folder = try TemporaryFolder()
    let file = try await save(as: ending, ending, in: folder)
    #expect(try customers(file) == original(in: folder))
  }

  @Test(arguments: encodings.filter(\.isRead)) func textHasTheSameCustomers(_ encoding: Encoding) async throws {
    let folder = try TemporaryFolder()
    let form = "csv:Text - txt - csv (StarCalc):\(Self.filter(encoding.number))"
    let file = try await save(as: form, "csv", in: folder)
    #expect(try customers(file) == original(in: folder))
  }
}
