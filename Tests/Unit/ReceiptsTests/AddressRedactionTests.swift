import Testing

@testable import Receipts

@Suite struct AddressRedactionTests {
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
  ])
  func addressesAreHidden(_ reply: String, _ expected: String) {
    #expect(AddressRedaction.text(reply, recipientLocal: "Kunde") == expected)
  }

  @Test func aLocalPartThatIsTheMarkItselfDoesNotNest() {
    #expect(AddressRedaction.text("address@x.example", recipientLocal: "address") == "<address>")
  }

  @Test func aLongReplyIsCutAtACharacter() {
    let text = AddressRedaction.text(String(repeating: "ü", count: 900), recipientLocal: "kunde")
    #expect(text.utf8.count <= 1000)
    #expect(text.hasSuffix("ü…"))
  }
}
