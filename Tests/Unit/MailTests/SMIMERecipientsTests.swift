import Foundation
import TestSupport
import Testing

@testable import Mail

/// Letters encrypted for customers, read with OpenSSL's own command and the customers' keys.
@Suite struct SMIMERecipientsTests {
  private static let date = Date(timeIntervalSince1970: 1_795_420_800)
  private static let key = KeyedHash(key: Array(repeating: 7, count: 32))

  /// Anna has two certificates, for an RSA key and one on a curve; Berta has one.
  private struct Scene {
    let folder: TemporaryFolder
    let authority: MailAuthority
    let anna: [MailAuthority.Issued]
    let berta: MailAuthority.Issued
    let signed: LetterSigner
    let encrypted: LetterSigner

    init() async throws {
      folder = try TemporaryFolder()
      authority = try await MailAuthority(in: folder.url)
      let sender = try await authority.issue("sender", names: ["email:support@kanzlei-it.example"])
      anna = [
        try await authority.issue("anna-rsa", names: ["email:Anna@FIRMA.example"], subject: "/CN=Anna"),
        try await authority.issue("anna-ec", names: ["email:anna@firma.example"], key: .curve("P-384")),
      ]
      berta = try await authority.issue("berta", names: ["email:berta@firma.example"], subject: "/CN=Berta")
      let identity = try SMIMEIdentity(
        certificates: Certificate.read(pem: Data(contentsOf: sender.chain)),
        keyPEM: Array(Data(contentsOf: sender.key)), passphrase: nil)
      let certificates = try (anna + [berta]).flatMap { try Certificate.read(pem: Data(contentsOf: $0.certificate)) }
      signed = try #require(LetterSigner(smime: SMIMESigner(identity)))
      encrypted = try #require(
        LetterSigner(smime: SMIMESigner(identity), recipients: SMIMERecipients(certificates)))
    }

    func bytes(_ letter: MailMessage, by signer: LetterSigner? = nil, key: KeyedHash = key) throws -> [UInt8] {
      try (signer ?? encrypted).signed(letter, boundary: "=_s0", key: key, at: date)
    }

    /// What `openssl cms -decrypt` makes of a message; nil when the key is not one of its.
    func decrypted(_ message: [UInt8], by issued: MailAuthority.Issued) async throws -> [UInt8]? {
      let file = try folder.write(message, to: "encrypted.eml")
      let out = folder.url.appending(path: "decrypted")
      let outcome = try await ChildProcess.run(
        "openssl",
        ["cms", "-decrypt", "-in", file.path, "-recip", issued.certificate.path, "-inkey", issued.key.path]
          + ["-out", out.path, "-binary"])
      return outcome.status == 0 ? try Array(Data(contentsOf: out)) : nil
    }
  }

  private func letter(_ text: String = "Grüß Gott\n", to: String = "anna@firma.example") throws -> MailMessage {
    try message(to: to, text: text)
  }

  @Test func eachKeyOfTheCustomerGivesTheSignedLetter() async throws {
    let scene = try await Scene()
    let letter = try letter()
    let bytes = try scene.bytes(letter)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(
      text.contains("\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data;\r\n name=\"smime.p7m\""))
    #expect(!text.contains("multipart"))
    for line in lines(bytes) { #expect(line.utf8.count <= 78 && line.utf8.allSatisfy { $0 < 0x80 }) }
    let plain = try scene.bytes(letter, by: scene.signed)
    for key in scene.anna {
      let entity = try #require(await scene.decrypted(bytes, by: key))
      #expect(plain.suffix(entity.count) == entity[...])
      #expect(String(decoding: entity, as: UTF8.self).hasPrefix("Content-Type: multipart/signed;"))
      #expect(try await scene.authority.verified(entity) == letter.entity(encoding: .quotedPrintable))
    }
    #expect(try await scene.decrypted(bytes, by: scene.berta) == nil)
    let shown = try await ChildProcess.tool(
      "openssl", ["cms", "-cmsout", "-print", "-noout", "-in", scene.folder.url.appending(path: "encrypted.eml").path])
    #expect(shown.contains("algorithm: aes-256-cbc (") && shown.contains("dhSinglePass-stdDH-sha256kdf-scheme"))
  }

  @Test func whoHasNoCertificateGetsTheSignedLetter() async throws {
    let scene = try await Scene()
    let letter = try letter(to: "carla@firma.example")
    #expect(try scene.bytes(letter) == scene.bytes(letter, by: scene.signed))
    #expect(scene.encrypted.encrypts(to: try EmailAddress("ANNA@firma.example")))
    #expect(!scene.encrypted.encrypts(to: try EmailAddress("carla@firma.example")))
  }

  @Test func sameInputSameBytesAndNothingInCommonOtherwise() async throws {
    let scene = try await Scene()
    let letter = try letter()
    let bytes = try scene.bytes(letter)
    let other = try scene.bytes(letter, key: KeyedHash(key: Array(repeating: 8, count: 32)))
    try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<8 { group.addTask { try scene.bytes(letter) } }
      for try await again in group { #expect(again == bytes) }
    }
    /// Content keys, IVs and ephemeral keys come before the content; with one of them in common a line would be.
    func secrets(_ bytes: [UInt8]) async throws -> Set<String> {
      let file = try scene.folder.write(bytes, to: "shown.eml")
      let shown = try await ChildProcess.tool(
        "openssl", ["cms", "-cmsout", "-print", "-noout", "-in", file.path])
      return Set(
        shown.split(separator: "\n").compactMap { line in
          line.firstMatch(of: /^ *[0-9a-f]{4} - ((?:[0-9a-f]{2}[ -]?){14,16})/).map { String($0.1) }
        })
    }
    let first = try await secrets(bytes)
    #expect(first.count > 20)
    for changed in [
      other, try scene.bytes(self.letter("Grüß Gott!\n")), try scene.bytes(self.letter(to: "berta@firma.example")),
    ] {
      #expect(try await secrets(changed).isDisjoint(with: first))
    }
    // The generators of the process are its own still.
    #expect(try DKIMKey.make(.ed25519).publicDigest != DKIMKey.make(.ed25519).publicDigest)
  }

  @Test func dkimSignsTheEncryptedMessage() async throws {
    let scene = try await Scene()
    let key = try DKIMKey.make(.rsa)
    let selector = try #require(DKIMSelector("a"))
    let dkim = DKIMSigner(domain: try Domain("kanzlei-it.example"), keys: [.init(selector: selector, key: key)])
    let all = try #require(
      LetterSigner(smime: scene.encrypted.smime, recipients: scene.encrypted.recipients, dkim: dkim))
    let bytes = try scene.bytes(letter(), by: all)
    let record = DKIMRecord(domain: dkim.domain, selector: selector, key: key)
    let verdict = try await DKIMJudges(records: [record.name: record.value]).verdicts(on: ["letter": bytes])
    #expect(verdict["letter"] == DKIMJudges.Verdict(["rsa-sha256"]))
    let file = try scene.folder.write(bytes, to: "letter.eml")
    let script = """
      import email, email.policy, sys
      message = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.strict + email.policy.SMTP)
      message.get_content()
      print(message.get_content_type(), message.get_param("smime-type"), message.get_filename(), message.defects)
      """
    let output = try await ChildProcess.tool("/usr/bin/python3", ["-c", script, file.path])
    #expect(output == "application/pkcs7-mime enveloped-data smime.p7m []\n")
  }

  @Test func derivedBytesAreHMACs() async throws {
    let bytes = DerivedRandomness(Self.key, label: "a\0b").bytes(70)
    let script = """
      import hmac
      key = hmac.digest(b"\\x07" * 32, b"a\\0b", "sha256")
      print(b"".join(hmac.digest(key, b"%d" % n, "sha256") for n in range(3))[:70].hex())
      """
    let judged = try await ChildProcess.tool("python3", ["-c", script])
    #expect(judged == bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\n")
  }
}
