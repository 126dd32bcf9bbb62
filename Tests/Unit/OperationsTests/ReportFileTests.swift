import Files
import Foundation
import Rehearsal
import Reports
import TestSupport
import Testing

@testable import Operations

/// A report takes the place of an earlier report, and of nothing that is somebody's.
@Suite(.timeLimit(.minutes(10))) struct ReportFileTests {
  private func write(_ text: String, to path: String, force: Bool = false, _ scene: Scene) throws {
    let file = try ReportFile(path, force: force, of: scene.location, scene.dependencies)
    #expect(try file.write(Array(text.utf8), structure: []))
    try file.finish()
  }

  private func expectRefusal(
    of path: String, force: Bool, _ scene: Scene, at location: SourceLocation = #_sourceLocation
  ) async throws {
    let before = FileIdentity(path)
    let error = try await failure { try write("report", to: path, force: force, scene) }
    #expect(error.kind == .cannotWrite, "\(path)", sourceLocation: location)
    #expect(FileIdentity(path) == before, "\(path)", sourceLocation: location)
  }

  private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  /// Every report that there is, of a launched campaign.
  private static func reports() async throws -> (Scene, [String]) {
    let scene = try Scene(.accept, .refuse, .call)
    try await scene.launch()
    let tables: [CustomerReports.Format] = SafeCSV.Delimiter.allCases.map { .csv($0) } + [.json]
    let contents: [CustomerReports.Content] =
      tables.map { .customers($0) } + tables.map { .calls($0) } + [.scripts(.html), .scripts(.text)]
    var reports = ["[]\n"]
    for content in contents {
      let folder = try TemporaryFolder()
      let path = folder.url.appendingPathComponent("report").path
      let file = try ReportFile(path, force: false, of: scene.location, scene.dependencies)
      _ = try await CustomerReports.write(content, of: scene.location, scene.dependencies) {
        { _ = try file.write(Array($0.utf8), structure: []) }
      }
      try file.finish()
      reports.append(String(decoding: try Data(contentsOf: folder.url.appendingPathComponent("report")), as: UTF8.self))
    }
    return (scene, reports)
  }

  @Test func anEarlierReportIsReplaced() async throws {
    let (scene, reports) = try await Self.reports()
    #expect(reports.count == 11)
    let folder = try TemporaryFolder()
    for inside in [false, true] {
      let path = (inside ? scene.files.folder : folder.url).appendingPathComponent("report").path
      for report in reports {
        try Data(report.utf8).write(to: URL(fileURLWithPath: path))
        try write("new", to: path, scene)
        #expect(try text(path) == "new", "\(report.prefix(40))")
      }
    }
  }

  @Test func anEmptyFileIsReplaced() throws {
    let scene = try Scene(.accept)
    let folder = try TemporaryFolder()
    let file = try folder.write([], to: "made-by-mktemp")
    try write("new", to: file.path, scene)
    #expect(try text(file.path) == "new")
  }

  @Test func anotherFileIsReplacedByForceAlone() async throws {
    let scene = try Scene(.accept)
    let folder = try TemporaryFolder()
    let file = try folder.write("mine".utf8, to: "notes.txt")
    let link = folder.url.appendingPathComponent("link").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file.path)
    for path in [file.path, link] {
      try await expectRefusal(of: path, force: false, scene)
      #expect(try text(file.path) == "mine")
    }
    // A link is written through, not replaced.
    try write("new", to: link, force: true, scene)
    #expect(try text(file.path) == "new")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == file.path)
    try write("newer", to: file.path, force: true, scene)
    #expect(try text(file.path) == "newer")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == ["link", "notes.txt"])
  }

  /// Neither by another spelling, nor by a link, nor by force.
  @Test func whatACampaignLivesOnIsNeverReplaced() async throws {
    let outside = try TemporaryFolder()
    let password = try outside.write("secret\n".utf8, to: "relay-password")
    let customers = outside.url.appendingPathComponent("kunden.csv")
    let scene = try Scene(.accept, relay: Scene.relay + ["username: u", "password_file: \(password.path)"])
    try FileManager.default.moveItem(at: scene.files.customerFile, to: customers)
    try scene.edit("file: kunden.csv", "file: \(customers.path)")
    try await scene.launch()
    let queue = scene.folder.url
    let templates = scene.files.folder.appendingPathComponent("templates/own")
    try FileManager.default.createDirectory(at: templates, withIntermediateDirectories: true)
    try Data().write(to: templates.appendingPathComponent("de.txt.mustache"))
    try Data().write(to: queue.appendingPathComponent("deliver.lock"))
    let files =
      [
        password, customers, scene.files.campaignFile, scene.receiptsFile,
        templates.appendingPathComponent("de.txt.mustache"),
      ]
      + ["queue.sqlite", "deliver.lock", "keys/receipts.pem"].map { queue.appendingPathComponent($0) }
    for file in files {
      let bytes = try Data(contentsOf: file)
      let (hard, soft) = ("\(outside.url.path)/hard", "\(outside.url.path)/soft")
      try FileManager.default.linkItem(atPath: file.path, toPath: hard)
      try FileManager.default.createSymbolicLink(atPath: soft, withDestinationPath: file.path)
      let spelled = file.deletingLastPathComponent().path + "/../" + file.deletingLastPathComponent().lastPathComponent
      for path in [file.path, "\(spelled)/./\(file.lastPathComponent)", hard, soft] {
        for force in [false, true] { try await expectRefusal(of: path, force: force, scene) }
      }
      #expect(try Data(contentsOf: file) == bytes, "\(file.path)")
      try FileManager.default.removeItem(atPath: hard)
      try FileManager.default.removeItem(atPath: soft)
    }
  }

  /// An earlier report that serves as a customer file is a customer file.
  @Test func aReportThatACampaignReadsIsNotReplaced() async throws {
    let scene = try Scene(.accept)
    let report = SafeCSV(delimiter: .semicolon).header([
      "customer", "company", "name", "phone", "call", "address", "mailboxes", "state",
    ])
    let other = try TestCampaign("other", in: scene.folder.url, customers: [], relay: Scene.relay)
    try Data(report.utf8).write(to: other.customerFile)
    #expect(GeneratedFile.isReport(other.customerFile))
    for force in [false, true] { try await expectRefusal(of: other.customerFile.path, force: force, scene) }
  }

  @Test func namesWithAMeaningAreNotGivenToReports() async throws {
    let scene = try Scene(.accept)
    let queue = scene.folder.url.path
    let link = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(
      atPath: link.url.appendingPathComponent("queue").path, withDestinationPath: queue)
    for name in [
      "queue.sqlite", "queue.sqlite-wal", "QUEUE.sqlite-shm", "deliver.lock", "keys", "keys/new.pem",
      "sommer/approvals.jsonl", "other/campaign.yaml", "other/Campaign.YAML", "sommer/receipts/receipts.jsonl",
      "sommer/templates/breach-notice/de.txt.mustache", "sommer/templates",
    ] {
      for path in ["\(queue)/\(name)", "\(link.url.path)/queue/\(name)"] {
        try FileManager.default.createDirectory(
          atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try await expectRefusal(of: path, force: true, scene)
        #expect([.nothing, .folder].contains(FilePlace(path).kind), "\(path)")
      }
    }
    try write("report", to: "\(queue)/sommer/report.csv", scene)
    try write("report", to: "\(queue)/report.csv", scene)
  }

  @Test func foldersAndDanglingLinksAreNoPlaceForAReport() async throws {
    let scene = try Scene(.accept)
    let folder = try TemporaryFolder()
    let link = folder.url.appendingPathComponent("link").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/nowhere/at/all")
    for force in [false, true] {
      try await expectRefusal(of: folder.url.path, force: force, scene)
      try await expectRefusal(of: link, force: force, scene)
    }
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "/nowhere/at/all")
  }

  /// A device stays one.
  @Test func devicesAreWrittenToDirectly() async throws {
    let scene = try Scene(.accept)
    let folder = try TemporaryFolder()
    let link = folder.url.appendingPathComponent("null").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/dev/null")
    try write("report", to: link, scene)
    #expect(FilePlace("/dev/null").kind == .stream)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "/dev/null")
    let full = folder.url.appendingPathComponent("full").path
    try FileManager.default.createSymbolicLink(atPath: full, withDestinationPath: "/dev/full")
    let error = try await failure { try write("report", to: full, scene) }
    let words = error.message.pieces.map { if case .text(let text) = $0 { text } else { "" } }.joined()
    #expect(error.kind == .cannotWrite && words == "\(full): cannot be written: No space left on device.")
    #expect(FilePlace("/dev/full").kind == .stream)
  }

  @Test func whatTookTheNameMeanwhileIsKept() async throws {
    let scene = try Scene(.accept)
    let folder = try TemporaryFolder()
    let path = folder.url.appendingPathComponent("report.csv").path
    let report = try ReportFile(path, force: false, of: scene.location, scene.dependencies)
    _ = try report.write(Array("report".utf8), structure: [])
    try folder.write("mine".utf8, to: "report.csv")
    #expect(try await failure { try report.finish() }.kind == .cannotWrite)
    #expect(try text(path) == "mine")
  }

  /// New folders and files neither.
  @Test func namesWithAMeaningAreNotGivenToPreviewsRehearsalsAndExports() async throws {
    let scene = try Scene(.accept)
    try await scene.launch()
    let run = try await PreviewRun(scene.location, scene.dependencies)
    let proof = try await LetterProof.make(
      scene.location, source: SourceFolder(scene.files.folder), customer: "K1", letter: nil, needsOne: true,
      scene.dependencies)
    for name in ["sommer/templates", "sommer/templates/new", "sommer/receipts/new", "keys/new"] {
      let path = scene.folder.url.appendingPathComponent(name)
      for attempt in [
        { _ = try run.writeAll(to: path.path) }, { _ = try run.write([], to: path.path) },
        { _ = try run.writePictures(of: [], to: path.path) }, { try proof.write(to: path.path, of: scene.location) },
      ] {
        #expect(try await failure { try attempt() }.kind == .cannotWrite)
      }
      #expect(
        try await failure {
          _ = try await ReceiptExport.write(
            scene.location, source: SourceFolder(scene.files.folder), to: path, scene.dependencies)
        }.kind == .cannotWrite)
      #expect(
        try await failure {
          _ = try await RehearsalRun(scene.location, faults: .none, keep: path, scene.observer, scene.dependencies)
            .run()
        }.kind == .cannotWrite)
      #expect(!FileManager.default.fileExists(atPath: path.path), "\(name)")
    }
  }

  @Test func aForeignPageIsNotReplaced() async throws {
    let scene = try Scene(.accept)
    let run = try await PreviewRun(scene.location, scene.dependencies)
    let letters = try run.letters(of: run.sample())
    let page = scene.files.folder.appendingPathComponent("preview/sample.html")
    try FileManager.default.createDirectory(at: page.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data("<p>mine</p>".utf8).write(to: page)
    #expect(try await failure { _ = try run.writePage(of: letters, customer: nil, letter: nil) }.kind == .cannotWrite)
    #expect(try text(page.path) == "<p>mine</p>")
    try FileManager.default.removeItem(at: page)
    for _ in 0..<2 { #expect(try run.writePage(of: letters, customer: nil, letter: nil) == page) }
  }
}
