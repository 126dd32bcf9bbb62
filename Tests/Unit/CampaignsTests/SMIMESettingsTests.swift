import Campaigns
import Foundation
import Mail
import TestSupport
import Testing

/// `smime:` of a campaign file, and the files it names.
@Suite struct SMIMESettingsTests {
  private func smime(_ text: String) throws -> SMIMESettings? {
    try CampaignFileTests.read(CampaignFileTests.whole + "\n" + text).smime
  }

  private func problems(_ text: String) throws -> [String] {
    do {
      _ = try smime(text)
      return []
    } catch let error as CampaignFileError {
      return error.problems.map(\.message)
    }
  }

  @Test func isReadInAllItsForms() throws {
    #expect(try smime("") == nil)
    guard
      case .pem(let certificates, let key, nil) = try smime("smime: {certificate_file: a.pem, key_file: /b.key}")?
        .identity
    else {
      Issue.record("not PEM")
      return
    }
    #expect(certificates.path.hasSuffix("/a.pem") && key.path == "/b.key")
    let campaign = try CampaignFileTests.read(
      CampaignFileTests.whole + "\nsmime: {certificate_file: a.pem, key_file: b.key, passphrase_file: c}\n")
    #expect(campaign.keyFiles.map(\.lastPathComponent) == ["a.pem", "b.key", "c"])
    guard
      case .pkcs12(let file, let passphrase) = try smime("smime: {certificate_file: a.p12, passphrase_file: c}")?
        .identity
    else {
      Issue.record("not PKCS #12")
      return
    }
    #expect(file.path.hasSuffix("/a.p12") && passphrase.path.hasSuffix("/c"))
  }

  @Test func isWrongInManyWays() throws {
    #expect(
      try problems("smime: {certificate_file: a.pem}") == [
        "\"smime\" names no key; add \"key_file\" to a certificate in PEM, or \"passphrase_file\" to a PKCS #12 file "
          + "(.p12, .pfx), which has the key inside"
      ])
    #expect(try problems("smime: relay").count == 1)
    #expect(try problems("smime: {key_file: a, certifcate_file: b}").count == 1)
    let both = try problems("smime: {passphrase: geheim, ky_file: a}")
    #expect(both.contains { $0.hasPrefix("unknown key \"ky_file\", did you mean \"key_file\"?") }, "\(both)")
    #expect(both.contains { $0.hasPrefix("missing key \"certificate_file\" in \"smime\"") }, "\(both)")
    #expect(!both.joined().contains("geheim"))
  }

  // MARK: Files

  private struct Scene {
    let folder: TemporaryFolder
    let authority: MailAuthority
    let issued: MailAuthority.Issued

    init() async throws {
      folder = try TemporaryFolder()
      authority = try await MailAuthority(in: folder.url.appending(path: "ca"))
      issued = try await authority.issue("sender", names: ["email:support@kanzlei-it.example"])
    }

    @discardableResult
    func copy(_ file: URL, _ name: String, mode: Int = 0o600) throws -> URL {
      try folder.write(Data(contentsOf: file), to: name, mode: mode)
    }

    func signer(
      _ identity: SMIMESettings.Identity, from sender: String = "support@kanzlei-it.example", credentials: URL? = nil,
      at moment: Date? = nil
    ) throws -> SMIMESigner {
      try SMIMESettings(identity: identity).signer(
        from: EmailAddress(sender), folder: folder.url, credentials: credentials, at: moment)
    }

    func url(_ name: String) -> URL { folder.url.appending(path: name) }

    func pem(_ passphrase: String? = nil) -> SMIMESettings.Identity {
      .pem(certificates: url("a.pem"), key: url("a.key"), passphrase: passphrase.map(url))
    }

    /// The last part of the file's path, and what is wrong with it.
    func message(
      _ identity: SMIMESettings.Identity, from sender: String = "support@kanzlei-it.example", at moment: Date? = nil
    ) throws -> String {
      do {
        _ = try signer(identity, from: sender, at: moment)
        return "no error"
      } catch let error as SecretFileError {
        return "\(URL(filePath: error.path).lastPathComponent): \(error.message)"
      }
    }
  }

  @Test func filesOfPEM() async throws {
    let scene = try await Scene()
    #expect(
      try scene.message(scene.pem()) == "a.pem: there is no such file; put the sender's certificate and its chain "
        + "there, or correct \"smime.certificate_file\"")
    // The certificate may be read by others, the key may not.
    try scene.copy(scene.issued.chain, "a.pem", mode: 0o644)
    #expect(try scene.message(scene.pem()).hasPrefix("a.key: there is no such file; put the private key"))
    try scene.copy(scene.issued.key, "a.key", mode: 0o644)
    #expect(try scene.message(scene.pem()).hasPrefix("a.key: others can read this key file (mode 0644); run \"chmod"))
    try scene.copy(scene.issued.key, "a.key")
    #expect(try scene.signer(scene.pem()).identity.certificate.subject == "CN=Test sender,O=Test")

    #expect(
      try scene.message(scene.pem("p")) == "p: there is no such file; write the passphrase into it and run "
        + "\"chmod 600 \(scene.url("p").path)\"")
    try scene.folder.write("geheim\n".utf8, to: "p")
    #expect(try scene.message(scene.pem("p")).hasPrefix("a.key: this key is not protected by a passphrase"))
    try scene.copy(await scene.authority.encrypted(scene.issued.key, "e.key", passphrase: "geheim"), "a.key")
    #expect(try scene.message(scene.pem("p")) == "no error")
    #expect(try scene.message(scene.pem()).hasPrefix("a.key: this key is protected by a passphrase"))
    try scene.folder.write("falsch\n".utf8, to: "p")
    let wrong = try scene.message(scene.pem("p"))
    #expect(wrong.hasPrefix("a.key: the passphrase is not the one of this file") && !wrong.contains("falsch"))
    try scene.folder.write("geheim\n".utf8, to: "p", mode: 0o640)
    #expect(try scene.message(scene.pem("p")).hasPrefix("p: others can read this passphrase file (mode 0640)"))
  }

  @Test func filesOfPKCS12() async throws {
    let scene = try await Scene()
    let made = try await scene.authority.pkcs12(scene.issued, "sender.p12", passphrase: "geheim")
    try scene.copy(made, "a.p12")
    try scene.folder.write("geheim\n".utf8, to: "p")
    let identity = SMIMESettings.Identity.pkcs12(scene.url("a.p12"), passphrase: scene.url("p"))
    #expect(try scene.message(identity) == "no error")
    // It has the key inside.
    try scene.copy(made, "a.p12", mode: 0o644)
    #expect(try scene.message(identity).hasPrefix("a.p12: others can read this key file (mode 0644)"))
    try scene.copy(scene.issued.chain, "a.p12")
    #expect(try scene.message(identity).hasPrefix("a.p12: this is PEM, which has the key in a file of its own"))
    try scene.copy(made, "a.pem")
    try scene.copy(scene.issued.key, "a.key")
    #expect(try scene.message(scene.pem()).hasPrefix("a.pem: this is not PEM; if it is a PKCS #12 file (.p12, .pfx)"))
    try scene.folder.write("falsch\n".utf8, to: "p")
    try scene.copy(made, "a.p12")
    #expect(try scene.message(identity).hasPrefix("a.p12: the passphrase is not the one of this file"))
  }

  @Test func theCredentialsFolderHasThemToo() async throws {
    let scene = try await Scene()
    let credentials = try TemporaryFolder()
    // systemd's mode.
    try credentials.write(Data(contentsOf: scene.issued.chain), to: "a.pem", mode: 0o440)
    try credentials.write(Data(contentsOf: scene.issued.key), to: "a.key", mode: 0o440)
    #expect(try scene.signer(scene.pem(), credentials: credentials.url).identity.authorities.count == 1)
  }

  @Test func addressAndTimeAreTheCertificatesToJudge() async throws {
    let scene = try await Scene()
    try scene.copy(scene.issued.chain, "a.pem")
    try scene.copy(scene.issued.key, "a.key")
    #expect(
      try scene.message(scene.pem(), from: "info@kanzlei-it.example")
        == "a.pem: this certificate is for support@kanzlei-it.example, but \"sender.from\" is info@kanzlei-it.example; "
        + "mail programs would warn. Order a certificate for the sender's address")
    let late = try #require(RFC3339.parse("2110-01-01T00:00:01Z")).date
    #expect(
      try scene.message(scene.pem(), at: late)
        == "a.pem: this certificate expired at 2110-01-01T00:00:00.000Z; order a new one")
    #expect(try scene.message(scene.pem(), at: late - 1) == "no error")
    #expect(try scene.message(scene.pem()) == "no error")
  }
}
