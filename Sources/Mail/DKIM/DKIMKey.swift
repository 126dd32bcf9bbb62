import COpenSSL
import Foundation

/// A private key that signs letters: RSA of at least 2048 bits (RFC 6376, RFC 8301) or Ed25519 (RFC 8463).
///
/// Not encodable and not printable: only ``pem`` gives the secret away. Threads may share a key and sign with it at the
/// same time. The same data gives the same signature.
public struct DKIMKey: Sendable {
  /// The names of the algorithms in the tag `a=`.
  public enum Algorithm: String, Sendable, Hashable, CaseIterable {
    case rsa = "rsa-sha256"
    case ed25519 = "ed25519-sha256"

    /// The tag `k=` of the DNS record.
    public var keyType: String {
      switch self {
      case .rsa: "rsa"
      case .ed25519: "ed25519"
      }
    }
  }

  /// The key length that signers should use (RFC 8301 §3.2); shorter keys can be broken at some expense, longer ones
  /// are not accepted everywhere.
  public static let rsaBits = 2048

  public let algorithm: Algorithm
  /// The contents of the tag `p=` of the DNS record, before base64: SubjectPublicKeyInfo of an RSA key, the 32 bytes of
  /// an Ed25519 key.
  public let publicBytes: [UInt8]
  private let key: SigningKey

  /// Reads a key in PKCS #8 or PKCS #1.
  public init(pem: some Collection<UInt8>) throws(DKIMKeyError) { try self.init(pem: pem, leastBits: Self.rsaBits) }

  /// `leastBits` is lower only for the 1024 bits of the RFCs' examples.
  init(pem: some Collection<UInt8>, leastBits: Int) throws(DKIMKeyError) {
    let key: SigningKey
    do throws(SigningKey.ReadError) {
      key = try SigningKey(pem: pem, passphrase: nil)
    } catch {
      throw error == .encrypted ? .encrypted : .notAPrivateKey
    }
    try self.init(key, leastBits: leastBits)
  }

  private init(_ key: SigningKey, leastBits: Int) throws(DKIMKeyError) {
    switch copenssl_signing_key_kind(key.pointer) {
    case copenssl_signing_rsa:
      let bits = copenssl_signing_key_bits(key.pointer)
      switch KeyFault(copenssl_signing_key_fault(key.pointer), bits: bits) {
      case nil: break
      case .tooShort where bits >= leastBits: break
      case .tooShort: throw .tooShort(bits: bits)
      case .tooLong: throw .tooLong(bits: bits)
      case .exponent, .modulus, .unusable: throw .unsafe
      }
      algorithm = .rsa
    case copenssl_signing_ed25519: algorithm = .ed25519
    default: throw .unknownKind
    }
    guard key.signs else { throw .doesNotSign }
    self.key = key
    publicBytes = try Self.bytes(of: key, atMost: 1 << 14, by: copenssl_signing_key_public)
  }

  /// A new key, from OpenSSL's generator of random numbers.
  public static func make(_ algorithm: Algorithm) throws(DKIMKeyError) -> DKIMKey {
    let made =
      switch algorithm {
      case .rsa: copenssl_signing_key_make_rsa(rsaBits)
      case .ed25519: copenssl_signing_key_make_ed25519()
      }
    guard let made else { throw .failed }
    return try DKIMKey(SigningKey(made), leastBits: rsaBits)
  }

  /// The secret itself, `-----BEGIN PRIVATE KEY-----`, for a file only its owner may read.
  public var pem: [UInt8] {
    get throws(DKIMKeyError) { try Self.bytes(of: key, atMost: 1 << 16, by: copenssl_signing_key_pem) }
  }

  /// SHA-256 of ``publicBytes``: identifies a key without giving anything away.
  public var publicDigest: SHA256Digest { SHA256.digest(of: publicBytes) }

  /// The signature of data whose SHA-256 is `digest`.
  func signature(of digest: SHA256Digest) throws(DKIMKeyError) -> [UInt8] {
    // An RSA signature is as long as its modulus.
    try Self.bytes(of: key, atMost: 2048) { copenssl_signing_key_sign($0, digest.bytes, $1, $2) }
  }

  private static func bytes(
    of key: SigningKey, atMost capacity: Int, by write: (OpaquePointer, UnsafeMutablePointer<UInt8>, Int) -> Int
  ) throws(DKIMKeyError) -> [UInt8] {
    guard let bytes = key.bytes(atMost: capacity, by: write) else { throw .failed }
    return bytes
  }
}

/// The reason why a key cannot sign letters. It says nothing about the key's contents.
public enum DKIMKeyError: Error, Sendable, Hashable, CustomStringConvertible {
  case notAPrivateKey
  case encrypted
  case unknownKind
  case tooShort(bits: Int)
  case tooLong(bits: Int)
  /// Its exponent or modulus is one of no RSA key that protects anything.
  case unsafe
  /// Its private half does not belong to its public one.
  case doesNotSign
  /// libcrypto failed: memory is exhausted or its configuration is broken.
  case failed

  /// An English clause with its remedy that follows the file's name.
  public var description: String {
    switch self {
    case .notAPrivateKey:
      "this is not a private key in PEM (PKCS #8 or PKCS #1); \"eilbrief dkim-key\" makes one"
    case .encrypted:
      "this key is protected by a passphrase, and nobody is there to type it; "
        + "write it without one (\"openssl pkey -in OLD -out NEW\", then \"chmod 600 NEW\")"
    case .unknownKind: "this is neither an RSA nor an Ed25519 key; \"eilbrief dkim-key\" makes one"
    case .tooShort(let bits):
      "this RSA key has \(bits) bits where at least \(DKIMKey.rsaBits) are needed; \"eilbrief dkim-key\" makes one"
    case .tooLong(let bits):
      "this RSA key has \(bits) bits where receivers verify at most \(KeyFault.rsaBits.upperBound); "
        + "\"eilbrief dkim-key\" makes one"
    case .unsafe: "this RSA key protects nothing (exponent or modulus); \"eilbrief dkim-key\" makes one"
    case .doesNotSign:
      "what this key signs does not verify: it is damaged; restore it, or make one with \"eilbrief dkim-key\""
    case .failed: "this key could not be used: OpenSSL failed"
    }
  }
}

/// The name of a DKIM key below `_domainkey` of its domain (RFC 6376 §3.1): labels of letters, digits and hyphens.
///
/// Two selectors are equal when DNS treats them as the same, whatever their case.
public struct DKIMSelector: Sendable, Hashable, CustomStringConvertible {
  /// The selector in lower case.
  public let text: String

  /// Nil for anything else; at most 63 octets per label and 100 in all.
  public init?(_ text: some StringProtocol) {
    let text = text.lowercased()
    let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let isValid = labels.allSatisfy { label in
      (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
        && label.allSatisfy { byte in
          (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
    }
    guard isValid, text.utf8.count <= 100 else { return nil }
    self.text = text
  }

  public var description: String { text }
}

/// The DNS record that makes letters signed with a key verifiable (RFC 6376 §3.6, RFC 8463 §4.2).
public struct DKIMRecord: Sendable, Hashable {
  /// The name of the record, without a dot at its end.
  public let name: String
  /// The value as web forms of DNS providers accept it: one text without quotes.
  public let value: String

  public init(domain: Domain, selector: DKIMSelector, key: DKIMKey) {
    name = "\(selector)._domainkey.\(domain.ascii)"
    value = "v=DKIM1; k=\(key.algorithm.keyType); p=\(Data(key.publicBytes).base64EncodedString())"
  }

  /// The line of a zone file (RFC 1035 §5.1), the text in strings of at most 255 bytes (§3.3).
  public var zoneLine: String {
    var strings: [String] = []
    var rest = value[...]
    while !rest.isEmpty {
      // Base64 and tag names have nothing that would need an escape.
      strings.append("\"\(rest.prefix(Self.longestString))\"")
      rest = rest.dropFirst(Self.longestString)
    }
    return "\(name). IN TXT ( \(strings.joined(separator: " ")) )"
  }

  private static let longestString = 255
}
