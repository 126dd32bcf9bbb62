import Foundation
import Mail
import TestSupport
import Testing

@Suite struct Ed25519Tests {
  static func bytes(_ hex: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var digits = hex[...]
    while !digits.isEmpty {
      // The vectors below are hexadecimal digits.
      bytes.append(UInt8(digits.prefix(2), radix: 16)!)
      digits = digits.dropFirst(2)
    }
    return bytes
  }

  /// RFC 8032 §7.1, tests 1 to 3 and SHA(abc): seed, message, signature.
  @Test(arguments: [
    (
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    ),
    (
      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    ),
    (
      "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    ),
    (
      "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
      "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
    ),
  ])
  func knownSignatures(seed: String, message: String, signature: String) throws {
    let key = try Ed25519PrivateKey(seed: Self.bytes(seed))
    let made = try key.signature(for: Self.bytes(message))
    #expect(made == Self.bytes(signature))
    #expect(key.publicKey.isValid(signature: made, for: Self.bytes(message)))
  }

  @Test func aChangedMessageSignatureOrKeyIsNotValid() throws {
    let key = try Ed25519PrivateKey(seed: [UInt8](1...32))
    let message = Array("count 12, head abc".utf8)
    let signature = try key.signature(for: message)
    let reader = try Ed25519PublicKey(pem: key.publicKeyPEM)
    #expect(reader.isValid(signature: signature, for: message))
    for index in signature.indices {
      var changed = signature
      changed[index] ^= 1
      #expect(!reader.isValid(signature: changed, for: message))
    }
    #expect(!reader.isValid(signature: signature, for: message + [0]))
    #expect(!reader.isValid(signature: Array(signature.dropLast()), for: message))
    #expect(!reader.isValid(signature: [], for: message))
    let other = try Ed25519PrivateKey(seed: [UInt8](2...33))
    #expect(!other.publicKey.isValid(signature: signature, for: message))
  }

  @Test func keysTravelAsPEM() throws {
    let key = try Ed25519PrivateKey(seed: [UInt8](1...32))
    let pem = try key.pem
    #expect(pem.hasPrefix("-----BEGIN PRIVATE KEY-----\n") && pem.hasSuffix("-----END PRIVATE KEY-----\n"))
    let again = try Ed25519PrivateKey(pem: pem)
    #expect(try again.pem == pem)
    #expect(try again.signature(for: [1]) == key.signature(for: [1]))
    #expect(try again.publicKeyPEM == key.publicKeyPEM)
    #expect(try Ed25519PublicKey(pem: key.publicKeyPEM).pem == key.publicKeyPEM)
  }

  @Test func whatIsNotAKeyIsRefused() throws {
    let key = try Ed25519PrivateKey(seed: [UInt8](1...32))
    #expect(throws: KeyError.wrongSeedLength(31)) { try Ed25519PrivateKey(seed: [UInt8](1...31)) }
    for text in ["", "nonsense", try key.publicKeyPEM, String(try key.pem.dropLast(40))] {
      #expect(throws: KeyError.notAPrivateKey) { try Ed25519PrivateKey(pem: text) }
    }
    for text in ["", "nonsense", try key.pem] {
      #expect(throws: KeyError.notAPublicKey) { try Ed25519PublicKey(pem: text) }
    }
  }

  @Test func otherKindsOfKeyAreRefused() async throws {
    let folder = try TemporaryFolder()
    let made = try await ChildProcess.run(
      "openssl", ["genpkey", "-algorithm", "X25519", "-out", "x.pem"], folder: folder.url)
    try #require(made.status == 0)
    let pem = try String(contentsOf: folder.url.appending(path: "x.pem"), encoding: .utf8)
    #expect(throws: KeyError.notAPrivateKey) { try Ed25519PrivateKey(pem: pem) }
    let encrypted = try await ChildProcess.run(
      "openssl", ["genpkey", "-algorithm", "ed25519", "-aes256", "-pass", "pass:word", "-out", "e.pem"],
      folder: folder.url)
    try #require(encrypted.status == 0)
    let secret = try String(contentsOf: folder.url.appending(path: "e.pem"), encoding: .utf8)
    #expect(throws: KeyError.notAPrivateKey) { try Ed25519PrivateKey(pem: secret) }
  }

  @Test func opensslVerifiesOurSignatures() async throws {
    let key = try Ed25519PrivateKey(seed: [UInt8](1...32))
    let folder = try TemporaryFolder()
    let message = Array("{\"count\":12}\n".utf8)
    try folder.write(key.publicKeyPEM.utf8, to: "pub.pem")
    try folder.write(message, to: "checkpoint")
    try folder.write(key.signature(for: message), to: "signature")
    let arguments = ["pkeyutl", "-verify", "-pubin", "-inkey", "pub.pem", "-rawin", "-sigfile", "signature", "-in"]
    let verdict = try await ChildProcess.run("openssl", arguments + ["checkpoint"], folder: folder.url)
    #expect(verdict.status == 0, "\(verdict.output)")
    try folder.write(message + [10], to: "longer")
    #expect(try await ChildProcess.run("openssl", arguments + ["longer"], folder: folder.url).status != 0)
  }

  @Test func weVerifyOpenSSLsSignatures() async throws {
    let folder = try TemporaryFolder()
    let message = Array("from the other side".utf8)
    try folder.write(message, to: "message")
    try #require(
      try await ChildProcess.run(
        "openssl", ["genpkey", "-algorithm", "ed25519", "-out", "key.pem"], folder: folder.url
      ).status == 0)
    let signed = try await ChildProcess.run(
      "openssl", ["pkeyutl", "-sign", "-inkey", "key.pem", "-rawin", "-in", "message", "-out", "signature"],
      folder: folder.url)
    try #require(signed.status == 0, "\(signed.output)")
    let key = try Ed25519PrivateKey(pem: String(contentsOf: folder.url.appending(path: "key.pem"), encoding: .utf8))
    let signature = try [UInt8](Data(contentsOf: folder.url.appending(path: "signature")))
    #expect(key.publicKey.isValid(signature: signature, for: message))
    #expect(try key.signature(for: message) == signature)
  }

  @Test func printingAPrivateKeyTellsNothing() throws {
    let key = try Ed25519PrivateKey(seed: [UInt8](repeating: 0xAB, count: 32))
    var dumped = ""
    dump(key, to: &dumped)
    #expect(!dumped.contains("PRIVATE KEY-----") && !dumped.contains("171") && !dumped.lowercased().contains("abab"))
  }
}
