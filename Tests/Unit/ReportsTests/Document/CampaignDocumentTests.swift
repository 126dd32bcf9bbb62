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
    _ customers: [CustomerRecord], for audience: CampaignDocument.Audience = .operator
  ) throws -> CustomerTally {
    var tally = CustomerTally(for: audience, in: .german, deadline: Sample.deadline, at: Sample.time(600))
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
    var tally = CustomerTally(for: .operator, in: .german, deadline: Sample.deadline, at: Sample.time(600))
    for number in 0..<(CustomerTally.mostDomains + 10) {
      try tally.add(try customer(number, domain: "d\(number).example", [try message(.uncertain)]))
    }
    #expect(tally.calls.listed.count == CallSummary.mostListed)
    #expect(tally.calls.customers == CustomerTally.mostDomains + 10)
    let domains = tally.domainOutcomes
    #expect(domains.domains.count == DomainOutcomes.mostNamed && domains.otherDomains == nil)
    #expect((domains.others?.letters ?? 0) + domains.domains.map(\.letters).reduce(0, +) == tally.figures.letters)
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
      + CustomerStanding.allCases.map(\.words)
    {
      #expect(!words.english.isEmpty && !words.german.isEmpty)
    }
  }

  @Test func wordsOfOthersAreNeverMarkup() throws {
    let hostile = "</td><script>alert('1')</script>&\"\u{202E}\u{1B}[31m"
    let record = try customer(1, domain: "a.example", access: [hostile], [try message(.uncertain)], company: hostile)
    let tally = try counted([record])
    let document = CampaignDocument(
      audience: .operator, campaign: hostile, language: .english, zone: .gmt, madeAt: Sample.time(600),
      state: .completed, plan: "sha256:\(hostile)", deadline: Sample.deadline, startedAt: nil, finishedAt: nil,
      incident: nil, figures: tally.figures, affected: tally.affected([hostile: .phone(reason: hostile)]),
      told: tally.told, domains: tally.domainOutcomes, replies: tally.replies { _ in hostile }, calls: tally.calls,
      timeline: CampaignTimeline(), releasedBy: [],
      evidence: ReceiptEvidence(lines: 1, head: hostile, signedBy: hostile, fault: hostile))
    let commands = DocumentCommands(resume: hostile, settle: hostile, calls: hostile, purge: hostile, verify: hostile)
    let proof = CustomerProof(
      campaign: hostile, language: .german, zone: .gmt, madeAt: Sample.time(600), plan: hostile,
      deadline: Sample.deadline, customer: record, letters: record.messages.map { .init($0, receipts: []) },
      evidence: document.evidence)
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
