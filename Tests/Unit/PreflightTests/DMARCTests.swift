import Campaigns
import Foundation
import Mail
import Testing

@testable import Preflight

@Suite struct DMARCTests {
  @Test func recordsAreRead() throws {
    func record(_ text: String) throws -> DMARCRecord { try DMARCRecord(Array(text.utf8)) }
    // RFC 7489, appendix B.
    #expect(try record("v=DMARC1; p=none; rua=mailto:dmarc-feedback@example.com").policy == .none)
    let full = try record(
      "v=DMARC1; p=reject; sp=quarantine; adkim=s; aspf=s; pct=25; rua=mailto:a@b.example!10m , mailto:c@d.example; fo=1"
    )
    #expect(full.policy == .reject && full.subdomainPolicy == .quarantine && full.strictDKIM && full.strictSPF)
    #expect(full.percent == 25 && full.reports.count == 2 && full.oddities == [])
    #expect(try record("v=DMARC1;p=quarantine;").policy == .quarantine)
    // §6.6.3: with reports, a missing or wrong policy is none.
    #expect(try record("v=DMARC1; p=strict; rua=mailto:a@b.example").policy == .none)
    #expect(try record("v=DMARC1; rua=mailto:a@b.example").oddities.count == 1)
    #expect(try record("v=DMARC1; p=none; pct=200; adkim=x; sp=y; rua=a@b.example; foo=1").oddities.count == 5)
    for text in [
      "v=DMARC1; p=strict", "v=DMARC1", "v=DMARC1; p", "v=DMARC1; p=none; p=reject", "v=DMARC1; p=none\u{7}",
    ] {
      #expect(throws: DMARCRecord.Fault.self, "\(text)") { try record(text) }
    }
    for (text, isOne) in [
      ("v=DMARC1; p=none", true), ("v = DMARC1 ;p=none", true), ("v=DMARC1", true), ("v=dmarc1; p=none", false),
      ("v=DMARC12; p=none", false), ("p=none; v=DMARC1", false), ("", false),
    ] {
      #expect(DMARCRecord.isDMARC(Array(text.utf8)) == isOne, "\(text)")
    }
  }

  /// With the public suffix list of libpsl.
  @Test(arguments: [
    ("firm.example", "firm.example"), ("a.b.firm.example", "firm.example"), ("mail.firm.co.uk", "firm.co.uk"),
    ("co.uk", nil), ("example", nil),
  ])
  func organisationalDomains(_ name: String, _ expected: String?) { #expect(OrganisationalDomain.of(name) == expected) }

  @Test func alignment() {
    #expect(OrganisationalDomain.isAligned("firm.example", with: "firm.example", strict: true))
    #expect(OrganisationalDomain.isAligned("firm.example", with: "news.firm.example", strict: false))
    #expect(!OrganisationalDomain.isAligned("firm.example", with: "news.firm.example", strict: true))
    #expect(!OrganisationalDomain.isAligned("other.example", with: "firm.example", strict: false))
    #expect(!OrganisationalDomain.isAligned("co.uk", with: "firm.co.uk", strict: false))
    #expect(!OrganisationalDomain.isAligned("a.co.uk", with: "b.co.uk", strict: false))
  }

  private func findings(
    _ zone: String, from: String = "firm.example", signs domain: String? = "firm.example", relay: Bool = false
  ) async throws -> [PreflightFinding] {
    let from = try Domain(from)
    let signing = try domain.map {
      DKIMPolicy.here(DKIMSettings(domain: try Domain($0), rsa: nil, ed25519: nil))
    }
    return await DMARCCheck(from: from, envelope: from, signing: relay ? .relay : signing, dns: DNSTable(zone))
      .findings()
  }

  @Test func allIsWell() async throws {
    #expect(
      try await findings("_dmarc.firm.example TXT v=DMARC1; p=reject").map(\.line) == [
        "ok The DMARC record is “v=DMARC1; p=reject”: letters that neither SPF nor DKIM vouches for are refused.",
        "ok SPF counts for firm.example, because envelope sender and From have one domain, and so does DKIM "
          + "(d=firm.example): one of them has to pass.",
      ])
  }

  @Test func missing() async throws {
    let found = try await findings("firm.example A 192.0.2.1", from: "mail.firm.example")
    #expect(found.map(\.severity) == [.warning])
    #expect(found[0].found.hasPrefix("DNS has no DMARC record of mail.firm.example, nor of firm.example."))
    #expect(
      found[0].publish
        == .init(name: "_dmarc.firm.example", value: "v=DMARC1; p=none; rua=mailto:postmaster@firm.example"))
  }

  /// The organisational domain's record, and its `sp`.
  @Test func inherited() async throws {
    let found = try await findings(
      "_dmarc.firm.example TXT v=DMARC1; p=reject; sp=none", from: "mail.firm.example")
    #expect(found.map(\.severity) == [.warning, .ok])
    #expect(found[0].about == "_dmarc.firm.example" && found[0].found.contains("are delivered like real ones"))
    let own = try await findings(
      "_dmarc.firm.example TXT v=DMARC1; p=none\n_dmarc.mail.firm.example TXT v=DMARC1; p=quarantine",
      from: "mail.firm.example")
    #expect(own[0].severity == .ok && own[0].found.contains("go into spam"))
  }

  @Test(arguments: [
    ("v=DMARC1; p=reject\n_dmarc.firm.example TXT v=DMARC1; p=none", "2 DMARC records"),
    ("v=dmarc1; p=reject", "not taken for one of DMARC"), ("v=DMARC1; p=rejcet", "“rejcet” is none of"),
  ])
  func errors(_ record: String, _ words: String) async throws {
    let found = try await findings("_dmarc.firm.example TXT \(record)")
    #expect(found.map(\.severity) == [.error] && found[0].found.contains(words))
  }

  @Test func policyNoneIsAWarning() async throws {
    let found = try await findings("_dmarc.firm.example TXT v=DMARC1; p=none; rua=mailto:d@firm.example")
    #expect(found.map(\.severity) == [.warning, .ok])
    #expect(try await findings("_dmarc.firm.example TXT v=DMARC1; p=reject; pct=x")[0].severity == .warning)
  }

  /// A signature that does not count is an error where the policy bites.
  @Test func notAligned() async throws {
    let strict = "_dmarc.firm.example TXT v=DMARC1; p=reject; adkim=s"
    let found = try await findings(strict, from: "mail.firm.example")
    #expect(found.last?.severity == .error && found.last?.found.contains("adkim=s") == true)
    #expect(found.last?.advice?.contains("dkim-key --domain mail.firm.example") == true)
    let lenient = try await findings(
      "_dmarc.firm.example TXT v=DMARC1; p=none; adkim=s", from: "mail.firm.example")
    #expect(lenient.last?.severity == .warning)
    let suffix = try await findings("_dmarc.firm.co.uk TXT v=DMARC1; p=reject", from: "firm.co.uk", signs: "co.uk")
    #expect(suffix.last?.severity == .error && suffix.last?.found.contains("not a domain of the same owner") == true)
  }

  @Test func withoutSignature() async throws {
    let reject = "_dmarc.firm.example TXT v=DMARC1; p=reject"
    #expect(try await findings(reject, signs: nil).map(\.severity) == [.ok, .error])
    #expect(try await findings(reject, relay: true).map(\.severity) == [.ok])
  }

  @Test func unknownIsNotMissing() async throws {
    let found = try await findings("_dmarc.firm.example ? no name server answered")
    #expect(found.map(\.severity) == [.unknown] && found[0].publish == nil)
    let above = try await findings(
      "mail.firm.example A 192.0.2.1\n_dmarc.firm.example ? SERVFAIL", from: "mail.firm.example")
    #expect(above.map(\.severity) == [.unknown])
  }
}
