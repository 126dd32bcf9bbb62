import Foundation
import TestSupport
import Testing

@testable import Mail

/// Letters signed with S/MIME, judged by OpenSSL's own command and by Python.
@Suite struct SMIMESignerTests {
  private static let date = Date(timeIntervalSince1970: 1_795_420_800.25)
  private static let key = KeyedHash(key: [])

  private struct Scene {
    let folder: TemporaryFolder
    let authority: MailAuthority
    let signer: LetterSigner

    init() async throws {
      folder = try TemporaryFolder()
      authority = try await MailAuthority(in: folder.url)
      let issued = try await authority.issue("sender", names: ["email:support@kanzlei-it.example"])
      let identity = try SMIMEIdentity(
        certificates: Certificate.read(pem: Data(contentsOf: issued.chain)),
        keyPEM: Array(Data(contentsOf: issued.key)), passphrase: nil)
      signer = try #require(LetterSigner(smime: SMIMESigner(identity)))
    }
  }

  /// Has what a relay on the way might alter: blanks at line ends, `From `, dots, umlauts, long lines.
  private func hardLetter() throws -> MailMessage {
    let text = "Grüß Gott,  \nFrom now on:\t\n.\n..\n\n" + String(repeating: "Wörter ", count: 200) + "\n \n\n"
    return try message(to: "\"Muster, Anna\" <anna@straße.example>", text: text, html: "<p>\(text)</p>")
  }

  @Test func opensslAcceptsTheLetterAndRefusesAChangedOne() async throws {
    let scene = try await Scene()
    let letter = try hardLetter()
    let signed = try scene.signer.signed(letter, boundary: "=_s0", key: Self.key, at: Self.date)
    #expect(try await scene.authority.verified(signed) == letter.entity(encoding: .quotedPrintable))
    let text = String(decoding: signed, as: UTF8.self)
    for (old, new) in [
      ("W=C3=B6rter", "W=C3=B6rten"), ("multipart/alternative", "multipart/mixed"), ("=20\r\n", "\r\n"),
    ] {
      let place = try #require(text.firstRange(of: old))
      let changed = text.replacingCharacters(in: place, with: new)
      #expect(try await scene.authority.verified(Array(changed.utf8)) == nil, "\(old)")
    }
    let folder = try TemporaryFolder()
    let other = try await MailAuthority(in: folder.url)
    #expect(try await other.verified(signed) == nil)
  }

  /// Only the two things that relays and mailboxes do to every message.
  @Test func survivesLineFeedsAndBlanksBehindLines() async throws {
    let scene = try await Scene()
    let signed = try scene.signer.signed(hardLetter(), boundary: "=_s0", key: Self.key, at: Self.date)
    let text = String(decoding: signed, as: UTF8.self)
    #expect(signed.allSatisfy { $0 < 0x80 && $0 != 0 })
    for line in lines(signed) { #expect(line.utf8.count <= 78 && line.last != " " && line.last != "\t", "\(line)") }
    #expect(try await scene.authority.verified(Array(text.replacing("\r\n", with: "\n").utf8)) != nil)
  }

  @Test func sameInputSameBytes() async throws {
    let scene = try await Scene()
    let letter = try hardLetter()
    let signed = try scene.signer.signed(letter, boundary: "=_s0", key: Self.key, at: Self.date)
    #expect(try scene.signer.signed(letter, boundary: "=_s0", key: Self.key, at: Self.date) == signed)
    let signer = scene.signer
    try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<8 { group.addTask { try signer.signed(letter, boundary: "=_s0", key: Self.key, at: Self.date) } }
      for try await other in group { #expect(other == signed) }
    }
    #expect(try scene.signer.signed(letter, boundary: "=_s0", key: Self.key, at: Self.date + 1) != signed)
  }

  @Test func theSignatureBearsTheTimeOfTheLetterAndTheChain() async throws {
    let scene = try await Scene()
    let signed = try scene.signer.signed(hardLetter(), boundary: "=_s0", key: Self.key, at: Self.date)
    let file = try scene.folder.write(signed, to: "letter.eml")
    let shown = try await ChildProcess.tool("openssl", ["cms", "-cmsout", "-print", "-noout", "-in", file.path])
    #expect(shown.contains(/object: signingTime[^\n]*\n[^\n]*\n\s*UTCTIME:Nov 23 08:00:00 2026 GMT/))
    #expect(shown.contains("algorithm: sha256 (") && shown.contains("algorithm: rsaEncryption ("))
    #expect(shown.contains("CN=Test intermediate") || shown.contains("CN = Test intermediate"))
    #expect(shown.components(separatedBy: "d.certificate:").count == 3, "two certificates, no root")
    #expect(!shown.contains("rc2") && !shown.contains("des-"))
  }

  /// Strict policy: a defect is an exception.
  @Test func pythonFindsNoDefect() async throws {
    let scene = try await Scene()
    let signed = try scene.signer.signed(hardLetter(), boundary: "=_s0", key: Self.key, at: Self.date)
    let file = try scene.folder.write(signed, to: "letter.eml")
    let script = """
      import email, email.policy, sys
      policy = email.policy.strict + email.policy.SMTP
      message = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=policy)
      parts = [part for part in message.walk()]
      print(*[part.get_content_type() for part in parts])
      print(message.get_param("protocol"), message.get_param("micalg"), sum((part.defects for part in parts), []))
      for part in parts:
          if not part.is_multipart(): part.get_content()
      print(parts[-1].get_filename(), parts[-1].get_content_disposition(), message["Subject"])
      """
    let output = try await ChildProcess.tool("/usr/bin/python3", ["-c", script, file.path])
    #expect(
      output == """
        multipart/signed multipart/alternative text/plain text/html application/pkcs7-signature
        application/pkcs7-signature sha-256 []
        smime.p7s attachment Please change your password

        """)
  }

  @Test func dkimSignsTheSignedMessage() async throws {
    let scene = try await Scene()
    let key = try DKIMKey.make(.rsa)
    let selector = try #require(DKIMSelector("a"))
    let dkim = DKIMSigner(domain: try Domain("kanzlei-it.example"), keys: [.init(selector: selector, key: key)])
    let both = try #require(LetterSigner(smime: scene.signer.smime, dkim: dkim))
    let letter = try hardLetter()
    let signed = try both.signed(letter, boundary: "=_s0", key: Self.key, at: Self.date)
    let smime = try scene.signer.signed(letter, boundary: "=_s0", key: Self.key, at: Self.date)
    #expect(signed.suffix(smime.count) == smime[...])
    let record = DKIMRecord(domain: dkim.domain, selector: selector, key: key)
    let verdict = try await DKIMJudges(records: [record.name: record.value]).verdicts(on: ["letter": signed])
    #expect(verdict["letter"] == DKIMJudges.Verdict(["rsa-sha256"]))
    #expect(try await scene.authority.verified(signed) != nil)
  }
}
