import Delivery
import DeliverySupport
import Foundation
import Queue
import Receipts
import Reports
import TestSupport
import Testing

@testable import Operations

/// Going on with a launched campaign: what may have changed meanwhile, and what may not.
@Suite(.timeLimit(.minutes(10))) struct ResumeTests {
  @Test func stoppedCampaignIsPausedAndGoesOn() async throws {
    let scene = try Scene(.accept, .accept, .accept)
    scene.observer.stops = true
    let stopped = try await scene.launch()
    guard case .cancelled = stopped.end else { throw HarnessError("\(stopped.end)") }
    #expect(stopped.status.state == .paused && stopped.status.remaining == 3 && scene.transport.sent.isEmpty)
    #expect(try scene.soundReceipts().last?.event == .paused)
    scene.observer.stops = false
    let outcome = try await scene.resume()
    #expect(outcome.status.state == .completed && outcome.status.count(.accepted) == 3)
    #expect(scene.observer.notes.last == .resuming(remaining: 3, total: 3, relays: ["main"]))
    #expect(scene.transport.sent.count == 3)
  }

  @Test func launchOfALaunchedCampaignResumesItUnasked() async throws {
    let scene = try Scene(.accept, .accept)
    try await scene.launchAndStop()
    let outcome = try await scene.launch()
    #expect(outcome.status.state == .completed && scene.observer.questions.count == 1)
  }

  @Test(arguments: [
    ("Wer die Zugangsdaten hat", "Wer Zugangsdaten hat"), ("deadline: 2099", "deadline: 2098"),
    ("Kanzlei-IT Beispiel <support@", "Kanzlei-IT <support@"), ("central-inbox: {phone", "central-inbox: {none"),
  ])
  func changedCampaignFileIsRefused(_ old: String, _ new: String) async throws {
    let scene = try Scene(.accept, .call)
    try await scene.launchAndStop()
    try scene.edit(old, new)
    #expect(try await failure { try await scene.resume() }.kind == .data)
    #expect(scene.transport.sent.isEmpty)
    try scene.edit(new, old)
    #expect(try await scene.resume().status.count(.accepted) == 1)
  }

  @Test func changedCustomerFileIsRefused() async throws {
    let scene = try Scene(.accept)
    try await scene.launchAndStop()
    try scene.addRow("K9;Kanzlei;Frau;;Ute;Weber;de;ute@kanzlei-9.example;09999 1;post@kanzlei-9.example;imap")
    #expect(try await failure { try await scene.resume() }.kind == .data)
    #expect(scene.transport.sent.isEmpty)
  }

  @Test func relayAndRetryTimesMayChange() async throws {
    let scene = try Scene(.accept)
    try await scene.launchAndStop()
    try scene.edit("name: main, url: \"smtp://relay.example:25\"", "name: other, url: \"smtp://other.example:25\"")
    try scene.edit("schedule: 30m 1h*3 4h*6", "schedule: 20m 1h*3")
    #expect(try await scene.resume().status.count(.accepted) == 1)
    #expect(scene.transport.sent.map(\.relay) == ["other"])
  }

  @Test func neverLaunchedIsRefused() async throws {
    let scene = try Scene(.accept)
    let error = try await failure { try await scene.resume() }
    #expect(error.kind == .usage && error.message.steps == [.launch(withoutRejected: false)])
    #expect(!scene.hasStore)
  }

  @Test func cancelledCampaignStaysCancelled() async throws {
    let scene = try Scene(.accept, .accept)
    try await scene.launchAndStop()
    try await scene.cancel()
    let error = try await failure { try await scene.resume() }
    #expect(error.kind == .usage && error.message.steps == [.report])
    #expect(try await scene.record().state == .cancelled && scene.transport.sent.isEmpty)
  }

  @Test func completedCampaignHasNothingToSend() async throws {
    let scene = try Scene(.accept, .refuse)
    try await scene.launch()
    let outcome = try await scene.resume()
    guard case .finished = outcome.end else { throw HarnessError("\(outcome.end)") }
    #expect(scene.observer.notes.last == .nothingToSend && outcome.status.state == .completed)
    #expect(scene.transport.sent.count == 2)
  }

  @Test func uncertainLettersStayHeldUnlessThePolicySaysResend() async throws {
    let scene = try Scene(.lose)
    try await scene.launch()
    #expect(try await scene.resume().uncertain == ["K1"])
    #expect(scene.transport.sent.count == 1)
    try scene.edit("uncertain: hold", "uncertain: resend")
    #expect(try await scene.resume().status.count(.accepted) == 1)
    #expect(try await scene.message("K1").resent)
  }

  @Test func lettersOnTheWireBecomeUncertain() async throws {
    let scene = try Scene(.accept, .accept)
    try await scene.launchAndStop()
    try await scene.leaveOnTheWire("K1")
    let outcome = try await scene.resume()
    #expect(scene.observer.notes.contains(.recovered(1)) && outcome.uncertain == ["K1"])
    #expect(try await scene.states() == ["K1": .uncertain, "K2": .accepted])
    #expect(scene.transport.sent.map(\.recipient) == [Scene.contact(2, .accept)])
  }

  @Test func requestFromBeforeIsTakenBack() async throws {
    let scene = try Scene(.accept)
    try await scene.launchAndStop()
    let control = try SQLiteStore.open(spool: scene.folder.url, access: .control)
    try await control.request(.cancel, of: scene.record().id, at: Scene.start)
    #expect(try await scene.resume().status.count(.accepted) == 1)
  }

  @Test func relaysThatAreDownPauseTheCampaign() async throws {
    let scene = try Scene(.accept)
    try await scene.launchAndStop()
    let store = try scene.store()
    #expect(try await store.snapshot(of: scene.record().id).messages[.queued] == 1)
    try scene.edit("url: \"smtp://relay.example:25\"", "url: \"smtp://relay.example:25\", connections: 1")
    scene.unreachable.relays = ["main"]
    let outcome = try await scene.resume()
    if case .relaysPaused(let troubles) = outcome.end {
      #expect(troubles.map(\.kind) == [.unreachable])
    } else {
      Issue.record("\(outcome.end)")
    }
    #expect(outcome.status.state == .paused && outcome.status.remaining == 1)
  }

  @Test func onlyALaunchedCampaignIsOpenedAsOne() async throws {
    let scene = try Scene(.accept)
    let draft = try await OpenedCampaign(scene.location, scene.dependencies)
    #expect(draft.record == nil && draft.store == nil)
    let error = try await failure { _ = try draft.launched() }
    #expect(error.kind == .usage && error.message.steps == [.launch(withoutRejected: false)])
    let unknown = try CampaignLocation(name: "winter", queue: scene.folder.url)
    #expect(try await failure { _ = try await OpenedCampaign(unknown, scene.dependencies) }.kind == .campaignFile)
    try await scene.launch()
    #expect(
      try await OpenedCampaign(scene.location, scene.dependencies).launchedWithCustomers().record.state == .completed)
  }
}
