import Foundation
import TestSupport
import Testing

@testable import Preflight

/// The system's resolver library against a real name server, and against one that misbehaves.
@Suite struct DNSResolverTests {
  private func text(_ answer: DNSAnswer) -> String? {
    guard case .records(let records) = answer, case .text(let bytes)? = records.first, records.count == 1 else {
      return nil
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func realServer() async throws {
    let long = (0..<40).map { "\"\($0 % 10)\(String(repeating: "x", count: 99))\"" }.joined(separator: " ")
    let zone = [
      "firm IN MX 10 mail.firm", "firm IN MX 20 .", "mail.firm IN A 192.0.2.10", "mail.firm IN AAAA 2001:db8::10",
      "firm IN TXT \"v=spf1 \" \"-all\"", "big.firm IN TXT \(long)", "alias.firm IN CNAME chain.firm",
      "chain.firm IN CNAME big.firm", "dead.firm IN CNAME gone.firm", "away.firm IN CNAME host.elsewhere.test.",
      "here.firm IN CNAME firm", "ring1.firm IN CNAME ring2.firm", "ring2.firm IN CNAME ring1.firm",
      "odd.firm IN TXT \"\\000\\027\\255\"", "Mixed.Firm IN A 192.0.2.11", "esc.firm IN CNAME a\\007b.firm",
    ]
    try await TestNameServer.with(zone) { server in
      let dns = DNSResolver(server: NameServer(server.address), clock: ContinuousClock())
      #expect(
        await dns.answer("firm.example", .mx)
          == .records([.mx(preference: 10, host: "mail.firm.example"), .mx(preference: 20, host: "")]))
      let (v4, v6) = (try #require(IPAddress("192.0.2.10")), try #require(IPAddress("2001:db8::10")))
      #expect(await dns.answer("Mail.Firm.example.", .a) == .records([.address(v4)]))
      #expect(await dns.answer("mail.firm.example", .aaaa) == .records([.address(v6)]))
      #expect(await dns.answer("mixed.firm.example", .a).records.count == 1)
      // Several strings are one text, and 4,000 bytes come over TCP.
      #expect(text(await dns.answer("firm.example", .txt)) == "v=spf1 -all")
      #expect(text(await dns.answer("big.firm.example", .txt))?.utf8.count == 4000)
      #expect(text(await dns.answer("alias.firm.example", .txt))?.utf8.count == 4000)
      #expect(await dns.answer("alias.firm.example", .cname) == .records([.name("chain.firm.example")]))
      #expect(await dns.answer("odd.firm.example", .txt) == .records([.text([0, 27, 255])]))
      // There is nothing, or no such name.
      #expect(await dns.answer("mail.firm.example", .txt) == .noData)
      #expect(await dns.answer("here.firm.example", .a) == .noData)
      #expect(await dns.answer("gone.firm.example", .txt) == .noSuchName)
      #expect(await dns.answer("dead.firm.example", .txt) == .noSuchName)
      #expect(await dns.answer("esc.firm.example", .txt) == .noSuchName)
      // Not known here, which is not the same.
      let refused = DNSAnswer.unknown("the name server refuses to answer (REFUSED)")
      #expect(await dns.answer("firm.test", .txt) == refused)
      #expect(await dns.answer("away.firm.example", .txt) == refused)
      #expect(
        await dns.answer("www.delegated.example", .txt)
          == .unknown("the name server does not know this name and asks no other one"))
      #expect("\(await dns.answer("ring1.firm.example", .txt))".hasPrefix("unknown"))
      // No question at all.
      #expect(await dns.answer("a b.example", .txt) == .noSuchName)
      #expect(await dns.answer("x..example", .txt) == .noSuchName)
    }
  }

  @Test func misbehavingServer() async throws {
    try await FaultyNameServer.with { server in
      let dns = DNSResolver(server: NameServer("127.0.0.1:\(server.port)"), clock: ContinuousClock())
      func reason(_ word: String) async -> String? {
        if case .unknown(let reason) = await dns.answer("\(word).example", .txt) { reason } else { nil }
      }
      #expect(text(await dns.answer("good.example", .txt)) == "fine")
      #expect(await reason("servfail") == "the name server could not find out (SERVFAIL)")
      #expect(await reason("refused") == "the name server refuses to answer (REFUSED)")
      #expect(await reason("formerr") == "the name server says that the question is malformed (FORMERR)")
      #expect(await reason("silent") == "no name server answered")
      for word in ["garbage", "rest", "fewer", "string", "ring", "cut"] {
        #expect(await reason(word) != nil, "\(word)")
      }
    }
  }

  /// After that the rest is unknown at once, and what is known stays known.
  @Test func budget() async throws {
    try await FaultyNameServer.with { server in
      let dns = DNSResolver(
        server: NameServer("127.0.0.1:\(server.port)"), budget: .seconds(1), clock: ContinuousClock())
      #expect(text(await dns.answer("good.example", .txt)) == "fine")
      #expect(await dns.answer("silent.example", .txt) == .unknown("no name server answered"))
      #expect(
        await dns.answer("good.second.example", .txt)
          == .unknown("the name servers took too long for earlier questions"))
      #expect(text(await dns.answer("good.example", .txt)) == "fine")
    }
  }

  @Test func mutatedMessages() async throws {
    // firm.example TXT and CNAME, compressed.
    let question = [4] + Array("firm".utf8) + [7] + Array("example".utf8) + [0, 0, 16, 0, 1]
    let head: [UInt8] = [1, 2, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0]
    let alias: [UInt8] = [0xC0, 12, 0, 5, 0, 1, 0, 0, 1, 44, 0, 4, 1, 0x61, 0xC0, 12]
    let record: [UInt8] = [1, 0x61, 0xC0, 12, 0, 16, 0, 1, 0, 0, 1, 44, 0, 5, 4] + Array("fine".utf8)
    let message = head + question + alias + record
    #expect(DNSMessage.read(message, "firm.example", .txt) == .answer(.records([.text(Array("fine".utf8))])))
    var generator = SeededGenerator(seed: 7)
    var kinds: Set<String> = []
    for _ in 0..<20_000 {
      var bytes = message
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      if Bool.random(using: &generator) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator)) }
      for type in [DNSType.txt, .mx, .a, .cname] {
        switch DNSMessage.read(bytes, "firm.example", type) {
        case .alias(let name):
          #expect(name.utf8.allSatisfy { (0x21...0x7E).contains($0) })
          kinds.insert("alias")
        case .answer(let answer): kinds.insert(String("\(answer)".prefix(4)))
        }
      }
    }
    // Every way out is taken.
    #expect(kinds == ["alias", "reco", "noDa", "noSu", "unkn"])
  }

  @Test(arguments: [
    ("192.0.2.53", "192.0.2.53"), ("192.0.2.53:53", "192.0.2.53"), ("192.0.2.53:5300", "192.0.2.53:5300"),
    ("[2001:db8::53]:5300", "[2001:db8::53]:5300"), ("2001:db8::53", "2001:db8::53"), ("[2001:db8::53]", nil),
    ("ns.example", nil), ("192.0.2.53:0", nil), ("192.0.2.53:65536", nil), ("192.0.2.53:", nil), ("", nil),
    ("192.0.2.53:+5", nil),
  ])
  func addresses(_ text: String, _ expected: String?) { #expect(NameServer(text)?.description == expected) }
}
