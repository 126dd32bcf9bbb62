import DeliverySupport
import Foundation
import Mail
import Queue
import Receipts
import Reports
import TestSupport
import Testing

@testable import Campaigns
@testable import Operations

/// A customer file that is saved again between launch and resume: the same customers are the same file, and anything else
/// is told by what changed.
@Suite(.timeLimit(.minutes(10))) struct SavedAgainTests {
  private func launched(_ answers: Scene.Answer...) async throws -> Scene {
    let scene = try Scene(.accept, .call, .accept)
    try await scene.launchAndStop()
    return scene
  }

  private func table(_ scene: Scene) throws -> [[String]] {
    try String(contentsOf: scene.files.customerFile, encoding: .utf8).split(separator: "\r\n")
      .map { $0.split(separator: ";", omittingEmptySubsequences: false).map(String.init) }
  }

  private func save(_ table: [[String]], _ scene: Scene) throws {
    let text = table.map { $0.joined(separator: ";") + "\r\n" }.joined()
    try Data(text.utf8).write(to: scene.files.customerFile)
  }

  private static let ways: [@Sendable (String) -> Data] = [
    { Data($0.replacing("\r\n", with: "\n").utf8) }, { Data([0xEF, 0xBB, 0xBF]) + Data($0.utf8) },
    { $0.data(using: .windowsCP1252) ?? Data() },
    { Data([0xFF, 0xFE]) + ($0.data(using: .utf16LittleEndian) ?? Data()) },
    { Data($0.replacing(";", with: "\t").utf8) }, { Data($0.replacing(";", with: ",").utf8) },
    { Data(("sep=;\r\n" + $0 + ";;;;;;;;;;\r\n").utf8) },
    { text in
      Data(
        text.split(separator: "\r\n").map { row in
          row.split(separator: ";", omittingEmptySubsequences: false).reversed().map { "\"\($0)\"" }.joined(
            separator: ";")
        }.joined(separator: "\n").utf8)
    },
  ]

  @Test(arguments: ways.indices) func savedAnewItIsResumedWithoutAWord(_ way: Int) async throws {
    let scene = try await launched()
    let text = try String(contentsOf: scene.files.customerFile, encoding: .utf8)
    let bytes = Self.ways[way](text)
    #expect(bytes != Data(text.utf8))
    try bytes.write(to: scene.files.customerFile)
    let report = try await CheckReport.make(scene.location, online: nil, scene.dependencies)
    #expect(report.launched?.changes == [] && report.isFit)
    #expect(try await scene.resume().status.count(.accepted) == 2)
    #expect(!scene.observer.notes.contains { if case .remark = $0 { true } else { false } })
  }

  @Test func sortedAnewItIsResumedAndSaid() async throws {
    let scene = try await launched()
    let table = try table(scene)
    try save([table[0]] + table.dropFirst().reversed(), scene)
    #expect(try await scene.resume().status.count(.accepted) == 2)
    #expect(
      scene.observer.notes.contains(
        .remark("kunden.csv was saved anew with the same customers in it; the frozen plan goes on.")))
  }

  @Test func whatChangedIsToldByResumeAndCheck() async throws {
    let scene = try await launched()
    var table = try table(scene)
    table[1][7] = "neu@kanzlei-1.example"
    table[3][8] = "030 999"
    for number in 7...9 {
      table.append(["K\(number)", "", "", "", "", "", "de", "k@k\(number).example", "", "p@k\(number).example", "imap"])
    }
    try save(table, scene)
    let words = [
      "kunden.csv: 3 customers are new: K7, K8, K9", "kunden.csv: 1 contact changed: K1",
      "kunden.csv: 1 telephone number changed: K3",
    ]
    let report = try await CheckReport.make(scene.location, online: nil, scene.dependencies)
    #expect(report.launched?.changes.map(\.text) == words && report.launched?.isOnlyCustomerFileChanged == true)
    let error = try await failure { try await scene.resume() }
    #expect(error.kind == .data && error.message.steps == [.resumeFrozen])
    let text = error.message.pieces.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined()
    #expect(words.allSatisfy(text.contains) && !text.contains("030 999"), "\(text)")
    #expect(scene.transport.sent.isEmpty)
  }

  private static let losses: [@Sendable (Scene) throws -> Void] = [
    { try FileManager.default.removeItem(at: $0.files.customerFile) },
    { try Data().write(to: $0.files.customerFile) },
    { try Data("PK\u{3}\u{4}".utf8).write(to: $0.files.customerFile) },
    { try Data("Passwort;Zugang\r\n1;2\r\n".utf8).write(to: $0.files.customerFile) },
    { try $0.addRow("K7;;;;;;de;k@k7.example;;p@k7.example;imap") },
    { try $0.addRow("K7;;;;;;de;k@k7.example;;p@k7.example;nowhere") },
    { try $0.addBadRow() },
  ]

  @Test(arguments: losses.indices) func theFrozenPlanNeedsNoCustomerFile(_ loss: Int) async throws {
    let scene = try await launched()
    try Self.losses[loss](scene)
    let error = try await failure { try await scene.resume() }
    #expect(error.kind == .data && error.message.steps == [.resumeFrozen])
    #expect(scene.transport.sent.isEmpty)
    let outcome = try await Launch(
      scene.location, .resume, frozenIsEnough: true, scene.observer, scene.dependencies
    ).run()
    #expect(outcome.status.count(.accepted) == 2 && outcome.status.state == .completed)
    #expect(scene.transport.sent.map(\.recipient).sorted() == [Scene.contact(1, .accept), Scene.contact(3, .accept)])
  }

  /// Letters are made of templates and texts at delivery: these must still be what they were.
  @Test func frozenCustomersAreNoReasonForOtherTexts() async throws {
    let scene = try await launched()
    try scene.edit("Wer die Zugangsdaten hat", "Wer Zugangsdaten hat")
    try FileManager.default.removeItem(at: scene.files.customerFile)
    let error = try await failure {
      _ = try await Launch(scene.location, .resume, frozenIsEnough: true, scene.observer, scene.dependencies).run()
    }
    #expect(error.kind == .data && error.message.steps.isEmpty && scene.transport.sent.isEmpty)
  }

  /// Digests from before there was one over the values: bytes are compared, and where they differ the customers.
  @Test func aPlanOfAnEarlierVersionIsResumed() async throws {
    let scene = try await launched()
    let folder = scene.folder.url.appendingPathComponent("queue.sqlite").path
    let edited = try await ChildProcess.run(
      "python3",
      [
        "-c",
        """
        import json, sqlite3, sys
        base = sqlite3.connect(sys.argv[1])
        inputs = json.loads(base.execute("SELECT inputs FROM campaigns").fetchone()[0])
        assert len(inputs.pop("customerValues")) == 64
        base.execute("UPDATE campaigns SET inputs = ?", [json.dumps(inputs).encode()])
        base.commit()
        """, folder,
      ])
    try #require(edited.status == 0, "\(edited.errors)")
    #expect(try await scene.record().plan.digests().customerValues == nil)
    let text = try String(contentsOf: scene.files.customerFile, encoding: .utf8)
    try scene.addRow("K7;;;;;;de;k@k7.example;;p@k7.example;imap")
    #expect(try await failure { try await scene.resume() }.kind == .data)
    try Data(text.replacing("\r\n", with: "\n").utf8).write(to: scene.files.customerFile)
    #expect(try await scene.resume().status.count(.accepted) == 2)
  }
}

/// Customers of rejected rows: nobody is left out.
@Suite(.timeLimit(.minutes(10))) struct RejectedRowsTests {
  private struct Call: Decodable {
    var customer, company, name, phone, call: String
  }

  @Test func theyAreOnTheCallListAndInTheReceipts() async throws {
    let scene = try Scene(.accept, .call)
    try scene.addBadRow()
    try scene.addRow(";Kanzlei Ohne;;;;;de;o@o.example;;kaputt;imap")
    try scene.addRow(";;;;;;de;;;p@p.example;imap")
    let refused = try await failure { try await scene.launch() }
    #expect(refused.kind == .data && refused.message.steps == [.checkRejected] && !scene.hasStore)
    let text = refused.message.pieces.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined()
    #expect(
      text.contains(
        "these 2 customers on the call list; 1 row names nobody, who would not be told: line 6."), "\(text)")
    let outcome = try await scene.launch(withoutRejected: true)
    #expect(outcome.status.rows.total == 5 && outcome.status.rows.rejected == 1)
    #expect(outcome.status.customers.total == 4 && outcome.status.customers.phone == 3)
    #expect(
      scene.observer.notes.contains(
        .remark(
          "2 customers with rejected rows are on the call list and get no letter: . Not told: 1 rejected row of "
            + "kunden.csv that names nobody, line 6.")))
    _ = try scene.soundReceipts()
    let calls = try await Self.calls(scene)
    #expect(calls.map(\.customer) == ["K2", "K99", "line 5"])
    #expect(calls[1].phone == "09999 1" && calls[1].name == "Ute Weber")
    #expect(calls[1].call.hasPrefix("line 4 of the customer file was rejected: the contact address \"nobody\""))
    #expect(calls[2].company == "Kanzlei Ohne" && calls[2].call.hasSuffix("no telephone number in the file"))
    #expect(scene.transport.sent.count == 1)
    // The scripts for the callers, with all templates.
    for form in [CallScriptWriter.Form.text, .html] {
      let scripts = try await Self.report(.scripts(form), scene)
      #expect(scripts.contains("line 4 of the customer file was rejected") && scripts.contains("line 5"))
    }
    // The file is as it was launched, and says the same in other bytes.
    let bytes = try Data(contentsOf: scene.files.customerFile)
    try (Data([0xEF, 0xBB, 0xBF]) + bytes).write(to: scene.files.customerFile)
    #expect(try await CheckReport.make(scene.location, online: nil, scene.dependencies).launched?.changes == [])
  }

  private static func report(_ content: CustomerReports.Content, _ scene: Scene) async throws -> String {
    let folder = try TemporaryFolder()
    let path = folder.url.appendingPathComponent("report").path
    let file = try ReportFile(path, force: false, of: scene.location, scene.dependencies)
    _ = try await CustomerReports.write(content, of: scene.location, scene.dependencies) {
      { _ = try file.write(Array($0.utf8), structure: []) }
    }
    try file.finish()
    return try String(contentsOfFile: path, encoding: .utf8)
  }

  private static func calls(_ scene: Scene) async throws -> [Call] {
    try JSONDecoder().decode([Call].self, from: Data(try await report(.calls(.json), scene).utf8))
  }

  @Test(arguments: ["rows.csv", "rows.XLSX"])
  func theyAreWrittenToBeCorrected(_ name: String) async throws {
    let scene = try Scene(.accept)
    try scene.addBadRow()
    let folder = try TemporaryFolder()
    let path = folder.url.appendingPathComponent(name).path
    for force in [false, true] {
      let rows = try RejectedRowsFile(path, force: force, of: scene.location, scene.dependencies)
      let report = try await CheckReport.make(scene.location, online: nil, scene.dependencies)
      #expect("\(try rows.write(report))".contains("1 rejected row"))
    }
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    #expect(GeneratedFile.isReport(URL(fileURLWithPath: path)))
    #expect(GeneratedFile.kind(of: URL(fileURLWithPath: path)) == "rows of a customer file")
    // What may have been corrected is not replaced unasked, and what is not ours is not either.
    #expect(
      try await failure { _ = try RejectedRowsFile(path, force: false, of: scene.location, scene.dependencies) }.kind
        == .cannotWrite)
    try Data("mine".utf8).write(to: URL(fileURLWithPath: path))
    #expect(
      try await failure { _ = try RejectedRowsFile(path, force: false, of: scene.location, scene.dependencies) }.kind
        == .cannotWrite)
  }

  /// The corrected table is a customer file.
  @Test func aCorrectedTableIsReadAsACustomerFile() async throws {
    let scene = try Scene(.accept)
    try scene.addRow("K9;\"Müller; Söhne\";Frau;;Ute;Weber;de;nobody;+49 9999 1;post@kanzlei-9.example;imap")
    let rows = try RejectedRowsFile(
      scene.folder.url.appendingPathComponent("r.csv").path, force: false, of: scene.location, scene.dependencies)
    _ = try rows.write(try await CheckReport.make(scene.location, online: nil, scene.dependencies))
    let file = scene.folder.url.appendingPathComponent("r.csv")
    let text = try String(contentsOf: file, encoding: .utf8).replacing("nobody", with: "ute@kanzlei-9.example")
    try Data(text.replacing("\"\"ute@kanzlei-9.example\"\"", with: "that").utf8).write(to: scene.files.customerFile)
    let campaign = try scene.campaign()
    let book = try CustomerBook(campaign)
    let customer = try #require(try book.customer(id: "K9"))
    #expect(book.rejected.isEmpty && book.customerCount == 1)
    #expect(customer.company == "Müller; Söhne" && customer.phone == "+49 9999 1")
    #expect(customer.contact?.description == "ute@kanzlei-9.example")
  }
}
