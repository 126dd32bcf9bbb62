import Testing

@testable import Preflight

@Suite struct SPFEvaluationTests {
  /// RFC 7208, appendix A.
  private static let zone = """
    example.com MX 10 mail-a.example.com
    example.com MX 20 mail-b.example.com
    example.com A 192.0.2.10
    example.com A 192.0.2.11
    amy.example.com A 192.0.2.65
    bob.example.com A 192.0.2.66
    mail-a.example.com A 192.0.2.129
    mail-b.example.com A 192.0.2.130
    example.org MX 10 mail-c.example.org
    mail-c.example.org A 192.0.2.140
    10.2.0.192.in-addr.arpa PTR example.com
    65.2.0.192.in-addr.arpa PTR amy.example.com
    140.2.0.192.in-addr.arpa PTR mail-c.example.org
    4.0.0.10.in-addr.arpa PTR bob.example.com

    """

  private func result(
    _ record: String, _ address: String, _ more: String = "", sender: String = "amy@example.com"
  ) async -> SPFEvaluation.Result {
    let dns = DNSTable(Self.zone + "example.com TXT \(record)\n" + more)
    var evaluation = SPFEvaluation(address: IPAddress(address)!, sender: sender, helo: "mail.example.com", dns: dns)
    return await evaluation.result(for: "example.com")
  }

  /// Appendix A.1: who passes, who does not.
  @Test(arguments: [
    ("v=spf1 +all", ["192.0.2.10", "203.0.113.1", "2001:db8::1"], []),
    ("v=spf1 a -all", ["192.0.2.10", "192.0.2.11"], ["192.0.2.65"]),
    ("v=spf1 a:example.org -all", [], ["192.0.2.10", "192.0.2.140"]),
    ("v=spf1 mx -all", ["192.0.2.129", "192.0.2.130"], ["192.0.2.10", "192.0.2.140"]),
    ("v=spf1 mx:example.org -all", ["192.0.2.140"], ["192.0.2.129"]),
    ("v=spf1 mx mx:example.org -all", ["192.0.2.129", "192.0.2.130", "192.0.2.140"], ["192.0.2.10"]),
    (
      "v=spf1 mx/30 mx:example.org/30 -all", ["192.0.2.128", "192.0.2.131", "192.0.2.140", "192.0.2.143"],
      ["192.0.2.132", "192.0.2.144"]
    ),
    ("v=spf1 ptr -all", ["192.0.2.65", "192.0.2.10"], ["192.0.2.140", "10.0.0.4"]),
    ("v=spf1 ip4:192.0.2.128/28 -all", ["192.0.2.129", "192.0.2.143"], ["192.0.2.65", "192.0.2.144"]),
    ("v=spf1 ip6:2001:db8::/32 -all", ["2001:db8:ffff::1"], ["2001:db9::1", "192.0.2.1"]),
  ])
  func appendixA(_ record: String, _ passing: [String], _ failing: [String]) async {
    for address in passing { #expect(await result(record, address) == .pass, "\(address)") }
    for address in failing { #expect(await result(record, address) == .fail, "\(address)") }
  }

  @Test(arguments: [
    ("v=spf1 ~all", SPFEvaluation.Result.softfail), ("v=spf1 ?all", .neutral), ("v=spf1", .neutral),
    ("v=spf1 -all +all", .fail), ("v=spf2 -all", .none),
  ])
  func ends(_ record: String, _ expected: SPFEvaluation.Result) async {
    #expect(await result(record, "203.0.113.1") == expected)
  }

  /// §5.2: only a pass inside an include matches.
  @Test func includes() async {
    let inner = "inc.example TXT v=spf1 ip4:203.0.113.1 ?ip4:203.0.113.2 -all\n"
    let record = "v=spf1 include:inc.example ~all"
    #expect(await result(record, "203.0.113.1", inner) == .pass)
    #expect(await result(record, "203.0.113.2", inner) == .softfail)
    #expect(await result(record, "203.0.113.3", inner) == .softfail)
    #expect(await result("v=spf1 -include:inc.example +all", "203.0.113.1", inner) == .fail)
    #expect(await result(record, "203.0.113.1").name == "permerror")
    #expect(await result(record, "203.0.113.1", "inc.example ? SERVFAIL") == .temperror("SERVFAIL"))
  }

  @Test func redirects() async {
    let inner = "inc.example TXT v=spf1 ip4:203.0.113.1 -all\n"
    #expect(await result("v=spf1 redirect=inc.example", "203.0.113.1", inner) == .pass)
    #expect(await result("v=spf1 redirect=inc.example", "203.0.113.2", inner) == .fail)
    #expect(await result("v=spf1 redirect=inc.example ?all", "203.0.113.2", inner) == .neutral)
    #expect(await result("v=spf1 redirect=inc.example", "203.0.113.1").name == "permerror")
  }

  /// Appendix A.4 and §5.7.
  @Test func exists() async {
    let record = "v=spf1 exists:%{ir}.%{l1r+-}._spf.%{d} -all"
    let more = "3.2.0.192.amy._spf.example.com A 127.0.0.2\n"
    #expect(await result(record, "192.0.2.3", more) == .pass)
    #expect(await result(record, "192.0.2.3", more, sender: "amy-tag+x@example.com") == .pass)
    #expect(await result(record, "192.0.2.3", more, sender: "bob@example.com") == .fail)
    #expect(await result(record, "192.0.2.4", more) == .fail)
  }

  /// §4.6.4.
  @Test func limits() async {
    let ten = (0..<10).map { "a:h\($0).example.com" }.joined(separator: " ")
    let hosts = (0..<11).map { "h\($0).example.com A 198.51.100.1" }.joined(separator: "\n")
    #expect(await result("v=spf1 \(ten) -all", "192.0.2.1", hosts) == .fail)
    #expect(
      await result("v=spf1 \(ten) a:h10.example.com -all", "192.0.2.1", hosts)
        == .permerror("it needs more than 10 look-ups"))
    // Matched before the limit.
    #expect(await result("v=spf1 ip4:192.0.2.1 \(ten) a:h10.example.com -all", "192.0.2.1", hosts) == .pass)
    let voids = "v=spf1 a:n1.example a:n2.example"
    #expect(await result("\(voids) -all", "192.0.2.1") == .fail)
    #expect(
      await result("\(voids) a:n3.example -all", "192.0.2.1")
        == .permerror("more than 2 of its look-ups find nothing"))
    let mx = (0..<11).map { "many.example MX \($0) mail-a.example.com" }.joined(separator: "\n")
    #expect(await result("v=spf1 mx:many.example -all", "192.0.2.1", mx).name == "permerror")
    // It includes itself.
    #expect(
      await result("v=spf1 include:example.com -all", "192.0.2.1") == .permerror("it needs more than 10 look-ups"))
  }

  @Test func several() async {
    #expect(
      await result("v=spf1 -all", "192.0.2.1", "example.com TXT v=spf1 a\n")
        == .permerror("example.com has several SPF records"))
  }

  @Test(arguments: [
    ("127.0.0.1", true), ("10.1.2.3", true), ("172.16.0.1", true), ("172.32.0.1", false), ("192.168.1.1", true),
    ("100.64.0.1", true), ("::1", true), ("fe80::1", true), ("fd00::1", true), ("192.0.2.1", false),
    ("2001:db8::1", false), ("::ffff:127.0.0.1", true),
  ])
  func localAddresses(_ text: String, _ isLocal: Bool) throws {
    #expect(try #require(IPAddress(text)).isLocal == isLocal)
  }

  @Test(arguments: ["", "192.0.2", "192.0.2.1\0", "192.0.2.01x", "2001:db8::g", "firm.example"])
  func noAddresses(_ text: String) { #expect(IPAddress(text) == nil) }
}
