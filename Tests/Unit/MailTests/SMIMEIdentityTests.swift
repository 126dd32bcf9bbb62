import Foundation
import Mail
import TestSupport
import Testing

/// Which certificates and keys are taken to sign letters, with OpenSSL's own command as their maker.
@Suite struct SMIMEIdentityTests {
  private static let names = ["email:support@kanzlei-it.example"]

  private func authority() async throws -> (TemporaryFolder, MailAuthority) {
    let folder = try TemporaryFolder()
    return (folder, try await MailAuthority(in: folder.url))
  }

  private func identity(_ certificates: [URL], _ key: URL, passphrase: String? = nil) throws -> SMIMEIdentity {
    let pem = try certificates.map { try Data(contentsOf: $0) }.reduce(Data(), +)
    return try SMIMEIdentity(
      certificates: Certificate.read(pem: pem), keyPEM: Array(Data(contentsOf: key)), passphrase: passphrase)
  }

  private func problem(_ certificates: [URL], _ key: URL, passphrase: String? = nil) -> SMIMEError.Problem? {
    do {
      _ = try identity(certificates, key, passphrase: passphrase)
      return nil
    } catch {
      return (error as? SMIMEError)?.problem
    }
  }

  @Test func theChainIsPutInOrderAndEndsBelowTheRoot() async throws {
    let (folder, authority) = try await authority()
    defer { withExtendedLifetime(folder) {} }
    let issued = try await authority.issue("sender", names: Self.names)
    for files in [
      [issued.certificate, authority.intermediate], [authority.intermediate, issued.certificate],
      [authority.root, authority.intermediate, issued.certificate],
    ] {
      let identity = try identity(files, issued.key)
      #expect(identity.certificate.subject == "CN=Test sender,O=Test")
      #expect(identity.authorities.map(\.subject) == ["CN=Test intermediate,O=Test"])
      #expect(!identity.isSelfSigned)
      #expect(RFC3339.string(identity.notAfter) == "2110-01-01T00:00:00.000Z")
    }
    #expect(
      problem([issued.certificate], issued.key) == .missingIssuer("CN=Test intermediate,O=Test"))
    #expect(problem([issued.certificate, authority.root], issued.key) == .notInChain("CN=Test root,O=Test"))
    let direct = try await authority.issue("direct", names: Self.names, by: "root")
    #expect(try identity([direct.certificate, authority.root], direct.key).authorities.isEmpty)
    let stranger = try await authority.issue("stranger", names: Self.names, subject: "/CN=Somebody")
    #expect(problem([issued.chain, stranger.certificate], issued.key) == .notInChain("CN=Somebody"))
    #expect(problem([issued.chain], stranger.key) == .otherKey(subject: "CN=Test sender,O=Test"))
    // The same name and key identifier do not make an issuer: the signature has to be its own.
    let below = try TemporaryFolder()
    let other = try await MailAuthority(in: below.url)
    #expect(problem([issued.certificate, other.intermediate], issued.key) != nil)
  }

  @Test func onlyAnAuthorityIssues() async throws {
    let (folder, authority) = try await authority()
    defer { withExtendedLifetime(folder) {} }
    let between = try await authority.issue(
      "between", names: [], subject: "/CN=No authority", purpose: ["keyUsage = critical, digitalSignature, keyCertSign"]
    )
    let issued = try await authority.issue("sender", names: Self.names, by: "between")
    let found = problem([issued.certificate, between.certificate, authority.intermediate], issued.key)
    #expect(
      found == .notAnAuthority("CN=No authority") || found == .missingIssuer("CN=No authority"), "\(found as Any)")
  }

  @Test func keysThatCannotSignAreRefused() async throws {
    let (folder, authority) = try await authority()
    defer { withExtendedLifetime(folder) {} }
    let curve = try await authority.issue("curve", names: Self.names, key: .curve("P-256"))
    #expect(problem([curve.chain], curve.key) == .notRSA)
    let pss = try await authority.issue("pss", names: Self.names, key: .pss)
    #expect(problem([pss.chain], pss.key) == .notRSA)
    #expect(SMIMEError(.key, .notRSA).description.contains("no letter could be proved"))
    let short = try await authority.issue("short", names: Self.names, key: .rsa(1024))
    #expect(problem([short.chain], short.key) == .keyFault(.tooShort(bits: 1024)))
    let tls = try await authority.issue("tls", names: Self.names, purpose: ["extendedKeyUsage = serverAuth"])
    #expect(problem([tls.chain], tls.key) == .notForMail)
    let sealing = try await authority.issue("sealing", names: Self.names, purpose: ["keyUsage = keyEncipherment"])
    #expect(problem([sealing.chain], sealing.key) == .mayNotSign)
    let plain = try await authority.issue("plain", names: Self.names, purpose: [])
    #expect(problem([plain.chain], plain.key) == nil)
  }

  @Test func passphrases() async throws {
    let (folder, authority) = try await authority()
    defer { withExtendedLifetime(folder) {} }
    let issued = try await authority.issue("sender", names: Self.names)
    let key = try await authority.encrypted(issued.key, "encrypted.key", passphrase: "geheim ü")
    #expect(problem([issued.chain], key, passphrase: "geheim ü") == nil)
    #expect(problem([issued.chain], key, passphrase: "falsch") == .wrongPassphrase)
    #expect(problem([issued.chain], key) == .encryptedKey)
    #expect(problem([issued.chain], issued.key, passphrase: "geheim") == .passphraseNotNeeded)
    #expect(problem([issued.chain], issued.chain) == .notAPrivateKey)
  }

  @Test func pkcs12() async throws {
    let (folder, authority) = try await authority()
    defer { withExtendedLifetime(folder) {} }
    let issued = try await authority.issue("sender", names: Self.names)
    func problem(_ file: URL, _ passphrase: String) throws -> SMIMEError.Problem? {
      do throws(SMIMEError) {
        let identity = try SMIMEIdentity(pkcs12: Array(try! Data(contentsOf: file)), passphrase: passphrase)
        #expect(identity.authorities.map(\.subject) == ["CN=Test intermediate,O=Test"])
        return nil
      } catch {
        return error.problem
      }
    }
    let file = try await authority.pkcs12(issued, "sender.p12", passphrase: "geheim ü")
    #expect(try problem(file, "geheim ü") == nil)
    #expect(try problem(file, "geheim") == .wrongPassphrase)
    #expect(try problem(issued.key, "geheim") == .notPKCS12)
    let old = try await authority.pkcs12(issued, "old.p12", passphrase: "geheim", more: ["-legacy"])
    #expect(try problem(old, "geheim") == .oldPKCS12)
    // Three times 1.1 million iterations: what encrypts certificate and key, and the MAC.
    let slow = try await authority.pkcs12(issued, "slow.p12", passphrase: "geheim", more: ["-iter", "1100000"])
    #expect(try problem(slow, "geheim") == .oldPKCS12)
    let careful = try await authority.pkcs12(issued, "careful.p12", passphrase: "geheim", more: ["-iter", "200000"])
    #expect(try problem(careful, "geheim") == nil)
    let bare = try await authority.pkcs12(issued, "bare.p12", passphrase: "geheim", more: ["-nokeys"])
    #expect(try problem(bare, "geheim") == .pkcs12WithoutKey)
  }

  @Test func isValidFromItsFirstToItsLastSecond() async throws {
    let (folder, authority) = try await authority()
    defer { withExtendedLifetime(folder) {} }
    let issued = try await authority.issue(
      "sender", names: Self.names, from: "20260101000000Z", until: "20261126120000Z")
    let identity = try identity([issued.chain], issued.key)
    func fault(_ text: String) throws -> String? {
      identity.fault(at: try #require(RFC3339.parse(text)).date).map(\.description)
    }
    #expect(try fault("2026-01-01T00:00:00Z") == nil)
    #expect(try fault("2026-11-26T12:00:00.9Z") == nil)
    #expect(
      try fault("2026-11-26T12:00:01Z") == "this certificate expired at 2026-11-26T12:00:00.000Z; order a new one")
    #expect(
      try fault("2025-12-31T23:59:59Z")
        == "this certificate is valid from 2026-01-01T00:00:00.000Z on, not now; wait, or use another one")
    #expect(try fault("2019-01-01T00:00:00Z") != nil)
  }

  @Test(arguments: [
    (["email:support@kanzlei-it.example"], "/CN=A", "support@Kanzlei-IT.example", true),
    (["email:support@KANZLEI-IT.example"], "/CN=A", "support@kanzlei-it.example", true),
    (
      ["email:other@kanzlei-it.example", "email:support@kanzlei-it.example"], "/CN=A", "support@kanzlei-it.example",
      true
    ),
    ([], "/CN=A/emailAddress=support@kanzlei-it.example", "support@kanzlei-it.example", true),
    (["email:support@xn--strae-oqa.example"], "/CN=A", "support@straße.example", true),
    (["otherName:1.3.6.1.5.5.7.8.9;FORMAT:UTF8,UTF8:müller@straße.example"], "/CN=A", "müller@straße.example", true),
    (["email:other@kanzlei-it.example"], "/CN=support@kanzlei-it.example", "support@kanzlei-it.example", false),
    (["email:Support@kanzlei-it.example"], "/CN=A", "support@kanzlei-it.example", false),
    (["DNS:kanzlei-it.example"], "/CN=A", "support@kanzlei-it.example", false),
  ])
  func theAddressIsTheSenders(names: [String], subject: String, sender: String, fits: Bool) async throws {
    let (folder, authority) = try await authority()
    defer { withExtendedLifetime(folder) {} }
    let issued = try await authority.issue("sender", names: names, subject: subject)
    let fault = try identity([issued.chain], issued.key).fault(from: EmailAddress(sender))
    #expect((fault == nil) == fits, "\(fault as Any)")
    if case .otherAddress(_, let named)? = fault?.problem { #expect(named == sender) }
  }
}
