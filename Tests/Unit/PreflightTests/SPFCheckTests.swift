import Campaigns
import Mail
import Testing

@testable import Preflight

@Suite struct SPFCheckTests {
  private static let open = Relay(name: "main", host: "relay.firm.example", port: 465, tls: .implicit)
  private static let hosts = """
    relay.firm.example A 192.0.2.25
    firm.example MX 10 mail.firm.example
    mail.firm.example A 192.0.2.10

    """

  private func findings(_ zone: String, relays: [Relay] = [open]) async throws -> [PreflightFinding] {
    await SPFCheck(sender: try EmailAddress("support@firm.example"), relays: relays, dns: DNSTable(Self.hosts + zone))
      .findings()
  }

  @Test func allIsWell() async throws {
    let found = try await findings("firm.example TXT v=spf1 mx a:relay.firm.example ~all")
    #expect(
      found.map(\.line) == [
        "ok The SPF record is “v=spf1 mx a:relay.firm.example ~all”; 2 of the 10 look-ups a receiver makes.",
        "ok The record allows relay “main” (192.0.2.25). The relay may send from other addresses than the one that takes "
          + "letters; its operator knows them.",
      ])
    #expect(found.allSatisfy { $0.advice == nil && $0.publish == nil })
  }

  @Test func missing() async throws {
    let found = try await findings("firm.example TXT google-site-verification=abc")
    #expect(found.map(\.severity) == [.error])
    #expect(found[0].publish == .init(name: "firm.example", value: "v=spf1 mx a:relay.firm.example ~all"))
    let local = Relay(name: "own", host: "127.0.0.1", port: 25, tls: .none)
    let placed = try await findings("", relays: [local])
    #expect(placed[0].publish?.value == "v=spf1 mx ip4:ADDRESS ~all")
    #expect(placed[0].advice?.contains("ADDRESS stands for the public address") == true)
  }

  /// Each broken record is an error that says why.
  @Test(arguments: [
    ("firm.example TXT v=spf1 -all\nfirm.example TXT v=spf1 mx -all", "DNS has 2 SPF records"),
    ("firm.example TXT v=spf1 ipv4:192.0.2.1 -all", "“ipv4:192.0.2.1” is not understood"),
    ("firm.example TXT v=spf1 include:gone.example -all", "“include” leads to gone.example, which has no SPF record"),
    ("firm.example TXT v=spf1 a:x1.example a:x2.example a:x3.example -all", "3 of its names have no addresses"),
    ("firm.example TXT v=spf1 include:firm.example -all", "look-ups in DNS; after 10 receivers give up"),
    (
      "firm.example TXT v=spf1 include:inc.example -all\ninc.example TXT v=spf1 nonsense",
      "“include” leads to inc.example, whose record is wrong"
    ),
  ])
  func broken(_ zone: String, _ words: String) async throws {
    let found = try await findings(zone)
    #expect(found.first?.severity == .error)
    #expect(found.first?.found.contains(words) == true, "\(found)")
    #expect(found.first?.advice != nil)
  }

  /// Eleven look-ups in the whole are a warning where the relay is found before.
  @Test func tooManyLookupsBehindTheRelay() async throws {
    let names = (0..<11).map { "a:mail.firm.example".replacing("mail", with: "h\($0)") }
    let hosts = (0..<11).map { "h\($0).firm.example A 198.51.100.1" }.joined(separator: "\n")
    let found = try await findings(
      "firm.example TXT v=spf1 ip4:192.0.2.25 \(names.joined(separator: " ")) -all\n\(hosts)")
    #expect(found[0].severity == .warning && found[0].found.contains("11 look-ups"))
    let late = try await findings("firm.example TXT v=spf1 \(names.joined(separator: " ")) -all\n\(hosts)")
    #expect(late[0].severity == .error)
  }

  @Test(arguments: [("+all", "everybody in the world"), ("?all", "“?all”"), ("", "no “all”"), ("ptr ~all", "“ptr”")])
  func doubts(_ end: String, _ words: String) async throws {
    let found = try await findings("firm.example TXT v=spf1 a:relay.firm.example \(end)")
    #expect(found.map(\.severity) == [.ok, .warning, .ok])
    #expect(found[1].found.contains(words))
  }

  @Test func allOfARedirectCounts() async throws {
    let inner = "_spf.firm.example TXT v=spf1 a:relay.firm.example -all"
    let found = try await findings("firm.example TXT v=spf1 redirect=_spf.firm.example\n\(inner)")
    #expect(found.map(\.severity) == [.ok, .ok])
  }

  @Test func relayNotAllowed() async throws {
    let found = try await findings("firm.example TXT v=spf1 mx -all")
    #expect(found.map(\.severity) == [.ok, .warning])
    #expect(found[1].found.contains("does not allow relay “main” (192.0.2.25: fail)"))
    #expect(found[1].advice?.contains("“ip4:192.0.2.25”") == true)
  }

  @Test(arguments: ["127.0.0.1", "::1", "localhost", "10.0.0.5", "relay"])
  func relayThatNobodySees(_ host: String) async throws {
    let relay = Relay(name: "own", host: host, port: 25, tls: .none)
    let found = try await findings("firm.example TXT v=spf1 mx -all", relays: [relay])
    #expect(found.map(\.severity) == [.ok, .warning])
    #expect(found[1].found.contains("cannot be told from here"))
  }

  /// A name server that fails is never “missing”.
  @Test func unknownIsNotMissing() async throws {
    #expect(
      try await findings("firm.example ? no name server answered").map(\.line) == [
        "unknown It could not be found out whether there is an SPF record: no name server answered."
      ])
    let inner = try await findings(
      "firm.example TXT v=spf1 ip4:192.0.2.25 include:inc.example -all\ninc.example ? SERVFAIL")
    #expect(inner.map(\.severity) == [.unknown, .ok])
    let relay = try await findings("firm.example TXT v=spf1 include:inc.example -all\ninc.example ? SERVFAIL")
    #expect(relay.map(\.severity) == [.unknown, .unknown])
  }

  @Test func nothingSteersTheTerminal() async throws {
    let found = try await findings("firm.example TXT v=spf1 \u{1B}[2Jinclude:x.example")
    #expect(found[0].found.contains("\\027[2J"))
    #expect(found.allSatisfy { $0.found.unicodeScalars.allSatisfy { $0.value >= 0x20 } })
  }
}
