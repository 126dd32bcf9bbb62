import Foundation
import TestSupport
import Testing

@testable import Mail

/// Keys that OpenSSL reads and that protect nothing, or that it cannot use.
@Suite struct KeyFaultTests {
  private static let names = ["email:anna@firma.example"]

  private func fault(_ modulus: [UInt8], _ exponent: [UInt8], _ authority: MailAuthority) async throws -> KeyFault? {
    let file = try await authority.issue(
      "foreign", names: Self.names, publicKey: RSAPublicKey(modulus: modulus, exponent: exponent))
    return try Certificate.read(pem: Data(contentsOf: file))[0].keyFault
  }

  @Test func exponentsAreOddAndBounded() async throws {
    let folder = try TemporaryFolder()
    let authority = try await MailAuthority(in: folder.url)
    let modulus = try await authority.modulus(of: authority.issue("real", names: Self.names))
    for good in [[3], [17], [1, 0, 1], [0xFF, 0xFF, 0xFF, 0xFF]] as [[UInt8]] {
      #expect(try await fault(modulus, good, authority) == nil, "\(good)")
    }
    // 1, 2, 65536, 2^32 + 1, 2^100 + 1.
    for bad in [[1], [2], [1, 0, 0], [1, 0, 0, 0, 1], [0x10] + Array(repeating: 0, count: 11) + [1]] as [[UInt8]] {
      #expect(try await fault(modulus, bad, authority) == .exponent, "\(bad)")
    }
  }

  @Test func modulesAreBoundedAndHaveTwoLargeFactors() async throws {
    let folder = try TemporaryFolder()
    let authority = try await MailAuthority(in: folder.url)
    let exponent: [UInt8] = [1, 0, 1]
    let real = try await authority.modulus(of: authority.issue("real", names: Self.names))
    var even = real
    even[even.count - 1] &= 0xFE
    #expect(try await fault(even, exponent, authority) == .modulus)
    let prime = try await ChildProcess.tool("openssl", ["prime", "-generate", "-bits", "2048", "-hex"])
    let digits = Array(prime.utf8.prefix { $0 != UInt8(ascii: "\n") })
    let primeBytes = stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16)
    }
    #expect(primeBytes.count == 256)
    #expect(try await fault(primeBytes, exponent, authority) == .modulus)
    #expect(try await fault(RSAPublicKey.modulus(bits: 2040), exponent, authority) == .tooShort(bits: 2040))
    #expect(try await fault(RSAPublicKey.modulus(bits: 8200), exponent, authority) == .tooLong(bits: 8200))
    #expect(try await fault(RSAPublicKey.modulus(bits: 20_000), exponent, authority) == .tooLong(bits: 20_000))
  }

  /// OpenSSL takes no such key to encrypt with: what is found here is found before the launch.
  @Test func whatCannotBeEncryptedNamesTheFile() async throws {
    let folder = try TemporaryFolder()
    let authority = try await MailAuthority(in: folder.url)
    let sender = try await authority.issue("sender", names: ["email:support@kanzlei-it.example"])
    let long = try await authority.issue(
      "long", names: Self.names,
      publicKey: RSAPublicKey(modulus: RSAPublicKey.modulus(bits: 20_000), exponent: [1, 0, 1]))
    let identity = try SMIMEIdentity(
      certificates: Certificate.read(pem: Data(contentsOf: sender.chain)),
      keyPEM: Array(Data(contentsOf: sender.key)), passphrase: nil)
    let certificate = try Certificate.read(pem: Data(contentsOf: long))[0]
    let signer = try #require(
      LetterSigner(
        smime: SMIMESigner(identity), recipients: SMIMERecipients([certificate], files: [certificate: "a.pem"])))
    #expect(throws: SMIMEError(.certificate, .encryptionFailed(files: ["a.pem"]))) {
      try signer.signed(
        message(to: "anna@firma.example", text: "Guten Tag\n"), boundary: "=_s",
        key: KeyedHash(key: Array(repeating: 1, count: 32)), at: Date(timeIntervalSince1970: 0))
    }
  }

  /// A private key whose parts do not belong together signs what nobody can verify.
  @Test func damagedPrivateKeysAreRefused() async throws {
    let folder = try TemporaryFolder()
    let (first, second) = (try DKIMKey.make(.rsa), try DKIMKey.make(.rsa))
    let script = """
      import base64, sys
      def read(path): return bytearray(base64.b64decode("".join(open(path).read().splitlines()[1:-1])))
      first, second = read(sys.argv[1]), read(sys.argv[2])
      # The modulus of the second in the key of the first: both stand at the same place, behind the same header.
      start = first.index(b"\\x02\\x82\\x01\\x01\\x00") + 5
      first[start:start + 256] = second[start:start + 256]
      print("-----BEGIN PRIVATE KEY-----")
      print(base64.encodebytes(bytes(first)).decode().strip())
      print("-----END PRIVATE KEY-----")
      """
    let files = try [(first, "first.pem"), (second, "second.pem")].map { try folder.write($0.pem, to: $1) }
    let mixed = try await ChildProcess.tool("python3", ["-c", script] + files.map(\.path))
    #expect(throws: DKIMKeyError.doesNotSign) { try DKIMKey(pem: Array(mixed.utf8)) }
  }
}
