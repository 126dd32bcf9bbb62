import Delivery
import Mail
import TestSupport
import Testing

@testable import SMTP

@Suite struct CommandBufferTests {
  @Test(arguments: [
    ("", ".\r\n"),
    (".", "..\r\n.\r\n"),
    ("a", "a\r\n.\r\n"),
    ("a\r\n", "a\r\n.\r\n"),
    (".\r\n", "..\r\n.\r\n"),
    (".\r\n.\r\n", "..\r\n..\r\n.\r\n"),
    ("..\r\n", "...\r\n.\r\n"),
    ("a.\r\n.b\r\nc", "a.\r\n..b\r\nc\r\n.\r\n"),
    ("\r\n.\r\n\r\n", "\r\n..\r\n\r\n.\r\n"),
  ])
  func stuffsDots(_ message: String, _ expected: String) throws {
    var outgoing = CommandBuffer()
    try outgoing.appendMessage(Array(message.utf8))
    #expect(String(decoding: outgoing.bytes, as: UTF8.self) == expected)
  }

  @Test(arguments: [
    "a\rb\n", "\r.\n", "\n", "\r", "a\nb\r\n", "a\rb\r\n", "a\r\r\n", "a\r\n\n", "a\r\n.\n", "\r\n\r", "a\n\r\n",
    "\n.\r\n",
  ])
  func refusesLineEndsThatAreNone(_ message: String) {
    var outgoing = CommandBuffer()
    #expect(throws: Unsendable.bareLineEnd) { try outgoing.appendMessage(Array(message.utf8)) }
  }

  /// Undoing what RFC 5321 §4.5.2 asks of a client gives the message back, and no line before the last is a lone dot.
  @Test(arguments: 1...200) func stuffingCanBeUndone(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var outgoing = CommandBuffer()
    for _ in 0..<20 {
      let lines = (0..<Int.random(in: 0...6, using: &random)).map { _ in
        String((0..<Int.random(in: 0...3, using: &random)).map { _ in "..a".randomElement(using: &random)! })
      }
      outgoing.clear()
      try outgoing.appendMessage(Array(lines.map { $0 + "\r\n" }.joined().utf8))
      var sent = String(decoding: outgoing.bytes, as: UTF8.self).split(
        separator: "\r\n", omittingEmptySubsequences: false)
      #expect(sent.popLast() == "")
      #expect(sent.popLast() == ".")
      #expect(!sent.contains("."))
      #expect(sent.map { $0.hasPrefix(".") ? $0.dropFirst() : $0 }.map(String.init) == lines)
    }
  }

  @Test func composesOnlyWhatIsOffered() throws {
    let envelope = Envelope(
      sender: try EmailAddress("post@kanzlei-it.example"), recipient: try EmailAddress("müller@straße.example"))
    var all = Extensions()
    all.offersSize = true
    all.capabilities.eightBitMIME = true
    all.capabilities.smtpUTF8 = true
    func mail(_ encoding: TransferEncoding, _ extensions: Extensions) throws -> String {
      var outgoing = CommandBuffer()
      try outgoing.appendMail(envelope, size: 7, encoding: encoding, extensions: extensions)
      return String(decoding: outgoing.bytes, as: UTF8.self)
    }
    let start = "MAIL FROM:<post@kanzlei-it.example>"
    #expect(try mail(.eightBit, all) == "\(start) SIZE=7 BODY=8BITMIME SMTPUTF8\r\n")
    #expect(try mail(.quotedPrintable, all) == "\(start) SIZE=7 SMTPUTF8\r\n")
    #expect(try mail(.eightBit, Extensions()) == "\(start)\r\n")
    var outgoing = CommandBuffer()
    try outgoing.appendRcpt(envelope, extensions: all)
    // The domain travels as A-labels.
    #expect(String(decoding: outgoing.bytes, as: UTF8.self) == "RCPT TO:<müller@xn--strae-oqa.example>\r\n")
  }

  /// RFC 3461 and RFC 6533: only where it is offered, and only for a letter that has an envelope id.
  @Test(arguments: [
    ("kunde+neu=alt@firma.example", "rfc822;kunde+2Bneu+3Dalt@firma.example"),
    (#""a \\b"@firma.example"#, #"rfc822;"a+20\\b"@firma.example"#),
    ("müller+x@straße.example", #"utf-8;m\x{FC}ller\x{2B}x@xn--strae-oqa.example"#),
    ("📮@firma.example", #"utf-8;\x{1F4EE}@firma.example"#),
  ])
  func asksForReports(_ recipient: String, _ original: String) throws {
    func commands(_ id: String?, offered: Bool) throws -> String {
      let envelope = Envelope(
        sender: try EmailAddress("post@kanzlei-it.example"), recipient: try EmailAddress(recipient), envelopeID: id)
      var extensions = Extensions()
      extensions.offersDSN = offered
      var outgoing = CommandBuffer()
      try outgoing.appendMail(envelope, size: 7, encoding: .quotedPrintable, extensions: extensions)
      try outgoing.appendRcpt(envelope, extensions: extensions)
      return String(decoding: outgoing.bytes, as: UTF8.self)
    }
    let (mail, rcpt) = ("MAIL FROM:<post@kanzlei-it.example>", "RCPT TO:<\(try EmailAddress(recipient))>")
    #expect(
      try commands("k3y", offered: true)
        == "\(mail) RET=HDRS ENVID=k3y\r\n\(rcpt) NOTIFY=FAILURE,DELAY ORCPT=\(original)\r\n")
    for (id, offered) in [("k3y", false), (nil, true), (nil, false)] {
      #expect(try commands(id, offered: offered) == "\(mail)\r\n\(rcpt)\r\n")
    }
  }
}
