import Foundation
import Mail
import Queue
import Receipts
import Reports
import Testing

/// The one rule of the telephone list, state by state.
@Suite struct CallReasonTests {
  private static let before = Sample.deadline.addingTimeInterval(-0.001)

  private static func call(_ record: CustomerRecord, at now: Date) throws -> String {
    let rows = try CustomerReport.rows(of: record, deadline: Sample.deadline, at: now)
    // Who is called is on the telephone list, and for that reason.
    #expect(try CallReport(record, deadline: Sample.deadline, at: now)?.call ?? "" == rows[0].call)
    return rows[0].call
  }

  private func call(
    _ state: MessageState, reply: String? = nil, callReason: String = "", at now: Date = before
  ) throws -> String {
    let record = try Sample.record(.letter, callReason: callReason, message: try Sample.message(state, reply: reply))
    return try Self.call(record, at: now)
  }

  @Test func whoIsToBeCalledAnywayIsCalledForThatReason() throws {
    let record = try Sample.record(.phone, reason: "central inbox; no e-mail address")
    for now in [Self.before, Sample.deadline] {
      #expect(
        try Self.call(record, at: now) == "central inbox; no e-mail address")
    }
  }

  @Test func whoNeedsNothingIsNotCalled() throws {
    let record = try Sample.record(.none, reason: "own mail server")
    #expect(try Self.call(record, at: Sample.deadline) == "")
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
      return try Self.call(try Sample.record(.letter, message: message), at: Self.before)
    }
    #expect(
      try call(attempts: 1, resent: true)
        == "letter sent with unknown outcome, not sent again as the campaign was cancelled: the relay may have taken it"
    )
    #expect(try call(attempts: 1, resent: false) == "campaign cancelled before the letter was accepted")
    #expect(try call(attempts: 0, resent: false) == "campaign cancelled before the letter was sent")
  }

  @Test func everyOfSeveralLettersIsNamed() throws {
    var record = try Sample.record(.letter, callReason: "central inbox")
    record.messages = [try Sample.message(.accepted), try Sample.message(.expired), try Sample.message(.queued)]
    for (index, letter) in ["password-change", "breach-notice", "reminder"].enumerated() {
      record.messages[index].letter = letter
    }
    #expect(
      try Self.call(record, at: Sample.deadline)
        == "central inbox; breach-notice: letter expired; reminder: letter not accepted by the deadline")
    let row = try #require(try CallReport(record, deadline: Sample.deadline, at: Sample.deadline))
    #expect(row.state == "password-change accepted, breach-notice expired, reminder queued")
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
        messages: [
          PlannedMessage(
            recipient: try EmailAddress("kanzlei@müller.example"),
            messageID: try MessageID(left: "m.1", domain: try Domain("kanzlei-it.example")), letter: "t", order: 0,
            template: "t@0")
        ])
    ])
    try await store.freeze(Sample.plan, next: { plans.next() }, at: Sample.time(0))
    let campaign = try #require(try await store.campaign(named: "passwords")).id
    let due = try #require(try await store.due(in: campaign, at: Sample.time(1), after: nil, limit: 1).first)
    let step = Step.exclude(message: due.message, fence: due.fence, reason: "no SMTPUTF8", at: Sample.time(2))
    #expect(try await store.commit([step]) == [.done])
    let found = Found()
    try await store.forEachCustomer(in: campaign) {
      for row in try CustomerReport.rows(of: $0, deadline: Sample.deadline, at: Self.before) { found.add(row) }
    }
    #expect(found.reports.map(\.call) == ["letter not sent: no SMTPUTF8"])
    #expect(found.reports.map(\.state) == ["excluded"])
    let status = CampaignStatus(try await store.snapshot(of: campaign), at: Sample.time(3))
    #expect((status.total, status.count(.excluded), status.customers.total, status.remaining) == (1, 1, 1, 0))
  }
}
