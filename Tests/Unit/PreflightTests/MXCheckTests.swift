import Campaigns
import Foundation
import Mail
import Testing

@testable import Preflight

@Suite struct MXCheckTests {
  private func findings(_ zone: String, replyTo: String? = nil) async throws -> [PreflightFinding] {
    let address = try EmailAddress("support@firm.example")
    let sender = Sender(
      from: NamedAddress(displayName: nil, address: address),
      replyTo: try replyTo.map { NamedAddress(displayName: nil, address: try EmailAddress($0)) },
      contact: .init(name: "Desk", phone: "1", email: address), noticeURL: URL(string: "https://firm.example")!)
    return await MXCheck(sender: sender, dns: DNSTable(zone)).findings()
  }

  private static let mail = "mail.firm.example A 192.0.2.10\n"

  @Test(arguments: [
    ("firm.example MX 10 mail.firm.example\n\(mail)", PreflightFinding.Severity.ok, "goes to mail.firm.example"),
    ("firm.example MX 10 mail.firm.example\nmail.firm.example AAAA 2001:db8::1", .ok, "mail.firm.example"),
    (
      "firm.example MX 20 b.firm.example\nfirm.example MX 10 mail.firm.example\n\(mail)b.firm.example A 192.0.2.11",
      .ok,
      "goes to mail.firm.example, b.firm.example"
    ),
    ("firm.example A 192.0.2.1", .warning, "has no MX record"),
    ("firm.example TXT x", .error, "neither an MX record nor an address"),
    ("other.example A 192.0.2.1", .error, "DNS knows no domain firm.example"),
    ("firm.example MX 0 .", .error, "takes no mail at all"),
    ("firm.example MX 10 gone.firm.example", .error, "DNS has no address of that"),
    ("firm.example MX 10 192.0.2.1", .error, "DNS has no address of that"),
    ("firm.example MX 10 mail.firm.example\nfirm.example MX 20 gone.firm.example\n\(mail)", .warning, "has no address"),
    ("firm.example MX 10 mail.firm.example\nmail.firm.example A 127.0.0.1", .warning, "a private network"),
    ("firm.example MX 10 mail.firm.example\n\(mail)mail.firm.example CNAME x.example", .warning, "alias (CNAME)"),
    ("firm.example ? SERVFAIL", .unknown, "where its mail goes: SERVFAIL"),
    ("firm.example MX 10 mail.firm.example\nmail.firm.example ? SERVFAIL", .unknown, "have addresses"),
  ])
  func domains(_ zone: String, _ severity: PreflightFinding.Severity, _ words: String) async throws {
    let found = try await findings(zone)
    #expect(found.map(\.severity) == [severity], "\(found)")
    #expect(found[0].found.contains(words), "\(found)")
    #expect((found[0].advice == nil) == (severity == .ok))
  }

  @Test func everyDomainOnceWithItsUses() async throws {
    let found = try await findings("firm.example MX 0 .", replyTo: "answers@other.example")
    #expect(found.map(\.about) == ["firm.example", "other.example"])
    #expect(found[0].found.hasSuffix("Lost would be: bounces and answers to From, letters to the contact."))
    #expect(found[1].found.hasSuffix("Lost would be: answers (Reply-To)."))
  }
}
