import Foundation
import Mail
import TestSupport
import Testing

@testable import Queue

@Suite struct ReceiptEncodingTests {
  @Test(arguments: [
    ("plain", "plain"), ("say \"no\"", #"say \"no\""#), ("a\\b", #"a\\b"#), ("a\r\nb\tc", #"a\r\nb\tc"#),
    ("\u{0}\u{1B}\u{7F}\u{85}", #"\u0000\u001b\u007f\u0085"#), ("\u{2028}", #"\u2028"#), ("Müller 🚀", "Müller 🚀"),
  ])
  func textsAreEscaped(_ text: String, _ expected: String) {
    #expect(String(decoding: ReceiptEncoder.escaped(text.utf8), as: UTF8.self) == expected)
  }

  @Test func whatIsNotUTF8BecomesTheReplacementCharacter() {
    let bytes: [UInt8] = [0x61, 0xFC, 0x62, 0xC3, 0x28, 0xED, 0xA0, 0x80, 0x63]
    let escaped = String(decoding: ReceiptEncoder.escaped(bytes), as: UTF8.self)
    #expect(escaped == String(decoding: bytes, as: UTF8.self))
    #expect(escaped.contains("\u{FFFD}"))
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
  ])
  func addressesAreHidden(_ reply: String, _ expected: String) {
    #expect(HiddenAddresses.text(reply, recipientLocal: "Kunde") == expected)
  }

  @Test func aLocalPartThatIsTheMarkItselfDoesNotNest() {
    #expect(HiddenAddresses.text("address@x.example", recipientLocal: "address") == "<address>")
  }

  @Test func aLongReplyIsCutAtACharacter() {
    let text = HiddenAddresses.text(String(repeating: "ü", count: 900), recipientLocal: "kunde")
    #expect(text.utf8.count <= 1000)
    #expect(text.hasSuffix("ü…"))
  }

  @Test func timesKeepTheirMillisecondAndNeverRunAhead() {
    for milliseconds in stride(from: Int64(1_795_420_800_000), to: 1_795_420_803_000, by: 1) {
      #expect(Milliseconds(Milliseconds(milliseconds).date).value == milliseconds)
    }
    #expect(Milliseconds(Sample.time(0.9999)).value == Milliseconds(Sample.time(0)).value + 999)
    #expect(Milliseconds(Date(timeIntervalSince1970: -0.0005)).value == -1)
  }

  @Test func aReceiptHasItsFieldsInOrderAndNoAddress() async throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteStore.open(spool: folder.url, access: .owner)
    let campaign = try await store.freezeSample(letters: 1)
    let claims = try await store.claimAll(in: campaign)
    _ = try await store.commit([.record(claims[0], Sample.deferred(until: 60))])
    let hash = KeyedHash(key: Sample.hashKey)
    let lines = try await store.lines(of: campaign)
    let plan = SHA256.digest(of: Array("passwords".utf8)).hex
    let zeros = String(repeating: "0", count: 64)
    #expect(
      lines[0] == """
        {"seq":1,"at":"\(RFC3339.string(Sample.time(0)))","campaign":"passwords","event":"plan-frozen",\
        "plan":"sha256:\(plan)",\
        "figures":{"rows":3,"rejected":1,"customers":2,"letter":1,"phone":1,"none":0,"letters":1},"prev":"\(zeros)"}
        """)
    let message = """
      "message":\(claims[0].message),"customer":"\(hash.digest(of: "K1").hex)",\
      "recipient":"\(hash.digest(of: "kunde1@kanzlei1.example").hex)","domain":"kanzlei1.example","relay":"main",\
      "attempt":1
      """
    let identity = """
      "message_id":"<passwords.1@kanzlei-it.example>","sha256":"\(SHA256.digest(of: Array("K1".utf8)).hex)",\
      "template":"password-change@0123456789ab"
      """
    #expect(
      lines[1] == """
        {"seq":2,"at":"\(RFC3339.string(Sample.time(1)))","campaign":"passwords","event":"attempt",\(message),\
        \(identity),"prev":"\(SHA256.digest(of: Array(lines[0].utf8)).hex)"}
        """)
    #expect(
      lines[2] == """
        {"seq":3,"at":"\(RFC3339.string(Sample.time(2)))","campaign":"passwords","event":"deferred",\(message),\
        "phase":"rcpt","code":451,"enhanced":"4.7.1","reply":"4.7.1 <address>: greylisted",\
        \(identity),"prev":"\(SHA256.digest(of: Array(lines[1].utf8)).hex)"}
        """)
  }

  @Test func aReplyOfAnySizeIsKeptUpToItsLimit() async throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteStore.open(spool: folder.url, access: .owner)
    let campaign = try await store.freezeSample(letters: 1)
    let claims = try await store.claimAll(in: campaign)
    var record = Sample.refused()
    record.reply = "x" + String(repeating: "ü", count: 40_000)
    _ = try await store.commit([.record(claims[0], record)])
    let kept = try #require(try await store.customerRecords(of: campaign).first?.messages.first?.reply)
    #expect(kept.utf8.count == 65_535)
    #expect(record.reply.hasPrefix(kept))
    #expect(try #require(try await store.receiptValues(of: campaign).last?.reply).utf8.count <= 1000)
  }
}
