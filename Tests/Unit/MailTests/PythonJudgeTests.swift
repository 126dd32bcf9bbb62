import Foundation
import Mail
import TestSupport
import Testing

/// Python's `email` package reads what we wrote: a judge that is not ours.
@Suite struct PythonJudgeTests {
  /// What went in, for the judge to compare with what comes out.
  private struct Case: Codable {
    var file: String
    var from: [String]
    var replyTo: [String]?
    var to: [String]
    var subject: String
    var date: Double
    var messageID: String
    var language: String
    var text: String
    var html: String

    enum CodingKeys: String, CodingKey {
      case file, from, to, subject, date, language, text, html
      case replyTo = "reply_to"
      case messageID = "message_id"
    }
  }

  private static let script = """
    import email, email.policy, email.utils, json, re, sys
    from email.header import decode_header, make_header
    failures = 0
    def expect(case, what, got, wanted):
        global failures
        if got != wanted:
            failures += 1
            print(case["file"], what, ascii(got), "instead of", ascii(wanted))
    def check_mailbox(case, name, key, head, parsed):
        # The older parser, which drops the space between two encoded words, as RFC 2047 wants it.
        field = re.search("^" + name + ": (.*(\\r\\n .*)*)\\r$", head, re.M).group(1).replace("\\r\\n", "")
        shown, address = email.utils.parseaddr(field)
        expect(case, name, [str(make_header(decode_header(shown))) if shown else "", address], case[key])
        # The newer one, which keeps that space in names and makes one of several spaces (Python 3.11).
        header = parsed[name]
        expect(case, name + " addresses", len(header.addresses), 1)
        got = [header.addresses[0].display_name, header.addresses[0].addr_spec]
        expect(case, name + " by policy", ["".join(x.split()) for x in got], ["".join(x.split()) for x in case[key]])
    cases = json.load(open("cases.json", encoding="utf-8"))
    for case in cases:
        raw = open(case["file"], "rb").read()
        head = raw.split(b"\\r\\n\\r\\n")[0]
        message = email.message_from_bytes(raw, policy=email.policy.SMTP)
        names = ["Date", "From"] + (["Reply-To"] if case.get("reply_to") else []) + ["To", "Subject", "Message-ID",
            "Auto-Submitted", "Content-Language", "MIME-Version", "Content-Type"]
        got = [name for name in message.keys() if name != "Content-Transfer-Encoding"]
        expect(case, "headers", got, names)
        text_head = head.decode("utf-8") + "\\r\\n"
        parsed = email.message_from_string(text_head, policy=email.policy.SMTPUTF8)
        for name, key in [("From", "from"), ("To", "to"), ("Reply-To", "reply_to")]:
            if case.get(key): check_mailbox(case, name, key, text_head, parsed)
        expect(case, "subject", str(message["Subject"]), case["subject"])
        expect(case, "date", message["Date"].datetime.timestamp(), case["date"])
        expect(case, "message-id", str(message["Message-ID"]), case["message_id"])
        expect(case, "language", str(message["Content-Language"]), case["language"])
        expect(case, "type", message.get_content_type(), "multipart/alternative")
        parts = message.get_payload()
        expect(case, "parts", [p.get_content_type() for p in parts], ["text/plain", "text/html"])
        for part, body in zip(parts, ["text", "html"]):
            text = part.get_payload(decode=True).decode("utf-8").replace("\\r\\n", "\\n")
            expect(case, body, text, case[body])
            expect(case, body + " charset", part.get_content_charset(), "utf-8")
            if "\\r" not in text: expect(case, body + " by policy", part.get_content().replace("\\r\\n", "\\n"), case[body])
        for part in message.walk():
            expect(case, "defects", part.defects, [])
            for name, value in part.items():
                # A UTF-8 local part is a remark to Python, not a mistake (RFC 6532).
                wide = (email.errors.NonASCIILocalPartDefect, email.errors.UndecodableBytesDefect)
                defects = [d for d in value.defects if head.isascii() or not isinstance(d, wide)]
                expect(case, name + " defects", defects, [])
        lines = raw.split(b"\\r\\n")
        expect(case, "lone CR or LF", any(b"\\r" in line or b"\\n" in line for line in lines), False)
        expect(case, "line over 998", any(len(line) > 998 for line in lines), False)
        expect(case, "header over 78", any(len(line) > 78 for line in head.split(b"\\r\\n")), False)
    print(len(cases), "read,", failures, "wrong")
    sys.exit(1 if failures or not cases else 0)
    """

  @Test func everyGeneratedMessageIsReadBackAsItWasMeant() async throws {
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 5)
    let addresses = try [
      "anna@firma.example", "\"anna muster\"@firma.example", "\"a@b\\\"c\"@firma.example", "info@straße.example",
      "müller@firma.example", "a.b+c@mail.firma.example",
    ].map { try EmailAddress($0) }
    var cases: [Case] = []
    for number in 0..<300 {
      func mailbox() -> NamedAddress {
        let name = Int.random(in: 0..<5, using: &generator) == 0 ? nil : generator.headerText(upTo: 12)
        return NamedAddress(displayName: name, address: generator.pick(addresses))
      }
      let from = mailbox()
      let replyTo = Bool.random(using: &generator) ? mailbox() : nil
      let to = mailbox()
      let lineEnd = generator.pick(["\n", "\r\n", "\r"])
      let text = generator.bodyText(upTo: 60, lineEnd: lineEnd)
      let html = generator.bodyText(upTo: 90, lineEnd: lineEnd)
      let built = MailMessage(
        from: from, replyTo: replyTo, to: to, subject: generator.headerText(upTo: 25),
        date: Date(timeIntervalSince1970: Double(Int.random(in: 0...4_000_000_000, using: &generator))),
        messageID: try MessageID(left: "m.\(number)", domain: from.address.domain),
        language: generator.pick(["de", "en-GB"]), text: text, html: html,
        boundary: "=_\(generator.next())'()+_,-./:?")
      for encoding in TransferEncoding.allCases {
        let file = "\(number)-\(encoding.rawValue).eml"
        try folder.write(built.bytes(encoding: encoding), to: file)
        cases.append(
          Case(
            file: file, from: pair(from), replyTo: replyTo.map(pair), to: pair(to), subject: built.subject,
            date: built.date.timeIntervalSince1970, messageID: built.messageID.description, language: built.language,
            text: lineFeeds(text), html: lineFeeds(html)))
      }
    }
    try await expectAgreement(folder, cases)
  }

  @Test func nastyNamesAndSubjectsAreReadBack() async throws {
    let folder = try TemporaryFolder()
    var cases: [Case] = []
    for (number, nasty) in NastyHeaders.all.enumerated() {
      let built = try nasty.message()
      let bytes = try built.bytes(encoding: .quotedPrintable)
      try folder.write(bytes, to: "\(number).eml")
      // What a preview shows of it.
      let shown = DecodedHeader(bytes).fields
      let value = { (name: String) in shown.first { $0.name == name }?.value }
      #expect(value("Subject") == built.subject)
      #expect(value("MIME-Version") == "1.0")
      cases.append(
        Case(
          file: "\(number).eml", from: pair(built.from), replyTo: built.replyTo.map(pair), to: pair(built.to),
          subject: built.subject, date: built.date.timeIntervalSince1970, messageID: built.messageID.description,
          language: built.language, text: built.text, html: built.html))
    }
    try await expectAgreement(folder, cases)
  }

  private func expectAgreement(_ folder: TemporaryFolder, _ cases: [Case]) async throws {
    try folder.write(JSONEncoder().encode(cases), to: "cases.json")
    try folder.write(Self.script.utf8, to: "judge.py")
    let verdict = try await ChildProcess.run("python3", ["judge.py"], folder: folder.url)
    #expect(verdict.status == 0, "\((verdict.output + verdict.errors).prefix(4000))")
  }

  private func pair(_ mailbox: NamedAddress) -> [String] {
    [mailbox.displayName ?? "", mailbox.address.description]
  }

  private func lineFeeds(_ text: String) -> String {
    text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
  }
}
