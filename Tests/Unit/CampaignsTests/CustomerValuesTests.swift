import Foundation
import Mail
import Testing

@testable import Campaigns

/// The digest of what a customer file says: the same however it is saved.
@Suite struct CustomerValuesTests {
  static let rows = [
    [
      "1017", "Müller & Söhne; Notare", "Zoë", "Müller", "de", "post@mueller.example", "+49 9999 1",
      "a@mueller.example", "imap",
    ],
    ["0042", "Groß \"GbR\"", "", "Groß", "", "", "030 1", "b@gross.example", "central"],
    ["0043", "", "", "", "en", "c@c.example", "", "c@c.example", "pop3"],
  ]

  /// One way in which a spreadsheet program writes a table.
  struct Form: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: @Sendable ([[String]]) -> [UInt8]
    var testDescription: String { name }

    static func text(
      _ rows: [[String]], delimiter: String = ";", end: String = "\r\n", quotes: Bool = false
    ) -> String {
      rows.map { row in
        row.map { cell in
          quotes || cell.contains { "\";,\t".contains($0) } ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
        }.joined(separator: delimiter) + end
      }.joined()
    }

    static let all: [Form] = [
      Form(name: "LF") { Array(text($0, end: "\n").utf8) },
      Form(name: "no line end at the end") { Array(text($0).utf8.dropLast(2)) },
      Form(name: "byte order mark") { [0xEF, 0xBB, 0xBF] + Array(text($0).utf8) },
      Form(name: "Windows-1252") { Array(text($0).data(using: .windowsCP1252) ?? Data()) },
      Form(name: "UTF-16") { [0xFF, 0xFE] + Array(text($0).data(using: .utf16LittleEndian) ?? Data()) },
      Form(name: "decomposed") { Array(text($0).decomposedStringWithCanonicalMapping.utf8) },
      Form(name: "commas") { Array(text($0, delimiter: ",").utf8) },
      Form(name: "tabs") { Array(text($0, delimiter: "\t").utf8) },
      Form(name: "sep=") { Array(("sep=;\r\n" + text($0)).utf8) },
      Form(name: "all in quotes") { Array(text($0, quotes: true).utf8) },
      Form(name: "blanks around") { Array(text($0.map { $0.map { " \($0)\u{A0}" } }).utf8) },
      Form(name: "empty rows") {
        Array((text([$0[0]]) + "\r\n;;;;;;;;\r\n" + text(Array($0[1...])) + ";;;;;;;;\r\n").utf8)
      },
      Form(name: "an empty row in quotes") {
        Array((text($0) + "\"\";\"\";\"\";\"\";\"\";\"\";\"\";\"\";\"\"\r\n").utf8)
      },
      Form(name: "surplus empty cells") { Array(text([$0[0]] + $0.dropFirst().map { $0 + ["", " "] }).utf8) },
      Form(name: "columns turned round") { Array(text($0.map { Array($0.reversed()) }).utf8) },
      Form(name: "a column more") { Array(text($0.enumerated().map { ["x\($0.offset)"] + $0.element }).utf8) },
    ]
  }

  static func digest(_ bytes: [UInt8]) throws -> String {
    let table = try CustomerTable(bytes)
    return try CustomerFile(table.source).valuesDigest(segments: CustomerTable.segments).hex
  }

  static var table: [[String]] { [CustomerTable.header.split(separator: ";").map(String.init)] + rows }

  @Test(arguments: Form.all) func savedAnewItIsTheSame(_ form: Form) throws {
    let plain = Array(Form.text(Self.table).utf8)
    #expect(form.bytes(Self.table) != plain)
    #expect(try Self.digest(form.bytes(Self.table)) == Self.digest(plain))
  }

  /// The cell is the same; that the row is not rejected any more is not.
  @Test func aRowThatWasPutRightIsAnotherRow() throws {
    let good = Form.text(Self.table)
    let stray = good.replacing("\"Groß \"\"GbR\"\"\"", with: "Groß \"GbR\"")
    #expect(stray != good)
    #expect(try Self.digest(Array(stray.utf8)) != Self.digest(Array(good.utf8)))
  }

  @Test func cellsThatAreMissingAtTheEndAreEmpty() throws {
    // The columns turned round, of which the last of the second row is empty then.
    let turned = Self.table.map { Array(($0[0..<2] + $0[3...] + $0[2...2])) }
    let cut = turned.map { $0.last == "" ? Array($0.dropLast()) : $0 }
    #expect(cut != turned)
    #expect(try Self.digest(Array(Form.text(cut).utf8)) == Self.digest(Array(Form.text(turned).utf8)))
  }

  @Test func whateverElseChangesIsSeen() throws {
    var tables = [Self.table, Self.table + [Self.rows[0]], Self.table.dropLast(), Array(Self.table.prefix(2))]
    tables.append([Self.table[0]] + Self.rows.reversed())
    for row in 1...3 {
      for column in 0..<9 {
        var table = Self.table
        table[row][column] += "x"
        tables.append(table)
      }
    }
    // A cell that moves to the next one, and a surplus one.
    var moved = Self.table
    moved[3].swapAt(3, 4)
    tables.append(moved)
    tables.append(Self.table.dropLast() + [Self.rows[2] + ["more"]])
    let digests = try tables.map { try Self.digest(Array(Form.text($0).utf8)) }
    #expect(Set(digests).count == digests.count)
  }
}

/// What a customer file says otherwise than a frozen plan, in words.
@Suite struct CustomerComparisonTests {
  private static let rows = [
    "K1;Eins;Zoë;Müller;de;k1@example.org;030 1;a@example.org;imap", "K2;Zwei;;Weber;;;030 2;b@example.org;imap",
    "K1;;;;;;;d@example.org;central", "K3;Drei;;;en;k3@example.org;;c@example.org;e2e",
    "K4;Vier;;Fay;;kaputt;030 4;e@example.org;imap",
    ";;;Ohne;;;030 5;f@example.org;imap", ";;;;;;;g@example.org;imap",
  ]

  /// What the plan of `frozen` is compared with `now`.
  private func differences(_ now: [String], from frozen: [String] = rows, isEarlier: Bool = false) throws -> [String] {
    let earlier = try CustomerTable(rows: frozen).book()
    var comparison = try CustomerComparison(with: CustomerTable(rows: now).book(), knowsRejected: !isEarlier)
    for customer in try earlier.all() { try comparison.add(Self.kept(customer)) }
    var called = earlier.rejectedCustomers()
    while let customer = try called.next() { if !isEarlier { try comparison.add(Self.kept(customer)) } }
    return try comparison.finish(unnamed: isEarlier ? earlier.rejected.count : called.unnamed.count).map(\.text)
  }

  /// As the queue gives it back.
  private static func kept(_ customer: Customer) throws -> Customer {
    try JSONDecoder().decode(Customer.self, from: JSONEncoder().encode(customer))
  }

  private func change(_ row: Int, _ old: String, _ new: String) throws -> [String] {
    var rows = Self.rows
    try #require(rows[row].contains(old))
    rows[row] = rows[row].replacing(old, with: new)
    return rows
  }

  @Test func theSameCustomersInAnotherOrderAreTheSame() throws {
    #expect(try differences(Self.rows) == [])
    #expect(try differences(Self.rows.reversed()) == [])
    #expect(try differences(["", ";;;;;;;;"] + Self.rows) == [])
    #expect(try differences(Self.rows, isEarlier: true) == [])
  }

  @Test(arguments: [
    (0, "Eins", "Eins GmbH", "1 company changed: K1"), (0, "Zoë", "Zoe", "1 first name changed: K1"),
    (1, "Weber", "Huber", "1 last name changed: K2"), (3, ";en;", ";de;", "1 language changed: K3"),
    (0, "k1@example.org", "k9@example.org", "1 contact changed: K1"),
    (1, ";;030 2", ";k2@example.org;030 2", "1 contact changed: K2"),
    (0, "030 1", "030 17", "1 telephone number changed: K1"), (1, "030 2", "", "1 telephone number changed: K2"),
    (1, "imap", "pop3", "1 mailbox with another access: K2"),
    (4, "030 4", "030 44", "1 customer whose rejected rows have changed: K4"),
  ])
  func aChangedValueIsNamed(_ row: Int, _ old: String, _ new: String, _ words: String) throws {
    #expect(try differences(change(row, old, new)) == [words])
  }

  @Test func customersAndMailboxesThatComeAndGoAreNamed() throws {
    let new = ["K7;;;;;k7@example.org;;h@example.org;imap", "K8;;;;;k8@example.org;;i@example.org;imap"]
    #expect(try differences(new + Self.rows) == ["2 customers are new: K7, K8"])
    #expect(try differences(Self.rows, from: new + Self.rows) == ["2 customers are gone: K7, K8"])
    #expect(try differences(change(0, "K1;", "K5;") + []).first == "1 customer is new: K5")
    #expect(try differences(Self.rows + ["K2;;;;;;;z@example.org;e2e"]) == ["1 mailbox added: K2"])
    #expect(try differences(Self.rows.filter { !$0.contains("d@example.org") }) == ["1 mailbox removed: K1"])
    #expect(
      try differences(change(1, "b@example.org", "y@example.org")) == ["1 mailbox added: K2", "1 mailbox removed: K2"])
  }

  @Test func rowsThatAreRejectedNowOrNoLongerAreNamed() throws {
    #expect(try differences(change(3, "k3@example.org", "k3")) == ["1 customer with a row that is now rejected: K3"])
    #expect(
      try differences(change(4, "kaputt", "k4@example.org")) == [
        "1 customer with a row that was rejected and is not any more: K4"
      ])
    #expect(try differences(change(5, "Ohne", "Mit")) == ["2 rejected rows without an id have changed, come or gone"])
    #expect(try differences(Self.rows.dropLast()) == ["1 rejected row without an id has changed, come or gone"])
    #expect(try differences(Self.rows + ["K9;;;;;kaputt;;j@example.org;imap"]) == ["1 customer is new: K9"])
  }

  /// Of a plan in which nobody stands for the rejected rows, only their number is known.
  @Test func aPlanOfAnEarlierVersionIsComparedByItsNumberOfRejectedRows() throws {
    #expect(
      try differences(Self.rows.dropLast(), isEarlier: true) == [
        "1 rejected row without an id has changed, come or gone"
      ])
    #expect(try differences(change(0, "030 1", "030 17"), isEarlier: true) == ["1 telephone number changed: K1"])
  }

  @Test func onlyTheFirstAreNamedAndNoValueIs() throws {
    let rows = (1...25).map { "C\($0);;;;;c\($0)@example.org;0301\($0);c\($0)@example.org;imap" }
    let found = try differences(rows.map { $0.replacing(";0301", with: ";0302") }, from: rows)
    #expect(
      found == ["25 telephone numbers changed: C1, C2, C3, C4, C5, C6, C7, C8, C9, C10 and 15 more"])
    #expect(try differences(Array(rows.prefix(3)), from: rows).first?.hasSuffix("and 12 more") == true)
    #expect(try differences(rows, from: Array(rows.prefix(3))).first?.hasPrefix("22 customers are new: C4, C5") == true)
  }
}
