import Campaigns
import Foundation
import Letters
import Mail
import Queue
import Receipts
import Reports
import TestSupport
import Testing

/// The one rule of the call list, state by state.
@Suite struct CallReasonTests {
  private static let before = Sample.deadline.addingTimeInterval(-0.001)

  private static func call(_ record: CustomerRecord, at now: Date) throws -> String {
    let rows = try CustomerReport.rows(of: record, deadline: Sample.deadline, at: now)
    // Who is called is on the call list, and for that reason.
    #expect(try CallReport(record, deadline: Sample.deadline, at: now)?.call ?? "" == rows[0].call)
    return rows[0].call
  }

  private func call(
    _ state: MessageState, reply: String? = nil, calls: [OutcomeReason] = [], at now: Date = before
  ) throws -> String {
    let record = try Sample.record(.letter, calls: calls, message: try Sample.message(state, reply: reply))
    return try Self.call(record, at: now)
  }

  @Test func whoIsToBeCalledAnywayIsCalledForThatReason() throws {
    let record = try Sample.record(.phone, reasons: [.noAddress, .segment("central inbox"), .segment("fax; alarm")])
    for now in [Self.before, Sample.deadline] {
      #expect(try Self.call(record, at: now) == "no e-mail address; central inbox; fax; alarm")
      #expect(
        CallReport.causes(record, deadline: Sample.deadline, at: now) == [
          CallCause(.noAddress), CallCause(.request, detail: "central inbox"),
          CallCause(.request, detail: "fax; alarm"),
        ])
    }
  }

  @Test func whoNeedsNothingIsNotCalled() throws {
    let record = try Sample.record(.none, reasons: [.segment("own mail server")])
    #expect(try Self.call(record, at: Sample.deadline) == "")
  }

  @Test(
    arguments: [
      (MessageState.queued, "", "letter not accepted by the deadline: queued"),
      (.sending, "", "letter not accepted by the deadline: sending"),
      (.deferred, "", "letter not accepted by the deadline: deferred: 5.1.1 no such user"),
      (.accepted, "", ""),
      (
        .excluded, "letter not sent: no relay in use takes international addresses (SMTPUTF8)",
        "letter not sent: no relay in use takes international addresses (SMTPUTF8)"
      ),
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
      try call(state, reply: reply, calls: [.segment("central inbox")])
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
    var record = try Sample.record(.letter, calls: [.segment("central inbox")])
    record.messages = [try Sample.message(.accepted), try Sample.message(.expired), try Sample.message(.queued)]
    for (index, letter) in ["password-change", "breach-notice", "reminder"].enumerated() {
      record.messages[index].letter = letter
    }
    #expect(
      try Self.call(record, at: Sample.deadline)
        == "central inbox; breach-notice: letter expired; reminder: letter not accepted by the deadline: queued")
    let row = try #require(try CallReport(record, deadline: Sample.deadline, at: Sample.deadline))
    #expect(row.state == "password-change accepted, breach-notice expired, reminder queued")
  }

  /// Given up once the deadline had passed: that it was missed is the reason, and nothing comes any more.
  @Test func whatExpiredAfterTheDeadlineMissedIt() throws {
    func causes(attempts: Int, at moment: Date) throws -> [CallCause] {
      var message = try Sample.message(.expired, reply: attempts > 0 ? "4.2.1 mailbox busy" : nil)
      message.attempts = attempts
      message.changedAt = moment
      return CallReport.causes(
        try Sample.record(.letter, message: message), deadline: Sample.deadline, at: Sample.deadline)
    }
    #expect(try causes(attempts: 2, at: Self.before) == [CallCause(.expired, detail: "4.2.1 mailbox busy")])
    #expect(
      try causes(attempts: 2, at: Sample.deadline) == [CallCause(.lateExpired, detail: "4.2.1 mailbox busy")])
    #expect(try causes(attempts: 0, at: Sample.deadline) == [CallCause(.lateExpired, detail: "never sent")])
    var message = try Sample.message(.expired)
    message.changedAt = Sample.deadline
    message.attempts = 0
    #expect(
      try Self.call(try Sample.record(.letter, message: message), at: Sample.deadline)
        == "letter not accepted by the deadline and given up: never sent")
  }

  /// Accepted after the deadline: off the list, and the report says so.
  @Test func whatIsAcceptedAfterTheDeadlineTakesTheCustomerOffTheList() throws {
    var message = try Sample.message(.accepted)
    func row(changedAt: Date, code: Int?) throws -> CustomerReport {
      message.changedAt = changedAt
      message.lastAttemptAt = changedAt.addingTimeInterval(-3600)
      message.code = code
      let record = try Sample.record(.letter, message: message)
      #expect(try CallReport(record, deadline: Sample.deadline, at: changedAt) == nil)
      var counts = CallCounts()
      counts.count(record, deadline: Sample.deadline, at: changedAt)
      let row = try #require(
        try CustomerReport.rows(of: record, deadline: Sample.deadline, at: changedAt).first)
      #expect(counts.acceptedLate == (row.late.isEmpty ? 0 : 1) && counts.late == 0)
      return row
    }
    #expect(try row(changedAt: Self.before, code: 250).late == "")
    #expect(
      try row(changedAt: Sample.deadline.addingTimeInterval(60), code: 250).late
        == "accepted at 2026-11-23T15:01:00.000Z, after the deadline")
    // By the operator's word it was accepted when it was sent.
    #expect(try row(changedAt: Sample.deadline.addingTimeInterval(60), code: nil).late == "")
    #expect(try row(changedAt: Sample.deadline.addingTimeInterval(3600), code: nil).late.contains("15:00:00"))
    let fields = try row(changedAt: Sample.deadline, code: 250).fields
    let column = try #require(CustomerReport.header.firstIndex(of: "late"))
    #expect(fields[column].hasPrefix("accepted at"))
  }

  @Test func oneCustomerIsCountedOnceForSeveralLateLetters() throws {
    var record = try Sample.record(.letter)
    record.messages = [try Sample.message(.queued), try Sample.message(.deferred)]
    var counts = CallCounts()
    counts.count(record, deadline: Sample.deadline, at: Self.before)
    #expect(counts == CallCounts())
    counts.count(record, deadline: Sample.deadline, at: Sample.deadline)
    #expect(counts.late == 1 && counts.acceptedLate == 0)
  }

  @Test func withoutTheRelaysWordsTheReasonEndsCleanly() throws {
    #expect(try call(.expired) == "letter expired")
    #expect(try call(.refused, reply: "") == "letter refused")
  }

  /// One who asked for a call, and whose letter is then excluded, is called for both: in the table, in JSON and in the
  /// script. With the real store.
  @Test(arguments: [true, false]) func anExcludedLetterIsACauseBesideWhatWasPlanned(isCalledAnyway: Bool) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "eilbrief-reports-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try SQLiteStore.open(spool: folder, access: .owner)
    let plans = Planned([
      PlannedCustomer(
        id: "10001", kind: .letter, calls: isCalledAnyway ? [.segment("central inbox")] : [],
        payload: try JSONEncoder().encode(try Sample.customer()),
        messages: [
          PlannedMessage(
            recipient: try EmailAddress("kanzlei@müller.example"),
            messageID: try MessageID(left: "m.1", domain: try Domain("kanzlei-it.example")), letter: "t", priority: 0,
            template: "t@0")
        ])
    ])
    try await store.freeze(Sample.plan, next: { plans.next() }, at: Sample.time(0))
    let campaign = try #require(try await store.campaign(named: "passwords")).id
    let due = try #require(try await store.due(in: campaign, at: Sample.time(1), after: nil, limit: 1).first)
    let step = StoreChange.exclude(message: due.message, fence: due.fence, reason: .noSMTPUTF8, at: Sample.time(2))
    #expect(try await store.commit([step]) == [.done])

    let found = Found()
    try await store.forEachCustomer(in: campaign) { found.add($0) }
    let record = try #require(found.records.first)
    let expected = [
      CallCause(.request, detail: "central inbox"), CallCause(.excluded, detail: ExclusionReason.noSMTPUTF8.text),
    ].suffix(isCalledAnyway ? 2 : 1)
    let causes = CallReport.causes(record, deadline: Sample.deadline, at: Self.before)
    #expect(causes == Array(expected))
    let row = try #require(try CallReport(record, deadline: Sample.deadline, at: Self.before))
    let excluded = "letter not sent: no relay in use takes international addresses (SMTPUTF8)"
    #expect(row.fields[4] == (isCalledAnyway ? "central inbox; " : "") + excluded)
    #expect(try Self.call(record, at: Self.before) == row.call)
    for document in [try ReportEncoding.json(row), try ReportEncoding.json(Self.customerRow(record))] {
      let object = try #require(try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any])
      let kinds = (object["causes"] as? [[String: Any]])?.map { $0["kind"] as? String }
      #expect(kinds == (isCalledAnyway ? ["request", "excluded"] : ["excluded"]))
      #expect(object["call"] as? String == row.call)
    }
    let script = try Self.script(record, causes)
    #expect(script.contains("Zu besprechen: central inbox") == isCalledAnyway)
    #expect(script.contains("Unser Brief wurde zurückgehalten: no relay in use takes international"))

    let status = CampaignStatus(try await store.snapshot(of: campaign), at: Sample.time(3))
    #expect((status.total, status.count(.excluded), status.customers.total, status.remaining) == (1, 1, 1, 0))
  }

  private static func customerRow(_ record: CustomerRecord) throws -> CustomerReport {
    try #require(CustomerReport.rows(of: record, deadline: Sample.deadline, at: before).first)
  }

  private static func script(_ record: CustomerRecord, _ causes: [CallCause]) throws -> String {
    let campaign = try CampaignFile.read(folder: PackageRoot.file("Tests/Support/Spools/format-3/summer"))
    let scripts = try CallScripts(campaign: campaign, templates: .bundled(), date: campaign.localTime(before))
    var customer = try JSONDecoder().decode(Customer.self, from: record.payload)
    for index in customer.mailboxes.indices { customer.mailboxes[index].access = "imap" }
    return try scripts.text(for: customer, causes: causes)
  }
}
