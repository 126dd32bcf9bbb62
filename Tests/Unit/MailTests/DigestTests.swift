import Mail
import TestSupport
import Testing

@Suite struct DigestTests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func knownDigests(text: String, hex: String) {
    #expect(SHA256.digest(of: Array(text.utf8)).hex == hex)
    #expect(SHA256.digest(of: text.utf8).hex == hex)
    #expect(SHA256.digest(of: Array(("x" + text).utf8)[1...]).hex == hex)
    // A collection without contiguous storage.
    #expect(SHA256.digest(of: Array(text.utf8).lazy.map { $0 }).hex == hex)
  }

  @Test func aStreamInPiecesGivesTheDigestOfTheWhole() {
    var generator = SeededGenerator(seed: 2)
    let bytes = (0..<10_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
    var stream = SHA256Stream()
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + Int.random(in: 0...300, using: &generator))
      stream.update(Array(bytes[start..<end]))
      #expect(stream.finish() == SHA256.digest(of: bytes[..<end]))
      start = end
    }
  }

  @Test func aCopiedStreamGoesItsOwnWay() {
    var first = SHA256Stream()
    first.update(Array("ab".utf8))
    var second = first
    second.update(Array("x".utf8))
    first.update(Array("c".utf8))
    #expect(first.finish() == SHA256.digest(of: Array("abc".utf8)))
    #expect(second.finish() == SHA256.digest(of: Array("abx".utf8)))
  }

  @Test func hexRoundTrip() throws {
    let digest = SHA256.digest(of: Array("abc".utf8))
    #expect(digest.bytes.count == 32)
    #expect(SHA256Digest(hex: digest.hex) == digest)
    #expect(SHA256Digest(hex: digest.hex.uppercased()) == digest)
    #expect(SHA256Digest(bytes: digest.bytes) == digest)
    #expect(SHA256Digest(hex: String(digest.hex.dropLast())) == nil)
    #expect(SHA256Digest(hex: "g" + digest.hex.dropFirst()) == nil)
    #expect(SHA256Digest(bytes: Array(digest.bytes.dropLast())) == nil)
    #expect("\(digest)" == digest.hex)
  }

  /// RFC 4231 §4, test cases 1 to 4, 6 and 7 (5 is about truncation).
  @Test(arguments: [
    (
      [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ),
    (
      [UInt8](1...25), [UInt8](repeating: 0xCD, count: 50),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
    ),
    (
      [UInt8](repeating: 0xAA, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
    (
      [UInt8](repeating: 0xAA, count: 131),
      Array(
        ("This is a test using a larger than block-size key and a larger than block-size data. The key needs to be "
          + "hashed before being used by the HMAC algorithm.").utf8),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
    ),
  ])
  func keyedHashes(key: [UInt8], data: [UInt8], hex: String) {
    let hash = KeyedHash(key: key)
    #expect(hash.digest(of: data).hex == hex)
    // The key is as good as new afterwards.
    #expect(hash.digest(of: data).hex == hex)
  }

  @Test func textIsHashedAsUTF8() {
    let hash = KeyedHash(key: Array("Jefe".utf8))
    #expect(
      hash.digest(of: "what do ya want for nothing?").hex
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    #expect(hash.digest(of: "ü") == hash.digest(of: [0xC3, 0xBC]))
    #expect(hash.digest(of: "") == hash.digest(of: [UInt8]()))
    #expect(
      KeyedHash(key: []).digest(of: "").hex == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
  }

  @Test func oneKeyServesManyThreads() async {
    let hash = KeyedHash(key: [1, 2, 3])
    let expected = (0..<200).map { hash.digest(of: "customer \($0)") }
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask { (0..<200).allSatisfy { hash.digest(of: "customer \($0)") == expected[$0] } }
      }
      for await same in group { #expect(same) }
    }
  }

  @Test func printingAKeyedHashTellsNothing() {
    let hash = KeyedHash(key: Array("very secret key".utf8))
    var dumped = ""
    dump(hash, to: &dumped)
    #expect(!dumped.contains("secret") && !dumped.contains("118"))
  }
}
