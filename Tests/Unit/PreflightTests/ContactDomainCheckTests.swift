import Mail
import Synchronization
import Testing

@testable import Preflight

/// Whether the domains that letters go to take mail.
@Suite struct ContactDomainCheckTests {
  private func findings(_ customers: [(domain: String, count: Int)], _ dns: any DNSLookup) async throws
    -> [PreflightFinding]
  {
    var domains = ContactDomains()
    var id = 0
    for (domain, count) in customers {
      for _ in 0..<count {
        id += 1
        domains.add(try Domain(domain), customer: "\(1000 + id)", line: id + 1)
      }
    }
    return await ContactDomainCheck(domains: domains) { dns }.findings()
  }

  @Test func eachWayToTakeNoMail() async throws {
    let dns = DNSTable(
      """
      mx.example MX 10 mail.mx.example
      mail.mx.example A 192.0.2.1
      host.example A 192.0.2.2
      null.example MX 0 .
      dead.example MX 10 gone.dead.example
      half.example MX 10 gone.half.example
      half.example MX 20 mail.mx.example
      text.example TXT nothing
      """)
    let found = try await findings(
      [
        ("mx.example", 9), ("host.example", 8), ("null.example", 5), ("dead.example", 4), ("half.example", 3),
        ("text.example", 2),
        ("nowhere.example", 1),
      ], dns)
    #expect(found.allSatisfy { $0.topic == .contacts })
    #expect(
      found.map { "\($0.severity.rawValue) \($0.about)" } == [
        "warning null.example", "warning dead.example", "warning text.example", "warning nowhere.example",
        "ok 3 domains",
      ])
    #expect(
      found[0].found.contains("RFC 7505")
        && found[0].found.contains("customers “1018” (line 19), “1019” (line 20), “1020” (line 21) and 2 more."))
    #expect(found[1].found.contains("names “gone.dead.example”, and DNS has no address of that"))
    #expect(found[2].found.contains("text.example has neither an MX record nor an address"))
    #expect(
      found[3].found == "DNS knows no domain nowhere.example. No letter there arrives: customer “1032” (line 33).")
    #expect(found[4].found.contains("3 of 7 take mail"))
  }

  /// A server that does not answer says nothing about the domain.
  @Test func unknownIsNotMissing() async throws {
    let dns = DNSTable("mx.example MX 10 mail.mx.example\nmail.mx.example A 192.0.2.1\nbroken.example ? SERVFAIL")
    let found = try await findings([("mx.example", 1), ("broken.example", 1)], dns)
    #expect(found.map(\.severity) == [.warning, .ok])
    #expect(found[0].found.contains("It could not be found out whether it takes mail (SERVFAIL), which says nothing"))
    #expect(!found[0].found.contains("No letter there arrives"))
  }

  @Test func allIsWell() async throws {
    let dns = DNSTable("mx.example MX 10 mail.mx.example\nmail.mx.example A 192.0.2.1")
    let found = try await findings([("mx.example", 7)], dns)
    #expect(found.map(\.line) == ["ok Of the domains that letters go to, every one takes mail."])
    #expect(try await findings([], dns).isEmpty)
  }

  private final class Silent: DNSLookup {
    let questions = Atomic(0)
    func answer(_ name: String, _ type: DNSType) async -> DNSAnswer {
      questions.add(1, ordering: .relaxed)
      return .unknown("no name server answered")
    }
  }

  /// Where nobody answers, it is not asked on and on.
  @Test func silenceEndsIt() async throws {
    let dns = Silent()
    let found = try await findings((0..<500).map { ("firm-\($0).example", 1) }, dns)
    #expect(dns.questions.load(ordering: .relaxed) <= 16)
    #expect(found.allSatisfy { $0.severity == .warning })
    #expect(found.last?.found.contains("domains of contacts were not looked up") == true)
    let counted = found.last?.found.split(separator: " ").first.flatMap { Int($0) } ?? 0
    #expect(counted + dns.questions.load(ordering: .relaxed) == 500)
  }

  /// The domains with the most customers come first, and no more than that are looked up.
  @Test func mostFrequentFirst() async throws {
    let dns = DNSTable("mx.example MX 10 mail.mx.example\nmail.mx.example A 192.0.2.1")
    let many = (0..<ContactDomainCheck.most + 50).map { (domain: "firm-\($0).example", count: 1) }
    let found = try await findings(many + [("mx.example", 3), ("often.example", 2)], dns)
    #expect(found.first?.about == "often.example" && found.last?.about == "1 domain")
    #expect(found.contains { $0.found.hasPrefix("52 domains of contacts were not looked up, with 52 customers") })
    #expect(found.count == 23)
  }
}
