import Campaigns
import DeliverySupport
import Foundation
import Queue
import Receipts
import Reports
import Synchronization
import TestSupport
import Testing

@testable import Operations

/// The form for a call centre: out, filled in by whatever program, and back in.
@Suite struct CallImportTests {
  private static func scene() async throws -> Scene {
    let scene = try Scene(.accept, .refuse, .call, .refuse, more: "language: de\n")
    try await scene.launch()
    scene.time.advance(by: 4 * 3600)
    return scene
  }

  /// Times are after the launch, at 09:00 of the campaign's zone on 2026-11-23, and before four hours later.
  private static let morning = "23.11.2026 10:05"

  private static func form(_ scene: Scene, _ form: CallForm? = nil) async throws -> String {
    let text = Mutex("")
    _ = try await CallList.write(
      .open, as: .form(form, .semicolon), of: scene.location, scene.dependencies
    ) {
      { piece in
        text.withLock { text in
          for case .text(let words) in piece.pieces { text += words }
        }
      }
    }
    return text.withLock { $0 }
  }

  private static func run(
    _ bytes: Data, name: String = "form.csv", day: String? = nil, withoutRejected: Bool = false, again: Bool = false,
    anyway: Bool = false, _ scene: Scene
  ) async throws -> CallImport.Result {
    let file = scene.folder.url.appendingPathComponent(name)
    try bytes.write(to: file)
    return try await CallImport(
      scene.location, .init(again: again, anyway: anyway), day: day, scene.dependencies
    ).run(file, withoutRejected: withoutRejected)
  }

  private static func csv(_ rows: String...) -> Data {
    Data((["Kundennummer;Angerufen von;Ergebnis;Notiz;Zeit"] + rows).joined(separator: "\r\n").utf8)
  }

  private static func text(_ message: OperatorMessage) -> String {
    message.pieces.map { if case .text(let text) = $0 { text } else { "" } }.joined()
  }

  private static func made(_ scene: Scene) async throws -> Int {
    try await StatusQuery.run(scene.location, scene.dependencies, isStopped: { _ in false }).status.calls?.made ?? -1
  }

  @Test(arguments: CallForm.allCases)
  func theFormComesBack(language: CallForm) async throws {
    let scene = try await Self.scene()
    let form = try await Self.form(scene, language)
    #expect(form.hasPrefix("\u{FEFF}" + SafeCSV(delimiter: .semicolon).header(language.header).dropFirst()))
    // Nobody has filled anything in.
    let empty = try await Self.run(Data(form.utf8), scene)
    #expect(empty.recorded.added.isEmpty && empty.empty == 3)
    let words = language == .de ? ["erreicht", "Nicht Erreicht"] : ["Reached", "no answer"]
    var filled = form
    for (customer, outcome) in zip(["K2", "K3"], words) {
      let row = try #require(filled.split(separator: "\r\n").first { $0.hasPrefix("\(customer);") })
      let entries = ";;Telefondienst;\(outcome);„ruft zurück“;\(Self.morning);"
      filled.replace(row, with: row.replacing(";;;;;;", with: entries))
    }
    let result = try await Self.run(Data(filled.utf8), scene)
    #expect(result.recorded.added.map(\.outcome) == [.reached, .noAnswer] && result.empty == 1)
    #expect(result.recorded.added.allSatisfy { $0.caller == "Telefondienst" && $0.note == "„ruft zurück“" })
    let receipts = try scene.soundReceipts().count
    let again = try await Self.run(Data(filled.utf8), scene)
    #expect(again.recorded.added.isEmpty && again.recorded.known == 2)
    #expect(try scene.soundReceipts().count == receipts)
    #expect(try await Self.made(scene) == 2)
  }

  /// As spreadsheet programs save it.
  @Test(arguments: [
    ("Windows-1252", ";"), ("UTF-8", ","), ("UTF-8", "\t"), ("UTF-16", ";"),
  ])
  func inAnyDialect(encoding: String, delimiter: String) async throws {
    let scene = try await Self.scene()
    let rows = [
      ["Kundennummer", "Name", "Angerufen von", "Ergebnis", "Notiz", "Zeit (TT.MM.JJJJ hh:mm)"],
      ["K2", "Müller", "Büro Größe", "Brief gewünscht", "Rückruf früher möglich", Self.morning],
    ].map { $0.joined(separator: delimiter) }.joined(separator: "\r\n")
    let encodings: [String: String.Encoding] = [
      "Windows-1252": .windowsCP1252, "UTF-8": .utf8, "UTF-16": .utf16,
    ]
    let used = try #require(encodings[encoding])
    let bytes = try #require(rows.data(using: used))
    let call = try #require(try await Self.run(bytes, scene).recorded.added.first)
    #expect(call.caller == "Büro Größe" && call.outcome == .letterWanted && call.note == "Rückruf früher möglich")
  }

  /// No column that was filled in is passed over, whichever of its titles it has.
  @Test(arguments: [
    "Kundennummer;Called by;Ergebnis;Note;Time", "Customer;Angerufen von;Outcome;Notiz;Zeit (TT.MM.JJJJ hh:mm)",
  ])
  func titlesOfSeveralForms(header: String) async throws {
    let scene = try await Self.scene()
    let rows = "\(header)\r\nK2;Telefondienst;erreicht;ruft zurück;\(Self.morning)\r\n"
    let call = try #require(try await Self.run(Data(rows.utf8), scene).recorded.added.first)
    #expect(call.caller == "Telefondienst" && call.note == "ruft zurück")
  }

  @Test func fromAWorkbook() async throws {
    let scene = try await Self.scene()
    var bytes = Data()
    try Workbook { add in
      try add(["Customer", "Called by", "Outcome", "Note", "Time"])
      try add(["K2", "Telefondienst", "reached", "", "2026-11-23 10:05"])
      try add(["K3", "", "", "", ""])
    }.write { bytes += $0 }
    let result = try await Self.run(bytes, name: "form.xlsx", scene)
    #expect(result.recorded.added.map(\.customer) == ["K2"] && result.empty == 1)
  }

  private static let faults: [(row: String, words: String)] = [
    ("K9;Anna;erreicht;;\(morning)", "form.csv:2: customer K9: no such customer in sommer: K9"),
    (";Anna;erreicht;;\(morning)", "form.csv:2: column “Kundennummer”: it is not said whom"),
    ("K2;Anna;vielleicht;;\(morning)", "form.csv:2: customer K2, column “Ergebnis”: “vielleicht” is no outcome"),
    (
      "K2;Anna;erreicht?;;\(morning)",
      "“erreicht?” is no outcome: write one of “erreicht”, “nicht erreicht”, “falsche Nummer”"
    ),
    ("K2;Anna;;ruft an;\(morning)", "customer K2, column “Ergebnis”: the outcome is missing"),
    ("K2;;erreicht;;\(morning)", "customer K2, column “Angerufen von”: it is not said who called"),
    ("K2;a@b.example;erreicht;;\(morning)", "column “Angerufen von”: this is no name"),
    ("K2;Anna;erreicht;;", "customer K2, column “Zeit”: the time is missing"),
    ("K2;Anna;erreicht;;11/23/2026 10:05", "customer K2, column “Zeit”: “11/23/2026 10:05” is no time"),
    ("K2;Anna;erreicht;;31.11.2026 10:05", "“31.11.2026 10:05” is no time"),
    ("K2;Anna;erreicht;;10:05", "column “Zeit”: “10:05” is no time"),
    ("K2;Anna;erreicht;;24.11.2027 10:05", "customer K2: the call is said to have been at"),
    ("K1;Anna;erreicht;;\(morning)", "customer K1: K1 is not on the call list"),
  ]

  @Test(arguments: faults.indices)
  func aRowThatCannotBeRecordedSaysWhy(index: Int) async throws {
    let (row, words) = Self.faults[index]
    let scene = try await Self.scene()
    let good = "K3;Anna;erreicht;;\(Self.morning)"
    let before = try scene.soundReceipts().count
    let error = try await failure { _ = try await Self.run(Self.csv(row, good), scene) }
    #expect(error.kind == .data && Self.text(error.message).contains(words), "\(Self.text(error.message))")
    #expect(Self.text(error.message).contains("1 row cannot be recorded, so nothing was"))
    #expect(try scene.soundReceipts().count == before)
    let result = try await Self.run(Self.csv(row, good), withoutRejected: true, scene)
    #expect(result.recorded.added.map(\.customer) == ["K3"] && result.rejected.count == 1)
  }

  @Test func allFaultsAreToldInTheOrderOfTheFile() async throws {
    let scene = try await Self.scene()
    let error = try await failure {
      _ = try await Self.run(
        Self.csv(
          "K2;Anna;erreicht;;23.11.2026 11:00", "K2;Bernd;nicht erreicht;;23.11.2026 11:30", "K8;Anna;erreicht;;x",
          "K2;Anna;nicht erreicht;;23.11.2026 10:30"), scene)
    }
    let text = Self.text(error.message)
    // The one of the morning is earlier than the one that reached the customer, wherever it stands.
    #expect(
      text.contains("form.csv:3: customer K2: K2 was reached already") && text.contains("form.csv:4: customer K8"))
    #expect(text.contains("2 rows cannot be recorded") && !text.contains("form.csv:2") && !text.contains("form.csv:5"))
  }

  @Test func whatIsNotTheForm() async throws {
    let scene = try await Self.scene()
    for bytes in [Data(), Data("Name;Telefon\r\nMüller;1\r\n".utf8), Data("%PDF-1.7\n".utf8), Data([0, 1, 2, 255])] {
      let error = try await failure { _ = try await Self.run(bytes, scene) }
      #expect(error.kind == .data && Self.text(error.message).contains("Nothing was recorded"))
    }
    let missing = try await failure {
      _ = try await CallImport(scene.location, .init(), day: nil, scene.dependencies)
        .run(URL(fileURLWithPath: "/nowhere/form.csv"), withoutRejected: false)
    }
    #expect(missing.kind == .data && Self.text(missing.message).contains("no such file"))
    let day = try await failure { _ = try await Self.run(Data(), day: "gestern", scene) }
    #expect(day.kind == .usage)
  }

  @Test func timesOfOneDay() async throws {
    let scene = try await Self.scene()
    let result = try await Self.run(Self.csv("K2;Anna;erreicht;;10:05 Uhr"), day: "2026-11-23", scene)
    let exact = try await Self.run(Self.csv("K2;Anna;erreicht;;\(Self.morning)"), scene)
    #expect(result.recorded.added.count == 1 && exact.recorded.known == 1)
  }

  /// As callers and spreadsheet programs write the same moment and the same outcome.
  @Test(arguments: [
    "23.11.2026 10:05", "Mo, 23.11.2026 um 10.05 Uhr", "Mo. 23.11.26 10:05", "2026/11/23 10:05", "46349,420138888889",
  ])
  func timesAsPeopleWriteThem(time: String) async throws {
    let scene = try await Self.scene()
    let call = try #require(try await Self.run(Self.csv("K2;Anna;AB;;\(time)"), scene).recorded.added.first)
    let exact = try await Self.run(Self.csv("K2;Anna;no-answer;;\(Self.morning)"), scene)
    #expect(exact.recorded.known == 1, "\(call.at)")
  }

  @Test func outcomesAsPeopleWriteThem() {
    let understood: [(CallOutcome, [String])] = [
      (.reached, ["Erreicht", "ERREICHT!", " wurde erreicht", "reached"]),
      (
        .noAnswer,
        ["nicht  erreicht", "Nicht-erreicht", "niemand erreicht", "besetzt", "AB", "not reached", "No Answer"]
      ),
      (.wrongNumber, ["falsche Nr.", "Nummer falsch", "Kein Anschluß unter dieser Nummer", "wrong_number"]),
      (.letterWanted, ["Brief gewuenscht", "Brief gewünscht", "BRIEF GEWÜNSCHT", "letter wanted"]),
    ]
    for (outcome, texts) in understood {
      for text in texts { #expect(CallOutcomeWords.outcome(text) == outcome, "\(text)") }
    }
    // Whoever reads them has to ask.
    for text in [
      "erreicht?", "erreicht (Sekretariat)", "erreicht / nicht erreicht", "2x erreicht", "ja", "nein", "x", "✓", "1",
      "",
      "Rückruf", "Brief", "Mailbox",
    ] {
      #expect(CallOutcomeWords.outcome(text) == nil, "\(text)")
    }
  }

  /// Which one was filled in nobody knows.
  @Test func twoColumnsOfOneTitle() async throws {
    let scene = try await Self.scene()
    let rows =
      "Kundennummer;Ergebnis;Angerufen von;Zeit;ergebnis \r\nK2;erreicht;Anna;\(Self.morning);nicht erreicht\r\n"
    let error = try await failure { _ = try await Self.run(Data(rows.utf8), scene) }
    let text = Self.text(error.message)
    #expect(
      text.contains("columns 2 and 5 are both called \"Ergebnis\"") && text.contains("Nothing was recorded"), "\(text)")
  }

  @Test func aColumnThatIsNotThereIsNamed() async throws {
    let scene = try await Self.scene()
    let rows = "Kundennummer;Ergebnis;Angerufen von;Datum;Uhrzeit\r\nK2;erreicht;Anna;23.11.2026;10:05\r\n"
    let error = try await failure { _ = try await Self.run(Data(rows.utf8), scene) }
    #expect(Self.text(error.message).contains("The file has no column “Zeit”."), "\(Self.text(error.message))")
  }

  /// Words of customers and of callers are never a formula to whoever opens the form, and come back as they were.
  @Test func noCellOfTheFormIsAFormula() async throws {
    let scene = try Scene(.refuse, .call, more: "language: de\n")
    let rows = try String(contentsOf: scene.files.customerFile, encoding: .utf8)
    try Data(
      rows.replacing("Kanzlei Müller", with: "@Kanzlei GmbH").replacing("09999 555-102", with: "+49 9999 555102").utf8
    ).write(to: scene.files.customerFile)
    try await scene.launch()
    scene.time.advance(by: 4 * 3600)
    let formulas = ["=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1)"]
    for (minute, note) in formulas.enumerated() {
      let row = "K2;Anna;nicht erreicht;\(note);23.11.2026 10:0\(minute)"
      let call = try #require(try await Self.run(Self.csv(row), scene).recorded.added.first)
      #expect(call.note == note)
    }
    let form = try await Self.form(scene)
    #expect(form.contains("'@Kanzlei GmbH") && form.contains("'+49 9999 555102"), "\(form)")
    #expect(formulas.allSatisfy(form.contains), "\(form)")
    for sign in ["=", "+", "-", "@"] {
      for edge in [";", ";\"", "\r\n"] { #expect(!form.contains(edge + sign), "\(edge)\(sign)") }
    }
    let filled = form.replacing(";;;;;;", with: ";;Anna;erreicht;=2+2;23.11.2026 10:30;")
    let result = try await Self.run(Data(filled.utf8), scene)
    #expect(result.recorded.added.map(\.note) == ["=2+2"])
  }

  /// What a spreadsheet program makes of an id, and what keeps a formula from being one.
  @Test func idsAsSpreadsheetsHaveThem() async throws {
    let scene = try await Self.scene()
    let error = try await failure { _ = try await Self.run(Self.csv("'-K2;Anna;erreicht;;\(Self.morning)"), scene) }
    #expect(Self.text(error.message).contains("no such customer in sommer: -K2"))
  }
}
