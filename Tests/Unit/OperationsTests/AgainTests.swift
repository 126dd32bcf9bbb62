import DeliverySupport
import Foundation
import Queue
import Receipts
import Reports
import TestSupport
import Testing

@testable import Operations

/// Letters that are tried again by the operator's word: deferred ones at once, refused and expired ones all the same.
@Suite(.timeLimit(.minutes(10))) struct AgainTests {
  private static let oneConnection = Scene.relay + ["connections: 1"]

  private func resend(_ scene: Scene, _ customers: [String], letter: String? = nil) async throws -> [SettledLetter] {
    try await Settling(scene.location, customers: customers, scene.dependencies).decide(.resend, letter: letter) { _ in
    }
  }

  private func calls(_ scene: Scene) async throws -> [String] {
    let deadline = scene.time.now.addingTimeInterval(999_999)
    return try await scene.customers().values.filter {
      !CallReport.causes($0, deadline: deadline, at: scene.time.now).isEmpty
    }.map(\.id).sorted()
  }

  // MARK: Refused and expired letters

  @Test func aRefusedLetterIsSentAgainAndItsCustomerIsCalledNoLonger() async throws {
    let scene = try Scene(.refuseOnce, .refuse, .accept)
    #expect(try await scene.launch().status.state == .completed)
    #expect(try await calls(scene) == ["K1", "K2"])
    let settled = try await resend(scene, ["K1"])
    #expect(
      settled == [
        SettledLetter(
          customer: "K1", letter: "password-change", resolution: .reopen, before: .refused,
          reply: "5.1.1 no such mailbox")
      ])
    #expect(try await scene.states() == ["K1": .queued, "K2": .refused, "K3": .accepted])
    #expect(try await calls(scene) == ["K2"])
    let outcome = try await scene.resume()
    #expect(outcome.status.state == .completed && outcome.status.count(.accepted) == 2)
    #expect(try await calls(scene) == ["K2"])
    let message = try await scene.message("K1")
    #expect(message.state == .accepted && message.attempts == 2 && !message.resent)
    let receipts = try scene.soundReceipts().filter { $0.message == message.message }
    #expect(receipts.map(\.event) == [.attempt, .refused, .resolved, .attempt, .accepted])
    #expect(receipts[2].resolution == "reopen" && receipts[2].evidence == "operator")
    #expect(Set(receipts.map(\.messageID)).count == 1)
  }

  @Test func aLetterThatIsRefusedAgainCanBeReopenedAgain() async throws {
    let scene = try Scene(.refuse)
    try await scene.launch()
    for _ in 0..<2 {
      #expect(try await resend(scene, ["K1"]).count == 1)
      try await scene.resume()
    }
    let message = try await scene.message("K1")
    #expect(message.state == .refused && message.attempts == 3)
    #expect(try scene.soundReceipts().filter { $0.event == .refused }.count == 3)
  }

  @Test func onlyNamedCustomersAreReopened() async throws {
    let scene = try Scene(.refuse, .lose, .accept)
    try await scene.launch()
    #expect(try await resend(scene, []).map(\.customer) == ["K2"])
    #expect(try await scene.states() == ["K1": .refused, "K2": .queued, "K3": .accepted])
    // One that was accepted, and nothing is settled.
    let error = try await failure { _ = try await resend(scene, ["K1", "K3"]) }
    #expect(error.kind == .data && "\(error.message)".contains("not uncertain, refused or expired: K3"))
    #expect(try await scene.states()["K1"] == .refused)
    #expect(try await resend(scene, ["K1"], letter: "another").isEmpty)
    #expect(try await scene.states()["K1"] == .refused)
    let accepted = try await failure {
      _ = try await Settling(scene.location, customers: ["K1"], scene.dependencies).decide(.accepted, letter: nil) {
        _ in
      }
    }
    #expect(accepted.kind == .data, "a refused letter is never called accepted")
  }

  @Test func aCustomersUncertainAndRefusedLettersAreBothTaken() async throws {
    let scene = try Scene(.lose, .refuse)
    try await scene.launch()
    let settled = try await resend(scene, ["K2", "K1", "K2"])
    #expect(Set(settled.map(\.resolution)) == [.resend, .reopen] && settled.count == 2)
    #expect(try await scene.message("K1").resent)
    #expect(try await !scene.message("K2").resent)
  }

  /// The first attempt is long ago: without a new give-up time it would expire before its next one.
  @Test func anExpiredLetterIsReallyTriedAgain() async throws {
    let scene = try Scene(.postponeLong)
    try scene.edit("schedule: 30m 1h*3 4h*6, give_up_after: 4d", "schedule: 30m, give_up_after: 45m")
    try await scene.launch()
    var message = try await scene.message("K1")
    #expect(message.state == .expired && message.attempts == 2)
    scene.time.advance(by: 86_400)
    let settled = try await resend(scene, ["K1"])
    #expect(settled.map(\.before) == [.expired] && settled.map(\.reply) == ["4.2.1 mailbox busy"])
    let reopened = scene.time.now
    #expect(try await scene.resume().status.count(.accepted) == 1)
    message = try await scene.message("K1")
    #expect(message.state == .accepted && message.attempts == 4)
    // The third attempt was deferred again, and waited for.
    #expect(abs(message.changedAt.timeIntervalSince(reopened) - 1800) < 60)
    #expect(message.firstAttemptAt == Scene.start)
    #expect(scene.transport.sent.last?.message == scene.transport.sent.first?.message, "the same letter to its Date")
    _ = try scene.soundReceipts()
  }

  @Test func aReopenedLetterExpiresAgain() async throws {
    let scene = try Scene(.postponeLong)
    try scene.edit("schedule: 30m 1h*3 4h*6, give_up_after: 4d", "schedule: 30m, give_up_after: 20m")
    try await scene.launch()
    #expect(try await scene.message("K1").attempts == 1)
    scene.time.advance(by: 86_400)
    _ = try await resend(scene, ["K1"])
    #expect(try await scene.resume().status.count(.expired) == 1)
    #expect(try await scene.message("K1").attempts == 2)
  }

  @Test func anUncertainLetterThatIsSentAgainLateHasANewGiveUpTimeToo() async throws {
    let scene = try Scene(.loseThenPostpone)
    try await scene.launch()
    scene.time.advance(by: 30 * 86_400)
    _ = try await resend(scene, ["K1"])
    #expect(try await scene.resume().status.count(.accepted) == 1)
    #expect(try await scene.message("K1").attempts == 3)
  }

  @Test func aCancelledCampaignReopensNothing() async throws {
    let scene = try Scene(.refuse, .accept)
    try await scene.launchAndStop()
    try await scene.tryLetter("K1", .refused)
    try await scene.cancel()
    let error = try await failure { _ = try await resend(scene, ["K1"]) }
    #expect("\(error.message)".contains("nothing is sent in it any more"))
    #expect(try await scene.states() == ["K1": .refused, "K2": .cancelled])
  }

  // MARK: Deferred letters, at once

  @Test func deferredLettersAreTriedAtOnce() async throws {
    let scene = try Scene(.accept, .accept, relay: Self.oneConnection)
    try await scene.launchAndStop()
    try await scene.deferLetter("K1", for: 36_000)
    try await scene.deferLetter("K2", for: 40_000)
    scene.time.advance(by: 100)
    #expect(try await scene.resume(.resumeNow(customers: [])).status.count(.accepted) == 2)
    #expect(scene.observer.notes.contains(.madeDue(2)))
    #expect(scene.time.now.timeIntervalSince(Scene.start) < 200)
    #expect(try await scene.message("K1").attempts == 2)
  }

  @Test func withoutTheWordTheyWait() async throws {
    let scene = try Scene(.accept, relay: Self.oneConnection)
    try await scene.launchAndStop()
    try await scene.deferLetter("K1", for: 36_000)
    try await scene.resume()
    #expect(scene.time.now.timeIntervalSince(Scene.start) >= 36_000)
    #expect(scene.observer.notes.allSatisfy { if case .madeDue = $0 { false } else { true } })
  }

  @Test func oneCustomersLetterIsTriedAtOnceAndTheOthersWait() async throws {
    let scene = try Scene(.accept, .accept, .accept, relay: Self.oneConnection)
    try await scene.launchAndStop()
    for customer in ["K1", "K2", "K3"] { try await scene.deferLetter(customer, for: 36_000) }
    try await scene.resume(.resumeNow(customers: ["K3"]))
    #expect(scene.observer.notes.contains(.madeDue(1)))
    let sent = scene.transport.sent
    #expect(sent.map(\.recipient) == [3, 1, 2].map { Scene.contact($0, .accept) })
    #expect(sent[0].at.timeIntervalSince(Scene.start) < 60 && sent[1].at.timeIntervalSince(Scene.start) >= 36_000)
  }

  @Test(arguments: [["K9"], ["K2"], ["K1", "K2"], ["K3"]])
  func whoHasNoDeferredLetterIsNamedAndNothingIsSent(_ customers: [String]) async throws {
    let scene = try Scene(.accept, .accept, .call)
    try await scene.launchAndStop()
    try await scene.deferLetter("K1", for: 36_000)
    let error = try await failure { try await scene.resume(.resumeNow(customers: customers)) }
    #expect(error.kind == .data && "\(error.message)".contains(customers.last ?? ""))
    #expect(scene.transport.sent.isEmpty)
    #expect(try await scene.message("K1").dueAt == Scene.start.addingTimeInterval(36_000))
  }

  @Test func nothingDeferredIsNoFault() async throws {
    let scene = try Scene(.accept)
    try await scene.launchAndStop()
    #expect(try await scene.resume(.resumeNow(customers: [])).status.count(.accepted) == 1)
    #expect(scene.observer.notes.contains(.madeDue(0)))
  }

  /// The campaign was paused for longer than its give-up time.
  @Test func lettersBeyondTheirGiveUpTimeAreTriedWhenTheOperatorSaysSo() async throws {
    let scene = try Scene(.accept, .accept, relay: Self.oneConnection)
    try await scene.launchAndStop()
    try await scene.deferLetter("K1", for: 36_000)
    try await scene.deferLetter("K2", for: 36_000)
    scene.time.advance(by: 30 * 86_400)
    #expect(try await scene.resume(.resumeNow(customers: ["K2"])).status.state == .completed)
    #expect(try await scene.states() == ["K1": .expired, "K2": .accepted])
  }

  // MARK: Another retry schedule

  @Test(arguments: [("10m", 600.0), ("2h", 7200)])
  func aChangedScheduleAppliesToLettersThatWait(_ schedule: String, _ seconds: TimeInterval) async throws {
    let scene = try Scene(.accept, .accept, relay: Self.oneConnection)
    try await scene.launchAndStop()
    try await scene.deferLetter("K1", for: 1890)
    // The relay named this one's time.
    try await scene.deferLetter("K2", for: 5000)
    try scene.edit("schedule: 30m 1h*3 4h*6", "schedule: \(schedule)")
    scene.observer.stops = true
    try await scene.resume()
    #expect(scene.observer.notes.contains(.rescheduled(1)))
    #expect(try await scene.message("K1").dueAt == Scene.start.addingTimeInterval(seconds * 1.05))
    #expect(try await scene.message("K2").dueAt == Scene.start.addingTimeInterval(5000))
    // It is the same now, and nothing moves.
    try await scene.resume()
    #expect(scene.observer.notes.count { $0 == .rescheduled(1) } == 1)
    scene.observer.stops = false
    try await scene.resume()
    let first = try #require(scene.transport.sent.first { $0.recipient == Scene.contact(1, .accept) })
    #expect(abs(first.at.timeIntervalSince(Scene.start) - seconds * 1.05) < 1)
  }

  @Test func anUnchangedScheduleMovesNothing() async throws {
    let scene = try Scene(.accept)
    try await scene.launchAndStop()
    try await scene.deferLetter("K1", for: 1890)
    scene.observer.stops = true
    try await scene.resume()
    #expect(try await scene.message("K1").dueAt == Scene.start.addingTimeInterval(1890))
    #expect(scene.observer.notes.allSatisfy { if case .rescheduled = $0 { false } else { true } })
  }
}
