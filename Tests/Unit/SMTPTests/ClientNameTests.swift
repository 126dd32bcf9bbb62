import Testing

@testable import SMTP

@Suite struct ClientNameTests {
  @Test(arguments: [
    ("mail.firm.example", "mail.firm.example"), ("Mail.Firm.Example", "mail.firm.example"),
    ("mail.müller.example", "mail.xn--mller-kva.example"), ("localhost", nil), ("localhost.localdomain", nil),
    ("mail", nil), ("my_host.firm.example", nil), ("server.local", nil), ("ip-10-0-0-1.ec2.internal", nil),
    ("192.0.2.1", nil), ("[192.0.2.1]", nil), ("-a.example", nil), ("a..example", nil), ("", nil),
  ])
  func onlyAFullHostNameIsUsed(name: String, expected: String?) {
    #expect(ClientName.usable(name) == expected)
  }

  @Test func elseItIsAnAddress() {
    #expect(ClientName.of(addresses: ["192.0.2.7", "2001:db8::7"]) == "[192.0.2.7]")
    #expect(ClientName.of(addresses: ["2001:DB8::7"]) == "[IPv6:2001:db8::7]")
    #expect(ClientName.of(addresses: ["fe80::1%eth0"]) == "[127.0.0.1]")
    #expect(ClientName.of(addresses: []) == "[127.0.0.1]")
  }

  @Test func thisMachineHasOne() {
    let name = ClientName.ofThisMachine
    #expect(ClientName.usable(name) == name || name.hasPrefix("[") && name.hasSuffix("]"))
  }
}
