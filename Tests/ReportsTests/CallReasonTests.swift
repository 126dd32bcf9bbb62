import Foundation
import Mail
import Queue
import Reports
import Testing

/// The one rule of the telephone list, state by state.
@Suite struct CallReasonTests {
  private static let before = Sample.deadline.addingTimeInterval(-0.001)

  private func call(
    _ state: MessageState, reply: String? = nil, callReason: String = "", at now: Date = before
  ) throws -> String {
    let record = try Sample.record(.letter, callReason: callReason, message: try Sample.message(state, reply: reply))
    return try CustomerReport(record, deadline: Sample.deadline, at: now).call
  }

  @Test func whoIsToBeCalledAnywayIsCalledForThatReason() throws {
    let record = try Sample.record(.phone, reason: "central inbox; no e-mail address")
    for now in [Self.before, Sample.deadline] {
      #expect(
        try CustomerReport(record, deadline: Sample.deadline, at: now).call == "central inbox; no e-mail address")
    }
  }

  @Test func whoNeedsNothingIsNotCalled() throws {
    let record = try Sample.record(.none, reason: "own mail server")
    #expect(try CustomerReport(record, deadline: Sample.deadline, at: Sample.deadline).call == "")
  }

  @Test(
    arguments: [
      (MessageState.queued, "", "letter not accepted by the deadline"),
      (.sending, "", "letter not accepted by the deadline"),
      (.deferred, "", "letter not accepted by the deadline"),
      (.accepted, "", ""),
      (.refused, "letter refused: 5.1.1 no such user", "letter refused: 5.1.1 no such user"),
      (.expired, "letter expired: 5.1.1 no such user", "letter expired: 5.1.1 no such user"),
      (
        .uncertain, "letter uncertain: the relay may or may not have taken it",
        "letter uncertain: the relay may or may not have taken it"
      ),
      (
        .cancelled, "campaign cancelled before the letter was sent", "campaign cancelled before the letter was sent"
      ),
    ])
  func everyStateHasItsReason(_ state: MessageState, _ beforeDeadline: String, _ afterDeadline: String) throws {
    let reply = "5.1.1 no such user"
    #expect(try call(state, reply: reply) == beforeDeadline)
    #expect(try call(state, reply: reply, at: Sample.deadline) == afterDeadline)
    // What the segment asked for comes first.
    #expect(
      try call(state, reply: reply, callReason: "central inbox")
        == ["central inbox", beforeDeadline].filter { !$0.isEmpty }.joined(separator: "; "))
  }

  /// `resolve --resend`, then `cancel`: it went out once, and nobody knows whether it was taken.
  @Test func aCancelledLetterThatWentOutIsNotCalledUnsent() throws {
    func call(attempts: Int, resent: Bool) throws -> String {
      var message = try Sample.message(.cancelled, resent: resent)
      message.attempts = attempts
      return try CustomerReport(
        try Sample.record(.letter, message: message), deadline: Sample.deadline, at: Self.before
      ).call
    }
    #expect(
      try call(attempts: 1, resent: true)
        == "letter sent with unknown outcome, not sent again as the campaign was cancelled: the relay may have taken it"
    )
    #expect(try call(attempts: 1, resent: false) == "campaign cancelled before the letter was accepted")
    #expect(try call(attempts: 0, resent: false) == "campaign cancelled before the letter was sent")
  }

  @Test func withoutTheRelaysWordsTheReasonEndsCleanly() throws {
    #expect(try call(.expired) == "letter expired")
    #expect(try call(.refused, reply: "") == "letter refused")
  }

  /// The store keeps an exclusion's reason where it keeps why a customer is called as well: with the real one.
  @Test func anExcludedLetterIsCalledForWithTheStoresReason() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "eilbrief-reports-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try SQLiteStore.open(spool: folder, access: .owner)
    let customer = try Sample.record(.letter)
    let plans = Planned([
      PlannedCustomer(
        id: customer.id, kind: .letter, reason: "", callReason: "", payload: customer.payload,
        message: PlannedMessage(
          recipient: try EmailAddress("kanzlei@müller.example"),
          messageID: try MessageID(left: "m.1", domain: try Domain("kanzlei-it.example")), template: "t@0"))
    ])
    try await store.freeze(Sample.plan, next: { plans.next() }, at: Sample.time(0))
    let campaign = try #require(try await store.campaign(named: "passwords")).id
    let due = try #require(try await store.due(in: campaign, at: Sample.time(1), after: nil, limit: 1).first)
    let step = Step.exclude(message: due.message, fence: due.fence, reason: "no SMTPUTF8", at: Sample.time(2))
    #expect(try await store.commit([step]) == [.done])
    let found = Found()
    try await store.forEachCustomer(in: campaign) {
      found.add(try CustomerReport($0, deadline: Sample.deadline, at: Self.before))
    }
    #expect(found.reports.map(\.call) == ["letter not sent: no SMTPUTF8"])
    #expect(found.reports.map(\.state) == ["excluded"])
    let status = CampaignStatus(try await store.snapshot(of: campaign), at: Sample.time(3))
    #expect((status.total, status.count(.excluded), status.customers.total, status.remaining) == (1, 1, 1, 0))
  }
}
