import Testing

@testable import Campaigns

/// What `check --rejected` writes of every file of the corpus: each row that a warning is about, with its reason.
@Suite struct NotedCorpusTests {
  /// The kinds of warnings that are about rows.
  private static let aboutRows: [CustomerWarning.Kind] = [
    .values, .repeatedMailbox, .sharedMailbox, .sharedContact, .contactAffected, .noContact, .noTelephone,
    .unknownProgram,
  ]

  @Test(arguments: CustomerCorpusTests.files) func everyWarnedRowIsThere(_ file: String) throws {
    // What is no table has no rows.
    guard let book = try? CustomerCorpusTests.book(file) else { return }
    var noted: [Int: NotedRow] = [:]
    try book.visitNotedRows {
      #expect(noted[$0.line] == nil, "line \($0.line) is there twice")
      noted[$0.line] = $0
    }
    #expect(noted.values.allSatisfy { !$0.reasons.isEmpty && !$0.reasons.contains("") })
    let rejected = Set(try book.rejected.all.map(\.line))
    #expect(Set(noted.values.filter { $0.kind == .rejected }.map(\.line)) == rejected)
    for warning in book.warnings where Self.aboutRows.contains(warning.kind) {
      #expect(!warning.lines.isEmpty)
      for line in warning.lines { #expect(noted[line] != nil, "line \(line): \(warning.message)") }
    }
    // Rows that are no customers are nobody's to be corrected.
    let used = Set(try book.all().flatMap(\.lines))
    for line in noted.keys { #expect(used.contains(line) || rejected.contains(line), "line \(line)") }
  }

  /// Every kind of remark is the reason of its row.
  @Test func everyRemarkIsTheReasonOfItsRow() throws {
    let rows = [
      "1;#NV;Eva;Lang;de;k1@b.example;09999 1;p1@b.example;imap",
      "2;Büro;Eva;{{last_name}};de;k2@b.example;;p2@b.example;imap",
      "3;Büro;Eva;Frau Lang;de;Eva <k3@b.example>;;p3@b.example;imap",
      "4;Büro;Eva;M?ller;de;k4@gmial.com;;p4@b.example;imap",
      "5.0;Büro;Eva;Lang;de;k5@b.example;999955512.0;p5@b.example;imap",
      "6;B\\nO;Eva;Lang;de;k6@b.example;keins;p6@b.example;imap",
    ]
    var noted: [Int: [String]] = [:]
    try CustomerTable(rows: rows).book().visitNotedRows { noted[$0.line] = $0.reasons }
    func has(_ line: Int, _ words: String...) -> Bool {
      words.allSatisfy { word in noted[line]?.contains { $0.contains(word) } == true }
    }
    #expect(has(2, "\"company\" is read as empty: \"#NV\""), "\(noted)")
    #expect(has(3, "\"last_name\" is read as empty: \"{{last_name}}\" is the name of a field"), "\(noted)")
    #expect(has(4, "\"last_name\" is read as empty", "\"contact\" is read as \"k3@b.example\""), "\(noted)")
    #expect(has(5, "has lost a character", "is probably mistyped"), "\(noted)")
    #expect(has(6, "\"id\" is read as \"5\"", "\"phone\" was made a number"), "\(noted)")
    #expect(has(7, "\"company\" is left out of letters", "\"phone\" is read as empty"), "\(noted)")
  }
}
