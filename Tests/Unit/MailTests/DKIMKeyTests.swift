import Foundation
import Mail
import TestSupport
import Testing

/// Which keys are taken, with OpenSSL's own command as their maker and reader.
@Suite struct DKIMKeyTests {
  private func pem(_ arguments: String...) async throws -> [UInt8] {
    Array(try await ChildProcess.tool("openssl", arguments).utf8)
  }

  @Test func takesBothFormsOfPEM() async throws {
    let folder = try TemporaryFolder()
    let pkcs8 = try await pem("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
    let file = try folder.write(pkcs8, to: "rsa.pem")
    let pkcs1 = try await pem("rsa", "-in", file.path, "-traditional")
    #expect(String(decoding: pkcs1, as: UTF8.self).contains("BEGIN RSA PRIVATE KEY"))
    let (new, old) = (try DKIMKey(pem: pkcs8), try DKIMKey(pem: pkcs1))
    #expect(new.algorithm == .rsa && old.algorithm == .rsa)
    #expect(new.publicDigest == old.publicDigest)
    #expect(try DKIMKey(pem: await pem("genpkey", "-algorithm", "ED25519")).algorithm == .ed25519)
  }

  @Test func refusesWhatCannotSignAndSaysWhy() async throws {
    let folder = try TemporaryFolder()
    let rsa = try folder.write(
      try await pem("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"), to: "rsa.pem")
    let encrypted = try await pem("pkey", "-in", rsa.path, "-aes256", "-passout", "pass:geheim")
    let traditional = try await pem("rsa", "-in", rsa.path, "-traditional", "-aes256", "-passout", "pass:geheim")
    for key in [encrypted, traditional] {
      #expect(throws: DKIMKeyError.encrypted) { try DKIMKey(pem: key) }
    }
    let short = try await pem("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024")
    #expect(throws: DKIMKeyError.tooShort(bits: 1024)) { try DKIMKey(pem: short) }
    #expect(DKIMKeyError.tooShort(bits: 1024).description.contains("1024 bits where at least 2048 are needed"))
    let curve = try await pem("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
    #expect(throws: DKIMKeyError.unknownKind) { try DKIMKey(pem: curve) }
    let publicKey = try await pem("pkey", "-in", rsa.path, "-pubout")
    for text in [publicKey, [], Array("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n".utf8)] {
      #expect(throws: DKIMKeyError.notAPrivateKey) { try DKIMKey(pem: text) }
    }
  }

  @Test(arguments: DKIMKey.Algorithm.allCases)
  func aMadeKeyIsReadByOpenSSL(_ algorithm: DKIMKey.Algorithm) async throws {
    let folder = try TemporaryFolder()
    let key = try DKIMKey.make(algorithm)
    let file = try folder.write(try key.pem, to: "key.pem")
    let shown = try await ChildProcess.tool("openssl", ["pkey", "-in", file.path, "-noout", "-text"])
    #expect(shown.contains(algorithm == .rsa ? "(2048 bit" : "ED25519 Private-Key"))
    let der = folder.url.appending(path: "public.der")
    try await ChildProcess.tool(
      "openssl", ["pkey", "-in", file.path, "-pubout", "-outform", "DER", "-out", der.path])
    let whole = try Array(Data(contentsOf: der))
    #expect(key.publicBytes == (algorithm == .rsa ? whole : Array(whole.suffix(32))))
    #expect(try DKIMKey(pem: key.pem).publicDigest == key.publicDigest)
    #expect(try DKIMKey.make(algorithm).publicDigest != key.publicDigest)
    #expect(!"\(key)".contains("PRIVATE") && !String(reflecting: key).contains("PRIVATE"))
  }

  @Test(arguments: [
    ("2026-11", true), ("a.b-c.d0", true), ("A", true), (String(repeating: "a", count: 63), true), ("", false),
    ("a..b", false), (".a", false), ("-a", false), ("a-", false), ("a_b", false), ("ä", false), ("a b", false),
    (String(repeating: "a", count: 64), false), ("a;b", false), ("a\r\nb", false),
  ])
  func selectors(text: String, isOne: Bool) {
    #expect((DKIMSelector(text) != nil) == isOne)
    #expect(DKIMSelector(text.uppercased()) == DKIMSelector(text))
  }
}
