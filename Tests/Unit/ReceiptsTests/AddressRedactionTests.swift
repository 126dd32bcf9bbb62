import Mail
import Testing

@testable import Receipts

@Suite struct AddressRedactionTests {
  private func hidden(
    _ reply: String, _ address: String = "Kunde@kanzlei.example", hidesDomain: Bool = false, id: String = "",
    first: String = "", last: String = "", company: String = ""
  ) throws -> String {
    AddressRedaction.text(
      reply,
      about: RedactedCustomer(
        recipient: try EmailAddress(address), hidesDomain: hidesDomain, id: id, firstName: first, lastName: last,
        company: company))
  }

  @Test(arguments: [
    ("5.1.1 <kunde@kanzlei.example>: unknown", "5.1.1 <address>: unknown"),
    ("5.1.1 kunde@kanzlei.example unknown", "5.1.1 <address> unknown"),
    ("to a.b+c@x.example, d@y.example.", "to <address>, <address>."),
    ("\"Max M.\"@x.example gone", "<address> gone"),
    ("rfc822;müller@bücher.example is full", "rfc822;<address> is full"),
    ("mailto:x@[192.0.2.1]!", "mailto:<address>!"),
    ("no mailbox KUNDE here, kunden stay", "no mailbox <address> here, kunden stay"),
    ("user=kunde", "user=<address>"),
    ("@", "<address>"),
    ("2.0.0 Ok: queued as 4XyZ", "2.0.0 Ok: queued as 4XyZ"),
    ("", ""),
    // However the sign is written.
    ("other(at)post.example, other [at] post.example", "<address>, <address>"),
    ("other-at-post.example or other_at_post.example", "<address> or <address>"),
    ("other=40post.example other%40post.example other%2540post.example", "<address> <address> <address>"),
    ("other&#64;post.example other&#x40;post.example other&commat;post.example", "<address> <address> <address>"),
    ("other＠post.example other\\x{40}post.example", "<address> <address>"),
    ("SRS0=Ab1x=Yz=kanzlei.example=kunde@forward.example refused", "<address> refused"),
    ("bounce-kunde=kanzlei.example@list.example refused", "<address> refused"),
    (
      "kunde=kanzlei.example refused, kunde at kanzlei.example",
      "<address>=kanzlei.example refused, <address> at kanzlei.example"
    ),
    // What only looks like one.
    ("size=4096 delay=40.5s, 100%", "size=4096 delay=40.5s, 100%"),
    ("look at mx1.relay.example (at 10:15)", "look at mx1.relay.example (at 10:15)"),
  ])
  func addressesAreHidden(_ reply: String, _ expected: String) throws {
    #expect(try hidden(reply) == expected)
  }

  @Test(arguments: [
    // Dots that some providers ignore, and other signs between the parts.
    ("max.muster", "maxmuster unknown", "<address> unknown"),
    ("max.muster", "m.axmus.ter unknown", "<address> unknown"),
    ("maxmuster", "max.muster unknown", "<address> unknown"),
    ("max.muster", "max_muster Max-Muster 'MAX MUSTER'", "<address> <address> '<address>'"),
    // Without its tag, or with another one.
    ("max+shop", "max unknown, max+shop unknown", "<address> unknown, <address> unknown"),
    ("max", "max+other unknown", "<address> unknown"),
    // Any script, in any case, composed or not.
    (
      "jürgen", "JÜRGEN, ju\u{308}rgen, J=C3=BCrgen, j%C3%BCrgen, j&uuml;rgen",
      "<address>, <address>, <address>, <address>, <address>"
    ),
    ("jürgen", "juergen, jurgen", "<address>, <address>"),
    ("juergen", "Jürgen", "<address>"),
    ("strauß", "STRAUSS", "<address>"),
    ("νίκος", "ΝΊΚΟΣ", "<address>"),
    ("иван", "ИВАН", "<address>"),
    ("李明", "用户李明不存在", "用户<address>不存在"),
    ("ｍａｘ", "max", "<address>"),
    // Soft hyphens and the like, invisible.
    ("kunde", "kun\u{AD}de", "<address>"),
    ("\"max muster\"", "\"max muster\" max.muster", "\"<address>\" <address>"),
    ("1234", "user 1234 unknown", "user <address> unknown"),
    ("4", "4.7.1 try 4 later", "4.7.1 try <address> later"),
    ("kunde-alt", "kunde-alt-at-kanzlei", "<address>-at-kanzlei"),
    ("address", "address@x.example", "<address>"),
  ])
  func theLocalPartIsHiddenHoweverItIsWritten(_ local: String, _ reply: String, _ expected: String) throws {
    #expect(try hidden(reply, "\(local)@kanzlei.example") == expected)
  }

  @Test(arguments: [
    ("kanzlei-müller.example: no such host", "<domain>: no such host"),
    ("XN--KANZLEI-MLLER-4OB.EXAMPLE", "<domain>"),
    ("host mx1.kanzlei-mueller.example[192.0.2.7] said", "host mx1.<domain>[192.0.2.7] said"),
    ("relay=kanzlei-müller-example.protection.example", "relay=<domain>.protection.example"),
    ("kanzlei-müller(dot)example, kanzlei-müller dot example", "<domain>, <domain>"),
    ("kanzlei-m%C3%BCller%2Eexample", "<domain>"),
    ("user at KANZLEI-MÜLLER", "user at <domain>"),
    ("example.com is another", "example.com is another"),
  ])
  func aDomainOfFewIsHiddenHoweverItIsWritten(_ reply: String, _ expected: String) throws {
    #expect(try hidden(reply, "x9@kanzlei-müller.example", hidesDomain: true) == expected)
    #expect(try hidden(reply, "x9@kanzlei-müller.example") == reply)
  }

  @Test(arguments: [
    ("mailbox of Zoë Müller is full", "mailbox of <customer> is full"),
    ("MUELLER, ZOE: over quota", "<customer>: over quota"),
    ("account zoe disabled", "account <customer> disabled"),
    ("Kanzlei Müller & Partner mbB has left", "<customer> has left"),
    ("customer K-1002 unknown, k 1002, K1002", "customer <customer> unknown, <customer>, <customer>"),
    ("K-10021 stays", "K-10021 stays"),
    ("PARTNER of the year, GmbH", "<customer> of the year, GmbH"),
  ])
  func namesAndIdAreHidden(_ reply: String, _ expected: String) throws {
    #expect(
      try hidden(
        reply, "x9@kanzlei.example", id: "K-1002", first: "Zoë", last: "Müller",
        company: "Kanzlei Müller & Partner mbB") == expected)
  }

  /// Hidden there, a number could be told from what stands beside it.
  @Test(arguments: [
    ("5", "5.1.1 5 unknown", "5.1.1 <customer> unknown"),
    ("550", "host said: 550 5.1.1 no user 550", "host said: 550 5.1.1 no user <customer>"),
    ("23", "Nov 23 10:15:23 mx: user 23", "Nov 23 10:15:23 mx: user <customer>"),
    ("2026", "2026-11-23 customer 2026", "2026-11-23 customer <customer>"),
    ("7", "mx[192.0.2.7]:25 customer 7", "mx[192.0.2.7]:25 customer <customer>"),
    ("1001", "customer-1001-mailbox is gone", "customer-<customer>-mailbox is gone"),
  ])
  func aNumberWithinANumberStays(_ id: String, _ reply: String, _ expected: String) throws {
    #expect(try hidden(reply, "x9@kanzlei.example", id: id) == expected)
  }

  @Test func aLongReplyIsCutAtACharacter() throws {
    let text = try hidden(String(repeating: "ü", count: 900))
    #expect(text.utf8.count <= 1000)
    #expect(text.hasSuffix("ü…"))
  }

  @Test func theLettersOwnMessageIDStays() throws {
    let id = try MessageID(parsing: "<sommer.0a1b@kanzlei-it.example>")
    let customer = RedactedCustomer(recipient: try EmailAddress("sommer@kanzlei-it.example"), hidesDomain: true)
    let evidence =
      "taken: \(id)\npostfix.log:7: message-id=\(id) to=<sommer@kanzlei-it.example>, relay=mx.kanzlei-it.example"
    #expect(
      AddressRedaction.evidence(evidence, about: customer, keeping: id)
        == "taken: \(id)\npostfix.log:7: message-id=\(id) to=<address>, relay=mx.<domain>")
  }
}
