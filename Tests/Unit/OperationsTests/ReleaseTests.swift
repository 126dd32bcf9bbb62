import Campaigns
import DeliverySupport
import Foundation
import Mail
import Queue
import Receipts
import Reports
import TestSupport
import Testing

@testable import Operations

/// A campaign that asks for two approvals: who counts, what voids an approval, and that nothing leaves before.
@Suite(.timeLimit(.minutes(10))) struct ReleaseTests {
  private let scene: Scene

  init() throws { scene = try Scene(.accept, .accept, more: "release: two\n") }

  private func draft(withoutRejected: Bool = false) async throws -> ApprovalDraft {
    try await ApprovalDraft.prepare(scene.location, withoutRejected: withoutRejected, scene.dependencies)
  }

  @discardableResult
  private func approve(_ name: String) async throws -> CampaignRelease {
    try await self.draft().approve(as: ApproverName(name), scene.dependencies)
  }

  private func expectNotReleased(_ place: SourceLocation = #_sourceLocation) async throws {
    let error = try await failure(at: place) { try await scene.launch() }
    #expect(error.kind == .stopped, sourceLocation: place)
    #expect(error.message.steps == [.approve(withoutRejected: false)], sourceLocation: place)
    #expect(!scene.hasStore && scene.transport.sent.isEmpty, sourceLocation: place)
  }

  @Test func twoNamesReleaseALaunch() async throws {
    try await expectNotReleased()
    #expect(try await approve("Anna Beispiel").state.counting.count == 1)
    try await expectNotReleased()
    // The time of the approval is still a time in the message, to be written in the reader's zone.
    let refused = try await failure { try await scene.launch() }
    #expect(
      refused.message.pieces.contains { piece in
        if case .time = piece { true } else { false }
      })
    let release = try await approve("Bernd Groß")
    #expect(release.state.isReleased && release.objection == nil)
    try await scene.launch()
    #expect(
      scene.observer.notes == [
        .released(["Anna Beispiel", "Bernd Groß"]), .launched(letters: 2, relays: ["main"]),
      ])
    #expect(try scene.soundReceipts().compactMap(\.approval?.name.text) == ["Anna Beispiel", "Bernd Groß"])
  }

  @Test func oneNameCountsOnce() async throws {
    try await approve("Anna Beispiel")
    let name = try ApproverName(" ANNA  beispiel")
    #expect(try await draft().earlierApproval(by: name)?.name.text == "Anna Beispiel")
    let release = try await approve("ANNA beispiel")
    #expect(release.state.approvals.map(\.standing) == [.counts, .again] && release.lines.count == 2)
    try await expectNotReleased()
  }

  @Test func anyChangeVoidsAnApproval() async throws {
    try await approve("Anna")
    try await approve("Bernd")
    let yaml = try scene.files.yaml()
    let customers = try Data(contentsOf: scene.files.customerFile)
    try scene.files.write(yaml: yaml + "\n")
    try await expectNotReleased()
    try scene.files.write(yaml: yaml)
    try (customers + Data("\r\n".utf8)).write(to: scene.files.customerFile)
    try await expectNotReleased()
    let release = try await draft().release
    #expect(release.state.counting.isEmpty && release.objection?.steps == [.approve(withoutRejected: false)])
    // What was approved are these bytes; once they are back, they are approved.
    try customers.write(to: scene.files.customerFile)
    #expect(try await draft().release.state.isReleased)
  }

  @Test func draftShowsWhatIsApproved() async throws {
    let draft = try await self.draft()
    #expect(draft.plan.counts.messages == 2 && draft.letters.count == 2 && draft.rejected.isEmpty)
    #expect(draft.release.subject.plan == draft.plan.hash)
    #expect(Set(draft.release.subject.files.keys).isSuperset(of: ["campaign.yaml", "kunden.csv"]))
  }

  @Test func rejectedRowsHaveToBeLeftOutOnPurpose() async throws {
    try scene.addBadRow()
    #expect(try await failure { _ = try await self.draft() }.kind == .data)
    let draft = try await self.draft(withoutRejected: true)
    #expect(draft.rejected.count == 2 && draft.release.subject.rejectedRows == 1)
    #expect(draft.release.nextStep.steps == [.approve(withoutRejected: true)])
  }

  @Test func whatCannotBeLaunchedCannotBeApproved() async throws {
    let open = try Scene(.accept)
    let asked = { (scene: Scene) in
      try await failure {
        _ = try await ApprovalDraft.prepare(scene.location, withoutRejected: false, scene.dependencies)
      }.kind
    }
    #expect(try await asked(open) == .usage)
    #expect(try await asked(Scene(.call, more: "release: two\n")) == .data)
    let damaged = try Scene(.accept, more: "release: two\n")
    try damaged.folder.write("no approval\n".utf8, to: "sommer/approvals.jsonl")
    #expect(try await asked(damaged) == .data)
    let launched = scene
    try await approve("Anna")
    try await approve("Bernd")
    try await launched.launch()
    #expect(try await asked(launched) == .usage)
  }

  @Test func approversAreNamedWithTheirTimes() throws {
    let approvals = try ["Anna", "Bernd"].enumerated().map { index, name in
      FrozenApproval(
        name: try ApproverName(name), at: Scene.start.addingTimeInterval(Double(index)),
        line: .init(hex: String(repeating: "0", count: 64))!)
    }
    let message = approvals.message
    #expect(
      message.pieces.compactMap { if case .time(let time) = $0 { time } else { nil } } == approvals.map(\.at))
  }
}
