import Foundation
import Testing

@testable import Campaigns

/// Texts that stand for no value, by their kinds; whole files of them are in Tests/Corpus/customers/values.
@Suite struct NoValueTests {
  static let errors = [
    "#NV", "#BEZUG!", "#N/A", "#REF!", "#WERT!", "#VALUE!", "#DIV/0!", "#NAME?", "#ZAHL!", "#NULL!", "#ÜBERLAUF!",
    "####",
    "#VALEUR!", "#¡VALOR!", "#ИМЯ?", "#Fehler", "Err:502", "Fehler:522", "=A2", "=SVERWEIS(A2;B:C;2)",
  ]
  static let nulls = [
    "NULL", "null", "(null)", "<null>", "[null]", "nil", "None", "nan", "NaN", "N/A", "n/a", "n. a.", "NA", "<NA>",
    "NaT",
    "undefined", "\\N", "\"null\"", "null null", "DBNull",
  ]
  static let placeholders = [
    "0", "-", "--", "–", ".", "…", "?", "/", "\"", "x", "XX", "xxx", "aaaa", "k.A.", "k. A.", "k.\u{A0}A.",
    "keine Angabe",
    "nicht vorhanden", "keine E-Mail", "no name", "entfällt", "ENTFÄLLT", "unbekannt", "Unknown!", "n.n.", "tbd",
    "leer",
    "(leer)", "test", "Test Test", "asdf", "qwertz", "dummy", "siehe oben", "dito", "0,00",
  ]
  static let fields = [
    "{{last_name}}", "{last_name}", "{{ customer.name }}", "[Nachname]", "<Nachname>", "<<Nachname>>", "«Nachname»",
    "%NAME%", "${name}", "#{name}", "<%= name %>", "@@NAME@@", "*|LNAME|*", "__NAME__", "$name", "last_name",
  ]

  @Test(arguments: errors) func errorsOfSpreadsheetsAreKnown(_ text: String) {
    #expect(NoValue.kind(of: text) == .spreadsheetError)
    #expect(NoValue.isNoID(text) && NoValue.isNoOrder(text))
  }

  @Test(arguments: nulls) func nullsAreKnown(_ text: String) {
    #expect(NoValue.kind(of: text) != nil && NoValue.isPlaceholder(text) && NoValue.isNoID(text))
  }

  @Test(arguments: placeholders) func placeholdersAreKnown(_ text: String) {
    #expect(NoValue.kind(of: text) == .placeholder)
  }

  @Test(arguments: fields) func unfilledFieldsAreKnown(_ text: String) {
    #expect(NoValue.kind(of: text) == .unfilledField && NoValue.isNoID(text))
  }

  @Test(arguments: [
    "", "Müller", "O", "K.", "Nullmeier", "Testa", "Null & Söhne", "#1 Reisen", "0001", "1001", "A-0", "C&A", "1&1",
    "Ng",
    "No Limits GmbH", "Ohne Gleichen UG", "a@b.example", "k.a@b.example", "Lee Lee", "24/7", "@home GmbH", "+49 1",
    "Dr.",
    "«Ромашка»", "#A12", "$hop Design", "🌸", "E", "Kein Problem GmbH", String(repeating: "-", count: 70),
  ])
  func valuesStay(_ text: String) { #expect(NoValue.kind(of: text) == nil) }

  @Test(arguments: ["0001", "0000", "00", "X", "test", "NO", "A/0"]) func idsStay(_ text: String) {
    #expect(!NoValue.isNoID(text))
  }

  /// The fast way says of no text that it is plain when the slow way finds a fault.
  @Test func theFastWayAgrees() {
    var words = Self.errors + Self.nulls + Self.placeholders + Self.fields
    for set in [NameWords.notes, NameWords.salutations, NameWords.departments, NameWords.companyNotes] { words += set }
    words += NoValueWords.certain.keys
    words += NoValueWords.inTexts.keys
    let columns: [NameCell.Column] = [.title, .first, .last, .company]
    for word in words {
      for text in [word, word.capitalized, word.uppercased()] {
        for column in columns where NoValue.kind(of: text) != nil {
          #expect(!NameCell.isPlain(text, in: column), "\(text)")
        }
        if NameWords.companyNotes.contains(word) { #expect(!NameCell.isPlain("Büro \(text)", in: .company), "\(text)") }
        guard NameWords.notes.contains(word) || NameWords.salutations.contains(word) else { continue }
        #expect(
          !NameCell.isPlain("Müller \(text)", in: .last) && !NameCell.isPlain("\(text) Müller", in: .last), "\(text)")
      }
    }
    // A word beside a name, and signs at its ends.
    let others = [
      "Müller NULL", "NULL Müller", "Müller None", "Müller NaN", "Müller e.K.", "Praxis Müller", "Müller RIP", "Gast",
      "m",
      "- Müller", "-Müller", "Müller-", "Müller.", "Müller--Weber", "Müller- Weber", "'Müller", "Müller'", "Miss Weber",
      "Dr. Weber MBA", "Stadt Köln", "Pan Weber",
    ]
    for text in others {
      #expect(!NameCell.isPlain(text, in: .last), "\(text)")
      #expect(NameCell.fault(of: text, in: .last, takesTitle: true) != nil, "\(text)")
    }
    for title in ["ja", "CFO", "Sir", "Dr. 1", "Dr.,"] {
      #expect(NameCell.fault(of: title, in: .title) != nil, "\(title)")
    }
    for name in ["Müller", "Groß", "Weber-Groß", "Nguyễn", "Şahin", "Hans Peter"] {
      #expect(NameCell.isPlain(name, in: .last), "\(name)")
    }
  }

  @Test func aSalutationIsReadInOnePlace() {
    for text in ["Herr", "Hr", "HERR:", "Herrn", "Sehr geehrter Herr", "Herr Prof. Dr.", "Mr."] {
      #expect(Salutation(text).address == .man, "\(text)")
    }
    for text in ["Frau", "Fr.", "Miss", "Madam", "Frau Dr. med."] {
      #expect(Salutation(text).address == .woman, "\(text)")
    }
    for text in ["", "divers", "Herr und Frau", "Herr Müller", "Dr.", "Sehr geehrte"] {
      #expect(Salutation(text).address == .open, "\(text)")
    }
    #expect(Salutation("Frau Prof. Dr.").title == "Prof. Dr." && Salutation("Frau Prof. Dr.").word == "Frau")
  }

  @Test func anOrderHasNoErrorsAmongItsTexts() throws {
    func customers(_ cells: [String]) throws -> [OrderCell] {
      let table = try CustomerTable(
        ("Nr;E-Mail;Postfach;Zugang;Rang\n"
          + cells.enumerated().map { "K\($0);a\($0)@b.example;p\($0)@b.example;imap;\($1)\n" }.joined()).utf8,
        columns: [.id: "Nr", .contact: "E-Mail", .mailbox: "Postfach", .access: "Zugang"])
      let book = try CustomerBook(table.source, segments: CustomerTable.segments, orderedBy: "Rang")
      return try book.all().map(\.need.cell)
    }
    let cells = try customers(["#NV", "NULL", "-", "k.A."])
    #expect(cells.allSatisfy { $0 == .empty })
    let others = try customers(["x", "offen", "test"]).filter { $0 == .empty }
    #expect(others.isEmpty)
  }
}
