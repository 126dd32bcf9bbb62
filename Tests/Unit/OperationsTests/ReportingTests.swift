import DeliverySupport
import Foundation
import Letters
import Mail
import Queue
import Receipts
import Reports
import Synchronization
import TestSupport
import Testing

@testable import Operations

/// What is known of a campaign at any time: its status, reports of its customers, and whose letter has a code.
@Suite(.timeLimit(.minutes(10))) struct ReportingTests {
  private func status(_ scene: Scene, isStopped: Bool = false) async throws -> StatusQuery {
    try await StatusQuery.run(scene.location, scene.dependencies, isStopped: { _ in isStopped })
  }

  // MARK: Status

  @Test func statusFollowsTheCampaign() async throws {
    let scene = try Scene(.accept, .lose, .refuse)
    let draft = try await status(scene)
    #expect(draft.status.state == .draft && draft.status.isOver && draft.uncertain.isEmpty && !scene.hasStore)
    try await scene.launchAndStop()
    let paused = try await status(scene)
    #expect(paused.status.state == .paused && !paused.status.isOver && paused.status.remaining == 3)
    try await scene.resume()
    let completed = try await status(scene)
    #expect(completed.status.isOver && completed.uncertain == ["K2"] && completed.status.notAccepted == 2)
    _ = try await Settling(scene.location, customers: [], scene.dependencies).decide(.resend, letter: nil) { _ in }
    let reopened = try await status(scene)
    #expect(reopened.status.state == .completed && !reopened.status.isOver && reopened.uncertain.isEmpty)
    try await scene.cancel()
    #expect(try await status(scene).status.isOver)
  }

  @Test func deliveringProcessIsNamedWhileItRuns() async throws {
    let scene = try Scene(.accept, .accept)
    try await scene.launchAndStop()
    try await scene.leaveOnTheWire("K1")
    #expect(try await status(scene).status.process == nil)
    let lock = try SpoolLock.take(Spool(folder: scene.folder.url), campaign: "sommer", at: Scene.start)
    let process = try await status(scene, isStopped: true).status.process
    #expect(process?.pid == getpid() && process?.isStopped == true)
    withExtendedLifetime(lock) {}
  }

  @Test func statusOutlivesTheCampaignFile() async throws {
    let scene = try Scene(.accept)
    try await scene.launch()
    try FileManager.default.removeItem(at: scene.files.campaignFile)
    #expect(try await status(scene).status.count(.accepted) == 1)
  }

  // MARK: Reports

  private func report(
    _ content: CustomerReports.Content, _ scene: Scene
  ) async throws -> (text: String, notes: [OperatorMessage]) {
    let text = Mutex("")
    let notes = try await CustomerReports.write(content, of: scene.location, scene.dependencies) {
      { piece in text.withLock { $0 += piece } }
    }
    return (text.withLock { $0 }, notes)
  }

  @Test func aDocumentWithoutTheIncidentSaysSo() async throws {
    let scene = try Scene(.accept)
    try await scene.launch()
    func note() async throws -> String? {
      try await CampaignDocuments(
        scene.location, source: SourceFolder(scene.location.folder), language: .english, scene.dependencies,
        command: { _ in "" }
      ).note.map { "\($0)" }
    }
    #expect(try await note() == nil)
    try FileManager.default.removeItem(at: scene.files.campaignFile)
    #expect(try await note()?.contains("--made-from") == true)
  }

  @Test func everyCustomerHasARow() async throws {
    let scene = try Scene(.accept, .refuse, .call, .nothing)
    try scene.addBadRow()
    try await scene.launch(withoutRejected: true)
    struct Row: Decodable { var customer, outcome, state: String }
    let (json, notes) = try await report(.customers(.json), scene)
    let rows = try JSONDecoder().decode([Row].self, from: Data(json.utf8))
    #expect(notes.isEmpty && rows.map(\.customer) == ["K1", "K2", "K3", "K4", "K99"])
    #expect(rows.map(\.outcome) == ["letter", "letter", "phone", "none", "phone"])
    #expect(rows.prefix(2).map(\.state) == ["accepted", "refused"])
    let csv = try await report(.customers(.csv(.semicolon)), scene).text
    #expect(csv.split(separator: "\r\n").count == 6 && csv.hasPrefix("\u{FEFF}customer;"))
  }

  @Test func callsAreThoseWhoWereNotReached() async throws {
    let scene = try Scene(.accept, .refuse, .call, .nothing)
    try await scene.launch()
    struct Row: Decodable { var customer, phone: String }
    let json = try await report(.calls(.json), scene).text
    let rows = try JSONDecoder().decode([Row].self, from: Data(json.utf8))
    #expect(Set(rows.map(\.customer)) == ["K2", "K3"])
    #expect(try await report(.calls(.csv(.tab)), scene).text.split(separator: "\r\n").count == 3)
    let scripts = try await report(.scripts(.text), scene).text
    #expect(scripts.contains("09999 555-102") && scripts.contains("09999 555-103") && !scripts.contains("555-101"))
    #expect(try await report(.scripts(.html), scene).text.hasPrefix("<!"))
  }

  @Test func reportsNeedALaunchedCampaign() async throws {
    let scene = try Scene(.accept)
    let opened = Mutex(false)
    let error = try await failure {
      _ = try await CustomerReports.write(.customers(.json), of: scene.location, scene.dependencies) {
        opened.withLock { $0 = true }
        return { _ in }
      }
    }
    #expect(error.kind == .usage && error.message.steps == [.launch(withoutRejected: false)])
    #expect(!opened.withLock { $0 })
  }

  // MARK: Codes

  private func lookUp(_ customer: String, _ scene: Scene) async throws -> CodeLookup {
    let codes = VerificationCodes(key: Scene.key, campaign: "sommer")
    return try await CodeLookup.run(
      codes.code(of: "password-change", forCustomer: customer), in: scene.folder.url, scene.dependencies)
  }

  @Test func codeNamesTheLetterAndWhetherItLeft() async throws {
    let scene = try Scene(.accept, .lose, .refuse, .call)
    try await scene.launch()
    for (id, left) in [("K1", .yes), ("K2", .maybe), ("K3", .no)] as [(String, FoundLetter.Left)] {
      let found = try await lookUp(id, scene)
      #expect(found.letters.map(\.customer) == [id] && found.letters.map(\.left) == [left])
      #expect(found.hasLeft == (left != .no) && found.campaigns == ["sommer"] && found.purged.isEmpty)
      #expect(found.letters[0].name == "Dr. Zoë Müller" && found.letters[0].attempts == 1)
    }
    // What was sent once with unknown outcome may have arrived, whatever is done since.
    _ = try await Settling(scene.location, customers: [], scene.dependencies).decide(.resend, letter: nil) { _ in }
    #expect(try await lookUp("K2", scene).letters.map(\.left) == [.maybe])
    #expect(try await lookUp("K2", scene).letters.map(\.state) == [.queued])
    for id in ["K4", "K9"] { #expect(try await lookUp(id, scene).letters.isEmpty) }
  }

  @Test func letterThatWaitsHasNotLeft() async throws {
    let scene = try Scene(.accept)
    try await scene.launchAndStop()
    let found = try await lookUp("K1", scene)
    #expect(found.letters.map(\.state) == [.queued] && !found.hasLeft)
    try await scene.leaveOnTheWire("K1")
    #expect(try await lookUp("K1", scene).letters.map(\.left) == [.maybe])
  }

  @Test func purgedCampaignsAreNamedButNotAsked() async throws {
    let scene = try Scene(.accept)
    try await scene.launch()
    _ = try await Purge(scene.location, scene.dependencies).run(atOnce: true) { _ in }
    let found = try await lookUp("K1", scene)
    #expect(found.letters.isEmpty && found.campaigns.isEmpty && found.purged == ["sommer"])
    let empty = try Scene(.accept)
    #expect(try await failure { _ = try await lookUp("K1", empty) }.kind == .usage)
  }
}
