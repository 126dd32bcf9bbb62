import Campaigns
import Foundation
import Mail
import TestSupport
import Testing

@testable import Letters
@testable import Operations

/// Findings over all letters, counted once a fault; addresses that need SMTPUTF8; rejected rows.
@Suite struct LetterFindingsTests {
  private let letter = Letter(
    subject: "S", text: "T", html: "H", language: "de", template: "password-change", code: .sample,
    templateDigest: SHA256.digest(of: []))

  private func finding(_ customer: String, _ message: String = "too long", line: Int? = 3) -> LetterLint.Finding {
    LetterLint.Finding(
      rule: "rule", severity: .error, customer: customer, part: .text, line: line, message: message)
  }

  @Test func oneFaultIsReportedOnce() throws {
    var findings = LetterFindings()
    for number in 1...5 { findings.add(finding("K\(number)", line: number), in: letter) }
    // The same customer, another letter.
    findings.add(finding("K1"), in: letter)
    findings.add(finding("K9", "another"), in: letter)
    #expect(findings.count == 2 && findings.named.map(\.letters) == [6, 1])
    #expect(findings.named.map(\.customers) == [["K1", "K2", "K3"], ["K9"]])
    #expect(findings.named[0].line == 1)
  }

  @Test func lettersThatCannotBeMadeAreCountedByReason() {
    var findings = LetterFindings()
    for id in ["K1", "K2"] {
      findings.add(LetterError(customer: id, problem: .noContact), of: "password-change", language: "de")
    }
    #expect(findings.count == 1 && findings.named[0].part == nil && findings.named[0].customers == ["K1", "K2"])
  }

  @Test func manyFaultsAreCountedAndTheFirstNamed() {
    var findings = LetterFindings()
    for number in 0..<1_200 { findings.add(finding("K", "fault \(number)"), in: letter) }
    #expect(findings.count == 1_200 && findings.kinds.count == 1_000)
    #expect(findings.named.count == LetterFindings.namedLimit)
    // A fault that is kept is still told apart; one that is not counts for itself.
    findings.add(finding("K", "fault 1"), in: letter)
    findings.add(finding("K", "fault 1100"), in: letter)
    #expect(findings.count == 1_201)
  }

  @Test func checkCountsLettersByLanguageAndAddress() throws {
    let scene = try Scene(.accept, .accept, .call, .nothing)
    try scene.addRow("K8;Kanzlei;Frau;;Ute;Weber;en;müller@kanzlei-8.example;09999 1;p@kanzlei-8.example;imap")
    let loaded = try LoadedCampaign(scene.location, credentials: nil, at: Scene.start)
    var seen: [String] = []
    let (plan, check) = try LetterCheck.run(loaded, date: loaded.campaign.localTime(Scene.start)) { customer, _ in
      seen.append(customer.id)
    }
    #expect(check.letters == ["de": 2, "en": 1] && check.count == plan.counts.messages)
    #expect(seen == ["K1", "K2", "K3", "K4", "K8"] && check.international.count == 1 && check.encrypted == 0)
    #expect(!check.largest.isEmpty && check.errors.count == 0)
    try check.requireNoErrors()
  }

  @Test func internationalAddressesAndSendersWarn() throws {
    var campaign = try Scene(.accept).campaign()
    var letters = InternationalLetters()
    #expect(letters.warnings(sender: campaign.sender).isEmpty)
    for (number, address) in ["müller@a.example", "mueller@müller.example", "öz@b.example"].enumerated() {
      letters.add(
        Customer(
          id: "K\(number)", company: "", salutation: "", title: "", firstName: "", lastName: "", language: "de",
          contact: try EmailAddress(address), phone: "", mailboxes: [], lines: [2]))
    }
    // A domain beyond ASCII travels as A-labels.
    #expect(letters.count == 2 && letters.warnings(sender: campaign.sender).count == 1)
    campaign.sender.from = try NamedAddress(parsing: "müller@kanzlei-it.example")
    #expect(letters.warnings(sender: campaign.sender).count == 2)
    #expect(InternationalLetters().warnings(sender: campaign.sender).count == 1)
  }

  @Test func rejectedRowsStopUnlessAllowed() throws {
    let scene = try Scene(.accept)
    for number in 0..<12 {
      try scene.addRow("R\(number);Kanzlei;Frau;;Ute;Weber;de;nobody;09999 1;post@kanzlei.example;imap")
    }
    let loaded = try LoadedCampaign(scene.location, credentials: nil, at: Scene.start)
    let rejected = RejectedCustomers(loaded, try loaded.plan())
    #expect(try rejected.rows.count == 12 && rejected.lines().count == 11)
    let error = #expect(throws: OperatorError.self) {
      try rejected.requireNone(unless: false, verb: "launch")
    }
    #expect(error?.kind == .data)
    try rejected.requireNone(unless: true, verb: "launch")
  }
}
