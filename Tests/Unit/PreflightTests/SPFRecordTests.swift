import Testing

@testable import Preflight

@Suite struct SPFRecordTests {
  @Test(arguments: [
    "v=spf1", "v=spf1 -all", "V=SPF1 +A  MX:Firm.example/24//64 ~ALL", "v=spf1 a/24 mx//64 ptr ptr:firm.example ?all",
    "v=spf1 ip4:192.0.2.1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ip6:::1 -all", "v=spf1 include:_spf.firm.example ~all ",
    "v=spf1 exists:%{ir}.%{l1r+-}._spf.%{d} -all", "v=spf1 redirect=_spf.firm.example exp=explain._spf.%{d}",
    "v=spf1 unknown=%{d}%%%_%- -all", "v=spf1 a:%{d}/28", "v=spf1 include:firm.example. -all",
  ])
  func good(_ text: String) throws { _ = try SPFRecord(Array(text.utf8)) }

  @Test(arguments: [
    "v=spf1 ipv4:192.0.2.1 -all", "v=spf1 ip4:192.0.2.256 -all", "v=spf1 ip4:192.0.2.0/33 -all",
    "v=spf1 ip4:2001:db8::1",
    "v=spf1 ip6:192.0.2.1", "v=spf1 ip4:192.0.2.0/024", "v=spf1 ip4 -all", "v=spf1 include -all",
    "v=spf1 include: -all",
    "v=spf1 all:firm.example", "v=spf1 a:firm -all", "v=spf1 a: -all", "v=spf1 a:firm.123", "v=spf1 a/33",
    "v=spf1 a//129",
    "v=spf1 mx:firm.example/", "v=spf1 exists:%{x}.firm.example", "v=spf1 exists:%{d.firm.example",
    "v=spf1 exists:%d.a.b",
    "v=spf1 exists:%{d0}.a.example", "v=spf1 exists:%{c}.a.example", "v=spf1 redirect=a.example redirect=b.example",
    "v=spf1 exp=a.example exp=b.example", "v=spf1 redirect=", "v=spf1 --all", "v=spf1 -all, mx", "v=spf1 “-all”",
    "v=spf1 include:a\u{7}.example", "v=spf1 foo",
  ])
  func bad(_ text: String) { #expect(throws: SPFRecord.Fault.self) { try SPFRecord(Array(text.utf8)) } }

  @Test func whatIsARecordAtAll() {
    func isSPF(_ text: String) -> Bool { SPFRecord.isSPF(Array(text.utf8)) }
    #expect(isSPF("v=spf1") && isSPF("v=spf1 -all") && isSPF("V=SPF1 a"))
    #expect(!isSPF("v=spf10 -all") && !isSPF("spf2.0/pra") && !isSPF("") && !isSPF(" v=spf1"))
  }

  @Test func partsAreRead() throws {
    let record = try SPFRecord(Array("v=spf1 ?a/24//64 -ip6:::ffff:192.0.2.0/120 ~all redirect=x.example".utf8))
    #expect(record.directives.map(\.qualifier) == [.neutral, .fail, .softfail])
    #expect(record.directives[0].mechanism == .a(nil, SPFPrefix(v4: 24, v6: 64)))
    #expect(record.directives[1].mechanism == .ip(try #require(IPAddress("192.0.2.0")), length: 24))
    // “all” goes before it.
    #expect(record.redirect == nil)
  }

  /// RFC 7208 §7.4.
  @Test(arguments: [
    ("%{s}", "strong-bad@email.example.com"), ("%{o}", "email.example.com"), ("%{d}", "email.example.com"),
    ("%{d4}", "email.example.com"), ("%{d3}", "email.example.com"), ("%{d2}", "example.com"), ("%{d1}", "com"),
    ("%{dr}", "com.example.email"), ("%{d2r}", "example.email"), ("%{l}", "strong-bad"), ("%{l-}", "strong.bad"),
    ("%{lr}", "strong-bad"), ("%{lr-}", "bad.strong"), ("%{l1r-}", "strong"),
    ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
    ("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"),
    ("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"),
    ("%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"),
    ("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"),
  ])
  func macros(_ text: String, _ expected: String) throws {
    #expect(try expanded(text, "192.0.2.3") == expected)
  }

  @Test func macrosOfIPv6() throws {
    #expect(
      try expanded("%{ir}.%{v}._spf.%{d2}", "2001:db8::cb01")
        == "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com")
  }

  @Test func longNamesLoseTheirLeft() throws {
    let long = String(repeating: "abcdefghi.", count: 30)
    #expect(try expanded("\(long)%{d}", "192.0.2.3")?.utf8.count ?? 999 <= 253)
  }

  private func expanded(_ text: String, _ address: String) throws -> String? {
    try #require(SPFDomainSpec(text[...])).expanded(
      .init(
        sender: "strong-bad@email.example.com", domain: "email.example.com", address: IPAddress(address),
        helo: "mx.example.org"))
  }
}
