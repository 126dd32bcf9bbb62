import Foundation
import Mail
import TestSupport
import Testing

@testable import Campaigns

/// The folder of `smime.encrypt_to`: what letters are encrypted with, and what is said of the rest.
@Suite struct CustomerCertificatesTests {
  private struct Scene {
    let folder: TemporaryFolder
    let authority: MailAuthority
    let now: Date

    init() async throws {
      folder = try TemporaryFolder()
      authority = try await MailAuthority(in: folder.url.appending(path: ".ca"))
      now = try #require(RFC3339.parse("2026-11-26T12:00:00Z")).date
    }

    func issue(
      _ name: String, _ address: String?, key: MailAuthority.KeyKind = .rsa(2048), purpose: [String]? = nil,
      from: String = "20200101000000Z", until: String = "21100101000000Z"
    ) async throws {
      let issued = try await authority.issue(
        name, names: address.map { ["email:\($0)"] } ?? [], key: key, purpose: purpose, from: from, until: until)
      try folder.write(Data(contentsOf: issued.certificate), to: "\(name).pem", mode: 0o644)
    }

    func read() throws -> CustomerCertificates { try CustomerCertificates(folder.url) }
  }

  private func has(_ recipients: SMIMERecipients, _ address: String) throws -> Bool {
    recipients.has(try EmailAddress(address))
  }

  @Test func takesPEMWithItsChainAndDER() async throws {
    let scene = try await Scene()
    let anna = try await scene.authority.issue("anna", names: ["email:anna@a.example", "email:info@a.example"])
    try scene.folder.write(Data(contentsOf: anna.chain), to: "kunde 1.txt")
    let berta = try await scene.authority.issue("berta", names: ["email:berta@b.example"])
    let der = scene.folder.url.appending(path: "b.cer").path
    try await ChildProcess.tool("openssl", ["x509", "-in", berta.certificate.path, "-outform", "DER", "-out", der])
    try scene.folder.write("not looked at".utf8, to: ".hidden")
    let found = try scene.read()
    #expect(found.faults(at: scene.now).isEmpty)
    let usable = found.usable(at: scene.now)
    for address in ["anna@a.example", "INFO@A.example", "berta@b.example"] { #expect(try has(usable, address)) }
    #expect(try !has(usable, "carla@c.example"))
    #expect(usable.digests.count == 2)
    #expect(found.files(without: { $0.domain.ascii == "a.example" }, at: scene.now) == ["b.cer"])
  }

  @Test func saysWhatIsNotUsedAndWhy() async throws {
    let scene = try await Scene()
    try await scene.issue("a-expired", "a@a.example", until: "20261126115959Z")
    try await scene.issue("b-later", "b@a.example", from: "20270101000000Z")
    try await scene.issue("c-nobody", nil)
    try await scene.issue("d-short", "d@a.example", key: .rsa(1024))
    try await scene.issue("e-signs", "e@a.example", purpose: ["keyUsage = digitalSignature"])
    try await scene.issue("f-tls", "f@a.example", purpose: ["extendedKeyUsage = serverAuth"])
    try await scene.issue("g-pss", "g@a.example", key: .pss)
    try scene.folder.write("garbage".utf8, to: "h.pem")
    try FileManager.default.createDirectory(
      at: scene.folder.url.appending(path: "i"), withIntermediateDirectories: false)
    let another = "ask the customer for another one"
    #expect(
      try scene.read().faults(at: scene.now).map(\.description) == [
        "a-expired.pem: this certificate expired at 2026-11-26T11:59:59.000Z; ask the customer for the new one",
        "b-later.pem: this certificate is valid from 2027-01-01T00:00:00.000Z on, not now; wait, or \(another)",
        "c-nobody.pem: this certificate is for no e-mail address; \(another)",
        "d-short.pem: this certificate has an RSA key of 1024 bits, which is too short to be safe (2048 at least); \(another)",
        "e-signs.pem: this certificate is not for encryption (key usage); \(another)",
        "f-tls.pem: this certificate is not for mail (extended key usage); \(another)",
        "g-pss.pem: this certificate has a key that is neither RSA nor on P-256, P-384 or P-521; \(another)",
        "h.pem: this is not a certificate, or a damaged one; export it again as PEM",
        "i: this is not a regular file",
      ])
    #expect(try scene.read().usable(at: scene.now).digests.isEmpty)
    // What was valid when the plan was frozen stays in use.
    #expect(try has(scene.read().usable(at: scene.now - 1), "a@a.example"))
  }

  @Test func anOldCertificateBesideTheNewOneIsNoFault() async throws {
    let scene = try await Scene()
    try await scene.issue("old", "a@a.example", until: "20260101000000Z")
    #expect(try scene.read().faults(at: scene.now).map(\.file) == ["old.pem"])
    try await scene.issue("new", "A@a.example")
    try await scene.issue("newer", "a@a.example")
    #expect(try scene.read().faults(at: scene.now).isEmpty)
    #expect(try scene.read().usable(at: scene.now).digests.count == 2)
  }

  @Test func aMissingFolderIsAnError() throws {
    let url = URL(filePath: "/nirgends/kunden")
    #expect {
      try CustomerCertificates(url)
    } throws: { error in
      (error as? SecretFileError)?.message.hasPrefix("there is no such folder") == true
    }
  }
}
