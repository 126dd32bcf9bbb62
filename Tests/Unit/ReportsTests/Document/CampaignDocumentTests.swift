import Campaigns
import Foundation
import Letters
import Mail
import Queue
import Receipts
import Testing

@testable import Reports

/// The sections of a report, from values.
@Suite struct CampaignDocumentTests {
  private func customer(
    _ number: Int, domain: String, access: [String] = ["imap"], _ messages: [MessageRecord],
    kind: Outcome.Kind = .letter,
    company: String = "Kanzlei"
  ) throws -> CustomerRecord {
    let customer = Customer(
      id: "\(number)", company: company, salutation: "", title: "", firstName: "Änne", lastName: "Müller",
      language: "de", contact: nil, phone: "09999 555-\(number)",
      mailboxes: try access.map { .init(address: try EmailAddress("post@\(domain)"), access: $0) }, lines: [number])
    return CustomerRecord(
      id: "\(number)", kind: kind, reasons: kind == .letter ? [] : [.segment("central inbox")],
      payload: try JSONEncoder().encode(customer),
      messages: try messages.map { message in
        var message = message
        message.recipient = try EmailAddress("kontakt@\(domain)")
        return message
      })
  }

  private func message(_ state: MessageState, at seconds: Double = 60, reply: String? = nil, code: Int? = nil) throws
    -> MessageRecord
  {
    var message = try Sample.message(state, reply: reply)
    message.changedAt = Sample.time(seconds)
    if let code { message.code = code }
    return message
  }

  private func counted(
    _ customers: [CustomerRecord], for audience: CampaignDocument.Audience = .operator, calls: [CallRecord] = []
  ) throws -> CustomerTally {
    let histories = Dictionary(grouping: calls) { $0.customer }.mapValues { CallHistory($0) }
    var tally = CustomerTally(for: audience, calls: histories, deadline: Sample.deadline, at: Sample.time(600))
    for customer in customers { try tally.add(customer) }
    return tally
  }

  // MARK: Figures

  @Test func eachCustomerStandsInOnePlaceOfEachSegment() throws {
    let tally = try counted([
      try customer(1, domain: "a.example", access: ["imap", "imap", "e2e"], [try message(.accepted)]),
      try customer(2, domain: "b.example", [try message(.accepted), try message(.refused, code: 550)]),
      try customer(3, domain: "c.example", [try message(.uncertain)]),
      try customer(4, domain: "d.example", [try message(.deferred, reply: "try later", code: 450)]),
      try customer(5, domain: "e.example", access: ["central"], [], kind: .phone),
    ])
    let segments = tally.affected(["central": .phone(reason: "central inbox")]).segments
    #expect(segments.map(\.segment) == ["imap", "central", "e2e"])
    #expect(segments[0].mailboxes == 5 && segments[0].total == 4)
    #expect(segments[0].customers == [.told: 1, .failed: 1, .uncertain: 1, .waiting: 1])
    #expect(segments[1].plan == SegmentPlan(.phone(reason: "central inbox")) && segments[1].customers == [.call: 1])
    #expect(tally.figures.customers == 5 && tally.figures.letters == 5 && tally.figures.waiting == 1)
    #expect(tally.calls.customers == 3)
    #expect(tally.calls.reasons == [.refused: 1, .uncertain: 1, .request: 1])
  }

  @Test func smallDomainsAreNotNamedForTheAuthority() throws {
    let customers =
      try (1...5).map { try customer($0, domain: "gross.example", [try message(.accepted)]) }
      + [try customer(6, domain: "klein.example", [try message(.refused, code: 550)])]
    let inside = try counted(customers, for: .operator).domainOutcomes
    #expect(inside.domains.map(\.domain) == ["gross.example", "klein.example"] && inside.others == nil)
    let outside = try counted(customers, for: .authority).domainOutcomes
    #expect(outside.domains.map(\.domain) == ["gross.example"])
    #expect(outside.others?.messages == [.refused: 1] && outside.otherDomains == 1)
  }

  @Test func theAuthorityGetsNoWordsAndNoRows() throws {
    let customers = [
      try customer(1, domain: "a.example", [try message(.refused, reply: "5.1.1 no such user mueller", code: 550)])
    ]
    let inside = try counted(customers, for: .operator)
    #expect(inside.replies { _ in nil }.first?.words?.contains("no such user") == true)
    #expect(inside.calls.listed.map(\.customer) == ["1"])
    let outside = try counted(customers, for: .authority)
    let reply = try #require(outside.replies { "\($0)!" }.first)
    #expect(
      reply.words == nil && reply.code == 550 && reply.class == "address-dead" && reply.meaning == "address-dead!")
    #expect(outside.calls.listed.isEmpty && outside.calls.customers == 1)
  }

  @Test func listsAreBoundedWhateverTheNumberOfCustomers() throws {
    var tally = CustomerTally(for: .operator, deadline: Sample.deadline, at: Sample.time(600))
    for number in 0..<(CustomerTally.mostDomains + 10) {
      try tally.add(try customer(number, domain: "d\(number).example", [try message(.uncertain)]))
    }
    #expect(tally.calls.listed.count == CallSummary.mostListed)
    #expect(tally.calls.customers == CustomerTally.mostDomains + 10)
    let domains = tally.domainOutcomes
    #expect(domains.domains.count == DomainOutcomes.mostNamed && domains.otherDomains == nil)
    #expect((domains.others?.letters ?? 0) + domains.domains.map(\.letters).reduce(0, +) == tally.figures.letters)
  }

  // MARK: Calls

  private func call(_ customer: Int, _ outcome: CallOutcome, at moment: Date = Sample.time(120)) -> CallRecord {
    CallRecord(customer: "\(customer)", at: moment, outcome: outcome, caller: "Gundula Test", note: "ruft zurück")
  }

  /// Six customers and all that can become of calls: 1 told by letter, rings in; 2 refused, reached at the second try;
  /// 3 uncertain, reached; 4 planned, reached, and it was somebody else; 5 planned, wants a letter; 6 excluded.
  private func called() throws -> ([CustomerRecord], [CallRecord]) {
    (
      [
        try customer(1, domain: "a.example", [try message(.accepted)]),
        try customer(2, domain: "b.example", [try message(.refused, code: 550)]),
        try customer(3, domain: "c.example", [try message(.uncertain)]),
        try customer(4, domain: "d.example", access: ["central"], [], kind: .phone),
        try customer(5, domain: "e.example", access: ["central"], [], kind: .phone),
        try customer(6, domain: "f.example", [try message(.excluded)]),
      ],
      [
        call(1, .reached), call(2, .noAnswer, at: Sample.time(60)), call(2, .reached),
        call(2, .reached, at: Sample.time(180)), call(3, .reached, at: Sample.deadline), call(4, .reached),
        call(4, .wrongNumber, at: Sample.time(200)), call(5, .letterWanted),
      ]
    )
  }

  @Test func whoIsReachedIsToldOnce() throws {
    let (customers, calls) = try called()
    let tally = try counted(customers, calls: calls)
    let segments = tally.affected([:]).segments
    #expect(segments.map(\.segment) == ["imap", "central"])
    #expect(segments[0].customers == [.told: 1, .reached: 2, .failed: 1] && segments[0].total == 4)
    #expect(segments[1].customers == [.call: 2])
    let figures = tally.calls.figures
    #expect(figures.reached == 3 && figures.open == 3 && figures.made == 8)
    #expect(figures.wrongNumber == 1 && figures.letterWanted == 1 && figures.untried == 1 && figures.noAnswer == 0)
    #expect(tally.calls.reasons == [.request: 2, .excluded: 1])
    #expect(tally.calls.listed.map(\.customer) == ["4", "5", "6"])
    #expect(tally.calls.listed.map { $0.lastCall?.outcome } == [.wrongNumber, .letterWanted, nil])
    #expect(tally.calls.listed.map(\.calls) == [2, 1, 0])
    // The letters of 2 and 3 need nothing more.
    let letters = tally.calls.letters
    #expect(letters.uncertain == 0 && letters.lost == 1 && letters.toldByCall == 2)
    let made = tally.callsMade
    #expect(made.total == 8 && made.customers == 5 && made.reached == 3)
    #expect(made.reachedByDeadline == 2 && made.reachedAfterDeadline == 1)
    #expect(made.outcomes == [.reached: 5, .noAnswer: 1, .wrongNumber: 1, .letterWanted: 1])
    #expect(made.first == Sample.time(60) && made.last == Sample.deadline)
  }

  /// The receipts say the same without the queue.
  @Test func afterAPurgeTheReceiptsHaveTheCalls() throws {
    let (customers, calls) = try called()
    let hash = KeyedHash(key: [UInt8](repeating: 7, count: 32))
    var kept = ReceiptCalls()
    for (seq, call) in calls.enumerated() {
      let digest = hash.digest(of: call.customer).hex
      let line =
        "{\"seq\":\(seq + 1),\"at\":\"\(RFC3339.string(Sample.deadline))\",\"campaign\":\"sommer\",\"event\":\"called\","
        + "\"customer\":\"\(digest)\",\"outcome\":\"\(call.outcome.rawValue)\","
        + "\"called_at\":\"\(RFC3339.string(call.at))\",\"called_by\":\"\(digest)\",\"prev\":\"\(digest)\"}"
      kept.add(try Receipt(line: Array(line.utf8)))
    }
    #expect(kept.made(deadline: Sample.deadline) == (try counted(customers, calls: calls).callsMade))
  }

  private func document(
    _ tally: CustomerTally, for audience: CampaignDocument.Audience = .operator,
    in language: DocumentLanguage = .english
  ) -> CampaignDocument {
    CampaignDocument(
      audience: audience, campaign: "sommer", language: language, zone: .gmt, madeAt: Sample.time(600),
      state: .completed, plan: "sha256:0", deadline: Sample.deadline, startedAt: nil, finishedAt: nil, incident: nil,
      figures: tally.figures, affected: tally.affected([:]), told: tally.told, domains: tally.domainOutcomes,
      replies: [], calls: tally.calls, callsMade: tally.callsMade, timeline: CampaignTimeline(), releasedBy: [],
      evidence: ReceiptEvidence(lines: 1))
  }

  @Test func thePageSaysWhatIsOpenAfterTheCalls() throws {
    let (customers, calls) = try called()
    let page = CampaignPage(document(try counted(customers, calls: calls)), commands: nil).html()
    #expect(page.contains("<b>3</b> <span>customers told by telephone</span>"))
    #expect(page.contains("<b>2</b> <span>customers to be called</span>"))
    #expect(page.contains("<b>1</b> <span>customers who want it in writing</span>"))
    #expect(page.contains("Calls that were made: 8. Customers who were called: 5."))
    #expect(page.contains("whose customers are not told: 1."))
    #expect(page.contains("whose customers were told by telephone: 2."))
    // Nobody knows about the letter, and the customer was told.
    #expect(
      !page.contains("Letters whose outcome nobody knows") && !page.contains("Every customer of the plan is told"))
    // Customers: 3 reached, 0, 1, 1, 1 untried, 6 in all; calls: 5, 1, 1, 1, 8 in all.
    let rows = [
      ("reached and told", "5", "3"), ("no answer", "1", "0"), ("wrong number", "1", "1"),
      ("spoken to, wants it in writing", "1", "1"),
    ]
    for (name, calls, customers) in rows {
      #expect(page.contains("\(name)</th><td class=\"n\">\(calls)</td><td class=\"n\">\(customers)</td>"), "\(name)")
    }
    #expect(page.contains("not called yet</th><td class=\"n\">–</td><td class=\"n\">1</td>"))
    #expect(page.contains("Total</th><td class=\"n\">8</td><td class=\"n\">6</td>"))
  }

  @Test func whenEverybodyIsToldThePageSaysSo() throws {
    let (customers, calls) = try called()
    let rest = (4...6).map { call($0, .reached, at: Sample.time(300)) }
    let page = CampaignPage(document(try counted(customers, calls: calls + rest)), commands: nil).html()
    #expect(page.contains("Every customer of the plan is told") && page.contains("Nobody is left to be called."))
    #expect(!page.contains("on the call list"))
  }

  @Test(arguments: DocumentLanguage.allCases)
  func theAuthorityLearnsOfCallsAndNobodysName(_ language: DocumentLanguage) throws {
    let (customers, calls) = try called()
    let tally = try counted(customers, for: .authority, calls: calls)
    let page = CampaignPage(document(tally, for: .authority, in: language), commands: nil).html()
    let json = try ReportEncoding.json(document(tally, for: .authority, in: language))
    for text in [page, json] {
      for word in ["Gundula", "ruft zurück", "Müller", "09999", "Kanzlei"] { #expect(!text.contains(word), "\(word)") }
    }
    #expect(page.contains(language == .german ? "Geführte Anrufe: 8" : "Calls that were made: 8"))
  }

  @Test func aProofHasEachCallWithItsReceipt() throws {
    let (customers, calls) = try called()
    let hash = KeyedHash(key: [UInt8](repeating: 7, count: 32))
    let history = CallHistory(calls.filter { $0.customer == "2" })
    let receipts = try history.calls.enumerated().map { number, call in
      let zero = String(repeating: "0", count: 64)
      let made = CallReceipt(call.outcome, at: call.at, caller: call.caller, note: call.note, by: hash)
      let note = number == 1 ? hash.digest(of: "note\0something else") : made.note
      let line =
        "{\"seq\":\(number + 1),\"at\":\"\(RFC3339.string(Sample.time(500)))\",\"campaign\":\"sommer\",\"event\":\"called\","
        + "\"customer\":\"\(zero)\",\"outcome\":\"\(call.outcome.rawValue)\","
        + "\"called_at\":\"\(RFC3339.string(call.at))\",\"called_by\":\"\(made.by.hex)\",\"note\":\"\(note?.hex ?? zero)\","
        + "\"prev\":\"\(zero)\"}"
      return ProofReceipt(try Receipt(line: Array(line.utf8)), line: SHA256.digest(of: Array(line.utf8)))
    }
    // The first as it is, the second with another note, the third not on disk.
    let found = CustomerProof.calls(history, Array(receipts.prefix(2)), by: hash)
    #expect(found.map { $0.made?.outcome } == [.noAnswer, .reached, nil, .reached])
    #expect(found.map { $0.receipt?.receipt.seq } == [1, nil, 2, nil])
    let proof = CustomerProof(
      campaign: "sommer", language: .english, zone: .gmt, madeAt: Sample.time(600), plan: "sha256:0",
      deadline: Sample.deadline, customer: customers[1],
      letters: customers[1].messages.map { .init($0, receipts: []) }, calls: found, reachedAt: history.told?.at,
      evidence: ReceiptEvidence(lines: 2))
    #expect(proof.causes.isEmpty)
    let page = try CustomerProofPage(proof, commands: .init(verify: "", show: "", prove: "")).html()
    #expect(page.contains("Told by telephone on") && !page.contains("To be called because"))
    #expect(page.contains("The queue has no call with this outcome") && page.contains("not in receipts.jsonl yet"))
    #expect(page.components(separatedBy: "Gundula Test").count == 4)
  }

  // MARK: The curve

  @Test func theCurveCountsExactlyAroundTheDeadline() {
    var curve = AcceptanceCurve(deadline: Sample.deadline)
    for moment in [Sample.time(0), Sample.time(1), Sample.deadline.addingTimeInterval(-0.001), Sample.deadline] {
      curve.add(moment)
    }
    #expect(curve.history.byDeadline == 3 && curve.history.afterDeadline == 1)
    #expect(curve.history.points.last?.accepted == 4 && curve.history.points.first?.accepted == 0)
  }

  @Test(arguments: [1.0, 60.0, 2_592_000.0])
  func theCurveIsShortAndRises(_ step: Double) {
    var curve = AcceptanceCurve(deadline: Sample.deadline)
    for number in 0..<3_000 { curve.add(Sample.time(step * Double((number * 7) % 3_000))) }
    let history = curve.history
    #expect(history.points.count <= 2 * AcceptanceCurve.mostPoints && history.accepted == 3_000)
    #expect(zip(history.points, history.points.dropFirst()).allSatisfy { $0.at < $1.at && $0.accepted <= $1.accepted })
    let steps = history.steps()
    #expect(steps.count <= 16 && steps.last?.accepted == 3_000)
    #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.at < $1.at && $0.accepted <= $1.accepted })
  }

  // MARK: Words

  @Test func numbersAndTimesAreWrittenInTheLanguage() throws {
    let zone = try #require(TimeZone(secondsFromGMT: 3600))
    let german = DocumentText(language: .german, zone: zone)
    let english = DocumentText(language: .english, zone: zone)
    #expect(german.number(1_234_567) == "1.234.567" && english.number(1_234_567) == "1,234,567")
    #expect(german.time(Sample.time(5)) == "23.11.2026, 09:00:05 UTC+1")
    #expect(english.time(Sample.time(5)) == "23 Nov 2026, 09:00:05 UTC+1")
    #expect(german.share(999_999, of: 1_000_000) == "99,9 %" && german.share(1, of: 1_000_000) == "0,1 %")
    #expect(english.share(5, of: 5) == "100%" && english.share(0, of: 5) == "0%" && english.share(0, of: 0) == "–")
  }

  @Test func everyWordIsThereInBothLanguages() {
    for words in MessageState.allCases.map(\.words) + CallCause.Kind.allCases.map(\.words)
      + CustomerStanding.allCases.map(\.words) + CallOutcome.allCases.map(\.words)
    {
      #expect(!words.english.isEmpty && !words.german.isEmpty)
    }
  }

  @Test func wordsOfOthersAreNeverMarkup() throws {
    let hostile = "</td><script>alert('1')</script>&\"\u{202E}\u{1B}[31m"
    let record = try customer(1, domain: "a.example", access: [hostile], [try message(.uncertain)], company: hostile)
    let made = CallRecord(customer: "1", at: Sample.time(60), outcome: .noAnswer, caller: hostile, note: hostile)
    let tally = try counted([record], calls: [made])
    let document = CampaignDocument(
      audience: .operator, campaign: hostile, language: .english, zone: .gmt, madeAt: Sample.time(600),
      state: .completed, plan: "sha256:\(hostile)", deadline: Sample.deadline, startedAt: nil, finishedAt: nil,
      incident: nil, figures: tally.figures, affected: tally.affected([hostile: .phone(reason: hostile)]),
      told: tally.told, domains: tally.domainOutcomes, replies: tally.replies { _ in hostile }, calls: tally.calls,
      callsMade: tally.callsMade, timeline: CampaignTimeline(), releasedBy: [],
      evidence: ReceiptEvidence(lines: 1, head: hostile, signedBy: hostile, fault: hostile))
    let commands = DocumentCommands(resume: hostile, settle: hostile, calls: hostile, purge: hostile, verify: hostile)
    let proof = CustomerProof(
      campaign: hostile, language: .german, zone: .gmt, madeAt: Sample.time(600), plan: hostile,
      deadline: Sample.deadline, customer: record, letters: record.messages.map { .init($0, receipts: []) },
      calls: [.init(receipt: nil, made: CallMade(made))], evidence: document.evidence)
    let pages = [
      CampaignPage(document, commands: commands).html(),
      try CustomerProofPage(proof, commands: .init(verify: hostile, show: hostile, prove: hostile)).html(),
    ]
    for page in pages {
      #expect(page.contains("&lt;script&gt;alert(&#39;1&#39;)"))
      #expect(page.contains("\\u{202E}\\u{1B}[31m"))
      for bad in ["<script", "\u{202E}", "\u{1B}", "alert('1')"] { #expect(!page.contains(bad)) }
    }
  }
}
