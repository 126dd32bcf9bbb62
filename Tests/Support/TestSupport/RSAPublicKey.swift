public import Foundation

/// An RSA public key of any numbers, whether they make a key or not.
public struct RSAPublicKey: Sendable {
  /// Big-endian.
  public var modulus: [UInt8]
  public var exponent: [UInt8]

  public init(modulus: [UInt8], exponent: [UInt8]) {
    self.modulus = modulus
    self.exponent = exponent
  }

  /// A modulus of `bits` bits, odd, with whatever factors it has.
  public static func modulus(bits: Int, seed: UInt64 = 1) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    var bytes = (0..<bits / 8).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    bytes[0] |= 0x80
    bytes[bytes.count - 1] |= 1
    return bytes
  }

  /// SubjectPublicKeyInfo (RFC 8017 A.1) as a PEM file.
  public func write(to url: URL) throws {
    let key = Self.der(0x30, Self.integer(modulus) + Self.integer(exponent))
    // rsaEncryption, NULL.
    let algorithm = Self.der(
      0x30, [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00])
    let info = Self.der(0x30, algorithm + Self.der(0x03, [0] + key))
    let text = Data(info).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
    try Data("-----BEGIN PUBLIC KEY-----\n\(text)\n-----END PUBLIC KEY-----\n".utf8).write(to: url)
  }

  private static func integer(_ bytes: [UInt8]) -> [UInt8] { der(0x02, (bytes[0] & 0x80 == 0 ? [] : [0]) + bytes) }

  private static func der(_ tag: UInt8, _ contents: [UInt8]) -> [UInt8] {
    let count = contents.count
    guard count >= 0x80 else { return [tag, UInt8(count)] + contents }
    let length = stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: count >> $0) }.drop { $0 == 0 }
    return [tag, 0x80 | UInt8(length.count)] + length + contents
  }
}
