import Campaigns
import Foundation
import Testing

@testable import Letters

/// No letter to a customer of Tests/Corpus/customers/values has a text of the file that stands for no value.
@Suite struct GreetingOfCorpusTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Corpus/customers/values").standardizedFileURL

  static let files: [String] = {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return all.filter { file in
      // A file that is refused gives no letters.
      let outcome = (try? String(contentsOf: folder.appending(path: file + ".expected"), encoding: .utf8)) ?? ""
      return !file.hasSuffix(".expected") && !outcome.contains("error:\n")
    }.sorted()
  }()

  /// Whole words that no greeting has, in small letters, unless a customer is called so.
  static let words: Set<Substring> = [
    "nan", "none", "undefined", "nat", "dbnull", "unknown", "entfällt", "keine", "ohne", "xxx", "xx", "x", "asdf",
    "qwertz",
    "tbd", "tba", "dito", "vorname", "nachname", "gekündigt", "verstorben", "verzogen", "deceased", "contact",
    "gesperrt",
    "buchhaltung", "gmbh", "einkauf", "last_name", "k.a", "n/a", "insolvenz", "erben", "familie", "leer)",
  ]
  /// Of letters as a whole.
  static let texts = [
    "#NV", "#BEZUG", "#N/A", "#REF", "#VALUE", "#NAME", "Err:5", "NULL", "undefined", "{{", "}}", "«", "${", "@@", "*|",
    "%NAME",
    "<NA>", "&lt;NA", "k.A.", "(verzogen)", "NICHT ANSCHREIBEN", "DO NOT", "SVERWEIS", "qwertz", "asdf",
  ]

  @Test func theCorpusIsThere() { #expect(Self.files.count >= 40) }

  @Test(arguments: files) func noLetterSaysWhatIsNoValue(_ file: String) throws {
    let renderer = try Fixtures.renderer()
    var made = 0
    for customer in try customers(of: file) where customer.mailboxes.contains(where: { $0.access == "imap" }) {
      for language in ["de", "en"] {
        var customer = customer
        customer.language = language
        let greeting = Greeting(customer: customer, language: language).text
        let letter = try renderer.letter(for: customer)
        #expect(letter.text.contains(greeting + ","))
        // `NULL` in capitals may be an id: A-NULL; but no file here has one.
        for text in Self.texts {
          #expect(
            !letter.text.contains(text) && !letter.html.contains(text) && !letter.subject.contains(text), "\(text)")
        }
        // A title may have its own: Dipl.-Ing. (FH).
        #expect(
          !greeting.replacing("(FH)", with: "").contains { "#{}[]<>«»%@=|\\^~_*(){}/;:!?\"†+&0123456789".contains($0) },
          "\(greeting)")
        let found = greeting.lowercased().split(whereSeparator: { $0 == " " })
        // Somebody is called Nan, in customers-called-test-and-no.csv; others Ohne and Herr.
        #expect(
          Self.words.isDisjoint(with: found) || customer.firstName == "Nan" || customer.lastName == "Ohne",
          "\(greeting)")
        #expect(
          found.count { ["frau", "herr", "ms", "mr", "fr.", "herrn"].contains($0) } <= 1 || customer.lastName == "Herr",
          "\(greeting)")
        #expect(!greeting.contains("null") && !greeting.contains("Dr. Dr."), "\(greeting)")
        made += 1
      }
    }
    #expect(made > 0 || file.hasPrefix("ids-without"))
  }

  @Test func thoseWhoAreCalledSoAreGreetedSo() throws {
    let greetings = try customers(of: "customers-called-null.csv").map { Greeting(customer: $0, language: "de").text }
    #expect(greetings.count { $0.contains("Null") } >= 4)
    #expect(greetings.first == "Sehr geehrte Frau Null")
  }

  private func customers(of file: String) throws -> [Customer] {
    let url = Self.folder.appending(path: file)
    var columns: [CustomerSource.Field: String] = [
      .id: "Kundennummer", .company: "Firma", .salutation: "Anrede", .firstName: "Vorname", .lastName: "Nachname",
      .language: "Sprache", .contact: "E-Mail", .phone: "Telefon", .mailbox: "Postfach", .access: "Zugang",
      .program: "Programm",
    ]
    if try Data(contentsOf: url).prefix(200).contains("Titel".utf8) { columns[.title] = "Titel" }
    var segments = Fixtures.campaign().segments
    for access in ["central", "fax"] { segments[access] = .phone(reason: access) }
    let book = try CustomerBook(CustomerSource(file: url, columns: columns), segments: segments)
    var customers: [Customer] = []
    var reader = book.customers()
    while let customer = try reader.next() { customers.append(customer) }
    return customers
  }
}
