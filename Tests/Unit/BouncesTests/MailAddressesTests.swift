import Testing

@testable import Bounces

/// Addresses in text as people and programs write them.
@Suite struct MailAddressesTests {
  @Test(arguments: [
    ("<info@firma.example>:", ["info@firma.example"]), ("an info@firma.example.", ["info@firma.example"]),
    ("'info@firma.example'", ["info@firma.example"]), ("mailto:info@firma.example>", ["info@firma.example"]),
    ("rfc822;info@firma.example", ["info@firma.example"]), ("dda:SMTP=info@firma.example; on", ["info@firma.example"]),
    ("\"kim k\"@firma.example", ["\"kim k\"@firma.example"]), ("info@[192.0.2.1]", ["info@[192.0.2.1]"]),
    ("bounce+info=firma.example@esp.example", ["bounce+info=firma.example@esp.example"]),
    ("büro@übung.example", ["büro@übung.example"]), ("收件人info@firma.example不存在", ["info@firma.example"]),
    ("a@b.example,c@d.example", ["a@b.example", "c@d.example"]), ("info@localhost", ["info@localhost"]),
    ("rfc822; =?utf-8?B?QQ==?=@firma.example", ["=?utf-8?B?QQ==?=@firma.example"]),
    ("to=info@firma.example", ["info@firma.example"]),
    ("KIM@SALES@FIRMA of info@firma.example", ["info@firma.example"]),
    ("@", []), ("a@", []), ("@b.example", []), ("a@192.0.2.1", []), ("no address", []), ("a@@b.example", []),
  ])
  func areFound(text: String, expected: [String]) {
    #expect(MailAddresses.all(in: text).map(\.address) == expected)
  }
}
