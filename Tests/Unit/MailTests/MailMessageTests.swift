import Foundation
import Mail
import Testing

/// The message most tests start from; each changes what it is about.
func message(
  from: String = "Kanzlei-IT <support@kanzlei-it.example>", replyTo: String? = nil,
  to: String = "Anna Muster <anna@firma.example>", toName: String? = nil,
  subject: String = "Please change your password",
  date: Double = 1_795_420_800, language: String = "en", text: String = "Hello\n", html: String = "<p>Hello</p>\n",
  boundary: String = "=_b0"
) throws -> MailMessage {
  var recipient = try NamedAddress(parsing: to)
  if let toName { recipient = NamedAddress(displayName: toName, address: recipient.address) }
  return MailMessage(
    from: try NamedAddress(parsing: from), replyTo: try replyTo.map { try NamedAddress(parsing: $0) }, to: recipient,
    subject: subject, date: Date(timeIntervalSince1970: date),
    messageID: try MessageID(left: "m1", domain: Domain("kanzlei-it.example")), language: language, text: text,
    html: html, boundary: boundary)
}

/// The lines of a built message; fails when a line end is anything but CRLF.
func lines(_ bytes: [UInt8]) -> [String] {
  let text = String(decoding: bytes, as: UTF8.self)
  let lines = text.components(separatedBy: "\r\n")
  for line in lines { #expect(!line.utf8.contains(10) && !line.utf8.contains(13), "a line end other than CRLF") }
  #expect(lines.last == "", "the message ends in CRLF")
  return Array(lines.dropLast())
}

/// The header field `name` with its continuation lines.
func field(_ name: String, of message: MailMessage) throws -> [String] {
  let all = lines(try message.bytes(encoding: .eightBit))
  let start = try #require(all.firstIndex { $0.hasPrefix(name + ":") })
  return [all[start]] + all[(start + 1)...].prefix { $0.hasPrefix(" ") }
}

@Suite struct MailMessageTests {
  @Test func wholeMessageIn8bit() throws {
    let built = try message(
      from: "Kanzlei-IT Müller <support@kanzlei-it.example>", replyTo: "support@kanzlei-it.example",
      to: "\"Muster, Anna\" <anna@straße.example>", subject: "Bitte heute Kennwörter ändern", language: "de",
      text: "Grüß Gott,\nbitte ändern.\n", html: "<p>plain</p>\n"
    ).bytes(encoding: .eightBit)
    #expect(
      lines(built) == [
        "Date: Mon, 23 Nov 2026 08:00:00 +0000",
        "From: =?utf-8?Q?Kanzlei-IT_M=C3=BCller?= <support@kanzlei-it.example>",
        "Reply-To: support@kanzlei-it.example",
        "To: \"Muster, Anna\" <anna@xn--strae-oqa.example>",
        "Subject: =?utf-8?Q?Bitte_heute_Kennw=C3=B6rter_=C3=A4ndern?=",
        "Message-ID: <m1@kanzlei-it.example>",
        "Auto-Submitted: auto-generated",
        "Content-Language: de",
        "MIME-Version: 1.0",
        "Content-Type: multipart/alternative;",
        " boundary=\"=_b0\"",
        "Content-Transfer-Encoding: 8bit",
        "",
        "--=_b0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        "Grüß Gott,",
        "bitte ändern.",
        "",
        "--=_b0",
        "Content-Type: text/html; charset=utf-8",
        "Content-Transfer-Encoding: 7bit",
        "",
        "<p>plain</p>",
        "",
        "--=_b0--",
      ])
  }

  @Test func wholeMessageInQuotedPrintable() throws {
    let built = try message(text: "Grüß Gott \n.\nFrom me\n=\n", html: "x").bytes(encoding: .quotedPrintable)
    #expect(
      lines(built).dropFirst(8) == [
        "Content-Type: multipart/alternative;",
        " boundary=\"=_b0\"",
        "",
        "--=_b0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "Gr=C3=BC=C3=9F Gott=20",
        "=2E",
        "=46rom me",
        "=3D",
        "",
        "--=_b0",
        "Content-Type: text/html; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "x",
        "--=_b0--",
      ])
  }

  @Test func sameInputSameBytes() throws {
    let one = try message(subject: "ä", text: "ü\n")
    let two = try message(subject: "ä", text: "ü\n")
    for encoding in TransferEncoding.allCases {
      #expect(try one.bytes(encoding: encoding) == two.bytes(encoding: encoding))
    }
  }

  @Test(arguments: ["a\nb\n\nc", "a\r\nb\r\n\r\nc", "a\rb\r\rc", "a\rb\n\r\nc"])
  func lineEndsBecomeCRLF(text: String) throws {
    for encoding in TransferEncoding.allCases {
      let built = lines(try message(text: text).bytes(encoding: encoding))
      let start = try #require(built.firstIndex(of: "a"))
      #expect(built[start...].prefix(5) == ["a", "b", "", "c", "--=_b0"])
    }
  }

  @Test func aLineOver998OctetsTravelsInQuotedPrintable() throws {
    func encodings(_ text: String) throws -> [String] {
      lines(try message(text: text).bytes(encoding: .eightBit)).filter { $0.hasPrefix("Content-Transfer-Encoding") }
        .map { String($0.dropFirst(27)) }
    }
    #expect(try encodings(String(repeating: "x", count: 998)) == ["7bit", "7bit"])
    #expect(try encodings(String(repeating: "x", count: 999)) == ["quoted-printable", "7bit"])
    #expect(try encodings(String(repeating: "ü", count: 499)) == ["8bit", "8bit", "7bit"])
    #expect(try encodings(String(repeating: "ü", count: 500)) == ["quoted-printable", "7bit"])
    #expect(try encodings(String(repeating: "x", count: 998) + "\r\nü") == ["8bit", "8bit", "7bit"])
    #expect(try encodings("a\r" + String(repeating: "x", count: 999) + "\rb") == ["quoted-printable", "7bit"])
    #expect(
      try encodings(String(repeating: "x", count: 700) + "\r" + String(repeating: "x", count: 700)) == ["7bit", "7bit"])
  }

  @Test(arguments: [
    (0, "Thu, 1 Jan 1970 00:00:00 +0000"),
    (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 +0000"),
    (1_795_420_800.999, "Mon, 23 Nov 2026 08:00:00 +0000"),
    (1_798_761_599, "Thu, 31 Dec 2026 23:59:59 +0000"),
    (-86_400, "Wed, 31 Dec 1969 00:00:00 +0000"),
  ])
  func dates(seconds: Double, text: String) throws {
    #expect(try field("Date", of: message(date: seconds)) == ["Date: " + text])
  }

  @Test func controlCharactersInHeadersAreRefused() throws {
    try expect(
      "the subject has a line feed at character 3", message(subject: "a \nBcc: x"), .subject, .control("\n", at: 3))
    try expect(
      "the subject has a carriage return at character 1", message(subject: "\rx"), .subject, .control("\r", at: 1))
    try expect("the subject has a tab at character 2", message(subject: "a\tb"), .subject, .control("\t", at: 2))
    try expect("the subject has a NUL byte at character 2", message(subject: "ä\0"), .subject, .control("\0", at: 2))
    try expect(
      "the name in To has a carriage return at character 5", message(toName: "Anna\r\nBcc: x@y.example"), .toName,
      .control("\r", at: 5))
    try expect(
      "the name in To has a control character (U+0085) at character 3", message(toName: "üa\u{85}"), .toName,
      .control("\u{85}", at: 3))
  }

  /// They make a reader see another name; the marks that names of two scripts need do not.
  @Test func whatTurnsTheDirectionOfWritingIsRefused() throws {
    for value in Array(0x202A...0x202E) + Array(0x2066...0x2069) {
      let scalar = try #require(Unicode.Scalar(value))
      #expect(throws: MessageError(.subject, .control(scalar, at: 2))) {
        try message(subject: "a\(scalar)b").bytes(encoding: .quotedPrintable)
      }
      #expect(throws: AddressError(.control(scalar, at: 3))) {
        try NamedAddress(parsing: "An\(scalar)na <a@b.example>")
      }
    }
    try expect(
      "the name in To has a right-to-left override (U+202E) at character 2", message(toName: "A\u{202E}nna"), .toName,
      .control("\u{202E}", at: 2))
    for mark in ["\u{200E}", "\u{200F}", "\u{61C}", "\u{200D}", "\u{200C}"] {
      _ = try message(toName: "כהן\(mark) Anna").bytes(encoding: .quotedPrintable)
    }
  }

  @Test func bodiesThatWouldBreakTheMessageAreRefused() throws {
    try expect("the plain text has a NUL byte in line 3", message(text: "a\r\nb\n\0"), .text, .nulByte(line: 3))
    try expect("the HTML has a NUL byte in line 1", message(html: "\0"), .html, .nulByte(line: 1))
    let boundary = "has the boundary of the message in line"
    try expect("the plain text \(boundary) 2", message(text: "a\n--=_b0--\n"), .text, .containsBoundary(line: 2))
    try expect("the HTML \(boundary) 1", message(html: "=_b0"), .html, .containsBoundary(line: 1))
    for length in [1, 2, 3, 9, 32, 66] {
      let long = String(repeating: "b", count: length - 1) + "c"
      for padding in 0..<67 {
        let text = String(repeating: "b", count: padding) + "\n" + long + "d"
        try expect(
          "the plain text \(boundary) 2", message(text: text, boundary: long), .text, .containsBoundary(line: 2))
      }
    }
  }

  @Test(arguments: ["", "a b", "a\"b", "a\r\nb", "=41", "a=", "ä", String(repeating: "b", count: 67)])
  func boundariesThatAreNoneAreRefused(boundary: String) throws {
    try expect("the boundary is not one RFC 2046 allows", message(boundary: boundary), .boundary, .notABoundary)
  }

  @Test(arguments: ["", "de\r\nX: y", "de-", "d e", "abcdefghi", "ä"])
  func languagesThatAreNoneAreRefused(language: String) throws {
    try expect(
      "the language is not a language tag such as “de” or “en-GB”", message(language: language), .language,
      .notALanguageTag)
  }

  private func expect(
    _ words: String, _ message: MailMessage, _ field: MessageError.Field, _ problem: MessageError.Problem,
    location: SourceLocation = #_sourceLocation
  ) {
    let error = MessageError(field, problem)
    for encoding in TransferEncoding.allCases {
      #expect(throws: error, sourceLocation: location) { try message.bytes(encoding: encoding) }
    }
    #expect(error.description == words, sourceLocation: location)
  }

  @Test func namesInFromAndReplyToAreNamedInErrors() throws {
    let good = try message()
    let bad = NamedAddress(displayName: "x\ny", address: good.to.address)
    func build(_ from: NamedAddress, _ replyTo: NamedAddress?) -> MailMessage {
      MailMessage(
        from: from, replyTo: replyTo, to: good.to, subject: "s", date: good.date, messageID: good.messageID,
        language: "de", text: "", html: "", boundary: "b")
    }
    #expect(throws: MessageError(.fromName, .control("\n", at: 2))) {
      try build(bad, nil).bytes(encoding: .eightBit)
    }
    #expect(throws: MessageError(.replyToName, .control("\n", at: 2))) {
      try build(good.from, bad).bytes(encoding: .eightBit)
    }
  }
}
