import Foundation
import Mail
import TestSupport
import Testing

/// Signed messages, judged by dkimpy and OpenDKIM, whole and tampered with.
@Suite struct DKIMSignerTests {
  private static let both: Set<String> = ["rsa-sha256", "ed25519-sha256"]

  /// The keys of one test.
  private struct Scene {
    let signer: DKIMSigner
    let judges: DKIMJudges

    init(_ algorithms: [DKIMKey.Algorithm] = [.rsa, .ed25519], domain: String = "kanzlei-it.example") throws {
      let domain = try Domain(domain)
      var keys: [DKIMSigner.Key] = []
      var records: [String: String] = [:]
      for algorithm in algorithms {
        let selector = try #require(DKIMSelector("\(algorithm.keyType).2026"))
        let key = try DKIMKey.make(algorithm)
        keys.append(DKIMSigner.Key(selector: selector, key: key))
        let record = DKIMRecord(domain: domain, selector: selector, key: key)
        records[record.name] = record.value
      }
      signer = DKIMSigner(domain: domain, keys: keys)
      judges = DKIMJudges(records: records)
    }

    func signed(_ message: MailMessage) throws -> [UInt8] {
      try signer.signed(message.bytes(encoding: .quotedPrintable), at: message.date)
    }
  }

  private func letter(replyTo: String? = nil) throws -> MailMessage {
    try message(
      replyTo: replyTo, toName: "Jürgen Groß von und zu Beispiel", subject: "Bitte ändern Sie Ihr Passwort",
      text: "Grüß Gott,\n\nbitte  ändern.\n\n\n", html: "<p>Grüß\tGott</p>\n\n")
  }

  @Test(arguments: [[.rsa, .ed25519], [.rsa], [.ed25519]] as [[DKIMKey.Algorithm]])
  func everySignatureIsGood(_ algorithms: [DKIMKey.Algorithm]) async throws {
    let scene = try Scene(algorithms)
    var generator = SeededGenerator(seed: 63)
    var messages = [
      "letter": try scene.signed(letter()), "reply": try scene.signed(letter(replyTo: "a@firma.example")),
      // A header that is not ASCII (RFC 8616).
      "wide": try scene.signed(message(to: "müller@firma.example")),
      "wide-reply": try scene.signed(letter(replyTo: "Büro 👩‍👧 <büro@straße.example>")),
    ]
    for number in 0..<40 {
      messages["generated-\(number)"] = try scene.signed(
        message(
          replyTo: Bool.random(using: &generator) ? "Antwort <antwort@kanzlei-it.example>" : nil,
          toName: generator.headerText(upTo: 30), subject: generator.headerText(upTo: 40),
          date: Double(Int.random(in: 1_600_000_000...1_795_000_000, using: &generator)),
          text: generator.bodyText(upTo: 60, lineEnd: "\n"), html: generator.bodyText(upTo: 90, lineEnd: "\r\n"),
          boundary: "=_\(generator.next())"))
    }
    let expected = DKIMJudges.Verdict(Set(algorithms.map(\.rawValue)))
    for (name, verdict) in try await scene.judges.verdicts(on: messages) { #expect(verdict == expected, "\(name)") }
  }

  /// A domain with an umlaut signs under its A-labels (RFC 8616 §5).
  @Test func anInternationalDomainSignsInALabels() async throws {
    let scene = try Scene(domain: "kanzlei-müller.example")
    let letter = try scene.signed(
      MailMessage(
        from: NamedAddress(parsing: "Kanzlei Müller <support@kanzlei-müller.example>"), replyTo: nil,
        to: NamedAddress(parsing: "יעל כהן <jörg@straße.example>"), subject: "Bitte ändern 👨‍👩‍👧‍👦",
        date: Date(timeIntervalSince1970: 1_795_000_000),
        messageID: MessageID(left: "m1", domain: Domain("kanzlei-müller.example")), language: "de", text: "Text\n",
        html: "<p>Text</p>\n", boundary: "=_b0"))
    let text = String(decoding: letter, as: UTF8.self)
    #expect(text.contains(" d=xn--kanzlei-mller-4ob.example;"))
    #expect(text.contains("<support@xn--kanzlei-mller-4ob.example>\r\n"))
    let verdicts = try await scene.judges.verdicts(on: ["letter": letter])
    #expect(verdicts["letter"] == DKIMJudges.Verdict(Self.both))
  }

  /// Each change of what a reader is shown, and each field added beside one that is there or was left out.
  @Test func whatIsTamperedWithFails() async throws {
    let scene = try Scene()
    let good = String(decoding: try scene.signed(letter()), as: UTF8.self)
    var messages: [String: [UInt8]] = ["good": Array(good.utf8)]
    func change(_ name: String, _ text: String) {
      #expect(text != good, "\(name)")
      messages[name] = Array(text.utf8)
    }
    change("body", good.replacing("bitte", with: "bitten"))
    change("html", good.replacing("</p>", with: "</b>"))
    change("line-taken-out", good.replacing("Gott,\r\n\r\n", with: "Gott,\r\n"))
    change("appended", good + "More\r\n")
    change("cut", good.replacing("--=_b0--\r\n", with: ""))
    change("from", good.replacing("<support@", with: "<hilfe@"))
    change("from-name", good.replacing("From: Kanzlei-IT", with: "From: Kanzlei-TI"))
    change("to", good.replacing("<anna@", with: "<otto@"))
    change("date", good.replacing(/\r\nDate: [A-Z][a-z][a-z]/, with: "\r\nDate: Abc"))
    change("message-id", good.replacing("Message-ID: <", with: "Message-ID: <x"))
    change("mime-version", good.replacing("MIME-Version: 1.0", with: "MIME-Version: 1.1"))
    change("type", good.replacing("multipart/alternative", with: "multipart/mixed"))
    change("language", good.replacing("Content-Language: ", with: "Content-Language: x-"))
    change("auto-submitted", good.replacing("auto-generated", with: "auto-replied"))
    change("signing-time", good.replacing("; t=1", with: "; t=2").replacing(" t=1", with: " t=2"))
    for field in [
      "From: a@evil.example", "To: b@firma.example", "Subject: Alles in Ordnung", "Reply-To: a@evil.example",
      "Date: Mon, 23 Nov 2026 08:00:00 +0000", "Message-ID: <a@evil.example>", "MIME-Version: 1.0",
      "Content-Type: text/plain", "Content-Transfer-Encoding: base64", "Content-Language: fr",
      "Auto-Submitted: no",
    ] {
      let name = field.prefix { $0 != ":" }
      change("\(name)-added-in-front", "\(field)\r\n" + good)
      change("\(name)-added-behind", good.replacing("\r\n\r\n", with: "\r\n\(field)\r\n\r\n", maxReplacements: 1))
    }
    #expect(messages.count > 30)
    for (name, verdict) in try await scene.judges.verdicts(on: messages) {
      #expect(verdict == DKIMJudges.Verdict(name == "good" ? Self.both : []), "\(name)")
    }
  }

  /// What relays do on the way does not break a signature.
  @Test func whatRelaysDoIsNoHarm() async throws {
    let scene = try Scene()
    let good = String(decoding: try scene.signed(letter()), as: UTF8.self)
    let messages = [
      "received": "Received: from a.example by b.example; Mon, 23 Nov 2026 08:00:00 +0000\r\n" + good,
      "refolded": good.replacing("Subject: ", with: "Subject:\r\n\t "),
      "blanks": good.replacing("--=_b0--\r\n", with: "--=_b0--  \r\n\r\n\r\n"),
      "case": good.replacing("Subject: ", with: "SUBJECT: ")
        .replacing("\r\nMIME-Version: ", with: "\r\nMime-Version: "),
    ].mapValues { Array($0.utf8) }
    for (name, verdict) in try await scene.judges.verdicts(on: messages) {
      #expect(verdict == DKIMJudges.Verdict(Self.both), "\(name)")
    }
  }

  @Test func theFieldsStandInFrontFoldedAndComplete() throws {
    let scene = try Scene()
    let plain = try letter().bytes(encoding: .quotedPrintable)
    let signed = try scene.signer.signed(plain, at: Date(timeIntervalSince1970: 1_795_420_800.9))
    #expect(signed.suffix(plain.count).elementsEqual(plain))
    let front = String(decoding: signed.dropLast(plain.count), as: UTF8.self)
    #expect(front.hasSuffix("\r\n"))
    for line in front.split(separator: "\r\n") { #expect(line.utf8.count <= 78, "\(line)") }
    let fields = front.replacing("\r\n ", with: " ").split(separator: "\r\n")
    #expect(fields.count == 2)
    let names =
      "From:From:To:To:Subject:Subject:Date:Date:Message-ID:Message-ID:Reply-To:MIME-Version:MIME-Version:"
      + "Content-Type:Content-Type:Content-Transfer-Encoding:Content-Language:Content-Language:Auto-Submitted:Auto-Submitted"
    for (field, kind) in zip(fields, ["rsa", "ed25519"]) {
      let words = field.replacing(": ", with: ":").replacing("DKIM-Signature:", with: "").split(separator: ";")
      let tags = words.map { $0.filter { $0 != " " } }
      #expect(
        tags.dropLast(2) == [
          "v=1", "a=\(kind)-sha256", "c=relaxed/relaxed", "d=kanzlei-it.example", "s=\(kind).2026", "t=1795420800",
          "h=\(names)",
        ])
      #expect(tags.dropLast().last?.hasPrefix("bh=") == true && tags.last?.hasPrefix("b=") == true)
      #expect(!tags.contains { $0.hasPrefix("l=") })
    }
  }

  /// The same input gives the same bytes, from any number of tasks at once.
  @Test func isTheSameFromEveryTask() async throws {
    let scene = try Scene()
    let letters = try (0..<8).map { try message(subject: "Letter \($0)") }
    let expected = try letters.map(scene.signed)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask { try letters.map(scene.signed) == expected }
      }
      for try await isSame in group { #expect(isSame) }
    }
    let later = try scene.signer.signed(letters[0].bytes(encoding: .quotedPrintable), at: letters[0].date + 1)
    #expect(later != expected[0])
  }
}
